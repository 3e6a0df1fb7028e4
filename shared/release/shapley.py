"""Why one applicant is scored as they are: exact Shapley values in plain Python."""

import math
from collections.abc import Iterator, Sequence

from shared.release.features import MODEL_FEATURES
from shared.release.scorer import Node, Scorer

type Path = dict[int, tuple[float, bool]]
"""By feature: the share of loans that its splits sent this way, and whether the applicant goes."""

_LEGENDRE_STEPS = 20


def shapley_values(scorer: Scorer, features: Sequence[float | None]) -> list[float]:
    """Share an applicant's log odds out among the features.

    Parameters
    ----------
    scorer : Scorer
        The scorer of a release.
    features : sequence of float or None
        In the order of `MODEL_FEATURES`; None if missing.

    Returns
    -------
    list of float
        In the order of `MODEL_FEATURES`, as `training.model.shapley` computes them for all users.

    Notes
    -----
    In the game of one leaf, the worth of a coalition is a product over the features on the leaf's
    path. A feature's value is then the integral over t from 0 to 1 of its own difference times the
    others' factors, each t of the way from share to certainty (Owen, "Multilinear extensions of
    games", 1972). That is a polynomial, so Gauss and Legendre's rule integrates it exactly.
    """
    effects = [0.0] * len(MODEL_FEATURES)
    for tree in scorer.trees:
        for value, path in _leaves(tree, features, {}):
            _share_out(value, path, effects)
    # A term is centred on the training loans: what it adds is its feature's value in the game.
    for term in scorer.terms:
        effects[term.feature] += term.add(features[term.feature])
    return [scorer.slope * effect for effect in effects]


def _leaves(
    node: Node, features: Sequence[float | None], path: Path
) -> Iterator[tuple[float, Path]]:
    if isinstance(node, float):
        yield node, path
        return
    feature, threshold, missing_left, left, right, share_left = node
    value = features[feature]
    goes_left = missing_left if value is None else value <= threshold
    share, kept = path.get(feature, (1.0, True))
    yield from _leaves(left, features, path | {feature: (share * share_left, kept and goes_left)})
    share_right = share * (1.0 - share_left)
    yield from _leaves(right, features, path | {feature: (share_right, kept and not goes_left)})


def _share_out(value: float, path: Path, effects: list[float]) -> None:
    differences = [(share, kept - share) for share, kept in path.values()]
    totals = [0.0] * len(differences)
    for at, weight in _RULES[len(path)]:
        factors = [share + at * difference for share, difference in differences]
        product = value * weight * math.prod(factors)
        for place, factor in enumerate(factors):
            # A factor is a mean of share and 0 or 1, and no side of a split is without loans.
            totals[place] += product / factor
    for feature, total, (_, difference) in zip(path, totals, differences, strict=True):
        effects[feature] += total * difference


def _gauss_legendre(n: int) -> list[tuple[float, float]]:
    """Return points and weights between 0 and 1, exact for polynomials of a degree below 2n."""
    rule = []
    for place in range(n):
        x = math.cos(math.pi * (place + 0.75) / (n + 0.5))
        for _ in range(_LEGENDRE_STEPS):
            value, slope = _legendre(n, x)
            x -= value / slope
        rule.append(((1 + x) / 2, 1 / ((1 - x * x) * slope * slope)))
    return rule


def _legendre(n: int, x: float) -> tuple[float, float]:
    """Return the Legendre polynomial of degree n and its slope."""
    before, value = 1.0, x
    for degree in range(2, n + 1):
        before, value = value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree
    return value, n * (x * value - before) / (x * x - 1)


_RULES = [_gauss_legendre((n + 1) // 2) for n in range(len(MODEL_FEATURES) + 1)]
"""By the number of features on a path: a polynomial of a degree that is one less."""
