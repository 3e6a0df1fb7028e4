"""Handlers of the routes about stored releases."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from serving.api.overrides import summarise_override
from serving.api.releases import (
    Approval,
    Decided,
    Rejection,
    ReleaseComparison,
    Releases,
    ReleaseSummary,
    Return,
    Unreadable,
    list_decisions,
)
from serving.approvers import identify_actor, require_approval_key, require_authenticated
from serving.bodies import read_body
from serving.dispatch import Answer, Request, encode
from serving.errors import InvalidRequestError, MalformedRequestError, StorageUnavailableError
from shared.audit.recording import record_decided
from shared.errors import FieldError
from shared.registry.account import releases_container
from shared.registry.override import override
from shared.registry.promotion import approve, reject
from shared.registry.published import fetch_pointer
from shared.registry.release_list import list_releases
from shared.registry.releases import StoredRelease, check_version, download_serving_table
from shared.registry.returning import roll_back
from shared.release.comparison import compare_tables
from shared.release.decisions import Actor
from shared.settings import (
    Confirmation,
    Settings,
    read_override_confirmation,
    read_settings,
)


class ReleaseHandlers:
    """List, compare and decide about stored releases, straight from storage.

    Parameters
    ----------
    settings : callable
        Called on every request: keys may change while the app runs.
    container : callable
        Creates the client of the releases container.
    confirmation : callable
        Called on every override: whether a second person must confirm it.
    """

    def __init__(
        self,
        settings: Callable[[], Settings] = read_settings,
        container: Callable[[Settings], ContainerClient] = releases_container,
        confirmation: Callable[[], Confirmation] = read_override_confirmation,
    ) -> None:
        self._read_settings = settings
        self._make_container = container
        self._read_confirmation = confirmation

    def list(self, request: Request) -> Answer:
        """Return the latest releases, each with the decisions about it."""
        return self._ask_storage(request, _list)

    def compare(self, request: Request) -> Answer:
        """Return what changes for users from release `a` to release `b` of the query."""
        return self._ask_storage(request, _compare)

    def approve(self, request: Request) -> Answer:
        """Make a stored release the current one, or override the gates that stopped it."""
        return self._decide(request, self._approve)

    def reject(self, request: Request) -> Answer:
        """Reject a candidate."""
        return self._decide(request, _reject)

    def roll_back(self, request: Request) -> Answer:
        """Go back to the previous release."""
        return self._decide(request, _roll_back)

    def _approve(self, container: ContainerClient, request: Request, actor: Actor) -> Decided:
        version = check_version(request.route["version"])
        body = read_body(request, Approval) if request.body else Approval()
        if body.anulacion:
            confirmation = self._read_confirmation()
            return _override(container, version, actor, body.motivo, confirmation)
        approve(container, version, actor, body.motivo)
        return Decided(version, "current", version)

    def _decide(
        self, request: Request, decide: Callable[[ContainerClient, Request, Actor], Decided]
    ) -> Answer:
        settings = self._read_settings()
        require_approval_key(request, settings)
        actor = identify_actor(request, settings)

        def decide_on_record(container: ContainerClient, _: Request) -> Decided:
            decided = decide(container, request, actor)
            record_decided(container, settings, (decided.version, decided.current))
            return decided

        return self._ask_storage(request, decide_on_record)

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


def _list(container: ContainerClient, request: Request) -> Releases:
    after = request.query.get("after")
    found = list_releases(container, check_version(after) if after else None)
    return Releases(
        found.current,
        [_summarise(one, found.current) for one in found.releases],
        found.next,
        [Unreadable(version, problem) for version, problem in sorted(found.unreadable.items())],
    )


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
        decisions=list_decisions(release.record.events),
        override=summarise_override(release.record.events, manifest.gates, current),
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


def _override(
    container: ContainerClient,
    version: str,
    actor: Actor,
    why: str | None,
    confirmation: Confirmation,
) -> Decided:
    person = require_authenticated(actor)
    if why is None:
        raise InvalidRequestError(
            [FieldError("/motivo", "Expected the reason for the override; it is missing")]
        )
    needed = confirmation == "required"
    done = override(container, version, person, why, needs_confirmation=needed)
    if done.is_made:
        return Decided(version, "current", version, "made")
    return Decided(version, "refused", done.current, "requested")


def _reject(container: ContainerClient, request: Request, actor: Actor) -> Decided:
    version = check_version(request.route["version"])
    reject(container, version, actor, read_body(request, Rejection).motivo)
    found = fetch_pointer(container)
    return Decided(version, "rejected", found.pointer.version if found else None)


def _roll_back(container: ContainerClient, request: Request, actor: Actor) -> Decided:
    body = read_body(request, Return) if request.body else Return()
    back_from = None if body.desde is None else check_version(body.desde)
    before, now = roll_back(container, actor, body.motivo, back_from)
    return Decided(before, "rolled_back", now)
