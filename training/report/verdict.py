"""The verdict on a release, in a sentence or two."""

from shared.release.facts import ReleaseFacts, Verdict
from training.report.words import label

_SENTENCES: dict[Verdict, str] = {
    "passed": "Every gate is passed.",
    "warned": "No gate stops this release, but some warn: read them before it is approved.",
    "stopped": "A gate stops this release: it does not become current, and the champion serves on.",
}


def explain_verdict(facts: ReleaseFacts) -> str:
    """Say what the verdict means, and which gates it comes from."""
    named = [
        f"{word}: {', '.join(names)}."
        for word, names in (
            ("Stopped by", _name_gates(facts, "stopped")),
            ("Warned of by", _name_gates(facts, "warned")),
        )
        if names
    ]
    return " ".join([_SENTENCES[facts.verdict], *named])


def _name_gates(facts: ReleaseFacts, verdict: Verdict) -> list[str]:
    return [label(gate.name) for gate in facts.gates if gate.verdict == verdict]
