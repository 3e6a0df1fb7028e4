"""The table that a soak ends in."""

from pathlib import Path

import pytest

from tests.soak.campaign import Campaign, Tally
from tests.soak.catalogue import CAMPAIGNS
from tests.soak.kills import spread
from tests.soak.table import BEGIN, END, format_table, write_table


def test_the_table_counts_faults_losses_and_answers() -> None:
    campaign = Campaign("kills", "it is killed", "it is whole", 1, lambda ground, rounds: iter(()))
    tally = Tally(reads=1200)
    tally.add("killed", [])
    tally.add("killed", ["one is gone"])

    row = format_table({campaign: tally}).splitlines()[-1]

    assert row == "| kills | it is killed | 2 | 1 | 1,200 | it is whole |"
    assert tally.losses == ["killed: one is gone"]


def test_the_table_replaces_the_one_in_a_document(tmp_path: Path) -> None:
    document = tmp_path / "reliability.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")

    write_table(document, "new")

    assert document.read_text() == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


def test_a_document_without_a_place_for_it_is_refused(tmp_path: Path) -> None:
    document = tmp_path / "reliability.md"
    document.write_text("nothing")

    with pytest.raises(ValueError, match="add them where the table goes"):
        write_table(document, "new")


def test_campaigns_have_names_of_their_own() -> None:
    names = [one.name for one in CAMPAIGNS]

    assert len(set(names)) == len(names)


def test_points_are_spread_evenly() -> None:
    assert spread([1, 2, 3], 5) == [1, 2, 3]
    assert spread(list(range(11)), 3) == [1, 5, 9]
