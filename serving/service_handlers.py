"""Handlers of the routes about the service itself."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from serving.api.health import Health
from serving.api.overrides import describe_override
from serving.api.problems import Problem
from serving.api.service import ServedModel
from serving.current_release import CurrentRelease
from serving.dispatch import PROBLEM_JSON, Answer, Request, encode
from serving.release_status import ReleaseStatus
from serving.user_handlers import release_headers
from shared.errors import NoReleaseError

_MODEL_FACTS = [name for name in ServedModel.__struct_fields__ if name != "override"]
_UNCACHED = {"Cache-Control": "no-store"}


class ServiceHandlers:
    """Serve the description of the release, the app and the API.

    Parameters
    ----------
    current : CurrentRelease
        The served release.
    build : callable
        Returns the name of the deployed build.
    """

    def __init__(self, current: CurrentRelease, build: Callable[[], str]) -> None:
        self._current = current
        self._build = build

    def model(self, _: Request) -> Answer:
        """Return the description of the served release."""
        release = self._current.loaded()
        facts = {name: getattr(release.manifest, name) for name in _MODEL_FACTS}
        made = release.override
        override = describe_override(made, release.manifest.gates) if made else None
        # A release may be overridden again, by others.
        etag = f"{release.version}-{made.at}" if made else release.version
        headers = release_headers(release) | {"Cache-Control": "no-cache", "ETag": f'"{etag}"'}
        return Answer(encode(ServedModel(**facts, override=override)), headers=headers)

    def api(self, _: Request) -> Answer:
        """Return the OpenAPI document."""
        body, etag = _encode_description()
        return Answer(body, headers={"Cache-Control": "no-cache", "ETag": etag})

    def health(self, _: Request) -> Answer:
        """Return 200 while the app is alive."""
        status = self._current.status()
        return Answer(encode(self._describe("ok", status)), headers=dict(_UNCACHED))

    def ready(self, request: Request) -> Answer:
        """Return 200 once a release and its scorer are loaded."""
        status = self._current.status()
        if not status.is_ready:
            self._current.want_rest()
            return self._not_ready(request, status)
        return Answer(encode(self._describe("ready", status)), headers=dict(_UNCACHED))

    def _not_ready(self, request: Request, status: ReleaseStatus) -> Answer:
        what = f"rest of {status.version}" if status.version else "first release"
        error = NoReleaseError(status.problem or f"The {what} is loading.")
        problem = Problem(
            title=error.title,
            status=error.status,
            detail=str(error),
            request_id=request.id,
            health=self._describe("not ready", status),
        )
        return Answer(encode(problem), error.status, PROBLEM_JSON, _UNCACHED | error.headers)

    def _describe(self, word: str, status: ReleaseStatus) -> Health:
        return Health(
            status=word,
            build=self._build(),
            release=status.version,
            as_of=status.as_of,
            last_checked=_format_time(status.last_checked),
            last_refresh=_format_time(status.last_refresh),
            stale=status.is_stale(datetime.now(UTC)),
            problem=status.problem,
            fallback_for=status.fallback_for,
            scorer_ready=status.scorer_ready,
            last_scrub=_format_time(status.last_scrub),
            damaged=list(status.damaged),
        )


@cache
def _encode_description() -> tuple[bytes, str]:
    from serving.openapi import describe_api  # noqa: PLC0415 -- slow to import

    body = encode(describe_api())
    return body, f'"{hashlib.sha256(body).hexdigest()[:16]}"'


def _format_time(time: datetime | None) -> str | None:
    return time.isoformat(timespec="seconds") if time else None
