"""What the routes about a release's report answer."""

import hashlib
import json
import re
from typing import Any

from azure.core.exceptions import AzureError, ResourceNotFoundError

from serving.current_release import CurrentRelease
from serving.dispatch import Answer, Request
from shared.errors import (
    BrokenReleaseError,
    MalformedVersionError,
    NoReleaseError,
    UnknownReportError,
)
from shared.registry.published import release_blob
from shared.release.manifest import MANIFEST, REPORT, Manifest

HTML = "text/html"
VERSION_PATTERN = r"^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{12}$"

# The figures carry their style element by element; nothing in a report may run.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)


class ReportHandlers:
    """Answers reports, each fetched when it is asked for and held against its manifest.

    Parameters
    ----------
    current : CurrentRelease
        Gives the release, and where the others lie.
    """

    def __init__(self, current: CurrentRelease) -> None:
        self._current = current

    def current(self, _: Request) -> Answer:
        """Answer the report of the release that is served."""
        return self._answer(self._current.get().manifest)

    def of_version(self, request: Request) -> Answer:
        """Answer the report of any release, whether it is served or was, or waits for approval.

        Raises
        ------
        MalformedVersionError, UnknownReportError
            When the version is none, or not there.
        """
        version = request.route["version"]
        if not re.fullmatch(VERSION_PATTERN, version, re.ASCII):
            raise MalformedVersionError(
                "Expected a version such as 20261123T060201Z-0a1b2c3d4e5f, got"
                f" {version[:60]!r}: the answer of /api/modelo names the served one."
            )
        return self._answer(self._fetch_manifest(version))

    def _fetch_manifest(self, version: str) -> Manifest:
        content = self._fetch(version, MANIFEST)
        try:
            manifest: Any = json.loads(content)
            if manifest.version == version:
                return dict(manifest)
        except (ValueError, KeyError, TypeError):
            pass
        raise BrokenReleaseError(
            f"The manifest of {version} must be a JSON object that names this version, it is not:"
            " publish the release again."
        )

    def _answer(self, manifest: Manifest) -> Answer:
        version = manifest.version
        expected = manifest.files.get(REPORT)
        if expected is None:
            raise UnknownReportError(
                f"Release {version} was made without a report: drop its CSV again to have one."
            )
        body = self._fetch(version, REPORT)
        found = hashlib.sha256(body).hexdigest()
        if found != expected["sha256"]:
            raise BrokenReleaseError(
                f"{REPORT} of {version} must have the SHA-256 {expected['sha256']}, it has"
                f" {found}: publish the release again."
            )
        return Answer(body, media_type=HTML, headers=_headers(manifest))

    def _fetch(self, version: str, name: str) -> bytes:
        try:
            return self._current.container().download_blob(release_blob(version, name)).readall()
        except ResourceNotFoundError:
            raise UnknownReportError(
                f"Expected the version of a release that is kept; {version} is not there, or"
                f" lacks its {name}."
            ) from None
        except (AzureError, OSError) as error:
            raise NoReleaseError(f"{name} of {version} cannot be fetched now: {error}") from error


def _headers(manifest: Manifest) -> dict[str, str]:
    return {
        "X-Release-Version": manifest.version,
        "X-Release-As-Of": manifest.as_of,
        "Cache-Control": "private, no-cache",
        "ETag": f'"{manifest.version}"',
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
