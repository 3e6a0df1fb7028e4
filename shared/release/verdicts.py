"""What the gates of a release say of it."""

from typing import get_args

from shared.errors import FieldError
from shared.release.facts import ReleaseFacts, Verdict


def judge(facts: ReleaseFacts) -> Verdict:
    """Return the verdict of a release's gates: never better than the worst of them."""
    recognised = facts.verdict in get_args(Verdict.__value__)
    return "stopped" if stopped_gates(facts) or not recognised else facts.verdict


def stopped_gates(facts: ReleaseFacts) -> list[FieldError]:
    """List the gates that stopped a release, by their position in its manifest."""
    return [
        FieldError(f"/gates/{place}", f"{gate.name}: {gate.detail}")
        for place, gate in enumerate(facts.gates)
        if gate.verdict == "stopped"
    ]
