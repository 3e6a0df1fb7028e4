"""What the routes about the service itself answer."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from serving.current_release import CurrentRelease, ReleaseStatus
from serving.dispatch import PROBLEM_JSON, Answer, Request
from serving.openapi import describe_api
from serving.schemas import Health, Problem, ServedModel, encode
from serving.user_handlers import name_release
from shared.errors import NoReleaseError

_MODEL_FACTS = ServedModel.__struct_fields__
_UNCACHED = {"Cache-Control": "no-store"}


class ServiceHandlers:
    """Answers what is asked about the served release and the app.

    Parameters
    ----------
    current : CurrentRelease
        Gives the release.
    build : callable
        Tells the name of the deployed build.
    """

    def __init__(self, current: CurrentRelease, build: Callable[[], str]) -> None:
        self._current = current
        self._build = build

    def model(self, _: Request) -> Answer:
        """Answer what the served release is."""
        release = self._current.get()
        facts = {name: getattr(release.manifest, name) for name in _MODEL_FACTS}
        headers = name_release(release) | {
            "Cache-Control": "no-cache",
            "ETag": f'"{release.version}"',
        }
        return Answer(encode(ServedModel(**facts)), headers=headers)

    def api(self, _: Request) -> Answer:
        """Answer the OpenAPI document."""
        body, etag = _write_description()
        return Answer(body, headers={"Cache-Control": "no-cache", "ETag": etag})

    def health(self, _: Request) -> Answer:
        """Answer that the app lives."""
        status = self._current.status()
        return Answer(encode(self._describe("ok", status)), headers=dict(_UNCACHED))

    def ready(self, request: Request) -> Answer:
        """Answer whether a release is loaded, 503 while none is; asking begins to load one."""
        self._current.start()
        status = self._current.status()
        if status.version is None:
            return self._answer_not_ready(request, status)
        return Answer(encode(self._describe("ready", status)), headers=dict(_UNCACHED))

    def _answer_not_ready(self, request: Request, status: ReleaseStatus) -> Answer:
        error = NoReleaseError(status.problem or "The first release is being loaded.")
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
            last_checked=_write_time(status.last_checked),
            last_refresh=_write_time(status.last_refresh),
            stale=status.is_stale(datetime.now(UTC)),
            problem=status.problem,
        )


@cache
def _write_description() -> tuple[bytes, str]:
    body = encode(describe_api())
    return body, f'"{hashlib.sha256(body).hexdigest()[:16]}"'


def _write_time(time: datetime | None) -> str | None:
    return time.isoformat(timespec="seconds") if time else None
