"""The decision for an applicant who is not in the table, or is in another situation."""

from collections.abc import Iterator

from serving.errors import InvalidRequestError
from serving.schemas import Applicant
from shared.errors import FieldError
from shared.release.features import MODEL_FEATURES
from shared.release.scorer import Scorer


def score_applicant(scorer: Scorer, applicant: Applicant) -> float:
    """Predict an applicant's probability of default with the release's model.

    Parameters
    ----------
    scorer : Scorer
        Of the release.
    applicant : Applicant
        The model's features; None where unknown.

    Returns
    -------
    float
        Between 0 and 1.
    """
    return scorer.predict_default([getattr(applicant, name) for name in MODEL_FEATURES])


def check_applicant(applicant: Applicant) -> None:
    """Hold features against each other.

    Raises
    ------
    InvalidRequestError
        With every contradiction.
    """
    errors = list(_contradictions(applicant))
    if errors:
        raise InvalidRequestError(errors)


def _contradictions(applicant: Applicant) -> Iterator[FieldError]:
    if applicant.nb_previous_loans == 0 and applicant.avg_amount_loans_previous is not None:
        yield FieldError(
            "/avg_amount_loans_previous",
            "Expected null, as there are no previous loans to average,"
            f" got {applicant.avg_amount_loans_previous:g}",
        )
    yield from _contradicting_record(applicant)
    years, age = applicant.years_on_the_job, applicant.age
    if years is not None and age is not None and years > age:
        yield FieldError("/years_on_the_job", f"Expected at most the age of {age:g}, got {years:g}")


def _contradicting_record(applicant: Applicant) -> Iterator[FieldError]:
    previous, unpaid = applicant.nb_previous_loans, applicant.nb_previous_unpaid
    share = applicant.share_previous_unpaid
    if previous is not None and unpaid is not None and unpaid > previous:
        yield FieldError(
            "/nb_previous_unpaid",
            f"Expected at most the {previous:g} previous loans, got {unpaid:g}",
        )
    if unpaid == 0 and share is not None and share > 0:
        yield FieldError(
            "/share_previous_unpaid",
            f"Expected 0 or null, as no previous loan is unpaid, got {share:g}",
        )
