"""The least that any way from a raw CSV to the training table does: read it, and write as much.

Run as ``python -m benchmarks.bare_table CSV DIR``; prints a line of JSON with the seconds of each
step.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from shared.release.features import FEATURES, LOAN, LOAN_DATE, STATUS, USER
from shared.release.files import TRAINING_TABLE
from training.dataset.dataset import DATASET_COLUMNS
from training.release.training_table import TRAINING_COLUMNS

_TYPES = {STATUS: pa.float64(), LOAN_DATE: pa.date32()}
_ROWS_PER_BLOCK = 100_000


def read(csv: Path) -> pa.Table:
    """Read the columns that we read, on all cores, without a check."""
    options = pa_csv.ConvertOptions(include_columns=list(DATASET_COLUMNS), column_types=_TYPES)
    return pa_csv.read_csv(csv, convert_options=options)


def write(raw: pa.Table, path: Path) -> None:
    """Write as many rows and columns as the training table has, on all cores.

    A raw column of the same kind stands for each feature, one of no more digits.
    """
    whole = raw[STATUS].cast(pa.int8())
    columns = {name: raw[name] for name in (USER, LOAN, LOAN_DATE)} | {STATUS: whole}
    columns |= {
        name: whole if feature.whole else raw["loan_amount"]
        for name, feature in FEATURES.items()
        if name in TRAINING_COLUMNS
    }
    table = pa.table({name: columns[name] for name in TRAINING_COLUMNS})
    blocks = (
        table.slice(start, _ROWS_PER_BLOCK) for start in range(0, len(table), _ROWS_PER_BLOCK)
    )
    with path.open("wb") as file, ThreadPoolExecutor() as pool:
        file.write(",".join(TRAINING_COLUMNS).encode() + b"\n")
        for block in pool.map(_encode, blocks):
            file.write(block)


def _encode(table: pa.Table) -> pa.Buffer:
    stream = pa.BufferOutputStream()
    pa_csv.write_csv(table, stream, pa_csv.WriteOptions(include_header=False))
    return stream.getvalue()


if __name__ == "__main__":
    begun = time.perf_counter()
    loans = read(Path(sys.argv[1]))
    were_read = time.perf_counter()
    write(loans, Path(sys.argv[2]) / TRAINING_TABLE)
    written = time.perf_counter()
    print(json.dumps({"read": were_read - begun, "write": written - were_read}))
