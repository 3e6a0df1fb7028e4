"""Whether the portfolio is the champion's, a little older: users, persons and loans, by id."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from shared.release.facts import Counts, Gate, Verdict
from shared.release.features import LOAN, LOAN_DATE, MODEL_FEATURES, STATUS, USER
from training.dataset.dataset import Dataset
from training.dataset.split import Mask
from training.gates.champion import KnownLoans
from training.gates.judging import judge_share

KEPT_WARNS, KEPT_STOPS = 0.9, 0.6
GROWN_WARNS, GROWN_STOPS = 1.5, 3.0
LOST_WARNS, LOST_STOPS = 0.002, 0.05
FEWEST_LOST = 5
"""Fewer than these warn at most, in however small a portfolio."""

PER_PERSON_WARNS, PER_PERSON_STOPS = 1.15, 1.4
REPEATED_WARNS, REPEATED_STOPS = 0.01, 0.05

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""An odd number that spreads days over 64 bits. Where two keys are equal by chance, two loans more
are compared."""


def judge_counts(champion: Counts, counts: Counts) -> Iterator[Gate]:
    """Look for a file that lost a part of the portfolio, or grew beyond belief."""
    limit = (
        f"below {KEPT_WARNS:.0%} or above {GROWN_WARNS:.0%} of the champion's warns, below"
        f" {KEPT_STOPS:.0%} or above {GROWN_STOPS:.0%} stops"
    )
    for name in ("users", "loans"):
        before, now = getattr(champion, name), getattr(counts, name)
        share = now / before
        detail = f"{now:,} {name}; the champion had {before:,}."
        yield Gate(f"{name}_kept", share, limit, _judge_size(share), detail)
    if champion.persons and counts.persons:
        yield _judge_users_per_person(champion, counts)


def _judge_size(share: float) -> Verdict:
    if not KEPT_STOPS <= share <= GROWN_STOPS:
        return "stopped"
    return "passed" if KEPT_WARNS <= share <= GROWN_WARNS else "warned"


def _judge_users_per_person(champion: Counts, counts: Counts) -> Gate:
    before, now = champion.users / champion.persons, counts.users / counts.persons
    limit = f"at most {PER_PERSON_WARNS} times the champion's; stops above {PER_PERSON_STOPS} times"
    detail = f"{now:.2f} user ids a person; the champion had {before:.2f}."
    verdict = judge_share(now / before, PER_PERSON_WARNS, PER_PERSON_STOPS)
    return Gate("users_per_person", now / before, limit, verdict, detail)


def judge_lost(known: KnownLoans, dataset: Dataset) -> Iterator[Gate]:
    """Look for users and loans of the champion that the file does not hold any more.

    Notes
    -----
    Loans older than the file's first are not missed: a file may begin later than the last one did.
    """
    loans = dataset.loans
    first_day = loans[LOAN_DATE].min().to_datetime64()
    recent = known.days >= first_day
    for name, before, now in (
        ("users_lost", np.unique(known.users[recent]), dataset.users[USER]),
        ("loans_lost", known.loans[recent], loans[LOAN]),
    ):
        lost = int(np.isin(before, now.to_numpy(), invert=True).sum())
        share = lost / max(len(before), 1)
        limit = f"at most {LOST_WARNS:.1%} of the champion's ids gone; stops above {LOST_STOPS:.0%}"
        detail = f"Of the champion's {len(before):,} ids, {lost:,} are gone."
        stops = LOST_STOPS if lost >= FEWEST_LOST else np.inf
        yield Gate(name, share, limit, judge_share(share, LOST_WARNS, stops), detail)


def judge_ids_unknown() -> Gate:
    """Say that the champion's users and loans could not be looked for by id."""
    detail = "The champion's training table cannot be read: nothing is compared loan by loan."
    return Gate("loans_lost", None, "the champion's ids", "warned", detail)


def judge_repeated(dataset: Dataset) -> Gate:
    """Look for loans that are delivered twice: of one person, and alike in everything.

    Notes
    -----
    First loans say too little of themselves: those of one person on one day are alike by chance.
    """
    later = dataset.loans["nb_previous_loans"].to_numpy() > 0
    n_later, repeated = int(later.sum()), _count_repeated(dataset, later)
    share = repeated / max(n_later, 1)
    limit = f"above {REPEATED_WARNS:.0%} of the loans warns, above {REPEATED_STOPS:.0%} stops"
    detail = f"{repeated:,} of {n_later:,} loans repeat another of the same person."
    verdict = judge_share(share, REPEATED_WARNS, REPEATED_STOPS)
    return Gate("loans_repeated", share, limit, verdict, detail)


def _count_repeated(dataset: Dataset, later: Mask) -> int:
    # Few loans share a person and a day with another: only these are compared in everything.
    same_day = np.flatnonzero(later)[_share_day(dataset, later)]
    compared = dataset.loans.iloc[same_day]
    columns = [name for name in (LOAN_DATE, *MODEL_FEATURES, STATUS) if name in compared]
    codes = pd.util.hash_pandas_object(compared[columns], index=False).to_numpy()
    keys = pd.DataFrame({"person": dataset.persons[same_day], "code": codes})
    return int(keys.duplicated().sum())


def _share_day(dataset: Dataset, chosen: Mask) -> Mask:
    days = dataset.loans[LOAN_DATE].to_numpy()[chosen].astype("datetime64[D]").astype(np.uint64)
    return pd.Series(dataset.persons[chosen] + days * _SPREAD).duplicated(keep=False).to_numpy()
