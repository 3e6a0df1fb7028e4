"""What queries, alerts and metrics read of the log: events, each a JSON object on a line."""

import json
import logging
import re
from contextvars import ContextVar

_match = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*").fullmatch
_NO_TRACE = "0" * 32

_traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)


def begin_trace(traceparent: str | None) -> None:
    """Let the events of this context belong to the trace of an invocation.

    Parameters
    ----------
    traceparent : str or None
        As the platform passes it (W3C Trace Context); anything else is no trace.
    """
    _traceparent.set(traceparent)


def trace_id() -> str:
    """Return the id of the trace; empty where there is none."""
    found = _match(_traceparent.get() or "")
    return found[1] if found and found[1] != _NO_TRACE else ""


def log_event(
    logger: logging.Logger, event: str, level: int = logging.INFO, **fields: object
) -> None:
    """Log an event with its fields, and the trace that it belongs to."""
    if trace := trace_id():
        fields["trace"] = trace
    text = json.dumps({"event": event, **fields}, separators=(",", ":"))
    logger.log(level, "%s", text)
