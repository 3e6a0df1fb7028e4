"""Handlers of the routes about stored releases."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from serving.api.releases import (
    Approval,
    Decided,
    DecisionEvent,
    Rejection,
    ReleaseComparison,
    Releases,
    ReleaseSummary,
)
from serving.approvers import identify_actor, require_approval_key
from serving.bodies import read_body
from serving.dispatch import Answer, Request, encode
from serving.errors import MalformedRequestError, StorageUnavailableError
from shared.registry.account import releases_container
from shared.registry.promotion import approve, reject, roll_back
from shared.registry.published import fetch_pointer
from shared.registry.releases import (
    StoredRelease,
    check_version,
    download_serving_table,
    list_releases,
)
from shared.release.comparison import compare_tables
from shared.release.decisions import Actor
from shared.settings import Settings, read_settings


class ReleaseHandlers:
    """List, compare and decide about stored releases, straight from storage.

    Parameters
    ----------
    settings : callable
        Called on every request: keys may change while the app runs.
    container : callable
        Creates the client of the releases container.
    """

    def __init__(
        self,
        settings: Callable[[], Settings] = read_settings,
        container: Callable[[Settings], ContainerClient] = releases_container,
    ) -> None:
        self._read_settings = settings
        self._make_container = container

    def list(self, request: Request) -> Answer:
        """Return the latest releases, each with the decisions about it."""
        return self._ask_storage(request, _list)

    def compare(self, request: Request) -> Answer:
        """Return what changes for users from release `a` to release `b` of the query."""
        return self._ask_storage(request, _compare)

    def approve(self, request: Request) -> Answer:
        """Make a stored release the current one."""
        return self._decide(request, _approve)

    def reject(self, request: Request) -> Answer:
        """Reject a candidate."""
        return self._decide(request, _reject)

    def roll_back(self, request: Request) -> Answer:
        """Go back to the previous release."""
        return self._decide(request, _roll_back)

    def _decide(
        self, request: Request, decide: Callable[[ContainerClient, Request, Actor], Decided]
    ) -> Answer:
        settings = self._read_settings()
        require_approval_key(request, settings)
        actor = identify_actor(request, settings)
        return self._ask_storage(request, lambda container, _: decide(container, request, actor))

    def _ask_storage(
        self, request: Request, ask: Callable[[ContainerClient, Request], object]
    ) -> Answer:
        try:
            with self._make_container(self._read_settings()) as container:
                body = encode(ask(container, request))
        except (AzureError, OSError) as error:
            reason = str(error).partition("\n")[0]
            raise StorageUnavailableError(
                f"Stored releases cannot be used now: {reason}"
            ) from error
        return Answer(body, headers={"Cache-Control": "no-store"})


def _list(container: ContainerClient, _: Request) -> Releases:
    current, releases = list_releases(container)
    return Releases(current, [_summarise(one, current) for one in releases])


def _summarise(release: StoredRelease, current: str | None) -> ReleaseSummary:
    manifest = release.manifest
    return ReleaseSummary(
        version=release.version,
        created=manifest.created,
        as_of=manifest.as_of,
        source=manifest.source["name"],
        roc_auc=manifest.metrics.get("roc_auc"),
        verdict=release.verdict,
        state=release.state(current),
        decisions=[DecisionEvent.of(event) for event in release.record.events],
    )


def _compare(container: ContainerClient, request: Request) -> ReleaseComparison:
    a, b = (_read_version(request, name) for name in ("a", "b"))
    with tempfile.TemporaryDirectory(prefix="credit-risk-compare-") as folder:
        tables = [download_serving_table(container, one, Path(folder)) for one in (a, b)]
        return ReleaseComparison(a, b, compare_tables(*tables))


def _read_version(request: Request, name: str) -> str:
    version = request.query.get(name)
    if version is None:
        raise MalformedRequestError(
            f"Expected two releases, ?a=VERSION&b=VERSION; {name} is missing."
        )
    return check_version(version)


def _approve(container: ContainerClient, request: Request, actor: Actor) -> Decided:
    version = check_version(request.route["version"])
    approve(container, version, actor, _read_approval(request).motivo)
    return Decided(version, "current", version)


def _reject(container: ContainerClient, request: Request, actor: Actor) -> Decided:
    version = check_version(request.route["version"])
    reject(container, version, actor, read_body(request, Rejection).motivo)
    found = fetch_pointer(container)
    return Decided(version, "rejected", found.pointer.version if found else None)


def _roll_back(container: ContainerClient, request: Request, actor: Actor) -> Decided:
    before, now = roll_back(container, actor, _read_approval(request).motivo)
    return Decided(before, "rolled_back", now)


def _read_approval(request: Request) -> Approval:
    return read_body(request, Approval) if request.body else Approval()
