"""The choice between models, on persons left out."""

from functools import partial
from threading import Barrier, Event
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shared.release.features import MODEL_FEATURES, STATUS
from training.model.boosted_trees import CANDIDATES
from training.model.persons_drawn import sample_persons
from training.model.selection import Sample, Trial, predict_log_odds


class _ByPerson:
    """Remembers the persons that it was fitted on, whose number is in the first feature."""

    def __init__(self, loans: pd.DataFrame) -> None:
        self.seen = set(loans[MODEL_FEATURES[0]])

    def decision_function(self, features: pd.DataFrame) -> Any:
        return np.array([9.0 if one in self.seen else -4.0 for one in features[MODEL_FEATURES[0]]])


def make_loans(n_persons: int) -> tuple[pd.DataFrame, Any]:
    persons = np.repeat(np.arange(n_persons, dtype=np.uint64), 5)
    frame = pd.DataFrame(dict.fromkeys(MODEL_FEATURES, persons.astype(float)))
    return frame.assign(**{STATUS: (persons % 4 == 0).astype(float)}), persons


def test_every_loan_is_predicted_without_its_person() -> None:
    loans, persons = make_loans(30)

    trial = Trial.cross_validate({"one": _ByPerson}, Sample(loans, persons), seed=1)

    assert (trial.log_odds["one"] == -4.0).all()
    assert trial.status.tolist() == loans[STATUS].tolist()


def test_candidates_are_held_out_against_other_persons() -> None:
    loans, persons = make_loans(30)
    first = Sample(loans[persons < 20], persons[persons < 20])
    others = Sample(loans[persons >= 20], persons[persons >= 20])

    trial, fitted = Trial.hold_out({"one": _ByPerson}, first, others)

    assert fitted["one"].seen == set(range(20))
    assert trial.log_odds["one"].tolist() == [-4.0] * 50
    assert trial.losses["one"] == pytest.approx(
        np.log1p(np.exp(-4)) + 4 * others.loans[STATUS].mean()
    )


def draw_loans(n_loans: int) -> Sample:
    draw = np.random.default_rng(4)
    frame = pd.DataFrame({name: draw.exponential(size=n_loans) for name in MODEL_FEATURES})
    late = frame[MODEL_FEATURES[0]] > 1 + draw.exponential(size=n_loans)
    loans = frame.assign(**{STATUS: late.astype(np.uint8)})
    return Sample(loans, np.arange(n_loans, dtype=np.uint64))


@pytest.mark.parametrize("most_at_once", [4000, 3999], ids=["all at once", "the first alone"])
def test_candidates_fitted_at_once_are_those_fitted_one_by_one(
    most_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    loans, persons = draw_loans(6000)
    sample, left_out = (Sample(loans[:4000], persons[:4000]), Sample(loans[4000:], persons[4000:]))
    monkeypatch.setattr("training.model.selection._MOST_LOANS_AT_ONCE", most_at_once)

    trial, fitted = Trial.hold_out(CANDIDATES, sample, left_out)

    assert list(fitted) == list(trial.log_odds) == list(CANDIDATES)
    for name, fit in CANDIDATES.items():
        alone = predict_log_odds(fit(sample.loans), left_out.loans)
        assert trial.log_odds[name].tolist() == alone.tolist()


@pytest.mark.parametrize(("n_loans", "first_alone"), [(10, False), (11, True)])
def test_of_very_many_loans_the_others_are_fitted_at_once_after_the_first(
    n_loans: int, first_alone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.model.selection._MOST_LOANS_AT_ONCE", 10)
    loans, persons = make_loans(4)
    others_begin, others, overlaps = Event(), Barrier(2, timeout=30), []

    def fit_first(training: pd.DataFrame) -> _ByPerson:
        overlaps.append(others_begin.wait(0.5 if first_alone else 30))
        return _ByPerson(training)

    def fit_other(training: pd.DataFrame) -> _ByPerson:
        others_begin.set()
        others.wait()
        return _ByPerson(training)

    trial, _ = Trial.hold_out(
        {"first": fit_first, "second": fit_other, "third": fit_other},
        Sample(loans[:n_loans], persons[:n_loans]),
        Sample(loans[15:], persons[15:]),
    )

    assert overlaps == [not first_alone]
    assert list(trial.log_odds) == ["first", "second", "third"]


def test_too_few_persons_with_a_default_make_no_trial() -> None:
    loans, persons = make_loans(8)

    trial = Trial.cross_validate({"one": _ByPerson}, Sample(loans, persons), seed=1)

    assert trial.losses == {}
    assert trial.choose("incumbent", "challenger") == "incumbent"


def draw_trial(seed: int, gain: float, n_persons: int = 400) -> Trial:
    draw = np.random.default_rng(seed)
    persons = np.repeat(np.arange(n_persons, dtype=np.uint64), 10)
    truth = np.repeat(draw.normal(-3, 1, n_persons), 10)
    status = (draw.random(len(truth)) < 1 / (1 + np.exp(-truth))).astype(float)
    noise = partial(np.repeat, repeats=10)
    first = truth + noise(draw.normal(0, 0.3 + gain, n_persons))
    second = truth + noise(draw.normal(0, 0.3, n_persons))
    return Trial({"incumbent": first, "challenger": second}, status, persons)


@pytest.mark.parametrize(("gain", "least", "most"), [(0.0, 0, 4), (0.8, 36, 40)])
def test_the_incumbent_gives_way_to_what_is_clearly_better_only(
    gain: float, least: int, most: int
) -> None:
    chosen = [draw_trial(seed, gain).choose("incumbent", "challenger") for seed in range(40)]

    assert least <= chosen.count("challenger") <= most


def test_a_sample_has_all_loans_of_some_persons() -> None:
    persons = np.repeat(np.arange(1000, dtype=np.uint64), np.arange(1000) % 7 + 1)

    chosen = sample_persons(persons, 500, seed=0)

    assert 450 < chosen.sum() <= 500
    assert not set(persons[chosen]) & set(persons[~chosen])
    assert sample_persons(persons, len(persons), seed=0).all()
