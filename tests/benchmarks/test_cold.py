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
import json, sys
sys.path.insert(0, sys.argv[1])
import function_app
found = [json.loads(str(one))["bindings"][0] for one in function_app.app.get_functions()]
print(json.dumps([one for one in found if one["type"] != "httpTrigger"]), flush=True)
import os
os._exit(0)
"""


@pytest.mark.parametrize("kind", ["minimal", "minimal_serving"])
def test_a_least_app_has_the_triggers_of_the_app_that_is_compared_with_it(
    kind: str, tmp_path: Path
) -> None:
    ours = ROOT if kind == "minimal" else link_serving_app(tmp_path)

    assert list_triggers(APPS / kind) == list_triggers(ours)


def list_triggers(app: Path) -> list[dict[str, object]]:
    settings = {"BLOB_TRIGGER_SOURCE": "LogsAndContainerScan", "AzureWebJobsStorage": "x"}
    run = subprocess.run(
        [sys.executable, "-c", _LIST_TRIGGERS, str(app)],
        cwd=app,
        env=os.environ | settings | {"AzureWebJobs.prediccion.Disabled": "true"},
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, object]] = json.loads(run.stdout)
    return found
