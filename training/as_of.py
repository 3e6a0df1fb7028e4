"""The day on which users are described as they are served: today or earlier."""

from datetime import date

from shared.errors import RejectedFileError


def require_past(as_of: date, today: date, *, forced: bool) -> None:
    """Refuse an as-of date after today: everybody would be served as older than they are.

    Raises
    ------
    RejectedFileError
        When the date is after today and not forced.
    """
    if as_of > today and not forced:
        raise RejectedFileError(
            [
                f"AS_OF must not be after today, {today}, and is {as_of}: correct it and upload the"
                " file again, or allow it with AS_OF_FORCE=true."
            ]
        )
