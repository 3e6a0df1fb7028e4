"""Somebody who reads both reference routes all the time, and knows every right answer."""

import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from tests.soak.raw_files import USERS

ROUTES = ("caracteristicasriesgo", "prediccion")
_PAUSE_SECONDS = 0.01

type Answers = Mapping[str, Mapping[tuple[int, str], bytes]]
"""From a raw file's name to the answers of the release made from it."""


def fetch_answers(url: str) -> dict[tuple[int, str], bytes]:
    """Fetch every answer that a reader may ask for."""
    found = {}
    for user in USERS:
        for route in ROUTES:
            answer = httpx.get(f"{url}/api/user/{user}/{route}", timeout=60)
            assert answer.status_code == 200, (answer.status_code, answer.text)
            found[user, route] = answer.content
    return found


@dataclass
class Reader:
    """Reads until it is stopped, and notes every answer that is not one release's, whole.

    Attributes
    ----------
    url : str
        Of the app.
    answers : Answers
        The only right ones.
    reads : int
        How many answers came.
    losses : list of str
        What was wrong with any of them.
    """

    url: str
    answers: Answers
    reads: int = 0
    losses: list[str] = field(default_factory=list)
    _versions: dict[str, set[str]] = field(default_factory=dict)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._read_on, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread:
            self._thread.join()

    def _read_on(self) -> None:
        with httpx.Client(timeout=30) as client:
            for user, route in itertools.cycle(itertools.product(USERS, ROUTES)):
                if self._stopped.wait(_PAUSE_SECONDS):
                    return
                try:
                    answer = client.get(f"{self.url}/api/user/{user}/{route}")
                except httpx.TransportError as error:
                    self.losses.append(f"a reader got no answer: {error!r}")
                else:
                    self.judge(user, route, answer)

    def judge(self, user: int, route: str, answer: httpx.Response) -> None:
        """Require the answer of one release; the same release for every answer of a version."""
        self.reads += 1
        if answer.status_code != 200:
            self.losses.append(f"a reader got {answer.status_code}: {answer.text[:200]}")
            return
        version = answer.headers["X-Release-Version"]
        fitting = {name for name, own in self.answers.items() if own[user, route] == answer.content}
        known = self._versions.setdefault(version, set(self.answers))
        known &= fitting
        if not known:
            self.losses.append(f"a wrong answer of {version} for {user}: {answer.text[:200]}")
