"""The apps that ours is compared with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.cold import link_serving_app
from benchmarks.constant_functions import link_app
from benchmarks.servers import APPS
from tests.support.paths import ROOT

_LIST_FUNCTIONS = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import function_app
found = [json.loads(str(one))["bindings"] for one in function_app.app.get_functions()]
print(json.dumps(found), flush=True)
os._exit(0)
"""


@pytest.mark.parametrize("kind", ["minimal", "minimal_serving"])
def test_a_least_app_has_the_triggers_of_the_app_that_is_compared_with_it(
    kind: str, tmp_path: Path
) -> None:
    ours = ROOT if kind == "minimal" else link_serving_app(tmp_path)

    assert list_triggers(APPS / kind) == list_triggers(ours)


def test_the_constant_is_a_function_of_the_app_that_it_is_compared_with(tmp_path: Path) -> None:
    ours = list_functions(ROOT, ROOT)
    beside = list_functions(link_app(tmp_path), ROOT)

    assert [one for one in beside if one not in ours] == [
        [
            {
                "authLevel": "FUNCTION",
                "direction": "IN",
                "methods": ["GET"],
                "name": "req",
                "route": "user/{user_id}/constante",
                "type": "httpTrigger",
            },
            {"direction": "OUT", "name": "$return", "type": "http"},
        ]
    ]


def list_triggers(app: Path) -> list[list[dict[str, object]]]:
    return [one for one in list_functions(app, app) if one[0]["type"] != "httpTrigger"]


def list_functions(app: Path, root: Path) -> list[list[dict[str, object]]]:
    # An app that serves predictions begins to load a release as it is indexed.
    silent = {"AzureWebJobs.prediccion.Disabled": "true"}
    settings = {"BLOB_TRIGGER_SOURCE": "LogsAndContainerScan", "AzureWebJobsStorage": "x"}
    run = subprocess.run(
        [sys.executable, "-c", _LIST_FUNCTIONS, str(app)],
        cwd=app,
        env=os.environ | settings | silent | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[list[dict[str, object]]] = json.loads(run.stdout)
    return found
