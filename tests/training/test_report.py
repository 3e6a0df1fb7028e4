"""The report and the model card: what they say, and that they stand by themselves."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any

import pytest

from shared.release.manifest import MODEL_CARD, REPORT
from tests.support.release_facts import make_facts
from training.report import write_report
from training.report.model_card import write_model_card
from training.report.page import write_page

_VOID = {"meta", "link"}
_PARTS = tuple(make_facts())


class Page(HTMLParser):
    """A page read strictly: every element is closed in its turn."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.tags if found == tag]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data)


@pytest.fixture(scope="module")
def html() -> str:
    return write_page(make_facts())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_verdict_and_the_gates_come_first(page: Page) -> None:
    sections = [section["id"] for section in page.all("section")]

    assert sections == [
        "verdict",
        "data",
        "performance",
        "scores",
        "effects",
        "drift",
        "fairness",
        "lineage",
        "limits",
    ]
    assert "some warn" in page.text
    assert page.text.index("The interval 0.93 to 1.15") < page.text.index("18th birthday")


@pytest.mark.parametrize(
    "told",
    [
        "0.820 0.795 to 0.845",
        "Logistic regression",
        "This model, persons seen before",
        "5: 2019-02-03; 17: 2018-01-01; 29: not told",
        "Look the birthday up",
        "on 400,000 loans before 2020-06-01",
        "from a probability of 4.76% on",
        "Compared with release 20261123T060201Z-0a1b2c3d4e5f",
        "some drift 0.140",
        "F 25,000 372 92.0% 1.00 1.41% 1.49%",
        "ab" * 32,
        "Parameters max_iter 80",
        "Nothing in this document is legal advice",
        "review by a person",
    ],
)
def test_what_an_officer_looks_for_is_there(page: Page, told: str) -> None:
    assert told in page.text


def test_every_figure_is_described_and_captioned(page: Page) -> None:
    figures = page.all("svg")

    assert len(figures) == len(page.all("figure")) == len(page.all("figcaption")) == 8
    assert all(one["role"] == "img" and one["aria-label"] for one in figures)


def test_every_table_has_a_caption_and_every_heading_a_scope(page: Page) -> None:
    assert len(page.all("caption")) == len(page.all("table"))
    assert {one.get("scope") for one in page.all("th")} == {"row", "col"}


def test_no_two_elements_share_an_id_and_every_reference_leads_somewhere(
    page: Page, html: str
) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    asked = re.findall(r'(?:url\(|href=")#([^")]+)', html)

    assert len(ids) == len(set(ids))
    assert set(asked) <= set(ids)


def test_the_page_runs_nothing_and_takes_nothing_from_outside(page: Page, html: str) -> None:
    assert page.all("script") == []
    assert not re.search(r"https?:|javascript:|@import|<[^>]* on\w+=", html)


def test_figures_take_the_pages_colours(html: str) -> None:
    drawn = "".join(re.findall(r"<svg.*?</svg>", html, re.DOTALL))

    assert "var(--accent)" in drawn
    assert not re.search(r"#0\d0\d0\d", drawn)


def test_the_page_turns_dark_on_a_screen_and_stays_light_on_paper(html: str) -> None:
    assert "@media screen and (prefers-color-scheme: dark)" in html
    assert "@media print" in html


def test_the_same_facts_give_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        write_report(folder, make_facts())
        written.append([(folder / name).read_bytes() for name in (REPORT, MODEL_CARD)])

    assert written[0] == written[1]
    assert len(written[0][0]) < 1_500_000


def test_facts_that_went_through_json_are_written_alike(html: str) -> None:
    assert write_page(json.loads(json.dumps(make_facts()))) == html


HOSTILE = "<script>alert('1')</script>&\"'><b>`$x$`|*"


def test_markup_in_the_facts_is_text_on_the_page() -> None:
    facts = make_facts(source={"name": HOSTILE}, version=HOSTILE)
    facts["evaluation"]["challengers"] = {HOSTILE: facts["evaluation"]["slices"]["seen_persons"]}
    facts["evaluation"]["fairness"] = {HOSTILE: facts["evaluation"]["fairness"]["code_gender"]}
    facts["effects"] = {HOSTILE: facts["effects"]["age"]}
    facts["gates"] = [dict.fromkeys(("name", "measured", "limit", "verdict", "detail"), HOSTILE)]

    page = Page(write_page(facts))

    assert page.all("script") == page.all("b") == []
    assert HOSTILE in page.text


def test_markup_in_the_facts_is_text_in_the_model_card() -> None:
    card = write_model_card(make_facts(source={"name": HOSTILE + "\n# A heading"}))

    assert "<script>" not in card
    assert "\\|\\*" in card
    assert "\n# A heading" not in card


@pytest.mark.parametrize("missing", _PARTS)
def test_a_missing_part_is_said_in_words(missing: str) -> None:
    facts = make_facts(**{"evaluation": None, "effects": None, missing: None})

    page = Page(write_page(facts))
    card = write_model_card(facts)

    assert len(page.all("section")) == 9
    assert "None" not in page.text + card


def test_nothing_at_all_still_makes_a_report() -> None:
    page = Page(write_page({}))

    for told in (
        "made without gates",
        "was not written down",
        "not evaluated out of time",
        "no curves to draw",
        "no champion to compare with",
        "were not compared",
    ):
        assert told in page.text
    assert "None" not in page.text


def thin_out(part: Any, draw: Random, share: float) -> Any:
    """Take away a share of all values, at every depth."""
    if draw.random() < share:
        return None
    if isinstance(part, dict):
        return {name: thin_out(one, draw, share) for name, one in part.items()}
    if isinstance(part, list):
        return [one for one in part if isinstance(one, dict) or draw.random() >= share]
    return part


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_untold_makes_no_crash(seed: int) -> None:
    facts = thin_out(make_facts(), Random(seed), 0.08 * (seed + 1)) or {}

    page = Page(write_page(facts))
    card = write_model_card(facts)

    assert len(page.all("section")) == 9
    assert "None" not in page.text + card


@pytest.mark.parametrize(
    ("verdicts", "word"),
    [((), "unjudged"), (("passed", "passed"), "passed"), (("stopped", "warned"), "stopped")],
)
def test_where_no_verdict_is_written_down_it_is_the_worst_of_the_gates(
    verdicts: tuple[str, ...], word: str
) -> None:
    gates = [{"name": f"gate {place}", "verdict": one} for place, one in enumerate(verdicts)]

    card = write_model_card(make_facts(gates=gates, verdict=None))

    assert f"**{word.capitalize()}.**" in card


@pytest.mark.parametrize(("name", "synthetic"), [("sample.csv", True), ("loans.csv", False)])
def test_only_a_sample_is_called_synthetic(name: str, synthetic: bool) -> None:
    facts = make_facts(source={"name": name})

    assert ("synthetic" in write_page(facts)) is synthetic
    assert ("synthetic" in write_model_card(facts)) is synthetic


def test_too_few_defaults_are_a_limit_of_use() -> None:
    facts = make_facts()
    facts["evaluation"]["slices"]["unseen_persons"]["n_defaults"] = 99

    assert "99 defaults, fewer than 100" in write_model_card(facts)
    assert "fewer than" not in write_model_card(make_facts())


def test_the_model_card_has_every_chapter_and_whole_tables() -> None:
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
