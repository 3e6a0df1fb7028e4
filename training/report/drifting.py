"""The section about drift: against the champion, against the anchor, over the releases."""

from collections.abc import Sequence
from itertools import pairwise
from math import inf, nextafter

from markupsafe import Markup

from shared.release.drift import Anchor, Drift, Spread
from shared.release.facts import ReleaseFacts
from training.evaluation.drift import SLIGHT_DRIFT, STRONG_DRIFT
from training.report.drawing import ACCENT, INK, Plot, draw
from training.report.elements import (
    write_figure,
    write_figures,
    write_paragraph,
    write_section,
    write_table,
)
from training.report.marks import Bars, Mark
from training.report.scales import find_range, scale_evenly, scale_names, write_percent
from training.report.tables import Table, read_index, tabulate_drift
from training.report.words import label, write_number

_SMALL = (3.4, 2.8)
_SCORE = "probability"


def write_drift(facts: ReleaseFacts) -> Markup:
    """Write how far the population has moved from the champion's and from the first."""
    champion = facts.drift.champion
    if champion is None:
        no_champion = write_paragraph("There was no champion to compare with.", "soft")
        return write_section("drift", "Drift", no_champion)
    text = (
        f"Compared with release {champion}. An index over {SLIGHT_DRIFT:.2f} is held to be slight"
        f" drift, one over {STRONG_DRIFT:.2f} strong drift. The score is the champion's model's,"
        " then and now."
    )
    figures = (
        write_figure(_draw_spread(name, spread), _name(name))
        for name, spread in facts.drift.spreads.items()
    )
    parts = [write_paragraph(text), write_table(tabulate_drift(facts))]
    if facts.drift.spreads:
        parts.append(write_figures("effects", figures))
    if facts.anchor is not None:
        parts += [
            write_table(_tabulate_anchor(facts.anchor)),
            write_table(_tabulate_trend(facts.anchor, facts.drift, facts.as_of)),
        ]
    return write_section("drift", "Drift", *parts)


def _name(name: str) -> str:
    return "Score" if name == _SCORE else label(name)


def _tabulate_anchor(anchor: Anchor) -> Table:
    rows = tuple(
        (_name(name), read_index(index), write_number(index))
        for name, index in anchor.drift.items()
    )
    caption = (
        f"Stability against the anchor, release {anchor.version}; the score as each release"
        " published it, so a change of model shows too"
    )
    return Table(caption, ("Of", "Reads as", "Index"), rows, n_texts=2)


def _tabulate_trend(anchor: Anchor, drift: Drift, as_of: str) -> Table:
    rows = [
        (point.version, point.as_of, read_index(point.score), write_number(point.score))
        for point in anchor.trend
    ]
    rows.append(("this release", as_of, read_index(drift.score), write_number(drift.score)))
    columns = ("Release", "As of", "Reads as", "Index of the score")
    return Table(
        "The last releases, each against the champion of its day", columns, tuple(rows), n_texts=3
    )


def _draw_spread(name: str, spread: Spread) -> Markup:
    bins = [
        (text, expected, actual)
        for text, expected, actual in zip(
            _name_bins(spread.edges, are_shares=name == _SCORE),
            spread.expected,
            spread.actual,
            strict=True,
        )
        if expected or actual
    ]
    edges = [(place - 0.4, place + 0.4) for place in range(len(bins))]
    then, now = [one[1] for one in bins], [one[2] for one in bins]
    y = scale_evenly(find_range([*then, *now], from_zero=True), write=write_percent)
    marks: list[Mark] = [
        Bars(edges, now, ACCENT, "Now", opacity=0.5),
        Bars(edges, then, INK, "Champion's", filled=False),
    ]
    x = scale_names([one[0] for one in bins])
    return draw(f"Distribution of {_name(name)}, then and now.", x, [Plot(y, marks)], _SMALL)


def _name_bins(edges: Sequence[float], *, are_shares: bool) -> list[str]:
    """Name the bins between edges, below and above them, and that of missing values."""
    if not edges:
        return ["any", "missing"]
    names = [_write_share(edge) if are_shares else _write(edge) for edge in edges]
    between = [
        names[place] if high == nextafter(low, inf) else f"{names[place]} to {names[place + 1]}"
        for place, (low, high) in enumerate(pairwise(edges))
    ]
    return [f"under {names[0]}", *between, f"{names[-1]} on", "missing"]


def _write_share(edge: float) -> str:
    return f"{100 * edge:.2g}%"


def _write(edge: float) -> str:
    return f"{edge:.3g}" if abs(edge) < 1000 else f"{edge:,.0f}"
