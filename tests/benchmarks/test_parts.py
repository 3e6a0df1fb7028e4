"""Which parts of the benchmark run, and which runs are written down."""

import re
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.__main__ import count_missed, is_whole, parse_arguments
from benchmarks.comparisons import Comparison, at_most_times, less_is_better
from benchmarks.document import Circumstances, Comparisons, format_document
from benchmarks.generated_file import USERS
from benchmarks.inputs import Inputs
from benchmarks.parts import PARTS, choose_parts
from tests.support.paths import ROOT

TABLE, PIPELINE = PARTS[:2]
WHEN = datetime(2026, 11, 26, 8, 5, tzinfo=UTC)


def fast(seconds: float) -> Comparison:
    return less_is_better("whole run", 8.0, seconds, "s", 4)


def test_all_parts_run_by_default() -> None:
    assert choose_parts([]) == PARTS
    assert parse_arguments([]).parts == PARTS
    assert len({part.name for part in PARTS}) == len(PARTS)


@pytest.mark.parametrize("page", ["Makefile", "README.md"])
def test_every_part_is_named_where_people_look(page: str) -> None:
    words = set(re.findall(r"[\w-]+", (ROOT / page).read_text(encoding="utf-8")))

    assert {part.name for part in PARTS} <= words


def test_parts_run_in_their_own_order_however_they_are_named() -> None:
    assert choose_parts(["pipeline", "table", "pipeline"]) == (TABLE, PIPELINE)


def test_an_unknown_part_is_refused_with_the_names_of_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parse_arguments(["pipelines"])

    told = capsys.readouterr().err
    assert "There is no part pipelines" in told
    assert all(part.name in told for part in PARTS)


def test_less_than_one_run_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_arguments(["--runs", "0"])

    assert "--runs: expected at least 1, got 0." in capsys.readouterr().err


def test_a_quick_run_takes_a_third_of_the_rounds_and_at_least_one(tmp_path: Path) -> None:
    assert parse_arguments(["cold", "--quick"]).quick
    assert not parse_arguments(["cold"]).quick
    usual, quick = (Inputs(20, tmp_path, ExitStack(), quick=one) for one in (False, True))
    assert [usual.rounds(rounds) for rounds in (1, 3, 40)] == [1, 3, 40]
    assert [quick.rounds(rounds) for rounds in (1, 3, 40)] == [1, 1, 14]


def test_only_all_parts_on_the_usual_file_are_written_down() -> None:
    assert is_whole(PARTS, USERS, quick=False)
    assert not is_whole(PARTS, USERS, quick=True)
    assert not is_whole(PARTS[1:], USERS, quick=False)
    assert not is_whole(PARTS, 300, quick=False)


def test_the_missed_targets_of_all_runs_count() -> None:
    runs: list[Comparisons] = [
        {TABLE: [fast(1.0), fast(4.0)], PIPELINE: [fast(8.0)]},
        {TABLE: [fast(1.0), fast(1.0)], PIPELINE: [fast(2.1)]},
    ]

    assert count_missed(runs) == 3


def test_the_page_says_what_was_measured_and_shows_every_part() -> None:
    circumstances = Circumstances("commit abc, with changes", "2 cores", WHEN)

    page = format_document("90 loans", circumstances, [{TABLE: [fast(1.0)], PIPELINE: [fast(4.0)]}])

    assert "\n90 loans; 2 cores; commit abc, with changes; begun 2026-11-26 08:05 UTC.\n" in page
    assert f"\n## {TABLE.title}\n\n| measure |" in page
    assert f"\n## {PIPELINE.title}\n\n| measure |" in page
    assert "The parts are: `table`, `pipeline`." in page
    assert "| whole run | 8.00 s | 1.00 s | 8.00 | at least 4 |" in page
    assert "in a row" not in page


def test_the_page_of_several_runs_shows_each_target_in_each_run() -> None:
    told = at_most_times("told only", 1.0, 9.0, "s")
    runs: list[Comparisons] = [{PIPELINE: [told, fast(seconds)]} for seconds in (1.0, 4.0, 2.0)]

    page = format_document("90 loans", Circumstances("commit abc", "2 cores", WHEN), runs)

    assert "| part | measure | target | run 1 | run 2 | run 3 |" in page
    row = f"| {PIPELINE.title} | whole run | at least 4 | 8.00 | 2.00 **missed** | 4.00 |"
    assert row in page
    assert "| whole run | 8.00 s | 2.00 s | 4.00 | at least 4 |" in page
    assert page.count("told only") == 1


def test_the_code_that_is_measured_is_named_by_its_commit() -> None:
    found = Circumstances.find()

    assert found.code.startswith("commit ")
    assert "cores, Python 3.13" in found.machine
