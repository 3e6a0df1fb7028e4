"""A champion of sound loans, and a candidate of the same file."""

from pathlib import Path

import pandas as pd
import pytest

from shared.release.drift import Drift
from shared.release.manifest import Manifest
from tests.support.reviewed_candidates import (
    build,
    make_sound_loans,
)
from training.champion_store import read_champion
from training.gates.champion import Champion

NO_DRIFT = Drift(champion=None, score=None, features={})


@pytest.fixture(scope="module")
def sound_loans() -> pd.DataFrame:
    return make_sound_loans()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("review")


@pytest.fixture(scope="module")
def champion(folder: Path, sound_loans: pd.DataFrame) -> Champion:
    build(folder, "champion", sound_loans, None)
    return read_champion(folder / "champion")


@pytest.fixture(scope="module")
def repeated(folder: Path, sound_loans: pd.DataFrame, champion: Champion) -> Manifest:
    """Make a candidate from the champion's own file."""
    return build(folder, "repeated", sound_loans, champion)
