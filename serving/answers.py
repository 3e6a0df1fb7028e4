"""Bodies and headers of the answers, whatever carries them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from serving.current_release import CurrentRelease, LoadedRelease, ReleaseStatus
from serving.user_ids import parse_user_id
from shared.errors import CreditRiskError, UnknownUserError
from shared.feature_names import MODEL_FEATURES, REFERENCE_FEATURES
from shared.serving_table import UserRow

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"

_DECIMALS = 10
_SHOWN = [(name, MODEL_FEATURES.index(name)) for name in REFERENCE_FEATURES]


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    body: bytes
    status: int = 200
    media_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


def answer_features(release: CurrentRelease, user: str) -> Answer:
    """Answer a user's five risk features.

    Parameters
    ----------
    release : CurrentRelease
        Where to look.
    user : str
        The id as it stands in the URL.

    Raises
    ------
    MalformedUserIdError, UnknownUserError, NoReleaseError
        Each with its own status.
    """
    loaded, row = _find(release, user)
    shown = {name: _round(row.features[place]) for name, place in _SHOWN}
    return Answer(_compact(shown), headers=_name_release(loaded))


def answer_prediction(release: CurrentRelease, user: str) -> Answer:
    """Answer a user's predicted class: 0 for paid on time, 1 for not paid on time.

    Parameters, errors: as for `answer_features`.
    """
    loaded, row = _find(release, user)
    return Answer(_compact({"resultado": [row.decision]}), headers=_name_release(loaded))


def answer_health(build: str, status: ReleaseStatus) -> Answer:
    """Answer that the app lives, and what it serves."""
    checked = status.last_checked
    return Answer(
        _compact(
            {
                "status": "ok",
                "build": build,
                "release": status.version,
                "as_of": status.as_of,
                "last_checked": checked.isoformat(timespec="seconds") if checked else None,
                "problem": status.problem,
            }
        ),
        headers={"Cache-Control": "no-store"},
    )


def answer_problem(error: CreditRiskError) -> Answer:
    """Answer an error as a problem document (RFC 9457)."""
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    document = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "detail": str(error),
    }
    return Answer(_compact(document), error.status, PROBLEM_JSON, headers)


def _find(release: CurrentRelease, user: str) -> tuple[LoadedRelease, UserRow]:
    user_id = parse_user_id(user)
    loaded = release.get()
    row = loaded.find_user(user_id)
    if row is None:
        raise UnknownUserError(
            f"Expected the id of a user with a loan in release {loaded.version};"
            f" {user_id} has none. A new user is found once a CSV with their loans was published."
        )
    return loaded, row


def _name_release(loaded: LoadedRelease) -> dict[str, str]:
    return {"X-Release-Version": loaded.version, "X-Release-As-Of": loaded.as_of}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, _DECIMALS)


def _compact(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
