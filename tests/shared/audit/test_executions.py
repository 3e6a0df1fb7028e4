"""The executions in their table: as the run records tell, newest first."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import TableClient, UpdateMode
from azure.storage.blob import ContainerClient

from shared.audit.execution import MalformedExecutionError, describe_execution, row_key
from shared.audit.executions import ExecutionTable
from shared.audit.journal import JournalBusyError
from tests.support.audit_tables import new_table
from tests.support.run_records import put_run, run_name
from tests.support.stored_releases import publish, read_manifest


@pytest.fixture
def executions(storage: str) -> ExecutionTable:
    return ExecutionTable(new_table(storage, "executions"))


def test_before_the_first_run_there_are_none(executions: ExecutionTable) -> None:
    assert executions.list(10) == []
    assert executions.fetch(run_name(1)) is None


def test_an_execution_follows_its_run_record(
    executions: ExecutionTable, releases: ContainerClient
) -> None:
    put_run(releases, run_name(1), "running", step="read", steps=[])
    begun = executions.mirror(releases, run_name(1))
    put_run(releases, run_name(1), "rejected", problems=["Column age is missing: add it."])
    ended = executions.mirror(releases, run_name(1))

    assert (begun.state, begun.step, begun.ended) == ("running", "read", None)
    assert executions.fetch(run_name(1)) == ended
    assert (ended.state, ended.ended) == ("rejected", "2026-11-23T06:02:09.000+00:00")
    assert ended.source.sha256 == "ab" * 32
    assert ended.steps[0].seconds == 0.5
    assert ended.problems == ["Column age is missing: add it."]


def test_an_ended_execution_names_its_release(
    executions: ExecutionTable, releases: ContainerClient, release: Path
) -> None:
    publish(releases, release)
    manifest = read_manifest(release)
    put_run(releases, run_name(1), version=manifest.version)

    found = executions.mirror(releases, run_name(1))

    assert (found.version, found.code_version) == (manifest.version, manifest.code_version)
    assert found.counts["users"] == 120
    assert found.verdict == manifest.verdict
    assert found.gates == {gate.name: gate.verdict for gate in manifest.gates}


def test_an_execution_outlives_the_manifest_of_its_release(
    executions: ExecutionTable, releases: ContainerClient
) -> None:
    put_run(releases, run_name(1), version="gone")

    assert executions.mirror(releases, run_name(1)).code_version is None


def test_what_is_known_of_a_release_stays_when_its_manifest_is_gone(
    executions: ExecutionTable, releases: ContainerClient, release: Path
) -> None:
    publish(releases, release)
    version = read_manifest(release).version
    put_run(releases, run_name(1), version=version)
    before = executions.mirror(releases, run_name(1))
    releases.delete_blob(f"{version}/manifest.json")

    assert executions.mirror(releases, run_name(1)) == before
    assert executions.fetch(run_name(1)) == before
    assert before.gates


def test_a_damaged_execution_is_written_again(storage: str, releases: ContainerClient) -> None:
    table = new_table(storage, "executions")
    executions = ExecutionTable(table)
    put_run(releases, run_name(1))
    before = executions.mirror(releases, run_name(1))
    (entity,) = table.list_entities()
    table.update_entity({**entity, "part00": "{"}, UpdateMode.REPLACE)

    executions.mirror(releases, run_name(1))

    assert executions.fetch(run_name(1)) == before


def test_the_latest_upload_comes_first_page_by_page(
    executions: ExecutionTable, releases: ContainerClient
) -> None:
    for number in (3, 1, 5, 2, 4):
        put_run(releases, run_name(number))
        executions.mirror(releases, run_name(number))

    first = [one.id for one in executions.list(2)]
    second = [one.id for one in executions.list(2, after=first[-1])]
    third = [one.id for one in executions.list(2, after=second[-1])]

    assert first + second + third == [run_name(number) for number in (5, 4, 3, 2, 1)]


def test_executions_are_listed_by_state(
    executions: ExecutionTable, releases: ContainerClient
) -> None:
    for number in range(1, 6):
        put_run(releases, run_name(number), "failed" if number % 2 else "published")
        executions.mirror(releases, run_name(number))

    found = [one.id for one in executions.list(2, state="failed")]

    assert found == [run_name(5), run_name(3)]


def test_writers_at_once_leave_what_the_run_record_tells(
    executions: ExecutionTable, releases: ContainerClient
) -> None:
    def advance(number: int) -> None:
        put_run(releases, run_name(1), "running", step=f"step {number}")
        executions.mirror(releases, run_name(1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(advance, range(12)))

    assert executions.fetch(run_name(1)) == executions.mirror(releases, run_name(1))


class _AlwaysTaken:
    """A table in which somebody else is always a little earlier."""

    def __init__(self, table: TableClient) -> None:
        self._table = table

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def create_entity(self, entity: object) -> None:
        raise ResourceExistsError("taken")


def test_a_writer_gives_up_when_others_keep_writing(
    storage: str, releases: ContainerClient
) -> None:
    put_run(releases, run_name(1))
    taken: Any = _AlwaysTaken(new_table(storage, "executions"))

    with pytest.raises(JournalBusyError, match="Expected to write execution"):
        ExecutionTable(taken).mirror(releases, run_name(1))


def test_a_run_without_a_record_has_no_execution(
    executions: ExecutionTable, releases: ContainerClient
) -> None:
    with pytest.raises(ResourceNotFoundError):
        executions.mirror(releases, run_name(1))


def test_many_long_problems_are_cut() -> None:
    record = {
        "id": run_name(1),
        "state": "rejected",
        "attempt": 1,
        "source": {"name": "a"},
        "started": "",
        "updated": "",
        "problems": ["x" * 10_000] * 1000,
    }

    found = describe_execution(msgspec.json.encode(record), None)

    assert len(found.problems) == 100
    assert {len(one) for one in found.problems} == {500}


@pytest.mark.parametrize("name", ["", "x", "20261123T060201Z", "20261123T060201Z-0a'b1c2d3e4"])
def test_a_malformed_id_is_refused(name: str) -> None:
    with pytest.raises(MalformedExecutionError, match="20261123T060201Z-0a1b2c3d4e"):
        row_key(name)
