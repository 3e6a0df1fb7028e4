"""The verdict on a release, in a word and a sentence."""

from training.report.tables import Facts

UNJUDGED = "unjudged"

_SEVERITY = ("passed", "warned", "stopped")
_SENTENCES = {
    "passed": "Every gate is passed.",
    "warned": "No gate stops this release, but some warn: read them before it is approved.",
    "stopped": "A gate stops this release: it does not become current, and the champion serves on.",
    UNJUDGED: "This release was made without gates.",
}


def read_verdict(facts: Facts) -> str:
    """Read the verdict, or the worst of the gates where none is written down."""
    told = facts.get("verdict")
    if told in _SEVERITY:
        return str(told)
    verdicts = {gate.get("verdict") for gate in facts.get("gates") or ()}
    worst = [verdict for verdict in _SEVERITY if verdict in verdicts]
    return worst[-1] if worst else UNJUDGED


def explain_verdict(facts: Facts) -> str:
    """Say what the verdict means."""
    return _SENTENCES[read_verdict(facts)]
