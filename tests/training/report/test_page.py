"""The report's page: what it says, and that it is self-contained."""

import re

import pytest
from msgspec.structs import replace

from shared.release.facts import Gate
from shared.release.stamp import UNSTAMPED
from tests.support.html_page import Page
from tests.support.release_facts import make_facts, with_test_slice
from training.report.page import write_page

HOSTILE = "<script>alert('1')</script>&\"'><b>`$x$`|*"


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
        "cutoffs",
        "effects",
        "backtest",
        "swap",
        "drift",
        "fairness",
        "lineage",
        "limits",
    ]
    assert "some warn" in page.text
    assert page.text.index("The interval 0.93 to 1.15") < page.text.index("18th birthday")


def test_gates_that_stop_are_listed_first_each_with_limit_and_advice() -> None:
    gates = [
        Gate("score_parity", 1.0, "all", "passed", "Scores agree."),
        Gate("stability_age", 0.14, "at most 0.10", "warned", "Age moved."),
        Gate("auc", 0.5, "above chance", "stopped", "It knows nothing."),
        Gate("never_heard_of", 3.0, "at most 2", "stopped", "Unheard of."),
    ]

    text = Page(write_page(make_facts(gates=gates, verdict="stopped"))).text

    places = [text.index(gate.detail) for gate in (gates[2], gates[3], gates[1], gates[0])]
    assert places == sorted(places)
    assert "stopped 0.500 above chance Check that outcomes belong to their loans" in text
    assert "Find the cause of the finding" in text
    assert "Stopped by: AUC, Never heard of. Warned of by: Stability: age, years." in text


def test_the_stored_page_says_where_its_version_is(html: str) -> None:
    assert html.count(UNSTAMPED) == 1


def test_field_names_are_written_in_words() -> None:
    facts = make_facts()
    model = replace(facts.model, parameters={"random_state": 20220308, "monotonic_cst": {"age": 1}})

    text = Page(write_page(replace(facts, model=model))).text

    assert "random seed 20220308" in text
    assert "20,220,308" not in text
    assert not re.search(r"loans_with_unknown|random_state|monotonic_cst|test_loans", text)


@pytest.mark.parametrize(
    "text",
    [
        "0.820 0.795 to 0.845",
        "Logistic regression",
        "This model, persons seen before",
        "5: 2019-02-03; 17: 2018-01-01; 29: n/a",
        "Look the birthday up",
        "on 400,000 loans before 2020-06-01",
        "Predicted Observed 95% interval",
        "from a probability of 4.76% on",
        "Compared with release 20261123T060201Z-0a1b2c3d4e5f",
        "slight drift 0.140",
        "F 25,000 92.0% 91.0% to 93.0% 0.77 0.72 to 0.85 below, not surely",
        "F 25,000 372 1.49% 1.41% 0.95 0.80 to 1.10",
        "2. 1 to 4 9,000 135 1.50% 3.03% 2.73% to 3.33% 2.02 1.82 to 2.22",
        "4.76% the chosen one 80.0%",
        "Approved 45,321 432",
        "Refused 3,934 313",
        "1 5,000 400 5.40 10.0%",
        "COST_RATIO",
        "It predicted 1.49% defaults; observed were 1.07 times as many",
        "2021-09 20260823T060201Z-0a1b2c3d4e5f 21,000 310 1.49% 1.47%",
        "Stability against the anchor, release 20260823T060201Z-0a1b2c3d4e5f",
        "Age, years strong drift 0.312",
        "20260823T060201Z-0a1b2c3d4e5f 2021-12-08 slight drift 0.123",
        "what refused applicants would have done is not known",
        "Approved, now refused 812 3.10% 7.30% 410 3.10% 7.30% 6.59% 5.93% to 7.25%",
        "ab" * 32,
        "Parameter: trees, at most 80",
        "Nothing in this document is legal advice",
        "review by a person",
    ],
)
def test_a_risk_officer_finds_every_key_fact(page: Page, text: str) -> None:
    assert text in page.text


def test_without_a_champion_the_page_says_that_drift_was_not_measured() -> None:
    facts = make_facts()

    page = Page(write_page(replace(facts, drift=replace(facts.drift, champion=None))))

    assert "no champion to compare with" in page.text
    assert "Population stability index" not in page.text


def test_metrics_without_an_interval_are_shown_without_one() -> None:
    facts = make_facts()
    metrics = facts.evaluation.slices.unseen_persons.metrics
    values = {name: replace(one, low=None, high=None) for name, one in metrics.items()}

    page = Page(write_page(with_test_slice(facts, metrics=values)))

    assert "0.820" in page.text
    assert "0.795 to 0.845" not in page.text
    assert "None" not in page.text


def test_every_figure_has_a_description_and_a_caption(page: Page) -> None:
    figures = page.all("svg")

    assert len(figures) == len(page.all("figure")) == len(page.all("figcaption")) == 13
    assert all(one["role"] == "img" and one["aria-label"] for one in figures)


def test_every_table_has_a_caption_and_every_heading_a_scope(page: Page) -> None:
    assert len(page.all("caption")) == len(page.all("table"))
    assert {one.get("scope") for one in page.all("th")} == {"row", "col"}


def test_ids_are_unique_and_every_reference_resolves(page: Page, html: str) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    references = re.findall(r'(?:url\(|href=")#([^")]+)', html)

    assert len(ids) == len(set(ids))
    assert set(references) <= set(ids)


def test_the_page_runs_no_script_and_loads_nothing(page: Page, html: str) -> None:
    assert page.all("script") == []
    assert not re.search(r"https?:|javascript:|@import|<[^>]* on\w+=", html)


def test_figures_use_the_colours_of_the_page(html: str) -> None:
    drawn = "".join(re.findall(r"<svg.*?</svg>", html, re.DOTALL))

    assert "var(--accent)" in drawn
    assert not re.search(r"#0\d0\d0\d", drawn)


def test_the_page_follows_a_dark_screen_and_prints_light(html: str) -> None:
    assert "@media screen and (prefers-color-scheme: dark)" in html
    assert "@media print" in html


def test_markup_in_the_facts_is_escaped() -> None:
    facts = make_facts()
    evaluation = replace(
        facts.evaluation,
        baselines={HOSTILE: facts.evaluation.slices.seen_persons},
        fairness={HOSTILE: facts.evaluation.fairness["code_gender"]},
    )
    hostile = replace(
        facts,
        source={"name": HOSTILE},
        evaluation=evaluation,
        effects={HOSTILE: facts.effects["age"]},
        gates=[Gate(HOSTILE, 1.0, HOSTILE, "warned", HOSTILE)],
    )

    page = Page(write_page(hostile))

    assert page.all("script") == page.all("b") == []
    assert HOSTILE in page.text
