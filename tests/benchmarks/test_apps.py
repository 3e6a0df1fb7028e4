"""The least apps that cold starts are compared with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.cold import link_serving_app
from benchmarks.servers import APPS
from tests.support.paths import ROOT

_LIST_TRIGGERS = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import function_app
found = [json.loads(str(one))["bindings"] for one in function_app.app.get_functions()]
print(json.dumps([one for one in found if one[0]["type"] != "httpTrigger"]), flush=True)
os._exit(0)
"""


@pytest.mark.parametrize("kind", ["minimal", "minimal_serving"])
def test_a_least_app_has_the_triggers_of_the_app_that_is_compared_with_it(
    kind: str, tmp_path: Path
) -> None:
    ours = ROOT if kind == "minimal" else link_serving_app(tmp_path)

    assert list_triggers(APPS / kind) == list_triggers(ours)


def list_triggers(app: Path) -> list[list[dict[str, object]]]:
    # An app that serves predictions begins to load a release as it is indexed.
    silent = {"AzureWebJobs.prediccion.Disabled": "true"}
    settings = {"BLOB_TRIGGER_SOURCE": "LogsAndContainerScan", "AzureWebJobsStorage": "x"}
    run = subprocess.run(
        [sys.executable, "-c", _LIST_TRIGGERS, str(app)],
        cwd=app,
        env=os.environ | settings | silent,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[list[dict[str, object]]] = json.loads(run.stdout)
    return found
