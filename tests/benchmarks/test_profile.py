"""Where the time goes: a run's steps, and a cold start's imports."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.import_times import format_packages, sum_by_package, time_imports
from benchmarks.profile import BETWEEN, IMPORTS, Cost, StepCosts, format_costs
from tests.support.paths import ROOT
from training.progress import Progress

SMALL_FILE = ("-m", "data.generate", "--users", "800", "--seed", "7", "--out")


def run(*words: str) -> str:
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def parse(table: str) -> dict[str, list[float]]:
    rows = [line.rsplit(maxsplit=4) for line in table.splitlines()[2:]]
    return {
        name: [float(cell.rstrip("%").replace(",", "")) for cell in cells] for name, *cells in rows
    }


@pytest.mark.training
def test_the_profile_of_a_run_accounts_for_its_whole_time(tmp_path: Path) -> None:
    csv = tmp_path / "loans.csv"
    run(*SMALL_FILE, str(csv))

    rows = parse(run("-m", "benchmarks.profile", str(csv), "--as-of", "2022-03-08"))

    names = list(rows)
    assert names[:4] == [IMPORTS, "read", "engineer", "write"]
    assert {"split", "train", "evaluate", "score", "check", "review", "report"} < set(names)
    assert names[-2:] == [BETWEEN, "whole run"]
    whole = rows.pop("whole run")
    for column in range(3):
        assert sum(row[column] for row in rows.values()) == pytest.approx(whole[column], abs=0.7)
    peaks = [peak for *_, peak in rows.values()]
    assert peaks == sorted(peaks)
    assert rows[IMPORTS][1] > 0
    assert rows[IMPORTS][2] > 0


def test_a_step_that_fails_has_its_cost_too() -> None:
    costs = StepCosts()

    with pytest.raises(KeyError), Progress([costs]).step("read"):
        raise KeyError

    assert [one.name for one in costs.costs] == ["read"]


def test_what_no_step_accounts_for_has_a_line() -> None:
    table = format_costs(
        [
            Cost("read", 2.0, 3.0, 100.0),
            Cost("train", 5.0, 5.0, 1_500.0),
            Cost("whole", 8.0, 8.5, 1_500.0),
        ]
    )

    assert [line.split() for line in table.splitlines()[1:]] == [
        ["read", "25.0%", "2.00", "3.00", "100"],
        ["train", "62.5%", "5.00", "5.00", "1,500"],
        ["(between", "steps)", "12.5%", "1.00", "0.50", "1,500"],
        ["whole", "100.0%", "8.00", "8.50", "1,500"],
    ]


def test_imports_add_up_by_package() -> None:
    report = (
        "import time: self [us] | cumulative | imported package\n"
        "import time:       100 |        100 |   json.decoder\n"
        "import time:       200 |        300 | json\n"
        "import time:        40 |         40 |     azure.storage.blob\n"
        "import time:         2 |          2 |     azure.functions\n"
    )

    assert sum_by_package(report) == {"json": 300, "azure.storage": 40, "azure.functions": 2}


def test_the_packages_that_take_longest_come_first() -> None:
    table = format_packages(Counter(json=1_000, azure=6_000, email=2_500, time=500), 2)

    assert [line.split() for line in table.splitlines()[1:]] == [
        ["azure", "60.0%", "6.0"],
        ["email", "25.0%", "2.5"],
        ["(others)", "15.0%", "1.5"],
        ["all", "100.0%", "10.0"],
    ]


def test_python_reports_the_imports_of_a_module() -> None:
    packages = sum_by_package(time_imports("json.tool"))

    assert packages["json"] > 0
    with pytest.raises(RuntimeError, match="no_such_module cannot be imported"):
        time_imports("no_such_module")
