"""What can go wrong between the app and its storage."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

type When = Literal["before", "after"]
type Side = Literal["request", "response"]


@dataclass(frozen=True, slots=True)
class Pass:
    """Forward the request; before other rules, it makes an exception from them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer with a status; storage never sees the request."""

    status: int
    code: str = "ServerBusy"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """Reset the connection: before storage sees the request, or after it has answered.

    `call` runs first, outside the proxy's thread; it may kill whoever sent the request.
    """

    when: When
    call: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Forward the request, and let something happen before or after it.

    `call` runs outside the proxy's thread; the request, or its answer, waits for it.
    """

    when: When
    call: Callable[[], object]


@dataclass(frozen=True, slots=True)
class CutWithin:
    """End the connection within the answer's body."""

    share: float = 0.5


@dataclass(frozen=True, slots=True)
class Truncate:
    """Answer with the first part of the body, under a length that fits it."""

    share: float = 0.5


@dataclass(frozen=True, slots=True)
class Delay:
    """Forward the request after a pause."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Silence:
    """Read the request and never answer."""


@dataclass(frozen=True, slots=True)
class Trickle:
    """Send the answer's body at a low speed."""

    bytes_per_second: int


@dataclass(frozen=True, slots=True)
class FlipBit:
    """Flip the lowest bit of one byte of a body."""

    share: float = 0.5
    side: Side = "response"


@dataclass(frozen=True, slots=True)
class Outage:
    """Refuse this request and, for some seconds, every connection."""

    seconds: float


type Fault = (
    Pass | Answer | Cut | Call | CutWithin | Truncate | Delay | Silence | Trickle | FlipBit | Outage
)
