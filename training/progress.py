"""The steps of a run, told to whoever listens: a terminal, a log, a run record."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TextIO

logger = logging.getLogger(__name__)


@dataclass
class Step:
    """One step of a run.

    Attributes
    ----------
    name : str
        What is being done.
    detail : str
        What came of it, filled in by the code that does it.
    seconds : float
        How long it took, once it is done.
    """

    name: str
    detail: str = ""
    seconds: float = 0.0


class Listener(Protocol):
    """Who wants to know of the steps."""

    def step_started(self, step: Step) -> None: ...

    def step_finished(self, step: Step) -> None: ...

    def step_failed(self, step: Step) -> None: ...


@dataclass
class Progress:
    """Tells its listeners of each step as it starts and ends."""

    listeners: list[Listener] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Do one step; its detail may be filled in meanwhile."""
        step = Step(name)
        for listener in self.listeners:
            listener.step_started(step)
        begun = time.perf_counter()
        try:
            yield step
        except BaseException:
            for listener in self.listeners:
                listener.step_failed(step)
            raise
        step.seconds = time.perf_counter() - begun
        for listener in self.listeners:
            listener.step_finished(step)


class TerminalDisplay:
    """A line per step, rewritten when the step is done."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream

    def step_started(self, step: Step) -> None:
        self._stream.write(f"  … {step.name}")
        self._stream.flush()

    def step_finished(self, step: Step) -> None:
        self._stream.write(f"\r  ✓ {step.name:<10} {step.seconds:6.1f} s  {step.detail}\n")

    def step_failed(self, step: Step) -> None:
        self._stream.write(f"\r  ✗ {step.name}\n")


class LogLines:
    """A log line per finished step."""

    def step_started(self, step: Step) -> None:
        pass

    def step_finished(self, step: Step) -> None:
        logger.info("%s done in %.1f s: %s", step.name, step.seconds, step.detail)

    def step_failed(self, step: Step) -> None:
        pass
