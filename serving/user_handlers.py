"""Handlers of the routes about users."""

from msgspec.structs import asdict

from serving.api.users import (
    Applicant,
    Batch,
    BatchPrediction,
    BatchResult,
    DetailedPrediction,
    Prediction,
)
from serving.bodies import read_body
from serving.current_release import CurrentRelease
from serving.dispatch import Answer, Request, encode
from serving.errors import MalformedRequestError, MalformedUserIdError, UnknownUserError
from serving.loaded_release import LoadedRelease
from serving.user_ids import parse_user_id
from serving.what_if import check_applicant, explain_applicant, score_applicant
from shared.errors import CreditRiskError
from shared.release.features import MODEL_FEATURES, REFERENCE_FEATURES
from shared.release.reasons import Reason, read_reasons
from shared.release.serving_table import UserRow

_DECIMALS = 10
_SHOWN = [(name, MODEL_FEATURES.index(name)) for name in REFERENCE_FEATURES]
_FURTHER = [
    (name, place) for place, name in enumerate(MODEL_FEATURES) if name not in REFERENCE_FEATURES
]
_CLASSES = [encode(Prediction([resultado])) for resultado in (0, 1)]
# Personal data: only the caller's own cache may keep it, and must revalidate.
_PRIVATE = "private, no-cache"


class UserHandlers:
    """Serve features and predictions, each response from a single release.

    Parameters
    ----------
    current : CurrentRelease
        The served release.
    """

    def __init__(self, current: CurrentRelease) -> None:
        self._current = current

    def features(self, request: Request) -> Answer:
        """Return a user's five risk features; with `detalle=true` all of them and their release."""
        detailed = _wants_detail(request)
        release, user, row = self._find(request)
        body: dict[str, object] = {name: _round(row.features[place]) for name, place in _SHOWN}
        if detailed:
            body |= {name: _round(row.features[place]) for name, place in _FURTHER}
            body["loan_date"] = row.loan_date
            body["version"] = release.version
            body["as_of"] = release.as_of
        return Answer(encode(body), headers=_headers(release, user))

    def prediction(self, request: Request) -> Answer:
        """Return a user's class; with `detalle=true` the probability, threshold and reasons too."""
        detailed = _wants_detail(request)
        release, user, row = self._find(request)
        if detailed:
            body = _encode_decision(release, row.probability, row.decision, _explain(row))
        else:
            body = _CLASSES[row.decision]
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
        body = _encode_decision(release, probability, decision, reasons)
        return Answer(body, headers=release_headers(release) | {"Cache-Control": "no-store"})

    def batch(self, request: Request) -> Answer:
        """Return the class of each of many users, in the order of the request."""
        batch = read_body(request, Batch)
        release = self._current.loaded()
        results = [_predict_one(release, user) for user in batch.ids]
        body = encode(BatchPrediction(release.threshold, release.version, release.as_of, results))
        return Answer(body, headers=release_headers(release) | {"Cache-Control": "no-store"})

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


def _predict_one(release: LoadedRelease, sent: object) -> BatchResult:
    try:
        if type(sent) is not int and not isinstance(sent, str):
            raise MalformedUserIdError("Expected a whole number, or a text of digits.")
        row = _find_row(release, parse_user_id(str(sent)))
    except CreditRiskError as error:
        return BatchResult(sent, error.status, detalle=str(error))
    return BatchResult(sent, 200, [row.decision], row.probability)


def _explain(row: UserRow) -> list[Reason]:
    return read_reasons(row.reasons, [_round(value) for value in row.features])


def _encode_decision(
    release: LoadedRelease,
    probability: float,
    decision: int,
    reasons: list[Reason],
) -> bytes:
    return encode(
        DetailedPrediction(
            [decision], probability, release.threshold, release.version, release.as_of, reasons
        )
    )


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


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, _DECIMALS)
