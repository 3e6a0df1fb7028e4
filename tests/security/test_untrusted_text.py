"""Names of blobs and texts of cells are data: in logs, records, files and reports."""

import csv
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

from shared.log_lines import keep_to_one_line
from shared.release.files import MANIFEST, MODEL_CARD, REPORT, TRAINING_TABLE
from shared.release.source import Source
from tests.support.jobs import job_of
from tests.support.portfolios import make_portfolio, write_csv
from tests.support.uploads import RUN_SETTINGS, drop, record_of
from training.pipeline import build_release
from training.progress import Progress
from training.retraining import retrain

pytestmark = pytest.mark.training

_NAMES = [
    "a/b.csv",
    "..csv",
    "a\\..\\..\\b.csv",
    "préstamos \U0001f4b0.csv",
    "=cmd|'!A1.csv",
    "<script>alert(1)</script>.csv",
    "%2e%2e%2fcurrent.json.csv",
    "x" * 1000 + ".csv",
    "a\nINFO published.csv",
    "a\x1b[2J.csv",
    "a\u202ecsv.exe.csv",
]
_FORMULAS = ["=cmd|'/C calc'!A0", "+1+1", "@SUM(A1)", "-2+3", '=HYPERLINK("http://x","y")']
_MARKUP = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _one_line_logs() -> Iterator[None]:
    usual = logging.getLogRecordFactory()
    keep_to_one_line()
    yield
    logging.setLogRecordFactory(usual)


@pytest.mark.parametrize("name", _NAMES, ids=ascii)
def test_a_blobs_name_names_no_path_no_blob_and_no_log_entry(
    inputs: ContainerClient,
    releases: ContainerClient,
    name: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    upload = drop(inputs, b"not loans\n", name)

    retrain(upload, releases, RUN_SETTINGS)

    record = record_of(upload, releases)
    assert record["state"] == "rejected"
    assert record["source"]["name"] == name
    assert list(releases.list_blob_names()) == [f"runs/{record['id']}.json"]
    assert all(
        one.getMessage().isprintable() for one in caplog.records if one.name.startswith("training")
    )


def test_formulas_and_markup_of_a_file_reach_no_file_unescaped(tmp_path: Path) -> None:
    loans = make_portfolio()
    loans["occupation_type"] = [_FORMULAS[place % len(_FORMULAS)] for place in range(len(loans))]
    loans.loc[0, "name_income_type"] = _MARKUP
    loans.loc[1, "name_housing_type"] = _FORMULAS[0]
    path = write_csv(tmp_path / "loans.csv", loans)
    source: Source = {**job_of(path).source, "name": f"{_MARKUP}\x1b[2J|.csv"}

    build_release(replace(job_of(path), source=source), tmp_path / "out", Progress())

    with (tmp_path / "out" / TRAINING_TABLE).open(newline="") as file:
        _, *rows = csv.reader(file)
    assert all(not cell or cell[0].isdigit() or float(cell) < 0 for row in rows for cell in row)
    report = (tmp_path / "out" / REPORT).read_text(encoding="utf-8")
    card = (tmp_path / "out" / MODEL_CARD).read_text(encoding="utf-8")
    assert "<script" not in report + card
    assert "&lt;script&gt;" in report
    assert "\x1b" not in card
    manifest = json.loads((tmp_path / "out" / MANIFEST).read_bytes())
    assert manifest["source"]["name"] == source["name"]
    assert _MARKUP[:40] in str(manifest["data_quality"])
