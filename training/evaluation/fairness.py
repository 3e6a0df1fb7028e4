"""How groups of applicants fare: who is approved, who defaults, what was predicted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import structs

from shared.release.evaluation import Group, Measured
from training.evaluation.bootstrap import number_persons
from training.evaluation.proportions import divide, divide_by_number, measure_share, subtract
from training.evaluation.score_counts import Integers

Groups = Sequence[object] | npt.NDArray[np.generic]

UNKNOWN = "unknown"

AGE_BANDS = ("18-24", "25-34", "35-44", "45-54", "55-61", "62+")
"""The last is the group whose age may not count against them (12 CFR 1002.6(b)(2))."""

_FIRST_AGES_YEARS = (18, 25, 35, 45, 55, 62)


LEAST_REFERENCE_SHARE = 0.02
"""A smaller group is no reference for the others (29 CFR 1607.4(D) leaves it out)."""


@dataclass(frozen=True, slots=True)
class GroupedLoans:
    """Loans with what was predicted, decided and came.

    Attributes
    ----------
    status : numpy.ndarray of int64, of shape (n_loans,)
        1 for not paid on time, 0 for paid on time.
    probabilities : numpy.ndarray of float64, of shape (n_loans,)
        Predicted probability of default.
    decisions : numpy.ndarray of int64, of shape (n_loans,)
        1 for refused, 0 for approved, as from `training.model.decision.DecisionRule.decide`.
    persons : numpy.ndarray of shape (n_loans,)
        Whose loan it is: anything that can be sorted.
    """

    status: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float64]
    decisions: npt.NDArray[np.int64]
    persons: npt.NDArray[np.generic]

    def take(self, chosen: npt.NDArray[np.bool_]) -> "GroupedLoans":
        """Select some of the loans."""
        return GroupedLoans(
            self.status[chosen],
            self.probabilities[chosen],
            self.decisions[chosen],
            self.persons[chosen],
        )


def compare_groups(loans: GroupedLoans, groups: Groups) -> list[Group]:
    """Compare groups of loans.

    Parameters
    ----------
    loans : GroupedLoans
        All groups together.
    groups : array of str, of shape (n_loans,)
        Each loan's group. What is no text is missing, and counts as `UNKNOWN`.

    Returns
    -------
    list of Group
        By name, `UNKNOWN` last; only groups that have a loan. Each is set against the one that is
        approved most among those that are known and no smaller than `LEAST_REFERENCE_SHARE`.
    """
    group_of_loan, names = _number_groups(groups)
    _, person = number_persons(loans.persons)
    compared = []
    for number, name in enumerate(names):
        chosen = group_of_loan == number
        compared.append(_describe_group(name, loans.take(chosen), person[chosen]))
    most_approved = max(
        (
            group
            for group in compared
            if group.group != UNKNOWN
            and group.n_loans >= LEAST_REFERENCE_SHARE * len(group_of_loan)
        ),
        key=lambda group: group.approval_rate,
        default=None,
    )
    if most_approved is not None:
        compared = [_set_against(group, most_approved) for group in compared]
    return sorted(compared, key=lambda group: group.group == UNKNOWN)


def _describe_group(name: str, loans: GroupedLoans, person: Integers) -> Group:
    defaulted, refused = loans.status == 1, loans.decisions == 1
    approval, default = measure_share(~refused, person), measure_share(defaulted, person)
    predicted = float(loans.probabilities.mean())
    return Group(
        group=name,
        n_loans=len(person),
        n_defaults=int(loans.status.sum()),
        approval_rate=float((~refused).mean()),
        default_rate=float(defaulted.mean()),
        mean_predicted=predicted,
        measures={
            "approval_rate": approval,
            "default_rate": default,
            "true_positive_rate": measure_share(refused[defaulted], person[defaulted]),
            "observed_to_predicted": divide_by_number(default, predicted),
        },
    )


def _set_against(group: Group, most_approved: Group) -> Group:
    own, other = group.measures, most_approved.measures
    if group is most_approved:
        against = {"impact_ratio": Measured(1.0), "true_positive_difference": Measured(0.0)}
    else:
        against = {
            "impact_ratio": divide(own["approval_rate"], other["approval_rate"]),
            "true_positive_difference": subtract(
                own["true_positive_rate"], other["true_positive_rate"]
            ),
        }
    return structs.replace(group, measures={**own, **against})


def age_bands(ages: npt.ArrayLike) -> npt.NDArray[np.object_]:
    """Name the band of each age.

    Parameters
    ----------
    ages : array of shape (n_loans,)
        In years, whole or not; NaN where unknown.

    Returns
    -------
    numpy.ndarray of str, of shape (n_loans,)
        One of `AGE_BANDS`, or `UNKNOWN` for an age that is missing or below 18.
    """
    years = np.asarray(ages, dtype=np.float64)
    bands = np.searchsorted(_FIRST_AGES_YEARS, years, side="right")
    names = np.array([UNKNOWN, *AGE_BANDS], object)
    return names[np.where(np.isnan(years), 0, bands)]


def _number_groups(groups: Groups) -> tuple[npt.NDArray[np.intp], list[str]]:
    """Give each loan the number of its group, and the groups' names in order."""
    numbers, found = pd.factorize(np.asarray(groups, object))
    told = [name if isinstance(name, str) else UNKNOWN for name in found]
    names = sorted({*told, UNKNOWN} if (numbers < 0).any() else {*told})
    # The last place is that of missing ones, whose number is -1.
    places = np.array([names.index(name) if name in names else -1 for name in (*told, UNKNOWN)])
    return places[numbers], names
