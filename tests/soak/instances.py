"""Instances at work: started, killed, frozen, and waited for."""

import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.soak.instance"])

RUN_TIMEOUT_SECONDS = 300.0
"""Far more than a run takes: whoever reaches it hangs."""


class Answered(NamedTuple):
    """The answer to a decision; status 0 when none came."""

    status: int
    body: str


class Instance:
    """A process that does one thing for the app.

    Parameters
    ----------
    work : callable
        One of `tests.soak.instance`.
    settings : mapping of str to str
        Its environment variables.
    folder : Path
        Where its log and its temporary folder are.
    *arguments : object
        Of the work.
    """

    def __init__(
        self, work: Callable[..., None], settings: Mapping[str, str], folder: Path, *arguments: Any
    ) -> None:
        self._folder = folder
        temporary = folder / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        environment = {"TMPDIR": str(temporary)} | dict(settings)
        self._process: BaseProcess = _CONTEXT.Process(
            target=work, args=(environment, folder, *arguments)
        )
        self._process.start()

    def kill(self) -> None:
        """End it as the platform may, without notice, and wait until it is gone."""
        self._process.kill()
        self._process.join()

    def freeze(self) -> None:
        """Stop it without ending it, as a paused virtual machine is."""
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self._pid, signal.SIGCONT)

    def wait(self, timeout: float = RUN_TIMEOUT_SECONDS) -> int | None:
        """Wait for its end and return its exit code; None when it is still at work."""
        self._process.join(timeout)
        return self._process.exitcode

    def answer(self) -> Answered:
        """Wait for its end, and return the answer to the decision that it took."""
        self.wait()
        found = self._folder / "answer"
        return Answered(**json.loads(found.read_text())) if found.exists() else Answered(0, "")

    def log(self) -> str:
        """Return the end of what it has logged."""
        log = self._folder / "log"
        return log.read_text(errors="replace")[-1500:] if log.exists() else ""

    @property
    def _pid(self) -> int:
        assert self._process.pid
        return self._process.pid
