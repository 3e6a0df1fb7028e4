"""What a release tells about the champion and the releases before it, in whole runs."""

import dataclasses
from datetime import date

import joblib
import pytest

from shared.release.files import MODEL
from shared.release.manifest import Manifest
from tests.support.jobs import job_of
from tests.support.portfolios import make_portfolio, write_csv
from training.gates.champion import Champion
from training.pipeline import build_release
from training.progress import Progress

pytestmark = pytest.mark.training

DAYS = (date(2020, 4, 30), date(2020, 8, 31), date(2020, 12, 31))


@pytest.fixture(scope="module")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> list[Manifest]:
    """Deliver one growing portfolio three times, each release the champion of the next."""
    folder = tmp_path_factory.mktemp("look-back")
    loans = make_portfolio(n_users=400, seed=2)
    champion, made = None, []
    for day in DAYS:
        csv = write_csv(folder / f"{day}.csv", loans[loans["loan_date"] <= day.isoformat()])
        job = dataclasses.replace(job_of(csv), as_of=day, champion=champion)
        out = folder / day.isoformat()
        made.append(build_release(job, out, Progress()))
        champion = Champion(made[-1], joblib.load(out / MODEL))
    return made


def test_a_first_release_looks_back_on_nothing(manifests: list[Manifest]) -> None:
    first = manifests[0]

    assert (first.backtest, first.anchor, first.drift.spreads) == (None, None, {})


def test_each_delivery_tells_the_outcomes_of_what_the_champion_scored(
    manifests: list[Manifest],
) -> None:
    first, second, third = manifests

    assert second.backtest
    assert third.backtest
    assert second.backtest.version == first.version
    assert second.backtest.after == "2020-01-31"
    assert [one.month[-2:] for one in second.backtest.months] == ["02", "03", "04", "05"]
    assert third.backtest.months[:4] == second.backtest.months
    assert [one.month[-2:] for one in third.backtest.months[4:]] == ["06", "07", "08", "09"]
    assert {one.version for one in third.backtest.months[4:]} == {second.version}
    assert {"backtest_level", "backtest_auc"} <= {gate.name for gate in third.gates}


def test_the_first_release_stays_the_anchor_and_the_trend_grows(manifests: list[Manifest]) -> None:
    first, second, third = manifests

    assert second.anchor
    assert third.anchor
    assert second.anchor.version == third.anchor.version == first.version
    assert third.anchor.distributions == first.distributions
    assert [point.version for point in third.anchor.trend] == [first.version, second.version]
    assert third.anchor.trend[1].score == second.drift.score
