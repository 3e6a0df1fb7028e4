"""Generated requests against the OpenAPI document: no 5xx, nothing undocumented."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from shared.audit.sweep import open_audit
from shared.settings import Settings
from tests.support.run_records import put_run, run_name
from tests.support.running_app import empty_releases, run_app
from tests.support.stored_releases import publish

# For a thorough run: FUZZ_EXAMPLES=700 gives more than 5,000 requests.
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "10")
EXECUTION = run_name(1)
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance,"
    "negative_data_rejection"
)


def test_every_answer_to_a_generated_request_is_documented(
    storage: str, release: Path, tmp_path: Path
) -> None:
    releases = empty_releases(storage)
    publish(releases, release)
    put_run(releases, EXECUTION)
    open_audit(Settings(storage_connection=storage)).executions.mirror(releases, EXECUTION)
    with run_app(storage, APPROVAL_KEY="known") as host:
        description = tmp_path / "openapi.json"
        description.write_text(json.dumps(fetch_local_description(host.url)))
        run = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run"),
                str(description),
                *("--url", f"{host.url}/api", "--header", "x-approval-key: known"),
                *("--checks", CHECKS, "--max-examples", EXAMPLES, "--seed", "20220308"),
                *("--phases", "examples,coverage,fuzzing", "--no-color"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert run.returncode == 0, run.stdout[-9000:]
    print(run.stdout[-1500:])  # noqa: T201 -- the number of requests, shown with -s


def fetch_local_description(url: str) -> dict[str, Any]:
    """Fetch the description, adapted to the local app: no keys, and examples that exist."""
    description: dict[str, Any] = httpx.get(f"{url}/api/openapi.json").json()
    version = httpx.get(f"{url}/api/versiones").json()["current"]
    for item in description["paths"].values():
        for operation in item.values():
            operation["security"] = []
            for parameter in operation.get("parameters", []):
                if parameter["name"] in ("version", "a", "b"):
                    parameter["example"] = version
                elif parameter["name"] == "user_id":
                    parameter["example"] = 5000042
                elif parameter["name"] == "id":
                    parameter["example"] = EXECUTION
    return description
