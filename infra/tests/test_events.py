"""The event subscription lets through what polling would find, and nothing else."""

import ast
from fnmatch import fnmatch

import pytest

from infra.checks.bicep import bodies, entries, literal, read_bicep, text_of
from infra.tests.examples import INFRA, PROJECT

FINISHED_WRITES = ["PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose"]


@pytest.fixture(scope="module")
def subscription() -> dict[str, str]:
    file = read_bicep(INFRA / "events.bicep")
    (body,) = bodies(file.resources["uploads"].value)
    properties = entries(entries(body)["properties"])
    filters = entries(properties["filter"])
    return {
        "begins": literal(filters["subjectBeginsWith"]) or "",
        "ends": literal(filters["subjectEndsWith"]) or "",
        "advanced": text_of(filters["advancedFilters"]),
        "types": text_of(filters["includedEventTypes"]),
        "endpoint": text_of(properties["destination"]),
        "dead letters": text_of(properties["deadLetterWithResourceIdentity"]),
        "function": literal(file.variables["triggerFunction"].value) or "",
    }


def passes(subscription: dict[str, str], container: str, blob: str) -> bool:
    subject = f"/blobServices/default/containers/{container}/blobs/{blob}"
    return subject.startswith(subscription["begins"]) and subject.endswith(subscription["ends"])


@pytest.mark.parametrize("blob", ["loans.csv", "2026/november.csv"])
def test_an_upload_passes(subscription: dict[str, str], blob: str) -> None:
    assert passes(subscription, "input", blob)


@pytest.mark.parametrize(
    ("container", "blob"),
    [
        ("releases", "20261126T120000Z-0123456789ab/train_model.csv"),
        ("releases", "output/train_model.csv"),
        ("input-old", "loans.csv"),
        ("input", "notes.txt"),
        ("dead-letters", "input/loans.csv"),
    ],
)
def test_what_is_no_upload_does_not_pass(
    subscription: dict[str, str], container: str, blob: str
) -> None:
    assert not passes(subscription, container, blob)


def test_only_finished_writes_pass(subscription: dict[str, str]) -> None:
    assert "'data.api'" in subscription["advanced"]
    assert "'StringIn'" in subscription["advanced"]
    assert str(FINISHED_WRITES) in subscription["advanced"]
    assert subscription["types"] == "['Microsoft.Storage.BlobCreated']"


def test_the_events_reach_the_function_with_the_blob_trigger(subscription: dict[str, str]) -> None:
    tree = ast.parse((PROJECT / "function_app.py").read_text(encoding="utf-8"))
    triggers = {
        function.name: decorator
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for decorator in function.decorator_list
        if "blob_trigger" in ast.unparse(decorator)
    }

    assert list(triggers) == [subscription["function"]]
    assert "functionName=Host.Functions.${triggerFunction}&code=" in subscription["endpoint"]
    path = next(
        word.value
        for word in triggers[subscription["function"]].keywords  # type: ignore[attr-defined]
        if word.arg == "path"
    )
    container, _, pattern = ast.literal_eval(path).partition("/")
    assert container in subscription["begins"]
    assert fnmatch(f"x{subscription['ends']}", pattern.replace("{name}", "*"))


def test_the_events_go_to_the_training_app(subscription: dict[str, str]) -> None:
    file = read_bicep(INFRA / "events.bicep")
    (app,) = bodies(file.resources["trainingApp"].value)
    script = (INFRA / "scripts" / "deploy-events.sh").read_text(encoding="utf-8")

    assert "https://${trainingApp.properties.defaultHostName}/" in subscription["endpoint"]
    assert text_of(entries(app)["name"]) == "trainingAppName"
    assert 'trainingAppName="$AZURE_TRAINING_APP_NAME"' in script
    assert "SERVING" not in script


def test_an_event_that_cannot_be_delivered_is_kept(subscription: dict[str, str]) -> None:
    assert "blobContainerName: 'dead-letters'" in subscription["dead letters"]
    assert "userAssignedIdentity: eventsIdentity.id" in subscription["dead letters"]


def test_a_filter_without_the_blobs_folder_would_let_another_container_through(
    subscription: dict[str, str],
) -> None:
    wrong = subscription | {"begins": subscription["begins"].removesuffix("/blobs/")}

    assert passes(wrong, "input-old", "loans.csv")
    assert not passes(subscription, "input-old", "loans.csv")
