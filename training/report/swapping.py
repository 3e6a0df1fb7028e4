"""The section about the swap set: whose decision changes when the candidate is served."""

from markupsafe import Markup

from shared.release.facts import ReleaseFacts
from shared.release.swap_set import SwapGroup, SwapSet
from training.report.elements import write_paragraph, write_section, write_table
from training.report.groups import write_measured
from training.report.tables import Cell, Table
from training.report.words import write_number, write_share


def write_swap_set(facts: ReleaseFacts) -> Markup:
    """Write who would be decided on otherwise than by the champion, and how such users paid."""
    swapped = facts.swap_set
    if swapped is None:
        nothing = "There was no champion whose model could be read and compared."
        return write_section("swap", "Swap set", write_paragraph(nothing, "soft"))
    text = write_paragraph(
        "Every user is scored by both models, and so are the later loans on their own day, on none"
        f" of which either was trained: those granted after {swapped.observed_after} whose outcome"
        " is known. Loans now refused should have paid worse than those now approved."
    )
    return write_section("swap", "Swap set", text, write_table(tabulate_swap_set(swapped)))


def tabulate_swap_set(swapped: SwapSet) -> Table:
    """Put the users whose decision changes before those on whom both models agree."""
    groups = {
        "Approved, now refused": swapped.newly_refused,
        "Refused, now approved": swapped.newly_approved,
        "Approved by both": swapped.approved_by_both,
        "Refused by both": swapped.refused_by_both,
    }
    columns = (
        "Users",
        "How many",
        "Predicted by the champion",
        "Predicted by this model",
        "Later loans",
        "Champion's prediction",
        "This model's",
        "Defaulted",
    )
    rows = tuple((name, *_write_group(group)) for name, group in groups.items())
    return Table("Decisions of this model against the champion's", columns, rows)


def _write_group(group: SwapGroup) -> tuple[Cell, ...]:
    return (
        write_number(group.n_users),
        write_share(group.champion_risk),
        write_share(group.candidate_risk),
        write_number(group.n_loans),
        write_share(group.champion_risk_of_loans),
        write_share(group.candidate_risk_of_loans),
        write_measured(group.default_rate),
    )
