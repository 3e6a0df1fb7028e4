"""The decision for an applicant who is not in the table, or is in another situation."""

from collections.abc import Iterator, Mapping

from msgspec.structs import asdict

from serving.api.users import Applicant
from serving.bodies import read_body
from serving.dispatch import Request
from serving.errors import InvalidRequestError
from serving.loaded_release import LoadedRelease
from shared.errors import FieldError
from shared.release.answers import decision_body
from shared.release.features import complete_features
from shared.release.reasons import Reason, choose_effects, explain
from shared.release.scorer import Scorer
from shared.release.shapley import shapley_values

type Features = Mapping[str, float | None]
"""A value of every feature that is not derived, by its name; None where unknown."""


def score_applicant(scorer: Scorer, features: Features) -> float:
    """Predict an applicant's probability of default with the release's model.

    Parameters
    ----------
    scorer : Scorer
        The scorer of the release.
    features : mapping of str to float or None
        The applicant's, by name.

    Returns
    -------
    float
        Between 0 and 1.
    """
    return scorer.predict_default(list(complete_features(features).values()))


def explain_applicant(scorer: Scorer, features: Features, decision: int) -> list[Reason]:
    """Give the reasons for an applicant's decision, as a user gets them.

    Parameters
    ----------
    scorer : Scorer
        The scorer of the release.
    features : mapping of str to float or None
        The applicant's, by name.
    decision : {0, 1}
        1 where default is predicted.
    """
    values = list(complete_features(features).values())
    return explain(choose_effects(shapley_values(scorer, values), decision == 1), values)


def read_applicant(request: Request) -> Features:
    """Read the applicant that a request describes.

    Raises
    ------
    MediaTypeError, BodyTooLargeError, MalformedRequestError
        When the body is not readable JSON.
    InvalidRequestError
        With every rule that it breaks.
    """
    features = asdict(read_body(request, Applicant))
    check_applicant(features)
    return features


def assess_applicant(release: LoadedRelease, features: Features) -> tuple[float, int, bytes]:
    """Give an applicant's probability of default, the decision, and the body that explains it.

    Raises
    ------
    NoReleaseError
        When the scorer is not loaded yet.
    """
    scorer = release.scorer()
    probability = score_applicant(scorer, features)
    decision = int(probability >= release.threshold)
    reasons = explain_applicant(scorer, features, decision)
    return probability, decision, decision_body(release, probability, decision, reasons)


def check_applicant(features: Features) -> None:
    """Check that an applicant's features do not contradict each other.

    Raises
    ------
    InvalidRequestError
        With every contradiction.
    """
    errors = [*_check_mean_amount(features), *_check_record(features), *_check_job(features)]
    if errors:
        raise InvalidRequestError(errors)


def _check_mean_amount(features: Features) -> Iterator[FieldError]:
    mean = features["avg_amount_loans_previous"]
    if features["nb_previous_loans"] == 0 and mean is not None:
        yield FieldError(
            "/avg_amount_loans_previous",
            f"Expected null, as there are no previous loans to average, got {mean:g}",
        )


def _check_record(features: Features) -> Iterator[FieldError]:
    previous, known = features["nb_previous_loans"], features["nb_known_outcomes"]
    unpaid = features["nb_previous_unpaid"]
    # A served user's record also counts the latest loan, which is not a previous one.
    loans = None if previous is None else previous + 1
    if known is not None and loans is not None and known > loans:
        yield FieldError(
            "/nb_known_outcomes",
            f"Expected at most the {previous:g} previous loans and the latest, got {known:g}",
        )
    if unpaid is None:
        return
    if known is not None and unpaid > known:
        yield FieldError(
            "/nb_previous_unpaid",
            f"Expected at most the {known:g} known outcomes, got {unpaid:g}",
        )
    elif known is None and loans is not None and unpaid > loans:
        yield FieldError(
            "/nb_previous_unpaid",
            f"Expected at most the {previous:g} previous loans and the latest, got {unpaid:g}",
        )


def _check_job(features: Features) -> Iterator[FieldError]:
    years, age = features["years_on_the_job"], features["age"]
    if years is not None and age is not None and years > age:
        yield FieldError("/years_on_the_job", f"Expected at most the age of {age:g}, got {years:g}")
