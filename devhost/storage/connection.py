"""How clients on this machine connect to the storage."""

from typing import Any

# The SDK would wait 15 s before its first retry; local storage comes back at once or not at all.
CLIENT_OPTIONS: dict[str, Any] = {
    "retry_total": 2,
    "initial_backoff": 0.5,
    "increment_base": 1,
    "random_jitter_range": 0,
    "connection_timeout": 5,
    "read_timeout": 60,
}
