"""The line of a report that names its release: filled in when the report is served."""

from html import escape

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


def stamp(report: bytes, version: str, state: str, verdict: str) -> bytes:
    """Name version, state and verdict in a report.

    Parameters
    ----------
    report : bytes
        As it is stored, its digest already checked. One without the line comes back as it is.
    version, state, verdict : str
        Of its release, at this moment.
    """
    line = (
        f'<p class="stamp"><strong>Version {escape(version)}</strong> &#183; State:'
        f" {escape(_STATES.get(state, state))} &#183; Verdict: {escape(verdict)}</p>"
    )
    return report.replace(UNSTAMPED.encode(), line.encode(), 1)
