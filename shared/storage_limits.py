"""How long serving waits for storage, and how many requests ask it at a time."""

from collections.abc import Mapping

from msgspec import Struct

from shared.setting_values import read_count, read_positive


class StorageLimits(Struct, frozen=True):
    """The limits of whatever asks storage.

    Attributes
    ----------
    request_seconds : float
        Deadline of a request that reads storage or waits for the first load. Below the 30 s that
        most clients wait, and enough for any manifest, scorer or report.
    decision_seconds : float
        Deadline of a decision or a comparison, which read whole files. Below the 230 s after which
        the platform gives up, so that the caller gets our answer.
    first_load_seconds : float
        Deadline of one try to load the first release: a table of a million users at 5 MB/s.
    refresh_seconds : float
        Deadline of one refresh or one check of digests, for which nobody waits; also how long a
        release that was rolled back from is still served while its successor cannot be loaded.
    concurrency : int
        Requests that may ask storage at a time. Each holds a thread and a connection.
    scrub_seconds : float
        Seconds between two checks of the served release's digests in storage.
    """

    request_seconds: float = 20.0
    decision_seconds: float = 200.0
    first_load_seconds: float = 60.0
    refresh_seconds: float = 120.0
    concurrency: int = 8
    scrub_seconds: float = 21_600.0


def read_limits(environment: Mapping[str, str]) -> StorageLimits:
    """Read the limits from environment variables.

    Raises
    ------
    SettingError
        When a setting is malformed.
    """
    usual = StorageLimits()

    def seconds(name: str, default: float) -> float:
        return read_positive(environment, name, default)

    return StorageLimits(
        request_seconds=seconds("REQUEST_DEADLINE_SECONDS", usual.request_seconds),
        decision_seconds=seconds("DECISION_DEADLINE_SECONDS", usual.decision_seconds),
        first_load_seconds=seconds("FIRST_LOAD_DEADLINE_SECONDS", usual.first_load_seconds),
        refresh_seconds=seconds("REFRESH_DEADLINE_SECONDS", usual.refresh_seconds),
        concurrency=read_count(environment, "STORAGE_CONCURRENCY", usual.concurrency),
        scrub_seconds=seconds("SCRUB_SECONDS", usual.scrub_seconds),
    )
