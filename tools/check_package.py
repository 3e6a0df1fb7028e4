"""Try the packages as built: `python -m tools.check_package [--out dist]`.

An empty environment of the platform's Python, Microsoft's worker library from the package, the
storage emulator: the app trains on the sample and answers; the serving package answers the same
from the release that was published. No file of either names where its libraries were fetched.
"""

import argparse
import sys
from pathlib import Path

from tools.build_package import PACKAGES, ROOT
from tools.empty_environment import QUESTIONS, empty_environment, upload
from tools.errors import ToolError
from tools.package_origins import find_origins, find_traces


def main(arguments: list[str] | None = None) -> int:
    """Train and answer from `app/`, answer the same from `serving/`."""
    parser = argparse.ArgumentParser(prog="python -m tools.check_package", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="default: dist")
    out = parser.parse_args(arguments).out
    try:
        print(_check(out))
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _check(out: Path) -> str:
    _check_origins(out)
    with empty_environment() as environment:
        name = upload(environment.storage, ROOT / "data" / "sample.csv")
        trained = environment.drive(out / "app", [name])
        serving = environment.drive(out / "serving", [])
        idle = environment.ask_idle(out / "app")
    if [status for status, _ in trained.answers] != [200] * len(QUESTIONS):
        raise ToolError(f"Expected answers of the package, got {trained.answers}.")
    if serving.answers != trained.answers:
        raise ToolError(
            f"Expected {trained.answers} of the serving package, got {serving.answers}."
        )
    return (
        f"In an empty environment: {len(trained.functions)} functions indexed, trained on {name},"
        f" answered; the serving package ({len(serving.functions)} functions) answers the same."
        f" {idle} Nothing names where the libraries were fetched."
    )


def _check_origins(out: Path) -> None:
    origins = find_origins()
    parts = [out / part for name in PACKAGES for part in (name, f"{name}.cdx.json")]
    if traces := [trace for part in parts for trace in find_traces(part, origins)]:
        raise ToolError("Expected no trace of where libraries are fetched:\n" + "\n".join(traces))


if __name__ == "__main__":
    sys.exit(main())
