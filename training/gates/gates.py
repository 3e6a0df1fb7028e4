"""The gates between a candidate and the URLs: each measures, compares with a limit, and says so."""

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd
from msgspec.structs import replace

from shared.release.evaluation import Measured, Slice
from shared.release.facts import Counts, Gate, Verdict
from training.evaluation.drift import SLIGHT_DRIFT, STRONG_DRIFT
from training.gates.age_rule import find_worsened
from training.model.classifier import Classifier

ENOUGH_DEFAULTS = 100
"""With fewer among the test loans, a statistic tells too little to stop a candidate."""

SLOPE_LIMITS = (0.8, 1.25)
CHANCE = 0.5
SHARE_WARNS, SHARE_STOPS = 0.9, 0.6


def worst_verdict(gates: Iterable[Gate]) -> Verdict:
    """Give the worst of the gates' verdicts."""
    order: tuple[Verdict, ...] = ("passed", "warned", "stopped")
    return order[max((order.index(gate.verdict) for gate in gates), default=0)]


def judge_parity(n_users: int) -> Gate:
    """State that every published score is the model's: the run ended before, if one is not."""
    return Gate(
        "score_parity",
        1.0,
        "every published score is the model's own",
        "passed",
        f"{n_users:,} users were scored again from the finished files, and agree.",
    )


def judge_calibration(test: Slice) -> Gate:
    """Hold the calibration slope on unseen persons against its limits."""
    low, high = SLOPE_LIMITS
    slope = test.metrics["calibration_slope"]
    outside = _is_below(slope, low) or _is_above(slope, high)
    limit = f"{low:g} to {high:g}, stops when the 95 % interval lies outside"
    return _judge_statistic("calibration_slope", slope, limit, test, outside=outside)


def check_auc_above_chance(test: Slice) -> Gate:
    """Hold the AUC against chance, where there is no champion to hold it against."""
    auc = test.metrics["roc_auc"]
    limit = f"above chance, {CHANCE}; stops when the 95 % interval is not"
    at_most_chance = auc.high is not None and auc.high <= CHANCE
    gate = _judge_statistic("auc", auc, limit, test, outside=at_most_chance)
    if gate.verdict == "passed" and not _is_above(auc, CHANCE):
        gate = replace(gate, verdict="warned")
    return replace(gate, detail=f"{gate.detail} No champion to compare with.")


def judge_against_champion(test: Slice, champion_auc: float | None) -> Gate:
    """Hold the AUC against the champion's on the same loans; None where that cannot be told."""
    auc = test.metrics["roc_auc"]
    if champion_auc is None:
        detail = "What the champion is worth on these loans cannot be told."
        return Gate("auc", auc.value, "the champion's", "warned", detail)
    limit = f"the champion's {champion_auc:.4f}, stops when the 95 % interval lies below"
    return _judge_statistic("auc", auc, limit, test, outside=_is_below(auc, champion_auc))


def _judge_statistic(
    name: str, measured: Measured, limit: str, test: Slice, *, outside: bool
) -> Gate:
    value = measured.value
    if value is None:
        return Gate(name, None, limit, "warned", "It cannot be told from these test loans.")
    told = _format(measured)
    if test.n_defaults < ENOUGH_DEFAULTS:
        detail = f"{told}; {test.n_defaults} test defaults are too few to judge by."
        return Gate(name, value, limit, "warned", detail)
    return Gate(name, value, limit, "stopped" if outside else "passed", f"{told}.")


def _format(measured: Measured) -> str:
    text = f"{measured.value:.4f}"
    if measured.low is not None and measured.high is not None:
        text += f", 95 % interval {measured.low:.4f} to {measured.high:.4f}"
    return text


def judge_age_rule(model: Classifier, users: pd.DataFrame) -> Gate:
    """Look for users whose risk rises by turning 62 or older (12 CFR 1002.6(b)(2))."""
    worsened = find_worsened(model, users)
    share = float(worsened.mean())
    return Gate(
        "age_rule",
        share,
        "no user's risk rises by turning 62 or older",
        "stopped" if share else "passed",
        f"The risk of {int(worsened.sum()):,} of {len(users):,} users would rise with age.",
    )


def judge_drift(drift: Mapping[str, Measured], test: Slice) -> Iterator[Gate]:
    """Compare how far score and features have moved with the marks of the stability index.

    Parameters
    ----------
    drift : mapping of str to Measured
        The stability index of the score and of each feature.
    test : Slice
        Tells whether there are defaults enough to judge by.
    """
    limit = f"above {SLIGHT_DRIFT:.2f} warns; stops when the 95 % interval is above {STRONG_DRIFT}"
    for name, index in drift.items():
        outside = _is_above(index, STRONG_DRIFT)
        gate = _judge_statistic(f"stability_{name}", index, limit, test, outside=outside)
        if gate.measured is not None and gate.measured <= SLIGHT_DRIFT:
            gate = replace(gate, verdict="passed", detail=f"{_format(index)}.")
        elif gate.verdict == "passed":
            gate = replace(gate, verdict="warned")
        yield gate


def judge_counts(champion: Counts, counts: Counts) -> Iterator[Gate]:
    """Look for a file that lost a part of the portfolio."""
    for name in ("users", "loans"):
        before, now = getattr(champion, name), getattr(counts, name)
        share = now / before
        yield Gate(
            f"{name}_kept",
            share,
            f"below {SHARE_WARNS:.0%} of the champion's warns, below {SHARE_STOPS:.0%} stops",
            _judge_share(share),
            f"{now:,} {name}; the champion had {before:,}.",
        )


def _judge_share(share: float) -> Verdict:
    if share < SHARE_STOPS:
        return "stopped"
    return "warned" if share < SHARE_WARNS else "passed"


def _is_below(measured: Measured, limit: float) -> bool:
    return measured.high is not None and measured.high < limit


def _is_above(measured: Measured, limit: float) -> bool:
    return measured.low is not None and measured.low > limit
