"""The order of loans, against a sort of rows."""

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.features.ordering import find_order


@pytest.mark.parametrize(
    ("most_users", "n_days"), [(2, 2), (50, 3), (1_000, 70_000), (2**40, 2**20), (2**62, 2**20)]
)
@given(st.data())
def test_loans_are_ordered_by_user_then_date_then_loan_id(
    most_users: int, n_days: int, data: st.DataObject
) -> None:
    first = date(1, 1, 1)
    rows = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from([0, most_users]) | st.integers(0, most_users),
                st.integers(0, n_days).map(lambda days: first + timedelta(days)),
                st.integers(0, 2**63 - 1) | st.integers(0, 9),
            ),
            min_size=1,
            max_size=40,
        )
    )
    users, days, loan_ids = zip(*rows, strict=True)
    raw = pa.table(
        {
            "id": pa.array(users, pa.int64()),
            "loan_date": pa.array(days, pa.date32()),
            "loan_id": pa.array(loan_ids, pa.int64()),
        }
    )

    found = find_order(raw)

    assert found.tolist() == sorted(range(len(rows)), key=lambda row: (rows[row], row))
