"""One version of Python everywhere, and one duration of a run."""

import json
import re

import pytest

from tests.support.paths import ROOT

PYTHON = (ROOT / ".python-version").read_text("utf-8").strip()


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("infra/site.bicep", r"runtime: \{ name: 'python', version: '([\d.]+)' \}"),
        ("infra/site.bicep", r"'PYTHON\|([\d.]+)'"),
        ("azure-pipelines.yml", r'pythonVersion: "([\d.]+)"'),
        (".devcontainer/devcontainer.json", r"devcontainers/python:\d+-([\d.]+)-"),
        ("Makefile", r"uv pip compile --quiet --python-version ([\d.]+)"),
    ],
)
def test_the_version_of_python_is_the_same(file: str, place: str) -> None:
    assert re.findall(place, (ROOT / file).read_text("utf-8")) == [PYTHON]


def test_the_document_says_how_long_a_run_may_take() -> None:
    hours, minutes, _ = json.loads((ROOT / "host.json").read_text())["functionTimeout"].split(":")
    limits = (ROOT / "docs" / "azure" / "limits.md").read_text("utf-8")

    assert f"| {int(hours) * 60 + int(minutes)} minutes (`functionTimeout`" in limits


def test_a_poisoned_upload_goes_into_the_queue_that_the_templates_make() -> None:
    templates = (ROOT / "infra" / "storage.bicep").read_text("utf-8")
    queues = re.search(r"^var queues = (\[.*\])$", templates, re.MULTILINE)

    app = (ROOT / "function_app.py").read_text("utf-8")
    read = set(re.findall(r'queue_name="([\w-]+)"', app))

    assert queues
    # A message that its function cannot handle goes into a queue of the same name and ending.
    assert {f"'{name}'" for name in read | {f"{name}-poison" for name in read}} <= set(
        queues[1].strip("[]").split(", ")
    )
    assert "'webjobs-blobtrigger-poison'" in queues[1]
