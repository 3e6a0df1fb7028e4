"""Whether the model ranks: better than chance, and no worse than the champion."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from shared.release.evaluation import Measured, Slice
from shared.release.facts import Gate, Verdict
from shared.release.manifest import Manifest
from training.evaluation.paired import measure_auc_difference
from training.gates.judged_loans import JudgedLoans
from training.gates.judging import ENOUGH_PERSONS, format_measured, is_above, is_below, soften

CHANCE = 0.5

LEAST_LOSS = 0.01
"""Of the AUC: a smaller loss warns however sure it is. Two equal models differ by chance, and
every fortieth comparison of them would stop a sound delivery for a loss that nobody notices."""

LARGE_LOSS = 0.03
"""Of the AUC: stops whatever the log loss says."""

MOST_LOG_LOSS = 1.01
"""In units of the champion's. A smaller sure loss of AUC stops only with a higher log loss: the
model of a grown portfolio may rank a little worse than its predecessor, and yet decide better."""

RECORDED_MARGIN = 0.05
"""By so much the whole interval must lie below the champion's recorded AUC: another period and
other persons' loans make some difference."""


def judge_above_chance(test: Slice, n_persons: int) -> Gate:
    """Require that the candidate ranks better than chance, whatever it takes the place of.

    Parameters
    ----------
    test : Slice
        The figures of the test loans.
    n_persons : int
        How many persons defaulted among them: with fewer than `ENOUGH_PERSONS`, a sound model
        cannot prove it either, and an interval around chance only warns.
    """
    auc = test.metrics["roc_auc"]
    limit = f"above chance, {CHANCE}; stops when the 95 % interval is not"
    verdict = "passed" if is_above(auc, CHANCE) else "stopped"
    gate = Gate("auc", auc.value, limit, verdict, format_measured(auc))  # type: ignore[arg-type]
    # What is surely worse than chance stops, however few they are.
    unproven = n_persons < ENOUGH_PERSONS and not is_below(auc, CHANCE)
    return soften(gate) if unproven else gate


def judge_against_champion(test: Slice, loans: JudgedLoans, champion: Manifest) -> Iterator[Gate]:
    """Compare the AUC with the champion's: on the same loans, and with the one on record."""
    n_persons = loans.n_defaulting_persons
    gates = [
        _judge_pair(loans),
        _judge_recorded(
            test.metrics["roc_auc"],
            champion.evaluation.slices.unseen_persons.metrics.get("roc_auc", Measured(None)),
        ),
    ]
    for gate in gates:
        yield soften(gate) if n_persons < ENOUGH_PERSONS else gate


def _judge_pair(loans: JudgedLoans) -> Gate:
    name, limit = (
        "auc_against_champion",
        (
            f"not below the champion's on the same loans; stops when the 95 % interval of the"
            f" difference is below 0 and the loss at least {LARGE_LOSS}, or at least {LEAST_LOSS}"
            f" and the log loss above {MOST_LOG_LOSS} times the champion's"
        ),
    )
    if loans.champion is None:
        detail = "The champion's model cannot be read: it is compared by its records alone."
        return Gate(name, None, limit, "warned", detail)
    lead = measure_auc_difference(loans.status, loans.scores, loans.champion, loans.persons)
    if lead.value is None or lead.high is None:
        return Gate(name, lead.value, limit, "warned", format_measured(lead))
    if not is_below(lead, 0.0):
        return Gate(name, lead.value, limit, "passed", format_measured(lead))
    ratio = _log_loss(loans.status, loans.scores) / _log_loss(loans.status, loans.champion)
    least = LEAST_LOSS if ratio > MOST_LOG_LOSS else LARGE_LOSS
    verdict: Verdict = "stopped" if lead.value <= -least else "warned"
    detail = f"{format_measured(lead)} Log loss: {ratio:.3f} times the champion's."
    return Gate(name, lead.value, limit, verdict, detail)


def _log_loss(status: npt.NDArray[np.int64], scores: npt.NDArray[np.float64]) -> float:
    return float(-np.log(np.where(status == 1, scores, 1.0 - scores)).mean())


def _judge_recorded(auc: Measured, recorded: Measured) -> Gate:
    name = "auc_on_record"
    if recorded.value is None:
        detail = "The champion has no AUC on record."
        return Gate(name, auc.value, "the champion's", "warned", detail)
    limit = (
        f"the champion's {recorded.value:.4f} on record, stops when the 95 % interval lies more"
        f" than {RECORDED_MARGIN} below"
    )
    if auc.low is None:
        return Gate(name, auc.value, limit, "warned", format_measured(auc))
    if is_below(auc, recorded.value - RECORDED_MARGIN):
        return Gate(name, auc.value, limit, "stopped", format_measured(auc))
    warns = is_below(auc, recorded.value)
    return Gate(name, auc.value, limit, "warned" if warns else "passed", format_measured(auc))
