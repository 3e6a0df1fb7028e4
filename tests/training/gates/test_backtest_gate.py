"""The gate on the served model, counted over seeds: healthy ones pass, failing ones warn."""

from shared.release.evaluation import Measured
from shared.release.facts import Gate
from tests.support.release_facts import make_manifest
from tests.support.served_loans import ToldModel, draw_dataset
from training.evaluation.backtest import ServedModel, backtest
from training.gates.backtest import judge_backtest

RECORDED_AUC = Measured(0.78, 0.74, 0.82)
N_SEEDS = 12


def judge(seed: int, *, level: float = 1.0, skill: bool = True, as_of: str = "2021-05-31") -> Gate:
    manifest = make_manifest("served", as_of=as_of)
    dataset = draw_dataset(seed, level=level, skill=skill)
    found = backtest(ServedModel(manifest, ToldModel()), dataset)
    level_gate, order_gate = judge_backtest(found, RECORDED_AUC)
    return level_gate if skill else order_gate


def test_a_model_that_holds_passes() -> None:
    verdicts = [judge(seed).verdict for seed in range(N_SEEDS)]

    assert verdicts == ["passed"] * N_SEEDS


def test_a_model_that_predicts_half_or_twice_of_what_comes_is_warned_of() -> None:
    too_low = [judge(seed, level=2.0).verdict for seed in range(N_SEEDS)]
    too_high = [judge(seed, level=0.5).verdict for seed in range(N_SEEDS)]

    assert too_low == too_high == ["warned"] * N_SEEDS


def test_a_model_that_lost_its_order_is_warned_of() -> None:
    verdicts = [judge(seed, skill=False).verdict for seed in range(N_SEEDS)]

    assert verdicts == ["warned"] * N_SEEDS


def test_without_outcomes_nothing_is_held_against_the_model() -> None:
    gate = judge(0, as_of="2021-12-31")

    assert gate.verdict == "passed"
    assert "No outcome is known yet" in gate.detail


def test_without_a_readable_champion_there_is_no_gate() -> None:
    assert list(judge_backtest(None, RECORDED_AUC)) == []
