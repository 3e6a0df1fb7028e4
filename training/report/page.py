"""The report's page: one file, no script, nothing from outside."""

from markupsafe import Markup

from training.report.behaviour import write_effects, write_performance, write_scores
from training.report.elements import join
from training.report.sections import (
    write_data_quality,
    write_drift,
    write_fairness,
    write_limits,
    write_lineage,
    write_verdict,
)
from training.report.style import STYLE
from training.report.tables import Facts
from training.report.words import UNTOLD, write_any

_SECTIONS = (
    write_verdict,
    write_data_quality,
    write_performance,
    write_scores,
    write_effects,
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
    ("effects", "Effects"),
    ("drift", "Drift"),
    ("fairness", "Fairness"),
    ("lineage", "Lineage"),
    ("limits", "Limits"),
)


def write_page(facts: Facts) -> str:
    """Write the report as HTML.

    Parameters
    ----------
    facts : mapping
        What the release's manifest tells, or will tell; any part may be missing.
    """
    title = "Release report"
    source = (facts.get("source") or {}).get("name") or UNTOLD
    origin = f"made from {source}, as of {facts.get('as_of') or UNTOLD}"
    release = f"Release {write_any(facts['version'])}" if facts.get("version") else "A candidate"
    links = join(Markup('<a href="#{}">{}</a>').format(name, word) for name, word in _CONTENTS)
    sections = join(write(facts) for write in _SECTIONS)
    page = Markup(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,"><title>{title}: {release}</title><style>{style}</style>'
        "</head><body><header><h1>{title}</h1><p>{release}, {origin}.</p></header>"
        '<nav aria-label="Contents">{links}</nav><main>{sections}</main></body></html>\n'
    )
    return page.format(
        title=title,
        release=release,
        origin=origin,
        style=Markup(STYLE),  # noqa: S704 -- our own text
        links=links,
        sections=sections,
    )
