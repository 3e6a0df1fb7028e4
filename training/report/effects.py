"""What each feature does to the prediction, drawn."""

from collections.abc import Mapping

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from shared.release.facts import Effect
from training.report.drawing import ACCENT, INK, draw
from training.report.words import label, write_share

_SMALL = (3.4, 2.5)


def draw_effects(effects: Mapping[str, Effect]) -> dict[str, Markup]:
    """Draw the mean prediction over each feature, all on one scale, by feature."""
    known = {name: _read_effect(effect) for name, effect in effects.items()}
    highest = max((p for points in known.values() for _, p in points), default=0) or 1
    return {name: _draw_effect(name, points, highest) for name, points in known.items() if points}


def _read_effect(effect: Effect) -> list[tuple[float | None, float]]:
    return list(zip(effect.grid, effect.probability, strict=True))


def _draw_effect(name: str, points: list[tuple[float | None, float]], highest: float) -> Markup:
    known = sorted((x, y) for x, y in points if x is not None)
    unknown = [y for x, y in points if x is None]

    def plot(axes: Axes) -> None:
        if known:
            xs, ys = zip(*known, strict=True)
            axes.plot(xs, ys, color=ACCENT, linewidth=2, marker="o", markersize=3)
            if len(known) <= 2:
                axes.set_xticks(xs)
                axes.margins(x=0.3)
        for probability in unknown:
            axes.axhline(probability, color=INK, linewidth=1.2, linestyle="--", label="Unknown")
            axes.legend(loc="best")
        axes.set_ylim(0, 1.1 * highest)
        axes.yaxis.set_major_formatter(PercentFormatter(1, symbol="%"))

    lowest, most = min(y for _, y in points), max(y for _, y in points)
    description = (
        f"Mean probability of default over {label(name)}:"
        f" from {write_share(lowest)} to {write_share(most)}."
    )
    return draw(f"effect-{_write_id(name)}", description, plot, _SMALL)


def _write_id(name: str) -> str:
    return "".join(one if one.isascii() and one.isalnum() else f"-{ord(one):x}-" for one in name)
