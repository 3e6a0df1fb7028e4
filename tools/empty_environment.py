"""A package as the platform runs it: an empty environment of Python, storage in the emulator."""

import json
import os
import shutil
import subprocess
import tempfile
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from azure.storage.blob import BlobServiceClient

from devhost.storage.emulator import run_emulator
from tools.build_package import ROOT, SITE_PACKAGES
from tools.errors import ToolError

AS_OF = "2022-03-08"
APPROVAL_KEY = "of the check alone"
_DRIVER = Path(__file__).with_name("package_driver.py")


@dataclass(frozen=True, slots=True)
class Question:
    """A request for a function.

    Attributes
    ----------
    params : dict of str to str
        The route's parameters.
    """

    function: str
    path: str
    params: dict[str, str] = field(default_factory=dict)
    method: str = "GET"
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


QUESTIONS = tuple(
    Question(name, f"user/5008806/{name}", {"user_id": "5008806"})
    for name in ("caracteristicasriesgo", "prediccion")
)


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

    def drive(
        self, package: Path, uploads: list[str], questions: Sequence[Question] = QUESTIONS
    ) -> Driven:
        """Index a package, deliver uploads to it and ask it the questions.

        Raises
        ------
        ToolError
            When the package fails.
        """
        run = subprocess.run(
            [str(self.python), "-I", str(_DRIVER), str(package.resolve()), str(self.support)],
            input=json.dumps({"uploads": uploads, "questions": [asdict(one) for one in questions]}),
            env={
                "PATH": os.environ["PATH"],
                "TMPDIR": tempfile.gettempdir(),
                "AzureWebJobsStorage": self.storage,
                "AS_OF": AS_OF,
                "APPROVAL_KEY": APPROVAL_KEY,
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
