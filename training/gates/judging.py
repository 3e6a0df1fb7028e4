"""How a figure becomes a verdict: the words and the limits that all gates share."""

from collections.abc import Iterable

from msgspec.structs import replace

from shared.release.evaluation import Measured
from shared.release.facts import Gate, Verdict

ENOUGH_DEFAULTS = 100
"""With fewer among the test loans, the report says that the figures are uncertain."""

ENOUGH_PERSONS = 20
"""With fewer persons who defaulted, an interval drawn over persons is itself too uncertain to
stop a candidate: it hardly knows how persons differ."""

type Range = tuple[float, float]


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


def judge_range(name: str, measured: Measured, warns: Range, stops: Range) -> Gate:
    """Hold a statistic against two ranges, the second around the first.

    Notes
    -----
    It stops when the whole interval lies outside `stops`. It warns when the interval lies outside
    `warns`, when there is none, and when it reaches beyond `stops` on both sides: such a sample
    tells nothing.
    """
    low, high = stops
    limit = (
        f"{low:.3g} to {high:.3g}, stops when the 95 % interval lies outside; warns outside"
        f" {warns[0]:.3g} to {warns[1]:.3g}"
    )
    return Gate(
        name,
        measured.value,
        limit,
        _find_verdict(measured, warns, stops),
        format_measured(measured),
    )


def _find_verdict(measured: Measured, warns: Range, stops: Range) -> Verdict:
    if measured.low is None or measured.high is None:
        return "warned"
    if lies_outside(measured, stops):
        return "stopped"
    says_nothing = measured.low < stops[0] and measured.high > stops[1]
    return "warned" if says_nothing or lies_outside(measured, warns) else "passed"


def format_measured(measured: Measured) -> str:
    """Write a figure and its interval as a sentence."""
    if measured.value is None:
        return "Undefined on these loans."
    text = f"{measured.value:.4f}"
    if measured.low is None or measured.high is None:
        return f"{text}; too few persons for an interval."
    return f"{text}, 95 % interval {measured.low:.4f} to {measured.high:.4f}."


def lies_outside(measured: Measured, limits: Range) -> bool:
    """Return whether a whole interval lies outside a range."""
    return is_below(measured, limits[0]) or is_above(measured, limits[1])


def is_below(measured: Measured, limit: float) -> bool:
    """Return whether a whole interval lies below a limit."""
    return measured.high is not None and measured.high < limit


def is_above(measured: Measured, limit: float) -> bool:
    """Return whether a whole interval lies above a limit."""
    return measured.low is not None and measured.low > limit


def judge_share(share: float, warns: float, stops: float) -> Verdict:
    """Hold a counted share, which is a fact and no statistic, against two limits from above."""
    if share > stops:
        return "stopped"
    return "warned" if share > warns else "passed"


def soften(gate: Gate) -> Gate:
    """Turn a stop into a warning: too few persons defaulted to be sure."""
    if gate.verdict != "stopped":
        return gate
    detail = f"{gate.detail} Fewer than {ENOUGH_PERSONS} persons defaulted: too few to stop it."
    return replace(gate, verdict="warned", detail=detail)
