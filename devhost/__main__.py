"""The command line: `python -m devhost start`, `host`, `drop`, and what CI needs."""

import argparse
import atexit
import os
import sys
from pathlib import Path

from devhost.errors import DevhostError


def main() -> int:
    """Run one command and return the exit code."""
    arguments = _parse()
    try:
        return _run(arguments)
    except DevhostError as error:
        sys.stdout.flush()
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        # The normal way to end a command that runs until it is stopped.
        return 0 if arguments.command in ("start", "host") else 130


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="devhost", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("start", help="run the app with its own storage emulator")
    host = commands.add_parser("host", help="run the app on the storage that the settings name")
    host.add_argument("--port", default=os.environ.get("PORT") or "7071")
    drop = commands.add_parser("drop", help="upload a CSV to the running app and follow its run")
    drop.add_argument("csv")
    commands.add_parser("install-emulator", help="install the storage emulator")
    commands.add_parser("install-browser", help="install the browser that the tests drive")
    commands.add_parser("check-browser", help="fail when that browser is missing")
    commands.add_parser("audit", help="look the deployed packages up among known vulnerabilities")
    return parser.parse_args()


# Each command imports only what it needs: the install commands run before packages exist.
# ruff: noqa: PLC0415
def _run(arguments: argparse.Namespace) -> int:
    here = Path.cwd()
    match arguments.command:
        case "start":
            from devhost.start import start

            return start(here)
        case "host":
            from devhost.host.server import reserve_port, run_host
            from devhost.local_settings import read_port

            run_host(here, reserve_port(read_port(arguments.port)))
        case "drop":
            from devhost.drop import drop

            return drop(here, arguments.csv)
        case "install-emulator":
            from devhost.storage.installation import install_emulator

            install_emulator()
        case "install-browser":
            from devhost.browser import install_browser

            install_browser()
        case "check-browser":
            from devhost.browser import check_browser

            check_browser()
        case "audit":
            from devhost.vulnerabilities import audit

            found = audit(here / "requirements.txt")
            print(found)
            return 1 if found.findings else 0
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Exiting normally would wait for a function that still runs in a thread.
    atexit._run_exitfuncs()
    os._exit(code)
