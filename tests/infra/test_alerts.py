"""Alerts ask for lines that the code writes, and have a runbook each."""

import ast
import json
import re
from pathlib import Path

import pytest

from tests.support.app_settings import functions_of
from tests.support.paths import ROOT

INFRA = ROOT / "infra"
RUNBOOKS = ROOT / "docs" / "azure" / "runbooks.md"
_PHRASE = re.compile(r'\bMessage (?:has|startswith) "([^"]+)"')
_FUNCTION = re.compile(r'OperationName (?:==|!=|in) \(?("[^)\n|]+")')


def queries() -> dict[str, str]:
    workbook = json.loads((INFRA / "workbook.json").read_text("utf-8"))
    shown = {
        item["name"]: item["content"]["query"] for item in workbook["items"] if item["type"] == 3
    }
    return shown | alert_queries()


def alert_queries() -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in INFRA.glob("queries/*.kql")}


def written_texts() -> list[str]:
    """Read every literal of the code, with the parts of a formatted text joined."""
    folders = ("shared", "serving", "training")
    return [
        "".join(
            str(part.value) if isinstance(part, ast.Constant) else "%s"
            for part in (node.values if isinstance(node, ast.JoinedStr) else [node])
        )
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str))
    ]


def named_functions(query: str) -> set[str]:
    groups = _FUNCTION.findall(query)
    return {name for group in groups for name in re.findall(r'"(\w+)"', group)} - {"PutMessage"}


def unwritten_phrases(query: str) -> list[str]:
    texts = written_texts()
    return [
        phrase for phrase in _PHRASE.findall(query) if not any(phrase in text for text in texts)
    ]


@pytest.mark.parametrize("name", sorted(queries()))
def test_the_code_writes_what_a_query_looks_for(name: str) -> None:
    assert unwritten_phrases(queries()[name]) == []


def test_a_phrase_that_no_line_has_is_noticed() -> None:
    assert unwritten_phrases('AppTraces | where Message has "was declined:"') == ["was declined:"]


@pytest.mark.parametrize("name", sorted(queries()))
def test_a_query_names_functions_of_the_apps(name: str) -> None:
    assert named_functions(queries()[name]) <= functions_of("app") | functions_of("TRAINING")


def test_the_workbook_shows_what_gates_measured_and_how_old_the_served_release_is() -> None:
    shown = "\n".join(queries().values())

    assert {"gate", "release_served"} <= set(re.findall(r'Facts\.event == "(\w+)"', shown))


def test_the_workbook_asks_the_workspace_wherever_it_is_opened() -> None:
    text = (INFRA / "workbook.json").read_text("utf-8")
    template = (INFRA / "monitoring.bicep").read_text("utf-8")
    call = r"replace\(loadTextContent\('workbook.json'\), '(.*?)', '(.*?)'\)"
    replaced = re.search(call, template)

    assert replaced
    assert text.count(replaced[1]) == 1
    assert "${workspace.id}" in replaced[2]


def test_alerts_ask_about_functions_of_both_apps() -> None:
    asked = set().union(*map(named_functions, alert_queries().values()))

    assert asked & functions_of("app"), "nothing asks about the serving app"
    assert asked & functions_of("TRAINING"), "nothing asks about the training app"


def test_no_alert_of_both_apps_is_narrowed_to_one() -> None:
    for query in alert_queries().values():
        assert "AppRoleName" not in query


def test_the_availability_test_alone_raises_no_server_errors() -> None:
    # It asks from several places, each again after a 503, which `not-ready` already tells of.
    query = alert_queries()["server-errors"]

    assert re.search(r'OperationName != "ready"', query)


def test_a_failed_run_is_told_by_the_line_that_it_ends_with() -> None:
    query = alert_queries()["failed-run"]

    assert 'tostring(parse_json(Message).event) == "run_ended"' in query
    assert 'tostring(parse_json(Message).state) == "failed"' in query


def test_a_run_that_the_timer_gives_up_on_is_told_like_a_poisoned_upload() -> None:
    query = alert_queries()["poisoned-upload"]

    assert 'tostring(parse_json(Message).event) == "run_ended"' in query
    assert 'tostring(parse_json(Message).state) == "abandoned"' in query


def alert_names() -> set[str]:
    text = (INFRA / "alerts.bicep").read_text("utf-8")
    by_query = re.findall(r"^    name: '([\w-]+)'\n    description:", text, re.MULTILINE)
    by_metric = re.findall(r"\$\{runbooks\}#([\w-]+)'", text)
    return {*by_query, *by_metric}


def headings(path: Path) -> set[str]:
    return set(re.findall(r"^## ([\w-]+)$", path.read_text("utf-8"), re.MULTILINE))


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    assert len(alert_names()) == 16
    assert headings(RUNBOOKS) == alert_names()


def test_a_runbook_says_what_it_means_what_to_look_at_and_what_to_do() -> None:
    for section in RUNBOOKS.read_text("utf-8").split("\n## ")[1:]:
        for part in ("**Means.**", "**Look at.**", "**Do.**"):
            assert section.count(part) == 1, section.partition("\n")[0]


def test_every_alert_has_its_query() -> None:
    text = (INFRA / "alerts.bicep").read_text("utf-8")
    used = set(re.findall(r"loadTextContent\('queries/([\w-]+)\.kql'\)", text))

    assert used == {path.stem for path in INFRA.glob("queries/*.kql")}


def test_an_alert_looks_back_further_than_lines_are_late() -> None:
    # Its window ends now and goes by the time of a line, not of its arrival.
    text = (INFRA / "alerts.bicep").read_text("utf-8")
    rules = re.findall(r"name: '([\w-]+)'.*?every: 'PT(\w+)'.*?over: 'P(\w+)'", text, re.DOTALL)
    minutes = {"T5M": 5, "T15M": 15, "T30M": 30, "T1H": 60, "T6H": 360, "1D": 1440}

    assert len(rules) == len(alert_queries())
    for name, every, over in rules:
        late = 10 if name != "poisoned-upload" else 25
        if name not in ("no-upkeep", "slow-reads"):
            assert minutes[over] >= minutes[f"T{every}"] + late, name


def test_no_line_that_an_alert_asks_for_is_sampled_away() -> None:
    host = json.loads((ROOT / "host.json").read_text("utf-8"))
    sampling = host["logging"]["applicationInsights"]["samplingSettings"]
    asked = {
        {"AppTraces": "Trace", "AppRequests": "Request"}[table]
        for query in queries().values()
        for table in re.findall(r"^(AppTraces|AppRequests)$", query, re.MULTILINE)
    }

    assert asked
    assert asked <= set(sampling["excludedTypes"].split(";"))
