"""What importing the app loads, and what tests import."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.paths import ROOT
from tests.support.running_app import empty_releases
from tests.support.stored_releases import publish

_HEAVY = (
    *("pandas", "sklearn", "numpy", "pyarrow", "scipy", "narwhals", "joblib"),
    "azure.data.tables",
)
_LATE = (
    *("serving.openapi", "serving.release_handlers", "serving.execution_handlers"),
    *("serving.decision_log_table", "serving.api.problems"),
    *("shared.registry.moves", "shared.registry.release_list"),
    *("sqlite3", "shared.release.manifest", "shared.release.facts", "shared.release.reasons"),
)
"""What a brief answer does not need: a new instance gives it sooner."""
_IMPORT = f"""
import os, sys
read = []
class Recorder(dict):
    def __getitem__(self, name): read.append(name); return super().__getitem__(name)
    def get(self, name, default=None): read.append(name); return super().get(name, default)
import azure.functions, azurefunctions.extensions.bindings.blob, azure.storage.blob
os.environ = Recorder(os.environ)
opened = []
sys.addaudithook(
    lambda event, args: opened.append(args[0])
    if event in ("socket.connect", "sqlite3.connect", "tempfile.mkdtemp") else None
)
import function_app
import json
print(json.dumps([sorted(set(sys.modules) & set({_HEAVY + _LATE!r})), sorted(set(read)), opened]))
"""


def test_importing_the_app_loads_no_data_library_and_opens_nothing() -> None:
    run = subprocess.run(
        [sys.executable, "-c", _IMPORT], cwd=ROOT, capture_output=True, text=True, check=True
    )

    loaded, read, opened = json.loads(run.stdout)
    connections = ("DATA_STORAGE", "AzureWebJobsStorage")
    assert (loaded, opened) == ([], [])
    assert {"BLOB_TRIGGER_SOURCE", "MAINTENANCE_SCHEDULE"} == {
        name for name in read if not name.startswith(connections)
    }


def test_an_app_that_only_serves_imports_no_identities(tmp_path: Path) -> None:
    for name in ("function_app.py", "serving", "shared"):
        (tmp_path / name).symlink_to(ROOT / name)
    code = (
        "import sys, function_app\n"
        "print('azure.identity' in sys.modules, len(function_app.app.get_functions()))"
    )
    environment = os.environ | {"AzureWebJobs.prediccion.Disabled": "true"}

    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.strip() == "False 19"


def test_a_start_searches_for_garbage_neither_during_the_imports_nor_among_them_later() -> None:
    code = (
        "import gc; found = []; gc.callbacks.append(lambda phase, info: found.append(phase))\n"
        "import function_app\n"
        "print(len(found) < 5, gc.isenabled(), gc.get_freeze_count() > 50_000)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "True True True"


def test_the_first_answer_is_given_before_garbage_is_searched_for(
    storage: str, release: Path, tmp_path: Path
) -> None:
    publish(empty_releases(storage), release)
    # As the package that only serves: no listener takes up what other tests left behind.
    for name in ("function_app.py", "host.json", "serving", "shared", "devhost"):
        (tmp_path / name).symlink_to(ROOT / name)
    code = """
import gc, os, pathlib, threading, time, urllib.request
import serving.release_watcher
from devhost.host.server import reserve_port, run_host
from devhost.running_host import free_port
serving.release_watcher._REST_AFTER_SECONDS = 60.0
after_import = []
gc.callbacks.append(lambda phase, info: after_import.append(gc.get_freeze_count() > 0))
port = free_port()
def ask():
    while True:
        try:
            place = f"http://127.0.0.1:{port}/api/user/5000042/prediccion"
            status = urllib.request.urlopen(place).status
            frozen = gc.get_freeze_count() > 0
            print(f"\\nanswered {status} {sum(after_import)} {frozen}", flush=True)
            os._exit(0)
        except OSError:
            time.sleep(0.01)
threading.Thread(target=ask, daemon=True).start()
run_host(pathlib.Path.cwd(), reserve_port(port))
"""

    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"AzureWebJobsStorage": storage},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert "\nanswered 200 0 True\n" in run.stdout


def test_neither_a_keyed_read_nor_a_what_if_loads_a_data_library(release: Path) -> None:
    code = f"""
import json, msgspec, pathlib, shutil, sys, tempfile
folder = pathlib.Path(tempfile.mkdtemp()) / "release"
shutil.copytree({str(release)!r}, folder)
from contextlib import nullcontext
from serving.current_release import CurrentRelease
from serving.loaded_release import LoadedRelease
from serving.dispatch import Request
from serving.user_handlers import UserHandlers
from shared.release.features import FEATURES
from shared.release.manifest import Manifest
current = CurrentRelease()
manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest)
loaded = LoadedRelease(lambda: manifest, lambda name, _: nullcontext(folder / name))
loaded.complete()
assert loaded.load_scorer() is None
current.serve(loaded)
users = UserHandlers(current)
asking = Request("GET", "", "", {{"user_id": "5000042"}}, {{"detalle": "true"}})
detailed = json.loads(users.features(asking).body)
given = [name for name in manifest.features if not FEATURES[name].derived]
applicant = json.dumps({{name: detailed[name] for name in given}}).encode()
headers = {{"Content-Type": "application/json"}}
assert users.what_if(Request("POST", "", "", headers=headers, body=applicant)).status == 200
print(sorted(set(sys.modules) & set({_HEAVY!r})))
"""

    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "[]"


def test_no_test_module_imports_from_another() -> None:
    lines = [
        (path.relative_to(ROOT), line)
        for path in (ROOT / "tests").rglob("*.py")
        for line in path.read_text().splitlines()
        if re.match(r"(from|import) tests\.(.*\.)?(test_\w+|conftest)\b", line)
    ]

    assert lines == []
