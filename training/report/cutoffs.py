"""The section about thresholds: what the chosen one does, and what others would do."""

from collections.abc import Sequence
from itertools import accumulate

from markupsafe import Markup

from shared.release.evaluation import Confusion, Cutoff, Tenth
from shared.release.facts import ReleaseFacts
from training.report.drawing import ACCENT, BAD, RIVALS, SOFT, Plot, draw
from training.report.elements import (
    write_figure,
    write_figures,
    write_paragraph,
    write_section,
    write_table,
)
from training.report.groups import write_measured
from training.report.log_odds import find_limits, scale_log_odds
from training.report.marks import Band, Line, Mark
from training.report.scales import find_range, scale_evenly, write_percent
from training.report.tables import Cell, Noted, Table
from training.report.words import write_number, write_share

_COLUMNS = (
    "Refused from",
    "Approved",
    "Defaults among approved",
    "Precision",
    "Recall",
    "Expected cost per loan",
)


def write_cutoffs(facts: ReleaseFacts) -> Markup:
    """Write what the threshold does, what others would do, and how risk concentrates."""
    cutoffs, chosen = facts.evaluation.cutoffs, facts.decision.threshold
    if cutoffs is None:
        nothing = write_paragraph("There are no test loans to try thresholds on.", "soft")
        return write_section("cutoffs", "Cutoffs", nothing)
    text = write_paragraph(
        "On later loans of persons never seen, with 95% intervals over persons. The cost counts a"
        f" refused good payer as 1 and a missed default as {facts.decision.cost_ratio:g}. All"
        " these loans were granted: what refused applicants would have done is not known."
    )
    figures = [
        write_figure(
            _draw_costs(cutoffs.thresholds, chosen),
            "Expected cost and share approved, by threshold on a log-odds scale.",
        ),
        write_figure(
            _draw_gains(cutoffs.tenths),
            "Gains: the share of all defaults found among the riskiest loans.",
        ),
    ]
    return write_section(
        "cutoffs",
        "Cutoffs",
        text,
        write_figures("curves", figures),
        write_table(_tabulate_confusion(cutoffs.confusion)),
        write_table(_tabulate_thresholds(cutoffs.thresholds, chosen)),
        write_table(_tabulate_cost_ratios(cutoffs.cost_ratios)),
        write_table(_tabulate_tenths(cutoffs.tenths)),
    )


def _tabulate_thresholds(cutoffs: Sequence[Cutoff], chosen: float) -> Table:
    rows = tuple(
        (
            Noted(write_share(one.threshold), "the chosen one" if one.threshold == chosen else ""),
            *_write_cutoff(one),
        )
        for one in cutoffs
    )
    return Table("Thresholds around the chosen one", _COLUMNS, rows)


def _tabulate_cost_ratios(cutoffs: Sequence[Cutoff]) -> Table:
    rows = tuple(
        (f"{one.cost_ratio:g}", write_share(one.threshold), *_write_cutoff(one)) for one in cutoffs
    )
    caption = "Another COST_RATIO: the threshold that it chooses, and what that costs by it"
    return Table(caption, ("COST_RATIO", *_COLUMNS), rows)


def _write_cutoff(cutoff: Cutoff) -> tuple[Cell, ...]:
    cost = cutoff.expected_cost
    interval = "" if cost.low is None else f"{cost.low:.3f} to {cost.high:.3f}"
    return (
        write_measured(cutoff.approval_rate),
        write_measured(cutoff.bad_rate),
        write_share(cutoff.precision.value),
        write_measured(cutoff.recall),
        Noted(write_number(cost.value), interval),
    )


def _tabulate_confusion(confusion: Confusion) -> Table:
    rows = (
        (
            "Approved",
            write_number(confusion.approved_paid),
            write_number(confusion.approved_defaulted),
        ),
        (
            "Refused",
            write_number(confusion.refused_paid),
            write_number(confusion.refused_defaulted),
        ),
    )
    columns = ("Decision at the chosen threshold", "Paid on time", "Not paid on time")
    return Table("Test loans by decision and outcome", columns, rows)


def _tabulate_tenths(tenths: Sequence[Tenth]) -> Table:
    rows = tuple(
        (
            str(place),
            write_number(tenth.n_loans),
            write_number(tenth.n_defaults),
            write_number(tenth.lift, 2),
            write_share(tenth.gain),
        )
        for place, tenth in enumerate(tenths, 1)
    )
    columns = ("Tenth", "Loans", "Defaults", "Lift", "Defaults found so far")
    return Table("Lift and gains, from the riskiest tenth to the least", columns, rows)


def _draw_costs(cutoffs: Sequence[Cutoff], chosen: float) -> Markup:
    thresholds = [one.threshold for one in cutoffs]
    costs = [one.expected_cost for one in cutoffs]
    lows, highs = [one.low or 0 for one in costs], [one.high or 0 for one in costs]
    values = [one.value or 0 for one in costs]
    approved = [one.approval_rate.value or 0 for one in cutoffs]
    by_cost = scale_evenly(find_range([*values, *highs], from_zero=True), "Cost per loan")
    by_share = scale_evenly(find_range(approved), "Approved", write_percent)
    above: list[Mark] = [
        Band(thresholds, lows, highs, ACCENT, "95% interval"),
        Line(thresholds, values, ACCENT, "Cost"),
        Line([chosen, chosen], by_cost.limits, BAD, "Chosen"),
    ]
    below: list[Mark] = [
        Line(thresholds, approved, RIVALS[0], "Approved", dashes="5 2.5"),
        Line([chosen, chosen], by_share.limits, BAD),
    ]
    x = scale_log_odds(find_limits(thresholds), "Threshold")
    description = "Expected cost per loan and share approved, over the threshold."
    return draw(description, x, [Plot(by_cost, above, 3), Plot(by_share, below, 2)], (3.9, 3.9))


def _draw_gains(tenths: Sequence[Tenth]) -> Markup:
    reached = [0, *accumulate(tenth.n_loans for tenth in tenths)]
    shares = [n_loans / reached[-1] for n_loans in reached]
    gains = [0.0, *(tenth.gain for tenth in tenths)]
    marks: list[Mark] = [
        Line([0, 1], [0, 1], SOFT, "Chance", width=1, dashes="1.5 2"),
        Line(shares, gains, ACCENT, "This model", width=2, radius=3),
    ]
    x = scale_evenly((0, 1), "Riskiest loans", write_percent)
    y = scale_evenly((0, 1.02), "Defaults found", write_percent)
    return draw("Share of all defaults among the riskiest loans.", x, [Plot(y, marks)], (3.9, 3.9))
