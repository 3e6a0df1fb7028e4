"""The report's page: one file, no script, nothing from outside."""

from markupsafe import Markup

from shared.release.facts import ReleaseFacts
from shared.release.stamp import UNSTAMPED
from training.report.backtesting import write_backtest
from training.report.behaviour import write_effects, write_performance, write_scores
from training.report.cutoffs import write_cutoffs
from training.report.drifting import write_drift
from training.report.elements import join
from training.report.sections import (
    write_data_quality,
    write_fairness,
    write_limits,
    write_lineage,
    write_verdict,
)
from training.report.style import STYLE
from training.report.swapping import write_swap_set

_SECTIONS = (
    write_verdict,
    write_data_quality,
    write_performance,
    write_scores,
    write_cutoffs,
    write_effects,
    write_backtest,
    write_swap_set,
    write_drift,
    write_fairness,
    write_lineage,
    write_limits,
)
_CONTENTS = (
    ("verdict", "Verdict"),
    ("data", "Data"),
    ("performance", "Performance"),
    ("scores", "Scores"),
    ("cutoffs", "Cutoffs"),
    ("effects", "Effects"),
    ("backtest", "Backtest"),
    ("swap", "Swap set"),
    ("drift", "Drift"),
    ("fairness", "Fairness"),
    ("lineage", "Lineage"),
    ("limits", "Limits"),
)


def write_page(facts: ReleaseFacts) -> str:
    """Write the report as HTML.

    Parameters
    ----------
    facts : ReleaseFacts
        What the release's manifest tells.
    """
    title = "Release report"
    origin = f"made from {facts.source['name']}, as of {facts.as_of}"
    links = join(Markup('<a href="#{}">{}</a>').format(name, word) for name, word in _CONTENTS)
    sections = join(write(facts) for write in _SECTIONS)
    page = Markup(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,"><title>{title}: {origin}</title><style>{style}</style>'
        "</head><body><header><h1>{title}</h1><p>A release {origin}.</p>{stamp}</header>"
        '<nav aria-label="Contents">{links}</nav><main>{sections}</main></body></html>\n'
    )
    return page.format(
        title=title,
        origin=origin,
        style=Markup(STYLE),  # noqa: S704 -- our own text
        stamp=Markup(UNSTAMPED),  # noqa: S704 -- our own text
        links=links,
        sections=sections,
    )
