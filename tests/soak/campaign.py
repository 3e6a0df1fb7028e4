"""A campaign: one kind of fault, many times, and what was lost."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.soak.ground import Ground


@dataclass
class Tally:
    """What a campaign has found.

    Attributes
    ----------
    times : int
        How often the fault happened.
    losses : list of str
        Everything that was lost, wrong or refused without need.
    reads : int
        How many answers readers judged meanwhile.
    """

    times: int = 0
    losses: list[str] = field(default_factory=list)
    reads: int = 0

    def add(self, what: str, losses: list[str], times: int = 1) -> None:
        """Count a fault, and what it cost."""
        self.times += times
        self.losses += [f"{what}: {loss}" for loss in losses]


@dataclass(frozen=True)
class Campaign:
    """One kind of fault.

    Attributes
    ----------
    name : str
        Short, for `--only`.
    fault : str
        What happens.
    checked : str
        What must hold after it.
    rounds : int
        The usual number; a campaign that enumerates its faults takes it as the most.
    run : callable
        Takes the ground and a number of rounds; yields after every fault the tally so far.
    """

    name: str
    fault: str
    checked: str
    rounds: int
    run: Callable[[Ground, int], Iterator[Tally]]
