"""A release as it is served: its index, its table and its scorer."""

import logging
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from shared.errors import CreditRiskError, NoReleaseError
from shared.registry.published import download_file, fetch_manifest
from shared.release.decisions import Event
from shared.release.manifest import SCORER, SERVING_TABLE, USER_INDEX, Manifest
from shared.release.pointer import Pointer
from shared.release.user_index import UserIndex

if TYPE_CHECKING:
    from shared.release.scorer import Scorer
    from shared.release.serving_table import ServingTable, UserRow

logger = logging.getLogger(__name__)

# The interpreter's default is 5 ms.
_SWITCH_SECONDS = 0.0001

type Fetch = Callable[[str], AbstractContextManager[Path]]


class LoadedRelease:
    """One release, of which brief answers are ready at once.

    Parameters
    ----------
    manifest : dict
        The manifest of the release.
    fetch : callable
        Context manager that provides one of the release's files by name, checked.
    pointer : Pointer, optional
        What names it in storage.

    Attributes
    ----------
    override : Event or None
        The override without which it would not be served.
    fallback_for : str or None
        The release that should be served, where this one stands in for it.
    scorer_problem : str or None
        Why the last try to load the scorer failed.

    Notes
    -----
    A release that was made before there was an index has its table loaded at once instead.

    The serving table's file is open but already unlinked: its space is freed once the last
    request that reads it is done, or the process ends in whatever way.
    """

    def __init__(self, manifest: Manifest, fetch: Fetch, pointer: Pointer | None = None) -> None:
        self.manifest = manifest
        self.pointer = pointer
        self.override: Event | None = pointer.override if pointer else None
        self.fallback_for: str | None = None
        self.scorer_problem: str | None = None
        self.version: str = manifest.version
        self.as_of: str = manifest.as_of
        self.threshold: float = manifest.decision.threshold
        self._fetch = fetch
        self._scorer: Scorer | None = None
        self._table: ServingTable | None = None
        self._brief: UserIndex | ServingTable = self._load_brief()

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
            When the table is not loaded yet.
        """
        if self._table is None:
            raise NoReleaseError(f"The serving table of {self.version} is still loading.")
        return self._table.find_user(user_id)

    @property
    def has_table(self) -> bool:
        """Whether detailed answers can be given."""
        return self._table is not None

    def load_table(self) -> "ServingTable":
        """Load the serving table unless it is loaded; not called from a request.

        Raises
        ------
        BrokenReleaseError
            When it is not the manifest's, or cannot be read.
        """
        from shared.release.serving_table import ServingTable  # noqa: PLC0415 -- brief ones first

        if self._table is None:
            with self._fetch(SERVING_TABLE) as path:
                self._table = ServingTable(path)
            weakref.finalize(self, self._table.close)
        return self._table

    def _load_brief(self) -> "UserIndex | ServingTable":
        if USER_INDEX not in self.manifest.files:
            return self.load_table()
        with self._fetch(USER_INDEX) as path:
            return UserIndex(path)

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
            with _frequent_switches(), self._fetch(SCORER) as path:
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


def load_release(container: ContainerClient, pointer: Pointer) -> LoadedRelease:
    """Download what brief answers need, checked against pointer and manifest.

    Raises
    ------
    BrokenReleaseError
        When a file does not match the pointer or the manifest.
    NoReleaseError
        When temporary storage is too small.
    """
    manifest = fetch_manifest(container, pointer)

    @contextmanager
    def fetch(name: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="credit-risk-release-") as folder:
            yield download_file(container, manifest, name, Path(folder))

    return LoadedRelease(manifest, fetch, pointer)
