"""Whether the rows of a serving table hold what is written into them."""

from shared.errors import BrokenReleaseError
from shared.release.features import LOAN_DATE, MODEL_FEATURES
from shared.release.serving_table import ServingTable

_TEXTS = (LOAN_DATE, "reasons")
_EXPECTED = {
    **dict.fromkeys(MODEL_FEATURES, ("real", "null")),
    "probability": ("real",),
    "decision": ("integer",),
    **dict.fromkeys(_TEXTS, ("text",)),
}

# SQLite sorts any number before any text, and that before any BLOB: to compare takes half as long
# as to name the type of each value.
_ILL_TYPED = " OR ".join(
    [
        *(f"{name} >= ''" for name in (*MODEL_FEATURES, "probability")),
        *(f"typeof({name}) <> '{_EXPECTED[name][0]}'" for name in ("decision", *_TEXTS)),
    ]
)
_SELECT_ILL_TYPED = (
    f"SELECT user_id, {', '.join(f'typeof({name})' for name in _EXPECTED)}"
    f" FROM users WHERE {_ILL_TYPED} ORDER BY user_id"
)
# Many users' texts as one: to make a string of each takes longer than to read the file. Not all at
# once, which would take as much memory.
_SELECT_TEXTS = (
    f"SELECT max(user_id), {', '.join(f'group_concat({name})' for name in _TEXTS)} FROM"
    f" (SELECT user_id, {', '.join(_TEXTS)} FROM users WHERE user_id > ? ORDER BY user_id"
    " LIMIT 20000)"
)
_SELECT_BYTES = (
    f"SELECT user_id, {', '.join(f'CAST({name} AS BLOB)' for name in _TEXTS)}"
    " FROM users ORDER BY user_id"
)


def check_row_types(table: ServingTable) -> None:
    """Check that every value has its type and that every text can be read.

    Raises
    ------
    BrokenReleaseError
        When one has not, or cannot.

    Notes
    -----
    SQLite keeps a BLOB, or a text that is no number, in a column of numbers.
    """
    found = list(table.select(_SELECT_ILL_TYPED))
    if found:
        user, *types = found[0]
        told = [
            f"{name} is {kind}, not {' or '.join(_EXPECTED[name])}"
            for name, kind in zip(_EXPECTED, types, strict=True)
            if kind not in _EXPECTED[name]
        ]
        raise _malformed(len(found), user, ", ".join(told))
    try:
        _read_texts(table)
    except BrokenReleaseError as error:
        undecodable = _find_undecodable(table)
        if not undecodable:
            raise
        raise _malformed(len(undecodable), undecodable[0], "a text is not UTF-8") from error


def _read_texts(table: ServingTable) -> None:
    last: int | None = -(2**63)
    while last is not None:
        ((last, *_),) = table.select(_SELECT_TEXTS, last)


def _find_undecodable(table: ServingTable) -> list[int]:
    return [
        user
        for user, *texts in table.select(_SELECT_BYTES)
        if any(text.decode(errors="ignore").encode() != text for text in texts)
    ]


def _malformed(n_rows: int, user: int, told: str) -> BrokenReleaseError:
    return BrokenReleaseError(
        f"Every published row must hold values of the types that are written; {n_rows} do not,"
        f" first user {user}: {told}. Train again."
    )
