"""Scales: limits, ticks and places."""

import pytest

from training.report.log_odds import find_limits, scale_log_odds
from training.report.scales import (
    choose_ticks,
    find_range,
    scale_evenly,
    scale_names,
    write_percent,
    write_plain,
)


@pytest.mark.parametrize(
    ("limits", "ticks"),
    [
        ((0, 1), [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        ((0, 1.02), [0, 0.25, 0.5, 0.75, 1.0]),
        ((0.013, 0.021), [0.014, 0.016, 0.018, 0.02]),
        ((-3, 64), [0, 20, 40, 60]),
        ((0, 7_300), [0, 2_000, 4_000, 6_000]),
    ],
)
def test_ticks_are_a_few_round_numbers_within_the_limits(
    limits: tuple[float, float], ticks: list[float]
) -> None:
    assert choose_ticks(*limits) == ticks


@pytest.mark.parametrize("low", [0.0, 1e-6, 0.013, 17.0, 4e5])
@pytest.mark.parametrize("width", [1e-3, 0.03, 1.0, 77.0, 3e6])
def test_every_range_has_ticks_and_none_of_them_outside(low: float, width: float) -> None:
    ticks = choose_ticks(low, low + width)

    assert 2 <= len(ticks) <= 7
    assert ticks == sorted(set(ticks))
    assert low - 1e-9 * width <= ticks[0]
    assert ticks[-1] <= low + width * (1 + 1e-9)


def test_values_stand_at_even_distances() -> None:
    scale = scale_evenly((10, 30), "Age")

    assert [scale.place(value) for value in (10, 15, 30)] == [0.0, 0.25, 1.0]


def test_on_log_odds_a_half_stands_in_the_middle_and_rare_events_apart() -> None:
    scale = scale_log_odds((0.001, 0.999))

    assert scale.place(0.5) == pytest.approx(0.5)
    assert scale.place(0.01) - scale.place(0.003) > 0.05
    assert [text for _, text in scale.ticks][:4] == ["0.1%", "0.3%", "1%", "3%"]
    assert find_limits([0.0, 1.0]) == find_limits([0.01, 0.99])


def test_values_that_are_all_alike_still_have_a_range() -> None:
    for values in ([], [0.0], [0.2, 0.2], [7.0]):
        for from_zero in (True, False):
            low, high = find_range(values, from_zero=from_zero)
            assert low < high
            assert all(low <= value <= high for value in values)
    assert scale_evenly((3.0, 3.0)).limits == (2.5, 3.5)


def test_only_some_of_many_names_are_written() -> None:
    scale = scale_names(["a", "b", "c", "d"], every=2)

    assert scale.ticks == [(0, "a"), (2, "c")]
    assert 0 < scale.place(0) < scale.place(3) < 1


def test_ticks_are_written_without_needless_digits() -> None:
    assert [write_plain(value) for value in (0.0, 2.5, 20_000.0)] == ["0", "2.5", "20,000"]
    assert [write_percent(value) for value in (0.3, 0.025, 1.0)] == ["30%", "2.5%", "100%"]
