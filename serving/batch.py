"""The decisions about many users."""

from collections.abc import Sequence

from serving.api.users import Batch, BatchPrediction, BatchResult
from serving.bodies import read_body
from serving.dispatch import Request, encode
from serving.errors import MalformedUserIdError
from serving.loaded_release import LoadedRelease
from serving.user_decision import UserDecision
from serving.user_ids import parse_user_id, require_user
from shared.errors import CreditRiskError


def read_ids(request: Request) -> Sequence[object]:
    """Read the ids in a request, as they were sent; raises as `read_body` does."""
    return read_body(request, Batch).ids


def predict_users(
    ids: Sequence[object], release: LoadedRelease
) -> tuple[bytes, list[UserDecision]]:
    """Give the body of the answer about users, and what was decided about them."""
    decided: list[UserDecision] = []
    results = [_predict_one(release, user, decided) for user in ids]
    body = encode(BatchPrediction(release.threshold, release.version, release.as_of, results))
    return body, decided


def _predict_one(release: LoadedRelease, sent: object, decided: list[UserDecision]) -> BatchResult:
    try:
        if type(sent) is not int and not isinstance(sent, str):
            raise MalformedUserIdError("Expected a whole number, or a text of digits.")
        user = parse_user_id(str(sent))
        found = release.find_decision(user)
        probability, decision = require_user(found, user, release.version)
    except CreditRiskError as error:
        return BatchResult(sent, error.status, detalle=str(error))
    decided.append(UserDecision(user, probability, decision))
    return BatchResult(sent, 200, [decision], probability)
