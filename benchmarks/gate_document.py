"""The document that tells what the gates do: what they stop, and what only warns."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.gate_words import INTRODUCTION, REASONS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one delivery."""

    kind: str
    seed: int
    verdict: str
    stopped: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)


def write_document(
    path: Path, outcomes: Sequence[Outcome], wrong: Iterable[str], healthy: Iterable[str]
) -> None:
    """Write the tables and the reasons."""
    lines = [
        INTRODUCTION,
        f"Seeds of each kind: {len({one.seed for one in outcomes})}.\n",
        "## Wrong deliveries, 10,000 users\n",
        *_tabulate(outcomes, list(wrong), "stopped by"),
        "\n## Healthy deliveries\n",
        "10,000 users where no other number is given.\n",
        *_tabulate(outcomes, list(healthy), "warned or stopped by"),
        "\n## What a warning suffices for\n",
        "`warned` promotes unattended like `passed`. These findings warn at most:\n",
        *(f"- **`{name}`**: {reason}" for name, reason in REASONS.items()),
    ]
    path.write_text("\n".join(lines) + "\n")


def _tabulate(outcomes: Sequence[Outcome], kinds: Sequence[str], heading: str) -> list[str]:
    rows = [_describe(kind, [one for one in outcomes if one.kind == kind]) for kind in kinds]
    counted = Counter(one.verdict for one in outcomes if one.kind in set(kinds))
    total = sum(counted.values())
    stopped = counted["stopped"]
    return [
        f"| delivery | stopped | warned | passed | {heading} |",
        "|---|---:|---:|---:|---|",
        *rows,
        f"| **all** | **{stopped}** | **{counted['warned']}** | **{counted['passed']}** | |",
        f"\nStopped: {stopped} of {total}, {stopped / max(total, 1):.1%}.",
    ]


def _describe(kind: str, outcomes: Sequence[Outcome]) -> str:
    verdicts = Counter(one.verdict for one in outcomes)
    gates = Counter(
        name
        for one in outcomes
        for name in (one.stopped if one.verdict in {"stopped", "crashed"} else one.warned)
    )
    named = ", ".join(f"{name} {times}" for name, times in gates.most_common(4))
    counts = " | ".join(str(verdicts[verdict]) for verdict in ("stopped", "warned", "passed"))
    return f"| {kind} | {counts} | {named} |"
