"""How score and features spread, and how far they moved, as the manifest tells it."""

from msgspec import Struct


class Distribution(Struct, frozen=True):
    """How values spread.

    Attributes
    ----------
    edges : list of float
        Ascending. A value that equals an edge lies in the bin above it.
    shares : list of float
        One more than edges: the share of all values, missing ones included, in each bin.
    missing : float
        The share of missing values.
    """

    edges: list[float]
    shares: list[float]
    missing: float


class Spread(Struct, frozen=True):
    """How values spread over bins then and now.

    Attributes
    ----------
    edges : list of float
        As in `Distribution`.
    expected, actual : list of float
        The shares of all values in each bin, and last that of missing ones.
    """

    edges: list[float]
    expected: list[float]
    actual: list[float]


class Drift(Struct, frozen=True):
    """How far score and features moved from the champion's; None where it is undefined.

    Attributes
    ----------
    spreads : dict of str to Spread
        The champion's distributions beside those of now, the score as its own model gives it.
    """

    champion: str | None
    score: float | None
    features: dict[str, float | None]
    spreads: dict[str, Spread] = {}


class TrendPoint(Struct, frozen=True):
    """How far an earlier release's score had moved from that of the release before it."""

    version: str
    as_of: str
    score: float | None


class Anchor(Struct, frozen=True):
    """The release that all later ones are compared with, beside the champion.

    Attributes
    ----------
    version : str
        The first release, or the one that a person named.
    distributions : dict of str to Distribution
        Its own, carried along: it need not be in storage any more.
    drift : dict of str to float or None
        The stability index of the score as published, and of each feature, against it.
    trend : list of TrendPoint
        The latest releases before this one, oldest first.
    """

    version: str
    distributions: dict[str, Distribution]
    drift: dict[str, float | None]
    trend: list[TrendPoint]
