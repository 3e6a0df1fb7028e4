"""Log messages of the app, each on a line of its own whatever they quote."""

import logging
from functools import cache
from typing import Any

from shared.printable import printable

_OWN = ("function_app", "serving", "shared", "training")


class LogLine(logging.LogRecord):
    """A record whose message cannot pretend to be several."""

    def getMessage(self) -> str:  # noqa: N802 -- the library's name
        """Return the message, with line ends and control characters as escapes."""
        return printable(super().getMessage())


def keep_to_one_line() -> None:
    """Log the app's messages on one line each; tracebacks keep their lines.

    A blob's name, a person's reason and a cell of a CSV reach the log: with a line end, they would
    forge entries of their own.
    """
    logging.setLogRecordFactory(_make_record)


def _make_record(name: Any, *args: Any, **kwargs: Any) -> logging.LogRecord:
    return _kind_of(name)(name, *args, **kwargs)


@cache
def _kind_of(name: str | None) -> type[logging.LogRecord]:
    # The library's makeLogRecord asks for a record of nobody, and fills it in afterwards: it is for
    # records that another process has made.
    return LogLine if name and name.partition(".")[0] in _OWN else logging.LogRecord
