"""The host's start: its port, and what it has imported when it loads the app."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from devhost.errors import StartError
from devhost.host.server import reserve_port
from devhost.running_host import free_port
from tests.support.devhost_apps import write_app
from tests.support.paths import ROOT

PRINT_IMPORTED = """
import json, os, sys
print(json.dumps(sorted(sys.modules)), flush=True)
os._exit(0)
"""


def test_a_port_in_use_is_refused() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(StartError, match=f"Port {port} is in use"):
            reserve_port(port)


def test_a_reserved_port_cannot_be_reserved_again() -> None:
    port = free_port()

    with reserve_port(port), pytest.raises(StartError, match="is in use"):
        reserve_port(port)


def test_responses_do_not_wait_for_an_acknowledgement() -> None:
    port = free_port()

    with reserve_port(port) as listener:
        # asyncio checks this before it disables Nagle's algorithm.
        assert listener.proto == socket.IPPROTO_TCP


@pytest.mark.emulator
def test_an_app_imports_what_it_needs_of_ours_itself_as_on_the_platform(tmp_path: Path) -> None:
    app = write_app(tmp_path, PRINT_IMPORTED)

    printed = subprocess.check_output(
        [sys.executable, "-m", "devhost", "host", "--port", str(free_port())],
        cwd=app,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )

    imported = json.loads(printed)
    roots = {"function_app", "serving", "shared", "training", "msgspec"}
    ours = [module for module in imported if module.partition(".")[0] in roots]
    assert ours == ["function_app", "shared", "shared.ports"]
