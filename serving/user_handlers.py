"""Handlers of the routes about users."""

from functools import lru_cache, partial

from serving.current_release import CurrentRelease
from serving.decision_log import DecisionLog
from serving.dispatch import Answer, Log, Request
from serving.errors import MalformedRequestError
from serving.loaded_release import LoadedRelease
from serving.user_decision import UserDecision
from serving.user_ids import parse_user_id, require_user
from shared.release.answers import (
    brief_features_body,
    brief_prediction_body,
    features_body,
    prediction_body,
)

# Personal data: only the caller's own cache may keep it, and must revalidate.
_PRIVATE = "private, no-cache"


class UserHandlers:
    """Serve features and predictions, each response from a single release.

    Parameters
    ----------
    current : CurrentRelease
        The served release.
    decisions : DecisionLog, optional
        Where every prediction is recorded.
    """

    def __init__(self, current: CurrentRelease, decisions: DecisionLog | None = None) -> None:
        self._current = current
        self._decisions = decisions or DecisionLog()

    def features(self, request: Request) -> Answer:
        """Return a user's five risk features; with `detalle=true` all of them and their release."""
        detailed = "detalle" in request.query and _wants_detail(request)
        user = parse_user_id(request.route["user_id"])
        release = self._current.loaded()
        if detailed:
            row = require_user(release.find_user(user), user, release.version)
            body = features_body(release, row, detailed=True)
        else:
            body = brief_features_body(
                require_user(release.find_shown(user), user, release.version)
            )
        return Answer(
            body,
            headers={"ETag": f'"{release.version}.{user}"'},
            shared=_private_headers(release.version, release.as_of, release.fallback_for),
        )

    def prediction(self, request: Request) -> Answer:
        """Return a user's class; with `detalle=true` the probability, threshold and reasons too."""
        detailed = "detalle" in request.query and _wants_detail(request)
        user = parse_user_id(request.route["user_id"])
        release = self._current.loaded()
        if detailed:
            row = require_user(release.find_user(user), user, release.version)
            probability, decision = row.probability, row.decision
            body = prediction_body(release, row, detailed=True)
        else:
            found = release.find_decision(user)
            probability, decision = require_user(found, user, release.version)
            body = brief_prediction_body(decision)
        return Answer(
            body,
            headers={"ETag": f'"{release.version}.{user}"'},
            log=self._log(release, [UserDecision(user, probability, decision)]),
            shared=_private_headers(release.version, release.as_of, release.fallback_for),
        )

    def what_if(self, request: Request) -> Answer:
        """Return the class of the applicant described in the request, and the reasons for it."""
        # Keyed reads, the first thing that a new instance answers, need neither this nor a batch.
        from serving.what_if import assess_applicant, read_applicant  # noqa: PLC0415

        features = read_applicant(request)
        release = self._current.loaded()
        probability, decision, body = assess_applicant(release, features)
        log = self._log(release, [UserDecision(None, probability, decision)])
        return Answer(body, headers=_uncached(release), log=log)

    def batch(self, request: Request) -> Answer:
        """Return the class of each of many users, in the order of the request."""
        from serving.batch import predict_users, read_ids  # noqa: PLC0415

        ids = read_ids(request)
        release = self._current.loaded()
        body, decided = predict_users(ids, release)
        return Answer(body, headers=_uncached(release), log=self._log(release, decided))

    def _log(self, release: LoadedRelease, decisions: list[UserDecision]) -> Log:
        return partial(self._decisions.record, release.version, decisions)


def _wants_detail(request: Request) -> bool:
    asked = request.query["detalle"]
    if asked not in ("true", "false"):
        raise MalformedRequestError(f"Expected detalle=true or detalle=false, got {asked[:40]!r}.")
    return asked == "true"


def release_headers(release: LoadedRelease) -> dict[str, str]:
    """Return the headers that name the release of a response, and the one it stands in for."""
    return _name_release(release.version, release.as_of, release.fallback_for)


def _name_release(version: str, as_of: str, fallback_for: str | None) -> dict[str, str]:
    headers = {"X-Release-Version": version, "X-Release-As-Of": as_of}
    if fallback_for:
        headers["X-Release-Fallback"] = fallback_for
    return headers


def _uncached(release: LoadedRelease) -> dict[str, str]:
    return release_headers(release) | {"Cache-Control": "no-store"}


@lru_cache(maxsize=4)
def _private_headers(version: str, as_of: str, fallback_for: str | None) -> dict[str, str]:
    """Return what the headers of all users of a release have in common; not to be changed."""
    named = _name_release(version, as_of, fallback_for)
    # What each answer fills in has its place already: a copy that need not grow is cheaper.
    own = {"ETag": "", "X-Request-Id": "", "content-type": ""}
    return named | {"Cache-Control": _PRIVATE} | own
