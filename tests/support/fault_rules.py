"""Which requests to storage meet a fault, and which fault it is."""

import random
import re
import threading
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.support.faults import Fault, Pass

WRITES = "PUT|POST|DELETE|PATCH|MERGE"
"""The methods that change something in storage."""


class Seen(NamedTuple):
    """A request that reached the proxy.

    Attributes
    ----------
    service : str
        Blob, Queue or Table.
    method : str
        The HTTP method.
    target : str
        Path and query, as on the wire.
    fault : str
        The name of the fault that it met; empty when it passed.
    """

    service: str
    method: str
    target: str
    fault: str = ""


@dataclass(slots=True)
class Rule:
    """A fault, and the requests that meet it.

    Attributes
    ----------
    fault : Fault
        What happens to them.
    method, target, service : str
        Regular expressions; the method and the service match in full, the target anywhere.
    skip : int
        How many matching requests pass first.
    times : int or None
        How many then meet the fault; None for all.
    share : float
        The probability with which each of these meets it.
    seed : int
        Of the draws that `share` needs.
    matched, injected : int
        How many requests matched, and how many met the fault.
    """

    fault: Fault
    method: str = ".*"
    target: str = ""
    service: str = ".*"
    skip: int = 0
    times: int | None = None
    share: float = 1.0
    seed: int = 0
    matched: int = 0
    injected: int = 0
    _draw: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)

    def matches(self, seen: Seen) -> bool:
        """Count the request if it matches."""
        found = bool(
            re.fullmatch(self.method, seen.method)
            and re.fullmatch(self.service, seen.service)
            and re.search(self.target, seen.target)
        )
        self.matched += found
        return found

    def take(self) -> bool:
        """Say whether the request that has just matched meets the fault, and count it if so."""
        used_up = self.times is not None and self.injected >= self.times
        if self.matched <= self.skip or used_up or self._draw.random() >= self.share:
            return False
        self.injected += 1
        return True


class RuleBook:
    """The rules in force, in order, and the requests that were judged by them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._seen: list[Seen] = []

    def add(self, rule: Rule) -> Rule:
        """Put a rule behind the others."""
        with self._lock:
            self._rules.append(rule)
        return rule

    def remove(self, rule: Rule) -> None:
        """Take a rule out of force."""
        with self._lock:
            self._rules = [one for one in self._rules if one is not rule]

    def judge(self, seen: Seen) -> Fault:
        """Return the fault of the first rule that takes the request; all that match count it."""
        with self._lock:
            matching = [rule for rule in self._rules if rule.matches(seen)]
            fault = next((rule.fault for rule in matching if rule.take()), Pass())
            name = "" if isinstance(fault, Pass) else type(fault).__name__
            self._seen.append(seen._replace(fault=name))
        return fault

    def seen(self) -> list[Seen]:
        """Return every request so far, the oldest first."""
        with self._lock:
            return list(self._seen)
