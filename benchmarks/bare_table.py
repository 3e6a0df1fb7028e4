"""The least work from a raw CSV to `train_model.csv`: the bytes read once, the columns written.

Run as ``python -m benchmarks.bare_table CSV TABLE``, where TABLE is the training table made from
the CSV; prints a line of JSON with the seconds of each step, wall and CPU. Nothing is checked and
no feature is computed: what is written is TABLE itself, from memory.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from shared.release.features import FEATURES, LOAN_DATE, STATUS
from training.reading.parsing import TYPES

_BLOCK_BYTES = 4 * 1024 * 1024
_WRITTEN_AS = {name: pa.int32() for name, feature in FEATURES.items() if feature.whole} | {
    STATUS: pa.int8(),
    LOAN_DATE: pa.date32(),
}


def read_and_write(csv: Path, table: Path) -> dict[str, float]:
    """Read a raw CSV and write the columns of its training table, with Arrow and without checks.

    Parameters
    ----------
    csv : Path
        The raw file. All 24 columns are read, in the types of the contract.
    table : Path
        The training table of a release made from it.

    Returns
    -------
    dict of str to float
        Seconds and CPU seconds to read and to write.
    """
    types = pa_csv.ConvertOptions(column_types=_WRITTEN_AS)
    written = pa_csv.read_csv(table, convert_options=types)
    with tempfile.TemporaryDirectory() as folder:
        read, read_cpu = _time(lambda: _read(csv))
        write, write_cpu = _time(lambda: pa_csv.write_csv(written, Path(folder) / "table.csv"))
    return {"read": read, "read_cpu": read_cpu, "write": write, "write_cpu": write_cpu}


def _time(work: Callable[[], object]) -> tuple[float, float]:
    started, cpu_started = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - cpu_started


def _read(csv: Path) -> pa.Table:
    return pa_csv.read_csv(
        csv,
        read_options=pa_csv.ReadOptions(block_size=_BLOCK_BYTES),
        convert_options=pa_csv.ConvertOptions(column_types=TYPES, strings_can_be_null=True),
    )


if __name__ == "__main__":
    print(json.dumps(read_and_write(Path(sys.argv[1]), Path(sys.argv[2]))))
