"""The line that every answer leaves in the log."""

import logging
import time

from shared.log_lines import LogLine
from shared.printable import printable

# What a line of an answer does not tell; None is how the library marks that.
_UNTOLD = ("thread", "threadName", "process", "processName", "taskName")
# The control characters of ASCII that JSON allows: as space between values, or in a text.
_UNESCAPED = b"\n\r\t\x7f"


class AnswerLine(LogLine):
    """A record whose message is printable already, and complete."""

    def getMessage(self) -> str:  # noqa: N802 -- the library's name
        """Return the message as it is."""
        text: str = self.msg
        return text


class AnswerLines:
    """Write lines at level INFO, each for a third of what the library's own methods cost.

    Parameters
    ----------
    logger : Logger
        Whose lines they are.

    Notes
    -----
    The library walks the stack and takes paths apart for every record. These all come from one
    place, so what they share is found out once.
    """

    def __init__(self, logger: logging.Logger) -> None:
        self._is_enabled = logger.isEnabledFor
        self._write = logger.callHandlers
        first = LogLine(logger.name, logging.INFO, __file__, 0, "", (), None)
        self._shared = {**vars(first), **dict.fromkeys(_UNTOLD)}
        self._started = first.created - first.relativeCreated / 1000

    def write_document(self, word: str, document: bytes) -> None:
        """Write a word and a document of JSON."""
        plain = document.isascii() and len(document.translate(None, _UNESCAPED)) == len(document)
        self.write(f"{word} {document.decode()}", is_printable=plain)

    def write(self, text: str, *, is_printable: bool = False) -> None:
        """Write a line, without a search for control characters where it is known to have none."""
        if not self._is_enabled(logging.INFO):
            return
        now = time.time()
        # Item by item: a copy of the dictionary costs half of adding to an empty one.
        facts = self._shared.copy()
        facts["msg"] = text if is_printable or text.isprintable() else printable(text)
        facts["created"] = now
        facts["msecs"] = now % 1 * 1000
        facts["relativeCreated"] = (now - self._started) * 1000
        record = AnswerLine.__new__(AnswerLine)
        record.__dict__ = facts
        # No filter is on the logger itself.
        self._write(record)
