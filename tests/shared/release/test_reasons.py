"""Which reasons are told, and features in words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.release.features import FEATURES, MODEL_FEATURES
from shared.release.reasons import MAX_REASONS, choose_effects, explain, read_reasons


def test_a_reason_has_a_value_an_effect_and_a_direction() -> None:
    features = (29.0, 136.45, 59.0, None, 1.0, 2.0, 8.0, 0.203)

    unpaid, job, age = read_reasons("[[5,0.8],[3,0.3],[2,-0.1]]", features)

    assert (unpaid.caracteristica, unpaid.valor, unpaid.efecto) == ("nb_previous_unpaid", 2.0, 0.8)
    assert unpaid.texto == "2 of 8 known earlier loans not paid on time: raises the risk"
    assert (job.valor, job.texto) == (None, "no job start on file: raises the risk")
    assert age.texto == "59 years old: lowers the risk"


@pytest.mark.parametrize(
    ("unpaid", "known", "effect", "name", "text"),
    [
        (3, 12, 0.5, "nb_previous_unpaid", "3 of 12 known earlier loans not paid on time"),
        (3, 12, -0.5, "nb_previous_unpaid", "9 of 12 known earlier loans paid on time"),
        (0, 12, -0.5, "nb_previous_unpaid", "none of 12 known earlier loans unpaid"),
        (0, 1, -0.5, "nb_previous_unpaid", "the only known earlier loan was paid on time"),
        (0, 2, 0.5, "nb_known_outcomes", "only 2 earlier loans with a known outcome"),
        (0, 1, 0.5, "nb_known_outcomes", "only 1 earlier loan with a known outcome"),
        (0, 0, 0.5, "nb_known_outcomes", "no earlier loan with a known outcome"),
        (0, 0, -0.5, "nb_known_outcomes", "no earlier loan with a known outcome"),
        (1, 1, 0.5, "nb_previous_unpaid", "the only known earlier loan was not paid on time"),
        (2, 2, -0.5, "nb_known_outcomes", "2 earlier loans with a known outcome"),
        (2, None, 0.5, "nb_known_outcomes", "number of known outcomes unknown"),
        (None, 2, 0.5, "nb_previous_unpaid", "number of earlier loans not paid on time unknown"),
    ],
)
def test_a_record_is_told_in_words_that_fit_its_direction(
    unpaid: float | None, known: float | None, effect: float, name: str, text: str
) -> None:
    features = (29.0, 136.45, 59.0, None, 1.0, unpaid, known, None)

    (reason,) = explain([(5, effect)], features)

    direction = "raises" if effect > 0 else "lowers"
    value = unpaid if name == "nb_previous_unpaid" else known
    assert (reason.caracteristica, reason.valor) == (name, value)
    assert reason.texto == f"{text}: {direction} the risk"


EFFECTS = st.lists(
    st.one_of(st.sampled_from([0.0, 0.005, -0.3, 0.3, 1e-7, -1e-7]), st.floats(-4, 4)),
    min_size=len(MODEL_FEATURES),
    max_size=len(MODEL_FEATURES),
)


@given(EFFECTS)
def test_a_refused_user_gets_only_what_raised_the_risk_and_always_something(
    effects: list[float],
) -> None:
    chosen = choose_effects(effects, refused=True)

    joined = [*effects[:5], sum(effects[5:])]
    raising = sorted((effect for effect in joined if effect > 0), reverse=True)
    assert bool(chosen) == bool(raising)
    assert all(effect > 0 for _, effect in chosen)
    assert [effect for _, effect in chosen] == pytest.approx(raising[: len(chosen)], abs=6e-5)
    assert len(chosen) <= MAX_REASONS


@given(EFFECTS)
def test_an_approved_user_gets_the_strongest_effects_either_way(effects: list[float]) -> None:
    chosen = choose_effects(effects, refused=False)

    joined = [*effects[:5], sum(effects[5:])]
    strong = sorted((abs(effect) for effect in joined if abs(effect) > 0.0051), reverse=True)
    sizes = [abs(effect) for _, effect in chosen]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[: len(strong)] == pytest.approx(strong[:MAX_REASONS], abs=6e-5)
    assert all(effect == pytest.approx(joined[place], abs=6e-5) for place, effect in chosen)
    assert len(chosen) <= MAX_REASONS == 4


@given(st.integers(0, 60), st.integers(0, 60), st.floats(-4, 4))
def test_the_words_about_a_record_contradict_neither_value_nor_direction(
    unpaid: int, paid: int, effect: float
) -> None:
    known = unpaid + paid
    features = (29.0, 136.45, 59.0, None, 1.0, float(unpaid), float(known), 0.1)

    (reason,) = explain([(5, effect)], features)

    words, direction = reason.texto.split(": ")
    about_unpaid = words.endswith(("not paid on time", "unpaid"))
    assert direction == ("raises the risk" if effect > 0 else "lowers the risk")
    assert set(map(int, re.findall(r"\d+", words))) <= {unpaid, paid, known}
    if effect > 0:
        # Loans that were paid never raise, and none unpaid is no reason to refuse.
        assert about_unpaid == (unpaid > 0)
        assert not words.startswith(("0 ", "none"))
        assert " paid on time" not in words.replace("not paid on time", "")
    else:
        assert not about_unpaid or (unpaid == 0 and words.startswith("none"))
        assert " paid on time" not in words or paid > 0


def test_an_average_user_has_no_reasons() -> None:
    assert read_reasons("[]", (0.0,) * len(MODEL_FEATURES)) == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("nb_previous_loans", 29.0, "29 earlier loans"),
        ("nb_previous_loans", 1.0, "1 earlier loan"),
        ("nb_previous_loans", 0.0, "0 earlier loans"),
        ("avg_amount_loans_previous", 1136.45, "earlier loans of 1,136 on average"),
        ("avg_amount_loans_previous", 1.0, "earlier loans of 1 on average"),
        ("avg_amount_loans_previous", None, "no earlier loan to average"),
        ("age", 59.0, "59 years old"),
        ("age", 1.0, "1 year old"),
        ("age", None, "age unknown"),
        ("years_on_the_job", 3.0, "3 years on the job"),
        ("years_on_the_job", 1.0, "1 year on the job"),
        ("years_on_the_job", 0.0, "0 years on the job"),
        ("years_on_the_job", None, "no job start on file"),
        ("flag_own_car", 1.0, "owns a car"),
        ("flag_own_car", 0.0, "owns no car"),
        ("flag_own_car", None, "flag_own_car unknown"),
        ("nb_previous_unpaid", 0.0, "0 earlier loans not paid on time"),
        ("nb_previous_unpaid", 1.0, "1 earlier loan not paid on time"),
        ("nb_previous_unpaid", 3.0, "3 earlier loans not paid on time"),
        ("nb_known_outcomes", 1.0, "1 earlier loan with a known outcome"),
        ("unpaid_rate", 0.015, "smoothed rate of loans not paid on time 0.015"),
    ],
)
def test_a_value_is_put_into_words(name: str, value: float | None, words: str) -> None:
    assert FEATURES[name].say(value) == words


def test_every_feature_of_the_model_can_be_put_into_words() -> None:
    for name in MODEL_FEATURES:
        assert FEATURES[name].say(2.0)
        assert FEATURES[name].say(None)
