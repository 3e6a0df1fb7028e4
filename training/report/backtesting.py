"""The section about the served model: what it predicted, and what came of it."""

from collections.abc import Sequence

from markupsafe import Markup

from shared.release.backtest import Backtest, BacktestMonth
from shared.release.facts import ReleaseFacts
from training.report.drawing import ACCENT, RIVALS, Plot, draw
from training.report.elements import (
    write_figure,
    write_figures,
    write_paragraph,
    write_section,
    write_table,
)
from training.report.figures import draw_reliability
from training.report.groups import write_measured
from training.report.log_odds import keep_within
from training.report.marks import Dots, Line, Mark, Sticks
from training.report.scales import find_range, scale_evenly, scale_names, write_percent
from training.report.tables import Cell, Noted, Table
from training.report.words import UNDEFINED, write_number, write_share

_TITLE = "Backtest of the served model"


def write_backtest(facts: ReleaseFacts) -> Markup:
    """Write how the champion's predictions have held since it was made."""
    found = facts.backtest
    if found is None:
        nothing = "There was no champion whose model could be read and compared with new outcomes."
        return write_section("backtest", _TITLE, write_paragraph(nothing, "soft"))
    parts = [write_paragraph(_explain(found))]
    figures = [
        write_figure(svg, caption)
        for caption, svg in {
            "Predicted and observed default rates and the AUC, by month, with 95% intervals.": (
                _draw_months(found.months)
            ),
            "Reliability of the served model by band of its score, on log-odds scales.": (
                draw_reliability(found.loans.reliability)
            ),
        }.items()
        if svg is not None
    ]
    parts += [write_figures("curves", figures)] if figures else []
    parts += [write_table(_tabulate_months(found.months))] if found.months else []
    return write_section("backtest", _TITLE, *parts)


def _explain(found: Backtest) -> str:
    ratio, auc, slope = (
        found.ratio,
        found.loans.metrics["roc_auc"],
        found.loans.metrics["calibration_slope"],
    )
    if ratio.value is None or ratio.low is None or ratio.high is None:
        return f"No outcome is known yet of loans that {found.version} scored after {found.after}."
    return (
        f"Release {found.version} scored {write_number(found.loans.n_loans)} loans granted after"
        f" {found.after} before their outcome was known. It predicted"
        f" {write_share(found.predicted)} defaults; observed were {ratio.value:.2f} times as many,"
        f" 95% interval {ratio.low:.2f} to {ratio.high:.2f}. AUC {write_number(auc.value)},"
        f" calibration slope {write_number(slope.value, 2)}. A loan's record is taken as of its own"
        " day."
    )


def _tabulate_months(months: Sequence[BacktestMonth]) -> Table:
    rows = tuple(
        (
            one.month,
            one.version,
            write_number(one.n_loans),
            write_number(one.n_defaults),
            write_share(one.predicted),
            write_measured(one.observed),
            _write_auc(one),
        )
        for one in months
    )
    columns = ("Month", "Model of release", "Loans", "Defaults", "Predicted", "Observed", "AUC")
    return Table("Month by month, earlier releases' months as they recorded them", columns, rows, 2)


def _write_auc(month: BacktestMonth) -> Cell:
    auc = month.roc_auc
    if auc.value is None:
        return UNDEFINED
    interval = "" if auc.low is None else f"{auc.low:.2f} to {auc.high:.2f}"
    return Noted(f"{auc.value:.2f}", interval)


def _draw_months(months: Sequence[BacktestMonth]) -> Markup | None:
    if not months:
        return None
    names = [one.month for one in months]
    x = scale_names(names, every=-(-len(names) // 8))
    description = "Predicted and observed rates by month."
    return draw(description, x, [_plot_rates(months), _plot_auc(months)], (4.6, 4.2))


def _plot_rates(months: Sequence[BacktestMonth]) -> Plot:
    places = range(len(months))
    observed = [one.observed for one in months]
    values, highs = [one.value or 0 for one in observed], [one.high or 0 for one in observed]
    predicted = [one.predicted for one in months]
    marks: list[Mark] = [
        Sticks(places, [one.low or 0 for one in observed], highs, ACCENT),
        Dots(places, values, ACCENT, "Observed", radius=2),
        Line(places, predicted, RIVALS[0], "Predicted", steps=True),
    ]
    limits = find_range([*values, *highs, *predicted], from_zero=True)
    return Plot(scale_evenly(limits, "Defaulted", write_percent), marks, height=3.0)


def _plot_auc(months: Sequence[BacktestMonth]) -> Plot:
    limits = (0.4, 1.0)
    told = [(place, one.roc_auc) for place, one in enumerate(months) if one.roc_auc.value]
    places = [place for place, _ in told]
    lows = [keep_within(auc.low or 0.5, limits) for _, auc in told]
    highs = [keep_within(auc.high or 1.0, limits) for _, auc in told]
    values = [keep_within(auc.value or 0.0, limits) for _, auc in told]
    marks: list[Mark] = [
        Sticks(places, lows, highs, ACCENT),
        Dots(places, values, ACCENT, radius=1.8),
    ]
    return Plot(scale_evenly(limits, "AUC"), marks, height=2.0)
