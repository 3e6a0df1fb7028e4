"""The model card: what it says, as valid Markdown."""

import re

import pytest

from shared.release.facts import Verdict
from tests.support.release_facts import make_facts, with_test_slice
from training.gates.champion import SAMPLE_SHA256
from training.report.model_card import write_model_card

HOSTILE = "<script>alert('1')</script>&\"'><b>`$x$`|*"


def test_markup_in_the_facts_is_escaped() -> None:
    card = write_model_card(make_facts(source={"name": HOSTILE + "\n# A heading"}))

    assert "<script>" not in card
    assert "\\|\\*" in card
    assert "\n# A heading" not in card


@pytest.mark.parametrize("verdict", ["passed", "warned", "stopped"])
def test_the_verdict_opens_its_chapter(verdict: Verdict) -> None:
    card = write_model_card(make_facts(verdict=verdict))

    assert f"## Verdict\n\n**{verdict.capitalize()}.**" in card


@pytest.mark.parametrize(("sha256", "synthetic"), [(SAMPLE_SHA256, True), ("ab" * 32, False)])
def test_only_the_sample_is_called_synthetic(sha256: str, synthetic: bool) -> None:
    card = write_model_card(make_facts(source={"name": "loans.csv", "sha256": sha256}))

    assert ("synthetic" in card) is synthetic


def test_too_few_defaults_are_a_limit_of_use() -> None:
    few = with_test_slice(make_facts(), n_defaults=99)

    assert "99 defaults, fewer than 100" in write_model_card(few)
    assert "fewer than" not in write_model_card(make_facts())


def test_the_card_has_every_chapter_and_no_ragged_table() -> None:
    card = write_model_card(make_facts())

    chapters = re.findall(r"^## (.*)$", card, re.MULTILINE)
    assert chapters == [
        "Purpose",
        "Verdict",
        "Data quality",
        "Performance",
        "Drift",
        "Fairness",
        "Limits of use",
        "Lineage",
    ]
    for table in re.findall(r"(?:^\|.*\n)+", card, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1
