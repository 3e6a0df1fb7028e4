"""Reasons as they are read from the serving table, and features in words."""

import pytest

from shared.release.features import FEATURES, MODEL_FEATURES
from shared.release.reasons import read_reasons


def test_a_reason_has_a_value_an_effect_and_a_direction() -> None:
    features = (29.0, 136.45, 59.0, None, 1.0, 2.0, 0.25)

    unpaid, job, age = read_reasons("[[5,0.8],[3,0.3],[2,-0.1]]", features)

    assert (unpaid.caracteristica, unpaid.valor, unpaid.efecto) == ("nb_previous_unpaid", 2.0, 0.8)
    assert unpaid.texto == "2 earlier loans not paid on time: raises the risk"
    assert (job.valor, job.texto) == (None, "no job start known: raises the risk")
    assert age.texto == "59 years old: lowers the risk"


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
        ("years_on_the_job", None, "no job start known"),
        ("flag_own_car", 1.0, "owns a car"),
        ("flag_own_car", 0.0, "owns no car"),
        ("flag_own_car", None, "flag_own_car unknown"),
        ("nb_previous_unpaid", 0.0, "0 earlier loans not paid on time"),
        ("nb_previous_unpaid", 1.0, "1 earlier loan not paid on time"),
        ("nb_previous_unpaid", 3.0, "3 earlier loans not paid on time"),
        (
            "share_previous_unpaid",
            0.0,
            "0% of known earlier outcomes not paid on time",
        ),
        (
            "share_previous_unpaid",
            0.25,
            "25% of known earlier outcomes not paid on time",
        ),
        (
            "share_previous_unpaid",
            1.0,
            "100% of known earlier outcomes not paid on time",
        ),
        ("share_previous_unpaid", None, "no earlier loan with a known outcome"),
    ],
)
def test_a_value_is_put_into_words(name: str, value: float | None, words: str) -> None:
    assert FEATURES[name].say(value) == words


def test_every_feature_of_the_model_can_be_put_into_words() -> None:
    for name in MODEL_FEATURES:
        assert FEATURES[name].say(2.0)
        assert FEATURES[name].say(None)
