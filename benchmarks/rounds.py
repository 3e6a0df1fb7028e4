"""Measurements taken in turn, so that the machine's noise affects them equally."""

from collections.abc import Callable, Mapping


def interleave[K, T](
    measures: Mapping[K, Callable[[], T]], rounds: int, *, warm_up: bool = False
) -> dict[K, list[T]]:
    """Measure all in turn, round after round.

    Parameters
    ----------
    measures : mapping of name to callable
        What to measure.
    rounds : int
        How often each is measured.
    warm_up : bool
        True to measure one more round first and to drop it: it fills caches.

    Returns
    -------
    dict of name to list
        Each one's measurements; those of one round stand at the same index.
    """
    if warm_up:
        interleave(measures, 1)
    taken: dict[K, list[T]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            taken[name].append(measure())
    return taken
