"""A release as it is served: its index, its table and its scorer."""

import logging
import sys
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError, CreditRiskError, NoReleaseError
from shared.registry.published import fetch_file, fetch_manifest
from shared.release.decisions import Event
from shared.release.files import SCORER, SERVING_TABLE, USER_INDEX, FileFacts
from shared.release.pointer import Pointer
from shared.release.user_index import UserIndex

if TYPE_CHECKING:
    from shared.release.manifest import Manifest
    from shared.release.scorer import Scorer
    from shared.release.serving_table import ServingTable, UserRow

logger = logging.getLogger(__name__)

# The interpreter's default is 5 ms.
_SWITCH_SECONDS = 0.0001

type Fetch = Callable[[str, FileFacts], AbstractContextManager[Path]]


class LoadedRelease:
    """One release: ready for brief answers at once, and for all others once it is completed.

    Parameters
    ----------
    read_manifest : callable
        Returns the release's manifest, checked.
    fetch : callable
        Context manager that provides one of the release's files by its name and what is on record
        about it, checked.
    pointer : Pointer, optional
        What names it in storage.

    Attributes
    ----------
    version, as_of : str
        Its name and its as-of date.
    override : Event or None
        The override without which it would not be served.
    fallback_for : str or None
        The release that should be served, where this one stands in for it.
    scorer_problem : str or None
        Why the last try to load the scorer failed.

    Notes
    -----
    Without a pointer that names the index, the manifest is read first; without an index, which
    older releases lack, brief answers come from the table.

    The files are open or mapped but already unlinked: their space is freed once the last request
    that reads them is done, or the process ends in whatever way.
    """

    def __init__(
        self, read_manifest: Callable[[], "Manifest"], fetch: Fetch, pointer: Pointer | None = None
    ) -> None:
        self.pointer = pointer
        self.override: Event | None = pointer.override if pointer else None
        self.fallback_for: str | None = None
        self.scorer_problem: str | None = None
        self._read_manifest = read_manifest
        self._fetch = fetch
        self._manifest: Manifest | None = None
        self._table: ServingTable | None = None
        self._scorer: Scorer | None = None
        index = pointer.index if pointer else None
        if pointer and index and pointer.as_of:
            self.version, self.as_of = pointer.version, pointer.as_of
        else:
            self._manifest = read_manifest()
            self.version, self.as_of = self._manifest.version, self._manifest.as_of
            index = self._manifest.files.get(USER_INDEX)
        self._brief = self._load_index(index) if index else self._load_table()

    def find_shown(self, user_id: int) -> Sequence[float | None] | None:
        """Return the features that every answer shows; None when there is no such user."""
        return self._brief.find_shown(user_id)

    def find_decision(self, user_id: int) -> tuple[float, int] | None:
        """Return a user's probability and decision; None as in `find_shown`."""
        return self._brief.find_decision(user_id)

    def find_user(self, user_id: int) -> "UserRow | None":
        """Return a user's row; None as in `find_shown`.

        Raises
        ------
        NoReleaseError
            When the release is not complete yet.
        """
        if self._table is None:
            raise self._incomplete()
        return self._table.find_user(user_id)

    @property
    def manifest(self) -> "Manifest":
        """The release's manifest; raises as `find_user` does."""
        if self._manifest is None:
            raise self._incomplete()
        return self._manifest

    @property
    def threshold(self) -> float:
        """The probability from which on a loan is refused; raises as `find_user` does."""
        return self.manifest.decision.threshold

    @property
    def is_complete(self) -> bool:
        """Whether every keyed read can be answered."""
        return self._table is not None

    def complete(self) -> None:
        """Load manifest and table unless they are loaded; not called from a request.

        Raises
        ------
        BrokenReleaseError
            When one of them is damaged, or the pointer says something else than the manifest.
        """
        with _frequent_switches():
            if self._manifest is None:
                manifest = self._read_manifest()
                _require_same(manifest, self.pointer)
                self._manifest = manifest
            if self._table is None:
                self._load_table()

    def _load_index(self, expected: FileFacts) -> UserIndex:
        with self._fetch(USER_INDEX, expected) as path:
            return UserIndex(path)

    def _load_table(self) -> "ServingTable":
        # Brief answers, the first that a new instance gives, do not need SQLite.
        from shared.release.serving_table import ServingTable  # noqa: PLC0415

        with self._fetch(SERVING_TABLE, self._expect(SERVING_TABLE)) as path:
            self._table = ServingTable(path)
        weakref.finalize(self, self._table.close)
        return self._table

    def _expect(self, name: str) -> FileFacts:
        expected = self.manifest.files.get(name)
        if expected is None:
            raise BrokenReleaseError(
                f"{self.version} has no {name}: publish a release with this version of the code."
            )
        return expected

    def _incomplete(self) -> NoReleaseError:
        return NoReleaseError(
            f"Of {self.version}, only brief answers about users can be given yet: try again in a"
            " moment; if that lasts, GET /api/health says why."
        )

    @property
    def has_scorer(self) -> bool:
        """Whether what-if requests can be answered."""
        return self._scorer is not None

    def scorer(self) -> "Scorer":
        """Return the release's scorer, which `load_scorer` has loaded.

        Raises
        ------
        NoReleaseError
            When it is not loaded yet.
        """
        if self._scorer is None:
            raise NoReleaseError(
                self.scorer_problem or f"The scorer of {self.version} is still loading."
            )
        return self._scorer

    def load_scorer(self) -> str | None:
        """Load the scorer unless it is loaded; return why it cannot be.

        Notes
        -----
        Not called from a request: whoever waits for storage would hold others up.
        """
        if self._scorer is None:
            self.scorer_problem = self._try_loading_scorer()
        return self.scorer_problem

    def _try_loading_scorer(self) -> str | None:
        from shared.release.scorer import Scorer  # noqa: PLC0415 -- keyed reads go first

        try:
            with _frequent_switches(), self._fetch(SCORER, self._expect(SCORER)) as path:
                self._scorer = Scorer.load(path)
        except (AzureError, OSError) as error:
            logger.warning("The scorer of %s cannot be fetched: %s", self.version, error)
            return f"The scorer of {self.version} cannot be fetched now; the log has the details."
        except CreditRiskError as error:
            logger.warning("The scorer of %s cannot be loaded: %s", self.version, error)
            return f"The scorer cannot be loaded: {error}"
        except Exception:
            # The thread that loads must go on, whatever another version of the code has written.
            logger.exception("The scorer of %s cannot be read.", self.version)
            return f"The scorer of {self.version} is not one that this version of the code reads."
        return None


@contextmanager
def _frequent_switches() -> Iterator[None]:
    """Switch threads more often, so that keyed reads wait less during a load."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _require_same(manifest: "Manifest", pointer: Pointer | None) -> None:
    """Require that a pointer says of a release what its manifest does."""
    stated = {
        "version": manifest.version,
        "as_of": manifest.as_of,
        "index": manifest.files.get(USER_INDEX),
    }
    for name, expected in stated.items():
        if (found := getattr(pointer, name)) != expected:
            raise BrokenReleaseError(
                f"The pointer must give {name} of {manifest.version} as its manifest does,"
                f" {expected}; it gives {found}: publish the release again."
            )


def load_release(container: ContainerClient, pointer: Pointer) -> LoadedRelease:
    """Download what brief answers need, checked against the pointer.

    Raises
    ------
    BrokenReleaseError
        When a file does not match the pointer or the manifest.
    NoReleaseError
        When temporary storage is too small.
    """
    return LoadedRelease(
        partial(fetch_manifest, container, pointer),
        partial(fetch_file, container, pointer.version),
        pointer,
    )
