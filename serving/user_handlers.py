"""Handlers of the routes about users."""

from msgspec.structs import asdict

from serving.api.users import (
    Applicant,
    Batch,
    BatchPrediction,
    BatchResult,
)
from serving.bodies import read_body
from serving.current_release import CurrentRelease
from serving.decision_log import DecisionLog
from serving.dispatch import Answer, Request, encode
from serving.errors import MalformedRequestError, MalformedUserIdError, UnknownUserError
from serving.loaded_release import LoadedRelease
from serving.user_decision import UserDecision
from serving.user_ids import parse_user_id
from serving.what_if import check_applicant, explain_applicant, score_applicant
from shared.errors import CreditRiskError
from shared.release.answers import decision_body, features_body, prediction_body
from shared.release.serving_table import UserRow

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
        detailed = _wants_detail(request)
        release, user, row = self._find(request)
        body = features_body(release, row, detailed=detailed)
        return Answer(body, headers=_headers(release, user))

    def prediction(self, request: Request) -> Answer:
        """Return a user's class; with `detalle=true` the probability, threshold and reasons too."""
        detailed = _wants_detail(request)
        release, user, row = self._find(request)
        body = prediction_body(release, row, detailed=detailed)
        self._record(request, release, [UserDecision(user, row.probability, row.decision)])
        return Answer(body, headers=_headers(release, user))

    def what_if(self, request: Request) -> Answer:
        """Return the class of the applicant described in the request, and the reasons for it."""
        features = asdict(read_body(request, Applicant))
        check_applicant(features)
        release = self._current.loaded()
        scorer = release.scorer()
        probability = score_applicant(scorer, features)
        decision = int(probability >= release.threshold)
        reasons = explain_applicant(scorer, features, decision)
        body = decision_body(release, probability, decision, reasons)
        self._record(request, release, [UserDecision(None, probability, decision)])
        return Answer(body, headers=release_headers(release) | {"Cache-Control": "no-store"})

    def batch(self, request: Request) -> Answer:
        """Return the class of each of many users, in the order of the request."""
        batch = read_body(request, Batch)
        release = self._current.loaded()
        decided: list[UserDecision] = []
        results = [_predict_one(release, user, decided) for user in batch.ids]
        body = encode(BatchPrediction(release.threshold, release.version, release.as_of, results))
        self._record(request, release, decided)
        return Answer(body, headers=release_headers(release) | {"Cache-Control": "no-store"})

    def _record(
        self, request: Request, release: LoadedRelease, decisions: list[UserDecision]
    ) -> None:
        self._decisions.record(request.id, release.version, decisions)

    def _find(self, request: Request) -> tuple[LoadedRelease, int, UserRow]:
        user = parse_user_id(request.route["user_id"])
        release = self._current.loaded()
        return release, user, _find_row(release, user)


def _find_row(release: LoadedRelease, user: int) -> UserRow:
    row = release.find_user(user)
    if row is None:
        raise UnknownUserError(
            f"Expected the id of a user with a loan in release {release.version}; {user} has"
            " none. A new user appears once a CSV with their loans is published."
        )
    return row


def _predict_one(release: LoadedRelease, sent: object, decided: list[UserDecision]) -> BatchResult:
    try:
        if type(sent) is not int and not isinstance(sent, str):
            raise MalformedUserIdError("Expected a whole number, or a text of digits.")
        user = parse_user_id(str(sent))
        row = _find_row(release, user)
    except CreditRiskError as error:
        return BatchResult(sent, error.status, detalle=str(error))
    decided.append(UserDecision(user, row.probability, row.decision))
    return BatchResult(sent, 200, [row.decision], row.probability)


def _wants_detail(request: Request) -> bool:
    asked = request.query.get("detalle", "false")
    if asked not in ("true", "false"):
        raise MalformedRequestError(f"Expected detalle=true or detalle=false, got {asked[:40]!r}.")
    return asked == "true"


def release_headers(release: LoadedRelease) -> dict[str, str]:
    """Return the headers that name the release of a response, and the one it stands in for."""
    headers = {"X-Release-Version": release.version, "X-Release-As-Of": release.as_of}
    if release.fallback_for:
        headers["X-Release-Fallback"] = release.fallback_for
    return headers


def _headers(release: LoadedRelease, user: int) -> dict[str, str]:
    etag = f'"{release.version}.{user}"'
    return release_headers(release) | {"Cache-Control": _PRIVATE, "ETag": etag}
