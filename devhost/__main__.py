"""The command line: `python -m devhost start`, `host`, `drop`, and what installs programs."""

import argparse
import os
import sys
from pathlib import Path

from devhost.errors import DevhostError


def main() -> int:
    """Run one command, and tell what the process leaves with."""
    asked = _parse()
    try:
        return _run(asked)
    except DevhostError as error:
        sys.stdout.flush()
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        # The usual end of what runs until it is stopped.
        return 0 if asked.command in ("start", "host") else 130


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="devhost", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("start", help="run the app here, with a storage of its own")
    host = commands.add_parser(
        "host", help="run the app here, on the storage that the settings name"
    )
    host.add_argument("--port", default=os.environ.get("PORT") or "7071")
    drop = commands.add_parser("drop", help="hand a CSV to the running app and follow the run")
    drop.add_argument("csv")
    commands.add_parser("install-emulator", help="install the storage emulator")
    commands.add_parser("install-browser", help="install the browser that the tests drive")
    commands.add_parser("check-browser", help="fail when that browser is missing")
    return parser.parse_args()


# A command imports what it needs only: installing must work before there is anything to import.
# ruff: noqa: PLC0415
def _run(asked: argparse.Namespace) -> int:
    here = Path.cwd()
    match asked.command:
        case "start":
            from devhost.start import start

            return start(here)
        case "host":
            from devhost.host.server import reserve_port, run_host
            from devhost.local_settings import read_port

            run_host(here, reserve_port(read_port(asked.port)))
        case "drop":
            from devhost.drop import drop

            return drop(here, asked.csv)
        case "install-emulator":
            from devhost.storage.installation import install_emulator

            install_emulator()
        case "install-browser":
            from devhost.browser import install_browser

            install_browser()
        case "check-browser":
            from devhost.browser import check_browser

            check_browser()
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # A function still at work sits in a thread that cannot be ended and would be waited for.
    os._exit(code)
