"""Every role that the code needs is assigned, and none that it does not."""

import re
from typing import NamedTuple

import pytest
from tree_sitter import Node

from infra.checks.bicep import BicepFile, bodies, entries, read_bicep, text_of
from infra.tests.examples import INFRA, PROJECT, template

ACCESS = INFRA / "access.bicep"


class Assignment(NamedTuple):
    """Who may do what where."""

    who: str
    role: str
    where: str


# Why each is needed.
NEEDED = {
    Assignment("servingIdentity", "blobDataOwner", "servingHost"): "the host's leases and keys",
    Assignment("servingIdentity", "tableDataContributor", "servingHost"): "diagnostic events",
    Assignment("servingIdentity", "blobDataContributor", "releases"): "reading, decisions",
    Assignment("servingIdentity", "tableDataContributor", "dataAccount"): "audit, executions",
    Assignment("servingIdentity", "metricsPublisher", "insights"): "telemetry without a key",
    Assignment("trainingIdentity", "blobDataOwner", "trainingHost"): "the host's leases, receipts",
    Assignment(
        "trainingIdentity", "queueDataContributor", "trainingHost"
    ): "the trigger's messages",
    Assignment("trainingIdentity", "tableDataContributor", "trainingHost"): "diagnostic events",
    Assignment("trainingIdentity", "blobDataReader", "input"): "the trigger reads the upload",
    Assignment("trainingIdentity", "blobDataContributor", "releases"): "publishing, run records",
    Assignment("trainingIdentity", "queueDataContributor", "dataQueues"): "uploads are given up",
    Assignment("trainingIdentity", "tableDataContributor", "dataAccount"): "the audit store",
    Assignment("trainingIdentity", "metricsPublisher", "insights"): "telemetry without a key",
    Assignment("eventsIdentity", "blobDataContributor", "deadLetters"): "undelivered events",
    Assignment("uploader", "blobDataContributor", "input"): "dropping files",
    Assignment("reader", "blobDataReader", "releases"): "fetching the copies and reports",
    Assignment("operator", "blobDataContributor", "releases"): "deciding on the command line",
    Assignment("operator", "queueDataContributor", "dataQueues"): "taking up poisoned uploads",
}


def assignments(file: BicepFile) -> list[Assignment]:
    """Read all role assignments of a template."""
    found = []
    for resource in file.resources.values():
        if resource.target.startswith("Microsoft.Authorization/roleAssignments"):
            (body,) = bodies(resource.value)
            found.append(_assignment(entries(body)))
    return found


def _assignment(body: dict[str, Node]) -> Assignment:
    properties = entries(body["properties"])
    role = re.search(r"roles\.(\w+)\)", text_of(properties["roleDefinitionId"]))
    assert role is not None
    where = text_of(body["scope"])
    who = text_of(properties["principalId"]).partition(".")[0]
    # Two assignments of one name would replace each other.
    assert text_of(body["name"]) == f"guid({where}.id, {who}.id, roles.{role[1]})"
    return Assignment(who, role[1], where)


def test_the_roles_are_exactly_those_that_are_needed() -> None:
    found = assignments(read_bicep(ACCESS))

    assert sorted(found) == sorted(NEEDED)


def test_nobody_has_a_role_on_a_whole_account_but_the_hosts_and_the_audit_store() -> None:
    found = assignments(read_bicep(ACCESS))

    owners = {(one.who, one.where) for one in found if one.where.endswith("Host")}
    on_data = {(one.who, one.role) for one in found if one.where == "dataAccount"}
    assert owners == {("servingIdentity", "servingHost"), ("trainingIdentity", "trainingHost")}
    assert on_data == {
        ("servingIdentity", "tableDataContributor"),
        ("trainingIdentity", "tableDataContributor"),
    }


def test_the_serving_app_reaches_no_upload_and_no_queue() -> None:
    found = assignments(read_bicep(ACCESS))

    served = {one for one in found if one.who == "servingIdentity"}
    assert not {one for one in served if one.where in ("input", "dataQueues", "trainingHost")}
    assert not {one for one in served if one.role.startswith("queue")}


@pytest.mark.parametrize("app", ["serving", "training"])
def test_each_app_runs_as_its_own_identity_with_a_host_account_of_its_own(app: str) -> None:
    file = read_bicep(INFRA / "main.bicep")
    (body,) = bodies(file.modules[app].value)
    params = {name: text_of(value) for name, value in entries(entries(body)["params"]).items()}

    assert params["identityName"] == f"access.outputs.{app}IdentityName"
    assert params["hostAccountName"] == f"storage.outputs.{app}HostName"
    assert file.modules[app].target == f"{app}.bicep"


def test_uploaders_write_to_the_input_alone() -> None:
    found = assignments(read_bicep(ACCESS))

    assert [one.where for one in found if one.who == "uploader"] == ["input"]


def test_roles_are_assigned_in_one_template() -> None:
    users = [path for path in INFRA.glob("*.bicep") if "roleAssignments" in path.read_text("utf-8")]

    assert users == [ACCESS]


def test_the_audit_store_has_a_role_as_long_as_the_app_has_its_client() -> None:
    listed = (PROJECT / "requirements.in").read_text(encoding="utf-8").split()
    roles = {(one.role, one.where) for one in assignments(read_bicep(ACCESS))}

    assert ("azure-data-tables" in listed) == (("tableDataContributor", "dataAccount") in roles)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("scope: input\n", "scope: dataAccount\n"),
        ("roles.blobDataReader)\n    principalId", "roles.blobDataOwner)\n    principalId"),
        ("resource trainingReadsUploads", "// resource trainingReadsUploads"),
    ],
)
def test_a_role_that_is_wider_or_missing_is_found(right: str, wrong: str) -> None:
    text = ACCESS.read_text(encoding="utf-8")
    assert right in text
    changed = text.replace(right, wrong, 1)
    if wrong.startswith("//"):
        start = text.index(right)
        changed = text[:start] + text[text.index("\n}\n", start) + 3 :]

    try:
        found = sorted(assignments(template(changed, "access.bicep")))
    except AssertionError:
        return
    assert found != sorted(NEEDED)
