"""Draw with matplotlib into the page: inline SVG in the page's own colours and font."""

import re
from collections.abc import Callable, Sequence
from io import StringIO
from typing import Any

import matplotlib as mpl
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Stand-ins: the page's style says what they look like, in the light, in the dark and on paper.
INK = "#010101"
SOFT = "#020202"
LINE = "#030303"
ACCENT = "#040404"
BAD = "#050505"
RIVALS = ("#060606", "#070707", "#080808")
_COLOURS = {
    INK: "ink",
    SOFT: "soft",
    LINE: "line",
    ACCENT: "accent",
    BAD: "bad",
    **{colour: f"rival-{place}" for place, colour in enumerate(RIVALS)},
}

_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "credit-risk",
    # A name with dollar signs is a name, not a formula.
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "legend.frameon": False,
}
_PREAMBLE = re.compile(
    r"^.*?<svg[^>]*?viewBox=\"(?P<box>[^\"]+)\".*?</metadata>\s*<defs>\s*<style.*?</defs>",
    re.DOTALL,
)
_ID = re.compile(r'(\bid="|url\(#|href="#)')
_FONT = re.compile(r"font-family: [^;\"]+;? ?")
_COLOUR = re.compile("|".join(_COLOURS))

type Plot = Callable[[Axes], None]


def draw(name: str, description: str, plot: Plot, size: tuple[float, float] = (4.6, 3.4)) -> Markup:
    """Draw one figure of a single plot."""
    return draw_stacked(name, description, [(plot, 1.0)], size)


def draw_stacked(
    name: str,
    description: str,
    plots: Sequence[tuple[Plot, float]],
    size: tuple[float, float] = (4.6, 3.4),
) -> Markup:
    """Draw one figure of plots above each other, which have one horizontal axis.

    Parameters
    ----------
    name : str
        Told apart by it from the page's other figures.
    description : str
        What is to be seen, for who cannot see it.
    plots : sequence of tuple of callable and float
        Each draws on the axes that it is given, which are that high, relative to the others.
    size : tuple of float
        Width and height in inches; the page scales it.

    Returns
    -------
    markupsafe.Markup
        An svg element. The same for the same plots.

    Notes
    -----
    Whatever has a label is explained below the axes: there a legend covers no curve.
    """
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots(
            len(plots),
            squeeze=False,
            sharex=True,
            gridspec_kw={"height_ratios": [height for _, height in plots]},
        )[:, 0]
        for one, (plot, _) in zip(axes, plots, strict=True):
            plot(one)
        _write_legend(figure, list(axes))
        written = StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    return _inline(written.getvalue(), name, description)


def _write_legend(figure: Figure, axes: Sequence[Axes]) -> None:
    found = {
        label: handle
        for one in axes
        for handle, label in zip(*one.get_legend_handles_labels(), strict=True)
    }
    if found:
        columns = 2 if len(found) > 1 else 1
        figure.legend([*found.values()], [*found], loc="outside lower center", ncols=columns)


def _inline(svg: str, name: str, description: str) -> Markup:
    preamble = _PREAMBLE.match(svg)
    if preamble is None:
        raise ValueError("Expected matplotlib's SVG with its view box and metadata, got another.")
    drawn = _ID.sub(rf"\1{name}-", _FONT.sub("", svg[preamble.end() :]))
    drawn = _COLOUR.sub(lambda colour: f"var(--{_COLOURS[colour[0]]})", drawn)
    # matplotlib escapes what it writes; no text of the facts gets here but by it.
    return Markup('<svg viewBox="{}" role="img" aria-label="{}">{}').format(
        preamble["box"],
        escape(description),
        Markup(drawn.rstrip()),  # noqa: S704 -- see above
    )
