"""The index of users: found in it is what was written, to the bit."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import BrokenReleaseError
from shared.release.features import REFERENCE_FEATURES, USER
from shared.release.user_index import INDEX_COLUMNS, MAX_USER_ID, UserIndex
from training.release.index_file import check_user_index, write_user_index

_NUMBERS = st.one_of(
    st.none(),
    st.integers(-(2**34), 2**34).map(float),
    st.sampled_from([-0.0, 0.0, 127.0, 128.0, -127.0, -128.0, 2.0**15, -(2.0**15), 2.0**31]),
    st.sampled_from([-(2.0**31), 1 - 2.0**31, 2.0**31 - 1, 2.0**53, 1e300, 5e-324, 1 / 3]),
    st.floats(allow_nan=False, allow_infinity=False),
)


def frame(rows: list[tuple[int, list[float | None]]]) -> pd.DataFrame:
    """Make users of their ids and what each of their features is."""
    ids = [user for user, _ in rows]
    columns = {
        name: np.array([numbers[place] for _, numbers in rows], np.float64)
        for place, name in enumerate(REFERENCE_FEATURES)
    }
    decided = np.arange(len(rows)) % 2
    return pd.DataFrame({USER: ids, **columns, "probability": 1 / (3 + decided)}).assign(
        decision=decided
    )


def same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other and math.copysign(1, one) == math.copysign(1, other)


@settings(max_examples=300)
@given(
    st.dictionaries(
        st.integers(0, MAX_USER_ID),
        st.lists(_NUMBERS, min_size=len(REFERENCE_FEATURES), max_size=len(REFERENCE_FEATURES)),
        max_size=6,
    )
)
def test_every_number_is_found_to_the_bit(
    tmp_path_factory: pytest.TempPathFactory, users: dict[int, list[float | None]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "users.bin"
    scored = frame(list(users.items()))

    write_user_index(path, scored)

    check_user_index(path, scored)
    index = UserIndex(path)
    for place, (user, numbers) in enumerate(users.items()):
        shown, decided = index.find_shown(user), index.find_decision(user)
        assert shown
        assert all(type(one) in (float, type(None)) for one in shown)
        assert all(map(same, shown, numbers))
        assert decided == (1 / (3 + place % 2), place % 2)
        assert type(decided[1]) is int
    for user in {0, MAX_USER_ID, *(one + 1 for one in users)} - users.keys():
        assert index.find_shown(user) is None
        assert index.find_decision(user) is None


def test_a_user_takes_few_bytes(tmp_path: Path) -> None:
    scored = frame([(user, [3.0, 1 / 3, 40.0, None, 1.0]) for user in range(5_000_000, 5_001_000)])

    write_user_index(tmp_path / "users.bin", scored)

    assert (tmp_path / "users.bin").stat().st_size < 1_000 * 26


def write_some(path: Path) -> bytes:
    write_user_index(path, frame([(1, [3.0, 1 / 3, 40.0, None, 1.0]), (2, [0.0] * 5)]))
    return path.read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda sound: b"",
        lambda sound: sound[:-1],
        lambda sound: sound + b"\0",
        lambda sound: b"{}\n" + sound,
        lambda sound: b"not a header" * 1000,
        lambda sound: sound.replace(b'"users":2', b'"users":3'),
        lambda sound: sound.replace(b'"users":2', b'"users":-2'),
        lambda sound: sound.replace(b'"ids":"i"', b'"ids":"s"'),
        lambda sound: sound.replace(b'"row":"<b', b'"row":">b'),
        lambda sound: sound.replace(b'"age"', b'"agf"'),
    ],
)
def test_another_file_is_named_as_one(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "users.bin"
    sound = write_some(path)
    changed = change(sound)
    assert changed != sound
    path.write_bytes(changed)

    with pytest.raises(BrokenReleaseError, match="index of users cannot be read"):
        UserIndex(path)


@pytest.mark.parametrize("column", INDEX_COLUMNS)
def test_an_index_that_differs_from_the_table_in_one_number_is_refused(
    tmp_path: Path, column: str
) -> None:
    write_some(tmp_path / "users.bin")
    published = frame([(1, [3.0, 1 / 3, 40.0, None, 1.0]), (2, [0.0] * 5)])
    published[column] += [0, 1]

    with pytest.raises(BrokenReleaseError, match="1 are not, first user 2"):
        check_user_index(tmp_path / "users.bin", published)


def test_an_index_of_other_users_is_refused(tmp_path: Path) -> None:
    write_some(tmp_path / "users.bin")

    with pytest.raises(BrokenReleaseError, match="it holds 2, and 1 of them are not there"):
        check_user_index(tmp_path / "users.bin", frame([(1, [0.0] * 5), (3, [0.0] * 5)]))
