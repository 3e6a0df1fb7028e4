"""Drives a package as the platform does: a bare interpreter, the app last on `sys.path`.

Run in an empty environment: `python -I package_driver.py PACKAGE SUPPORT`, with a job as JSON on
standard input. SUPPORT holds the development host's messages and nothing that the package may need.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

_SITE_PACKAGES = ".python_packages/lib/site-packages"


def main() -> None:
    """Index the package, deliver the uploads, ask the URLs, and print what came of it."""
    package, support = sys.argv[1:]
    sys.path[:0] = [f"{package}/{_SITE_PACKAGES}", support]
    sys.path.append(package)
    os.chdir(package)
    job = json.load(sys.stdin)
    print(json.dumps(asyncio.run(_drive(Path(package), job))))
    # The threads of the worker library and of the app must not keep the process.
    sys.stdout.flush()
    os._exit(0)


async def _drive(package: Path, job: dict[str, Any]) -> dict[str, Any]:
    # What is imported must be what the package holds.
    from devhost.host.http_messages import HttpRequest  # noqa: PLC0415
    from devhost.host.worker import Worker  # noqa: PLC0415

    worker = Worker(package)
    functions = await worker.index()
    for name in job["uploads"]:
        await worker.invoke_blob("entrenamiento", "input", name)
    answers = []
    for asked in job["questions"]:
        request = HttpRequest(
            asked["method"],
            f"http://localhost/api/{asked['path']}",
            params=asked["params"],
            query=asked["query"],
            headers=asked["headers"],
            body=asked["body"].encode(),
        )
        answer = await worker.invoke_http(asked["function"], request)
        answers.append([answer.status, answer.body.decode()])
    return {"functions": sorted(functions), "answers": answers, "origins": _origins()}


def _origins() -> list[str]:
    """List where the loaded modules come from, the standard library aside."""
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    standard = str(Path(os.__file__).parent)
    return sorted(file for file in files if file and not file.startswith(standard))


if __name__ == "__main__":
    main()
