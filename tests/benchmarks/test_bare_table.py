"""The bare read and write that the pipeline's time is compared with."""

from pathlib import Path

from benchmarks.bare_table import read_and_write
from tests.support.datasets import LAG_DAYS
from tests.support.paths import SAMPLE
from tests.support.portfolios import AS_OF
from training.features.engineering import engineer_features
from training.reading.raw_file import read_loans
from training.release.training_table import write_training_table


def test_the_bare_read_and_write_tells_the_time_of_each(tmp_path: Path) -> None:
    table = tmp_path / "train_model.csv"
    loans = engineer_features(read_loans(SAMPLE, AS_OF).loans, AS_OF, LAG_DAYS).loans
    write_training_table(table, loans)

    seconds = read_and_write(SAMPLE, table)

    assert list(seconds) == ["read", "read_cpu", "write", "write_cpu"]
    assert all(one > 0 for one in seconds.values())
    assert list(tmp_path.iterdir()) == [table]
