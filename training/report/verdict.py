"""The verdict on a release, in a sentence."""

from shared.release.facts import Verdict

_SENTENCES: dict[Verdict, str] = {
    "passed": "Every gate is passed.",
    "warned": "No gate stops this release, but some warn: read them before it is approved.",
    "stopped": "A gate stops this release: it does not become current, and the champion serves on.",
}


def explain_verdict(verdict: Verdict) -> str:
    """Say what the verdict means."""
    return _SENTENCES[verdict]
