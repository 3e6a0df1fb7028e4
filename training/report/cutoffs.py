"""The section about thresholds: what the chosen one does, and what others would do."""

from collections.abc import Sequence

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from shared.release.evaluation import Confusion, Cutoff, Tenth
from shared.release.facts import ReleaseFacts
from training.report.drawing import ACCENT, BAD, RIVALS, SOFT, draw, draw_stacked
from training.report.elements import (
    write_figure,
    write_figures,
    write_paragraph,
    write_section,
    write_table,
)
from training.report.groups import write_measured
from training.report.log_odds import find_limits, scale_x
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
    limits = find_limits(thresholds)

    def plot_cost(axes: Axes) -> None:
        costs = [one.expected_cost for one in cutoffs]
        axes.plot(thresholds, [one.value or 0 for one in costs], color=ACCENT, label="Cost")
        lows, highs = [one.low or 0 for one in costs], [one.high or 0 for one in costs]
        axes.fill_between(thresholds, lows, highs, color=ACCENT, alpha=0.15, label="95% interval")
        axes.axvline(chosen, color=BAD, linewidth=1.5, label="Chosen")
        axes.set(ylabel="Cost per loan")
        axes.set_ylim(bottom=0)

    def plot_approved(axes: Axes) -> None:
        rates = [one.approval_rate.value or 0 for one in cutoffs]
        axes.plot(thresholds, rates, color=RIVALS[0], linestyle="--", label="Approved")
        axes.axvline(chosen, color=BAD, linewidth=1.5)
        axes.set(ylabel="Approved", xlabel="Threshold")
        axes.yaxis.set_major_formatter(PercentFormatter(1, symbol="%"))
        scale_x(axes, limits)

    description = "Expected cost per loan and share approved, over the threshold."
    return draw_stacked("costs", description, [(plot_cost, 3), (plot_approved, 2)], (3.9, 3.9))


def _draw_gains(tenths: Sequence[Tenth]) -> Markup:
    def plot(axes: Axes) -> None:
        total = sum(tenth.n_loans for tenth in tenths)
        shares, reached = [0.0], 0
        for tenth in tenths:
            reached += tenth.n_loans
            shares.append(reached / total)
        gains = [0.0, *(tenth.gain for tenth in tenths)]
        axes.plot([0, 1], [0, 1], color=SOFT, linewidth=1, linestyle=":", label="Chance")
        axes.plot(shares, gains, color=ACCENT, linewidth=2, marker="o", label="This model")
        axes.set(xlabel="Riskiest loans", ylabel="Defaults found", xlim=(0, 1), ylim=(0, 1.02))
        axes.xaxis.set_major_formatter(PercentFormatter(1, symbol="%"))
        axes.yaxis.set_major_formatter(PercentFormatter(1, symbol="%"))

    return draw("gains", "Share of all defaults among the riskiest loans.", plot, (3.9, 3.9))
