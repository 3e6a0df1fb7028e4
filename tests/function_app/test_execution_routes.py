"""The executions over HTTP: after a run, page by page, by state."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from azure.data.tables import UpdateMode

from devhost.storage.emulator import connection_string
from serving.execution_handlers import ExecutionHandlers, open_executions
from shared.audit.sweep import open_audit
from shared.audit.tables import EXECUTIONS_TABLE, table_client
from shared.settings import Settings
from tests.support.invoked_app import App
from tests.support.run_records import put_run, run_name


@pytest.fixture
def executions(app: App, storage: str) -> Iterator[App]:
    """Return an app without executions."""
    forget(storage)
    yield app
    forget(storage)


def forget(storage: str) -> None:
    table = table_client(Settings(storage_connection=storage), EXECUTIONS_TABLE)
    table.delete_table()


def fill(app: App, storage: str, n_runs: int) -> None:
    audit = open_audit(Settings(storage_connection=storage))
    for number in range(1, n_runs + 1):
        put_run(app.releases, run_name(number), "failed" if number % 2 else "published")
        audit.executions.mirror(app.releases, run_name(number))


def ask(app: App, query: str = "") -> dict[str, Any]:
    answer = app.get(f"/ejecuciones{query}")
    assert answer.status == 200
    found: dict[str, Any] = json.loads(answer.body)
    return found


def test_before_the_first_run_the_list_is_empty(executions: App) -> None:
    assert ask(executions) == {"executions": [], "next": None}


@pytest.mark.training
def test_a_run_is_listed_and_shown(executions: App, raw_file: Any) -> None:
    executions.drop(raw_file.read_bytes())

    (listed,) = ask(executions)["executions"]
    shown = json.loads(executions.get(f"/ejecuciones/{listed['id']}").body)

    assert shown == listed
    assert (shown["state"], shown["source"]["name"]) == ("published", "loans.csv")
    assert shown["steps"][0]["name"] == "download"
    assert shown["ended"]


def test_later_pages_follow(executions: App, storage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.execution_handlers.PAGE_LENGTH", 2)
    fill(executions, storage, 5)

    first = ask(executions)
    second = ask(executions, f"?after={first['next']}")
    third = ask(executions, f"?after={second['next']}")

    pages = [[one["id"] for one in page["executions"]] for page in (first, second, third)]
    assert pages == [
        [run_name(5), run_name(4)],
        [run_name(3), run_name(2)],
        [run_name(1)],
    ]
    assert third["next"] is None


def test_one_state_is_listed(executions: App, storage: str) -> None:
    fill(executions, storage, 4)

    assert [one["id"] for one in ask(executions, "?estado=published")["executions"]] == [
        run_name(4),
        run_name(2),
    ]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("?estado=lost", 400),
        ("?after=x", 400),
        ("/x", 400),
        ("/20261123T060201Z-0a1b2c3d4e", 404),
    ],
)
def test_what_cannot_be_found_is_a_problem(executions: App, path: str, status: int) -> None:
    answer = executions.get(f"/ejecuciones{path}")

    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_unavailable_tables_are_a_503(executions: App, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = connection_string(dict.fromkeys(("Blob", "Queue", "Table"), "http://127.0.0.1:1"))
    handlers = ExecutionHandlers(lambda: Settings(storage_connection=nowhere), open_executions)
    monkeypatch.setattr("function_app.HANDLERS.executions", handlers)

    answer = executions.get("/ejecuciones")

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "10"


def test_a_damaged_execution_is_a_problem(executions: App, storage: str) -> None:
    fill(executions, storage, 1)
    table = table_client(Settings(storage_connection=storage), EXECUTIONS_TABLE)
    (entity,) = table.list_entities()
    table.update_entity({**entity, "part00": "{"}, UpdateMode.REPLACE)

    answer = executions.get(f"/ejecuciones/{run_name(1)}")

    assert answer.status == 500
    assert "audit verify" in json.loads(answer.body)["detail"]
