"""Raw loans of a few users, as hypothesis draws them."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from tests.support.portfolios import PENSIONER

_DATES = st.dates(date(2019, 1, 1), date(2020, 12, 31))
_BIRTHDAYS = st.one_of(
    st.dates(date(1940, 1, 1), date(2001, 1, 1)), st.just(date(1988, 2, 29)), _DATES
)
_JOB_STARTS = st.one_of(
    st.none(), st.just(PENSIONER), st.dates(date(1990, 1, 1), date(2022, 12, 31))
)
LOANS_OF_USERS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(1, 4),
            "loan_date": st.one_of(_DATES, st.just(date(2020, 2, 29))),
            "loan_amount": st.floats(100, 900, allow_nan=False),
            "flag_own_car": st.sampled_from("YN"),
            "birthday": _BIRTHDAYS,
            "job_start_date": _JOB_STARTS,
            "status": st.sampled_from([0.0, 1.0, None]),
        }
    ),
    min_size=1,
    max_size=25,
)


def number_loans(loans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Assign loan ids that follow neither file order nor date order."""
    return [loan | {"loan_id": (7 * index) % 101} for index, loan in enumerate(loans)]
