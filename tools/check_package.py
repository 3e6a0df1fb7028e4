"""Try the packages as built: `python -m tools.check_package [--out dist]`.

An empty environment of the platform's Python, Microsoft's worker library from the package, the
storage emulator: the app trains on the sample and answers; the serving package answers the same
from the release that was published. No file of either names where its libraries were fetched.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from azure.storage.blob import BlobServiceClient

from devhost.storage.emulator import run_emulator
from tools.build_package import PACKAGES, SITE_PACKAGES
from tools.errors import ToolError
from tools.package_origins import find_origins, find_traces

ROOT = Path(__file__).parents[1]
AS_OF = "2022-03-08"
QUESTIONS = (("caracteristicasriesgo", "5008806"), ("prediccion", "5008806"))
_DRIVER = Path(__file__).with_name("package_driver.py")


@dataclass(frozen=True, slots=True)
class Driven:
    """What a package did.

    Attributes
    ----------
    functions : list of str
        What was indexed.
    answers : list of [status, body]
        The answers to the questions.
    origins : list of str
        The files of the modules that were loaded, the standard library aside.
    """

    functions: list[str]
    answers: list[tuple[int, str]]
    origins: list[str]


@dataclass(frozen=True, slots=True)
class Environment:
    """An interpreter without packages, and the host's side of the worker library's messages."""

    python: Path
    support: Path
    storage: str

    def drive(self, package: Path, uploads: list[str]) -> Driven:
        """Index a package, deliver uploads to it and ask it the questions.

        Raises
        ------
        ToolError
            When the package fails.
        """
        run = subprocess.run(
            [str(self.python), "-I", str(_DRIVER), str(package.resolve()), str(self.support)],
            input=json.dumps({"uploads": uploads, "questions": QUESTIONS}),
            env={
                "PATH": os.environ["PATH"],
                "TMPDIR": tempfile.gettempdir(),
                "AzureWebJobsStorage": self.storage,
                "AS_OF": AS_OF,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise ToolError(f"{package} fails as the platform would run it:\n{run.stderr[-4000:]}")
        found = json.loads(run.stdout.splitlines()[-1])
        answers = [(status, body) for status, body in found["answers"]]
        return Driven(found["functions"], answers, found["origins"])

    def ask_idle(self, package: Path) -> str:
        """Ask whether a run is under way, as the pipeline does before it deploys.

        Raises
        ------
        ToolError
            When one is, or when the package cannot tell.
        """
        run = subprocess.run(
            [str(self.python), "-m", "training", "idle"],
            cwd=package,
            env={"PYTHONPATH": str(SITE_PACKAGES), "AzureWebJobsStorage": self.storage},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise ToolError(f"Expected {package} to say that no run is under way:\n{run.stderr}")
        return run.stdout.strip()


@contextmanager
def empty_environment() -> Iterator[Environment]:
    """Give an empty environment and an empty storage account."""
    with tempfile.TemporaryDirectory() as name, run_emulator() as emulator:
        place = Path(name)
        venv.create(place / "venv", with_pip=False)
        # The messages alone: on this path the app's own folders must not be found.
        shutil.copytree(ROOT / "devhost", place / "support" / "devhost")
        yield Environment(
            place / "venv" / "bin" / "python", place / "support", emulator.connection_string
        )


def upload(storage: str, csv: Path) -> str:
    """Put a file where the trigger looks for it."""
    with BlobServiceClient.from_connection_string(storage) as service:
        inputs = service.get_container_client("input")
        if not inputs.exists():
            inputs.create_container()
        inputs.upload_blob(csv.name, csv.read_bytes(), overwrite=True)
    return csv.name


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
