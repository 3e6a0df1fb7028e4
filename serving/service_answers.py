"""What the routes about the service itself answer."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

from serving.current_release import CurrentRelease, ReleaseStatus
from serving.documents import Health, ServedModel, encode
from serving.exchange import Answer, Request
from serving.openapi import describe_api
from serving.user_answers import name_release
from shared.errors import NoReleaseError

_MODEL_FACTS = ServedModel.__struct_fields__
_UNCACHED = {"Cache-Control": "no-store"}


class ServiceAnswers:
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
        facts = {name: release.manifest[name] for name in _MODEL_FACTS}
        headers = name_release(release) | {
            "Cache-Control": "no-cache",
            "ETag": f'"{release.version}"',
        }
        return Answer(encode(ServedModel(**facts)), headers=headers)

    def api(self, _: Request) -> Answer:
        """Answer the OpenAPI document."""
        body = encode(describe_api())
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        return Answer(body, headers={"Cache-Control": "no-cache", "ETag": etag})

    def health(self, _: Request) -> Answer:
        """Answer that the app lives."""
        status = self._current.status()
        return Answer(self._describe_health("ok", status), headers=dict(_UNCACHED))

    def ready(self, _: Request) -> Answer:
        """Answer that a release is loaded; asking begins to load one.

        Raises
        ------
        NoReleaseError
            When none is loaded yet.
        """
        self._current.start()
        status = self._current.status()
        if status.version is None:
            raise NoReleaseError(status.problem or "The first release is being loaded.")
        return Answer(self._describe_health("ready", status), headers=dict(_UNCACHED))

    def _describe_health(self, word: str, status: ReleaseStatus) -> bytes:
        return encode(
            Health(
                status=word,
                build=self._build(),
                release=status.version,
                as_of=status.as_of,
                last_checked=_write_time(status.last_checked),
                last_refresh=_write_time(status.last_refresh),
                stale=status.is_stale(datetime.now(UTC)),
                problem=status.problem,
            )
        )


def _write_time(time: datetime | None) -> str | None:
    return time.isoformat(timespec="seconds") if time else None
