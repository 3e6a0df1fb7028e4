"""Draw with matplotlib into the page: inline SVG in the page's own colours and font."""

import re
from collections.abc import Callable
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
    """Draw one figure.

    Parameters
    ----------
    name : str
        Told apart by it from the page's other figures.
    description : str
        What is to be seen, for who cannot see it.
    plot : callable
        Draws on the axes that it is given.
    size : tuple of float
        Width and height in inches; the page scales it.

    Returns
    -------
    markupsafe.Markup
        An svg element. The same for the same plot.
    """
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained")
        plot(figure.subplots())
        written = StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    return _inline(written.getvalue(), name, description)


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
        Markup(drawn.rstrip()),  # noqa: S704
    )
