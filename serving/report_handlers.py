"""Handlers of the routes that serve release reports."""

import hashlib
import logging
from collections.abc import Sequence

from azure.core.exceptions import AzureError, ResourceNotFoundError

from serving.current_release import CurrentRelease
from serving.dispatch import HTML, Answer, Request
from serving.errors import UnknownReportError, describe_publicly
from serving.page_policy import allow_style_only, collect_styles
from shared.errors import BrokenReleaseError, NoReleaseError
from shared.registry.decision_log import fetch_record
from shared.registry.published import fetch_pointer, release_blob
from shared.registry.releases import fetch_release
from shared.release.decisions import Event
from shared.release.files import REPORT
from shared.release.manifest import Manifest
from shared.release.stamp import stamp
from shared.release.states import State
from shared.release.verdicts import judge

logger = logging.getLogger(__name__)


class ReportHandlers:
    """Serve reports, fetched on each request and checked against their manifest.

    Parameters
    ----------
    current : CurrentRelease
        The served release, and the container of all others.
    """

    def __init__(self, current: CurrentRelease) -> None:
        self._current = current

    def current(self, _: Request) -> Answer:
        """Return the report of the served release."""
        manifest = self._current.loaded().manifest
        return self._answer(manifest, "current", self._fetch_events(manifest.version))

    def of_version(self, request: Request) -> Answer:
        """Return the report of any stored release: served, superseded or pending.

        Raises
        ------
        MalformedVersionError, UnknownReleaseError, UnknownReportError
            When the version is malformed, or no such release or report is stored.
        """
        version = request.route["version"]
        try:
            release = fetch_release(self._current.container(), version)
            current = fetch_pointer(self._current.container())
        except (AzureError, OSError) as error:
            raise _unavailable(f"Release {version}", error) from error
        state = release.state(current.pointer.version if current else None)
        return self._answer(release.manifest, state, release.record.events)

    def _answer(self, manifest: Manifest, state: State, events: Sequence[Event]) -> Answer:
        version = manifest.version
        expected = manifest.files.get(REPORT)
        if expected is None:
            raise UnknownReportError(
                f"Release {version} was made without a report: drop its CSV again to get one."
            )
        body = self._fetch_report(version)
        found = hashlib.sha256(body).hexdigest()
        if found != expected.sha256:
            raise BrokenReleaseError(
                f"{REPORT} of {version} must have the SHA-256 {expected.sha256}, it has"
                f" {found}: publish the release again."
            )
        page = stamp(body, version, state, judge(manifest), events).decode(errors="replace")
        page = collect_styles(page)
        return Answer(page.encode(), media_type=HTML, headers=_headers(manifest, page))

    def _fetch_events(self, version: str) -> Sequence[Event]:
        try:
            return fetch_record(self._current.container(), version).events
        except (AzureError, OSError) as error:
            raise _unavailable(f"The decision record of {version}", error) from error

    def _fetch_report(self, version: str) -> bytes:
        try:
            return self._current.container().download_blob(release_blob(version, REPORT)).readall()
        except ResourceNotFoundError:
            raise UnknownReportError(
                f"The {REPORT} of release {version} is missing from storage."
            ) from None
        except (AzureError, OSError) as error:
            raise _unavailable(f"The {REPORT} of {version}", error) from error


def _unavailable(what: str, error: Exception) -> NoReleaseError:
    problem = f"{what} cannot be fetched now: {describe_publicly(error)}"
    logger.warning("%s (%s)", problem, error)
    return NoReleaseError(problem)


def _headers(manifest: Manifest, page: str) -> dict[str, str]:
    return {
        "X-Release-Version": manifest.version,
        "X-Release-As-Of": manifest.as_of,
        "Cache-Control": "private, no-cache",
        "ETag": f'"{hashlib.sha256(page.encode()).hexdigest()[:16]}"',
        "Content-Security-Policy": allow_style_only(page),
    }
