"""The rules that span several loans, against a slow and obvious oracle."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import RejectedFileError
from tests.support.portfolios import AS_OF, make_loans, write_csv
from training.reading.contract import CATEGORY
from training.reading.raw_file import read_loans
from training.reading.user_rules import MOST_LOANS_PER_USER, check_users, count_distinct

_SCHEMA = pa.schema(
    {
        "loan_id": pa.int64(),
        "id": pa.int64(),
        "birthday": pa.date32(),
        "loan_date": pa.date32(),
        "flag_own_car": CATEGORY,
    }
)

_LOANS = st.lists(
    st.fixed_dictionaries(
        {
            # Ids that are close together are numbered in another way than ids far apart.
            "loan_id": st.none() | st.integers(1, 9) | st.sampled_from([0, 2**62, 2**63 - 1]),
            "id": st.none() | st.integers(1, 3) | st.sampled_from([0, 2**62]),
            "birthday": st.none() | st.sampled_from([date(1980, 1, 1), date(1981, 1, 1)]),
            "loan_date": st.none() | st.sampled_from([date(2020, 1, 1), date(2020, 1, 2)]),
            "flag_own_car": st.none() | st.sampled_from(["Y", "N"]),
        }
    ),
    max_size=12,
)


def count_by_hand(loans: list[dict[str, Any]]) -> dict[str, int]:
    ids = Counter(loan["loan_id"] for loan in loans if loan["loan_id"] is not None)
    counts = Counter({"loan_id": sum(count for count in ids.values() if count > 1)})
    users: dict[int, list[dict[str, Any]]] = {}
    for loan in loans:
        if None not in [loan[name] for name in ("id", "birthday", "loan_date", "flag_own_car")]:
            users.setdefault(loan["id"], []).append(loan)
    for own in users.values():
        counts["birthday"] += sum(loan["birthday"] != own[0]["birthday"] for loan in own)
        last = max(loan["loan_date"] for loan in own)
        latest = [loan["flag_own_car"] for loan in own if loan["loan_date"] == last]
        counts["flag_own_car"] += sum(flag != latest[0] for flag in latest)
    return dict(+counts)


@given(_LOANS)
def test_violations_are_counted_as_by_hand(loans: list[dict[str, Any]]) -> None:
    table = pa.Table.from_pylist(loans, schema=_SCHEMA)

    violations = check_users(table).to_violations(max(1, len(loans)), _SCHEMA.names)

    assert {violation.column: violation.count for violation in violations} == count_by_hand(loans)
    for violation in violations:
        values = [table[violation.column][row].as_py() for row in violation.rows]
        assert [str(value) for value in values] == list(violation.values)


@given(st.lists(st.none() | st.integers(0, 9) | st.sampled_from([2**62, 2**63 - 1])))
def test_distinct_ids_are_counted_but_for_blanks(ids: list[int | None]) -> None:
    assert count_distinct(pa.chunked_array([pa.array(ids, pa.int64())])) == len({*ids} - {None})


def make_loans_of_one_user(count: int) -> pa.Table:
    days = [date(2019, 1, 1) + timedelta(loan % 700) for loan in range(count)]
    return pa.table(
        {
            "loan_id": list(range(count)),
            "id": [7] * count,
            "birthday": [date(1980, 6, 15)] * count,
            "loan_date": days,
            "flag_own_car": ["Y"] * count,
        },
        schema=_SCHEMA,
    )


def test_more_loans_of_a_user_than_can_be_summed_are_reported() -> None:
    few = check_users(make_loans_of_one_user(MOST_LOANS_PER_USER))
    many = check_users(make_loans_of_one_user(MOST_LOANS_PER_USER + 1))

    assert few.to_violations(1, _SCHEMA.names) == []
    (violation,) = many.to_violations(MOST_LOANS_PER_USER + 1, _SCHEMA.names)
    assert (violation.column, violation.count) == ("id", MOST_LOANS_PER_USER + 1)
    assert MOST_LOANS_PER_USER * 10**15 < 2**63


def test_two_birthdays_of_a_user_reject_the_file(tmp_path: Path) -> None:
    loans = make_loans({"loan_id": 1}, {"loan_id": 2, "birthday": date(1981, 6, 15)})

    with pytest.raises(RejectedFileError, match="line 3 has '1981-06-15'"):
        read_loans(write_csv(tmp_path / "loans.csv", loans), AS_OF)


def test_two_car_flags_on_the_latest_date_are_a_warning(tmp_path: Path) -> None:
    loans = make_loans({"loan_id": 1}, {"loan_id": 2, "flag_own_car": "N"})

    (warning,) = read_loans(write_csv(tmp_path / "loans.csv", loans), AS_OF).warnings

    assert (warning.column, warning.rows, warning.values) == ("flag_own_car", (3,), ("N",))
