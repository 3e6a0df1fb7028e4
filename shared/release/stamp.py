"""The line of a report that names its release: filled in when the report is served."""

from collections.abc import Sequence
from html import escape

from shared.release.decisions import Event
from shared.release.overrides import list_overrides

UNSTAMPED = '<p class="stamp">Version: see manifest.json beside this file.</p>'
"""In the report as it is stored: its digest is part of the version, which it cannot name."""

_STATES = {
    "current": "current, served now",
    "pending": "pending, waits for a person's approval",
    "refused": "refused by its gates",
    "rejected": "rejected by a person",
    "rolled_back": "rolled back",
    "former": "former, served before",
}


def stamp(report: bytes, version: str, state: str, verdict: str, events: Sequence[Event]) -> bytes:
    """Name version, state, verdict and overrides in a report.

    Parameters
    ----------
    report : bytes
        As it is stored, its digest already checked. One without the line comes back as it is.
    version, state, verdict : str
        Of its release, at this moment.
    events : sequence of Event
        The release's decision record, oldest first.
    """
    line = (
        f'<p class="stamp"><strong>Version {escape(version)}</strong> &#183; State:'
        f" {escape(_STATES.get(state, state))} &#183; Verdict: {escape(verdict)} &#183;"
        f" {_describe_overrides(list_overrides(events), state)}</p>"
    )
    return report.replace(UNSTAMPED.encode(), line.encode(), 1)


def _describe_overrides(made: Sequence[Event], state: str) -> str:
    if not made:
        return "Overrides of its gates: none."
    latest = made[-1]
    who = latest.who
    if latest.request:
        who = f"{who}, as {latest.request.who} had asked,"
    when = "served by the one" if state == "current" else "the latest was"
    text = f"{when} made by {who} at {latest.at}, because: {latest.why or 'no reason given'}"
    return f"Overrides of its gates: {len(made)}; {escape(text)}"
