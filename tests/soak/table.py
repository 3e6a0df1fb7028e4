"""The table that a soak ends in, and its place in a document."""

from collections.abc import Mapping
from pathlib import Path

from tests.soak.campaign import Campaign, Tally

BEGIN, END = "<!-- soak: begin -->", "<!-- soak: end -->"


def format_table(tallies: Mapping[Campaign, Tally]) -> str:
    """Format what each campaign has found as Markdown."""
    lines = [
        "| campaign | fault | times | losses | answers judged | checked |",
        "|---|---|--:|--:|--:|---|",
    ]
    lines += [
        f"| {one.name} | {one.fault} | {tally.times} | {len(tally.losses)} | {tally.reads:,} |"
        f" {one.checked} |"
        for one, tally in tallies.items()
    ]
    return "\n".join(lines)


def write_table(document: Path, table: str) -> None:
    """Replace the table between the two marks of a document.

    Raises
    ------
    ValueError
        When the document lacks the marks.
    """
    text = document.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(
            f"Expected {BEGIN} and {END} in {document}: add them where the table goes."
        )
    document.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
