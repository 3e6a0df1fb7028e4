"""The section about the served model: what it predicted, and what came of it."""

from collections.abc import Sequence

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from shared.release.backtest import Backtest, BacktestMonth
from shared.release.facts import ReleaseFacts
from training.report.drawing import ACCENT, RIVALS, draw_stacked
from training.report.elements import (
    write_figure,
    write_figures,
    write_paragraph,
    write_section,
    write_table,
)
from training.report.figures import draw_reliability
from training.report.groups import write_measured
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
                draw_reliability(found.loans.reliability, "backtest-reliability")
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
    places = range(len(months))

    def plot_rates(axes: Axes) -> None:
        observed = [one.observed for one in months]
        lows, highs = [one.low or 0 for one in observed], [one.high or 0 for one in observed]
        axes.vlines(places, lows, highs, color=ACCENT, linewidth=1.5)
        values = [one.value or 0 for one in observed]
        axes.plot(places, values, "o", color=ACCENT, markersize=4, label="Observed")
        predicted = [one.predicted for one in months]
        axes.step(places, predicted, color=RIVALS[0], where="mid", label="Predicted")
        axes.set(ylabel="Defaulted")
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda rate, _: f"{100 * rate:g}%"))

    def plot_auc(axes: Axes) -> None:
        told = [(place, one.roc_auc) for place, one in enumerate(months) if one.roc_auc.value]
        for place, auc in told:
            axes.vlines([place], [auc.low or 0.5], [auc.high or 1], color=ACCENT, linewidth=1.5)
        values = [auc.value or 0 for _, auc in told]
        axes.plot([place for place, _ in told], values, "s", color=ACCENT, markersize=3)
        axes.set(ylabel="AUC")
        axes.set_ylim(0.4, 1)
        step = -(-len(months) // 8)
        names = [one.month for one in months][::step]
        axes.set_xticks([*places][::step], names, rotation=45, ha="right")

    if not months:
        return None
    plots = [(plot_rates, 3.0), (plot_auc, 2.0)]
    return draw_stacked("backtest", "Predicted and observed rates by month.", plots, (4.6, 4.2))
