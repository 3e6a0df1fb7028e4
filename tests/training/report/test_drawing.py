"""Figures: sound SVG, within its frame, explained by its legend."""

import re
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup
from msgspec.structs import replace

from shared.release.facts import Effect
from tests.support.release_facts import make_facts
from training.report.drawing import ACCENT, SOFT, Plot, draw
from training.report.effects import draw_effects
from training.report.marks import Band, Bars, Dots, Line, Mark, Sticks
from training.report.page import write_page
from training.report.scales import scale_evenly

NAME = '<Loans> & "more"'


def draw_marks(*marks: Mark) -> str:
    x, y = scale_evenly((0, 4), "Across"), scale_evenly((0, 10), "Up")
    return str(draw("What is seen", x, [Plot(y, marks)], (4, 3)))


def list_points(svg: str) -> list[tuple[float, float]]:
    numbers = r"(-?[\d.]+),(-?[\d.]+)"
    return [(float(x), float(y)) for x, y in re.findall(numbers, svg)]


def list_figures() -> list[str]:
    return re.findall(r"<svg.*?</svg>", write_page(make_facts()), re.DOTALL)


@pytest.mark.parametrize("svg", list_figures())
def test_nothing_is_drawn_outside_a_figure(svg: str) -> None:
    root = ET.fromstring(svg)
    width, height = map(float, root.attrib["viewBox"].split()[2:])

    assert all(0 <= x <= width and 0 <= y <= height for x, y in list_points(svg))
    for text in root.iter("text"):
        assert 0 <= float(text.attrib["x"]) <= width
        assert 0 <= float(text.attrib["y"]) <= height


def test_values_are_drawn_where_the_scales_place_them() -> None:
    svg = draw_marks(Line([0, 2, 4], [0, 5, 10], ACCENT))

    (path,) = re.findall(r'd="M([^"]*)" style="[^"]*accent', svg)
    (left, bottom), (middle_x, middle_y), (right, top) = list_points(path)
    assert left < right
    assert top < bottom
    assert (middle_x, middle_y) == pytest.approx(((left + right) / 2, (top + bottom) / 2))


def test_steps_hold_half_of_the_way_to_their_neighbours() -> None:
    svg = draw_marks(Line([0, 2, 4], [1, 5, 1], ACCENT, steps=True))

    (path,) = re.findall(r'd="M([^"]*)" style="[^"]*accent', svg)
    points = list_points(path)
    left, right = points[0][0], points[-1][0]
    assert [round((x - left) / (right - left), 2) for x, _ in points] == [
        0,
        0.25,
        0.25,
        0.75,
        0.75,
        1,
    ]
    assert [points[0][1], points[2][1]] == [points[1][1], points[3][1]]


def test_every_kind_of_mark_is_explained_once_and_escaped() -> None:
    marks: list[Mark] = [
        Line([0, 4], [1, 2], ACCENT, NAME, dashes="5 2", radius=2),
        Line([0, 4], [2, 3], ACCENT, NAME),
        Dots([1], [1], ACCENT, "Dots"),
        Dots([1], [0], ACCENT, "Triangles", triangles=True),
        Sticks([1], [1], [2], ACCENT, "Sticks"),
        Band([0, 4], [1, 1], [2, 3], ACCENT, "Band"),
        Bars([(0, 1), (1, 2)], [3, 0], SOFT, "Bars", opacity=0.5),
        Bars([(0, 1)], [3], SOFT, "Outlines", filled=False),
        Line([0, 4], [3, 4], SOFT),
    ]

    root = ET.fromstring(draw_marks(*marks))

    texts = [text.text for text in root.iter("text")]
    for label in {mark.label for mark in marks if mark.label}:
        assert texts.count(label) == 1


def test_the_same_plots_give_the_same_bytes() -> None:
    mark = Line([0, 4], [1, 2], ACCENT, "A line")

    assert draw_marks(mark) == draw_marks(mark)


@pytest.mark.parametrize(
    ("effect", "ticks"),
    [
        (Effect([None], [0.02], None), []),
        (Effect([0.0, 1.0], [0.01, 0.02], None), ["0", "1"]),
        (Effect([0.0, 1.0, 2.0, 90.0], [0.01, 0.01, 0.02, 0.02], None), ["0", "1", "2", "50"]),
        (Effect([10.0, 20.0, 30.0], [0.001, 0.02, 0.3], None), ["10", "20", "30"]),
    ],
)
def test_effects_are_drawn_whatever_values_there_are(effect: Effect, ticks: list[str]) -> None:
    svg = draw_effects({"age": replace(effect, population=None)})["age"]

    assert isinstance(svg, Markup)
    texts = [text.text for text in ET.fromstring(str(svg)).iter("text")]
    assert set(ticks) <= set(texts)
