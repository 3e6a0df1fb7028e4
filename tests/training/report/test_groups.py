"""The four-fifths reading of a ratio and its interval."""

import pytest

from shared.release.evaluation import Measured
from training.report.groups import read_four_fifths


@pytest.mark.parametrize(
    ("ratio", "reading"),
    [
        (Measured(None), "n/a"),
        (Measured(1.0), "kept"),
        (Measured(0.9, 0.8, 1.0), "kept"),
        (Measured(0.85, 0.75, 0.95), "kept, not surely"),
        (Measured(0.78, 0.7, 0.82), "below, not surely"),
        (Measured(0.7, 0.65, 0.79), "below"),
    ],
)
def test_a_ratio_is_read_as_surely_as_its_interval_allows(ratio: Measured, reading: str) -> None:
    assert read_four_fifths(ratio) == reading
