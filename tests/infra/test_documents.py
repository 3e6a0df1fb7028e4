"""What the documents and the editor's files say is what the commands print and the files hold."""

import json
import re
from pathlib import Path

import pytest

from infra.costs import LOG_RULES, METRIC_RULES, PRIVATE_ENDPOINTS, SIZES, estimate, table
from tests.support.paths import ROOT

DOCUMENTS = [
    *sorted((ROOT / "docs" / "azure").glob("*.md")),
    *(
        ROOT / name
        for name in ("SECURITY.md", "SUPPORT.md", ".azuredevops/pull_request_template.md")
    ),
]


def test_the_document_has_the_computed_costs() -> None:
    text = (ROOT / "docs" / "azure" / "cost.md").read_text("utf-8")
    shown = text.partition("<!-- python -m infra.costs -->\n")[2].partition("<!-- end -->")[0]

    assert shown.strip() == table()


def test_the_pull_request_template_is_where_azure_repos_looks_first() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in ROOT.glob("**/pull_request_template.*")
        if "node_modules" not in path.parts
    ]

    # It searches .azuredevops, .vsts, docs and the root, in this order, and takes the first.
    assert found == [".azuredevops/pull_request_template.md"]


def test_a_larger_lender_pays_more() -> None:
    costs = [sum(estimate(size).values()) for size in SIZES]

    assert costs == sorted(costs)
    assert costs[0] > 0


def test_the_ready_instance_of_training_costs_its_memory_for_a_month() -> None:
    small = SIZES[0]

    assert estimate(small)["ready instances"] == pytest.approx(2 * 730 * 3600 * 0.000004)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_and_file_that_a_document_names_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    named = re.findall(r"`((?:infra|docs|pipelines|data)/[\w./-]*\w)`", text)

    for link in links:
        assert (path.parent / link.partition("#")[0]).exists(), link
    for name in named:
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("path", sorted(ROOT.glob(".[vd][se][cv]*/*.json")), ids=lambda p: p.name)
def test_the_editors_files_are_json(path: Path) -> None:
    assert json.loads(path.read_text("utf-8"))


def test_the_debugger_starts_what_exists() -> None:
    folder = ROOT / ".vscode"
    tasks = {task["label"] for task in json.loads((folder / "tasks.json").read_text())["tasks"]}
    started = json.loads((folder / "launch.json").read_text())["configurations"]

    for configuration in started:
        if configuration["request"] == "launch":
            assert (ROOT / configuration["module"] / "__main__.py").is_file()
            assert configuration["preLaunchTask"] in tasks


def test_the_costs_count_every_alert() -> None:
    text = (ROOT / "infra" / "alerts.bicep").read_text("utf-8")

    assert len(re.findall(r"^    every: ", text, re.MULTILINE)) == sum(LOG_RULES.values())
    assert text.count("Microsoft.Insights/metricAlerts@") == METRIC_RULES


def test_the_costs_count_every_private_endpoint() -> None:
    text = (ROOT / "infra" / "network.bicep").read_text("utf-8")

    assert (
        len(re.findall(r"^  \{ name: '[\w-]+', account: ", text, re.MULTILINE)) == PRIVATE_ENDPOINTS
    )


def unexplained(table: str) -> list[str]:
    """Find the rows that say no on our side, the last column, and give no reason."""
    rows = [line.strip("| \n").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return [
        row[0]
        for row in rows
        if any(re.match(r"\s*no\b(?!.*: \w)", part) for part in row[-1].split(";"))
    ]


def test_whatever_the_samples_have_and_we_lack_has_its_reason() -> None:
    comparison = (ROOT / "docs" / "azure" / "comparison.md").read_text("utf-8")

    assert comparison.count("\n| ") > 25
    assert unexplained(comparison) == []


def test_a_lack_without_a_reason_is_found() -> None:
    assert unexplained("| tests | yes | no | yes | no |") == ["tests"]
    assert unexplained("| tests | yes | no | yes | some; no others |") == ["tests"]
    assert unexplained("| tests | yes | no | yes | no: nothing to test |") == []
