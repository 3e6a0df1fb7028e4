"""User ids in URLs and request bodies."""

from serving.errors import MalformedUserIdError, UnknownUserError
from shared.release.user_index import MAX_USER_ID

_MAX_DIGITS = len(str(MAX_USER_ID))


def parse_user_id(text: str) -> int:
    """Parse a user id.

    Parameters
    ----------
    text : str
        ASCII digits; a number of at most 63 bits.

    Raises
    ------
    MalformedUserIdError
        When the text is anything else.
    """
    if text.isascii() and text.isdigit():
        if len(text) < _MAX_DIGITS:
            return int(text)
        significant = text.lstrip("0") or "0"
        if len(significant) <= _MAX_DIGITS and int(significant) <= MAX_USER_ID:
            return int(significant)
    raise MalformedUserIdError(
        f"A user id is a whole number from 0 to {MAX_USER_ID}, written in digits only,"
        f" such as 5008806; got {text[:40]!r}."
    )


def require_user[Found](found: Found | None, user: int, version: str) -> Found:
    """Return what a release has about a user.

    Raises
    ------
    UnknownUserError
        When it has nothing.
    """
    if found is None:
        raise UnknownUserError(
            f"Expected the id of a user with a loan in release {version}; {user} has none. A new"
            " user appears once a CSV with their loans is published."
        )
    return found
