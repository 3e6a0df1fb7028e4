"""Whether score and features still spread as the champion's did."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from shared.release.evaluation import Measured
from shared.release.facts import Gate
from shared.release.features import RECORD_FEATURES
from training.evaluation.drift import SLIGHT_DRIFT, STRONG_DRIFT
from training.gates.judging import format_measured, is_above

GROWING = frozenset({"nb_previous_loans", *RECORD_FEATURES, "probability"})
"""What grows as a portfolio does: every quarter adds loans and outcomes to everyone's record, and
the score follows the record. Their drift warns; a stop would lock a sound portfolio out, further
with every quarter. A score that moves for another reason moves with a feature that stops."""


def judge_drift(drift: Mapping[str, Measured]) -> Iterator[Gate]:
    """Compare how far score and features have moved with the marks of the stability index.

    Parameters
    ----------
    drift : mapping of str to Measured
        The stability index of the score and of each feature.
    """
    limit = f"above {SLIGHT_DRIFT:.2f} warns; stops when the 95 % interval is above {STRONG_DRIFT}"
    for name, index in drift.items():
        gate = Gate(f"stability_{name}", index.value, limit, "warned", format_measured(index))
        if index.value is None:
            yield gate
        elif index.value <= SLIGHT_DRIFT:
            yield replace(gate, verdict="passed")
        elif name in GROWING:
            detail = f"{gate.detail} It grows with the portfolio, so its drift only warns."
            yield replace(gate, limit=f"above {SLIGHT_DRIFT:.2f} warns", detail=detail)
        else:
            stops = is_above(index, STRONG_DRIFT)
            yield replace(gate, verdict="stopped" if stops else "warned")
