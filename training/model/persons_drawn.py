"""Persons drawn at random, each with all their loans."""

import numpy as np
import numpy.typing as npt


def sample_persons(
    persons: npt.NDArray[np.uint64], most_loans: int, seed: int
) -> npt.NDArray[np.bool_]:
    """Choose loans, at most so many, of persons drawn at random, each with all loans."""
    if len(persons) <= most_loans:
        return np.ones(len(persons), bool)
    known, person_of_loan = np.unique(persons, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(known))
    loans = np.bincount(person_of_loan)[order].cumsum()
    drawn = np.zeros(len(known), bool)
    drawn[order[loans <= most_loans]] = True
    chosen: npt.NDArray[np.bool_] = drawn[person_of_loan]
    return chosen
