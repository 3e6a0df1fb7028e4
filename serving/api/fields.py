"""Field types that several documents share."""

from typing import Annotated, Any

from msgspec import Meta

from shared.release.feature import Feature

EXAMPLE_VERSION = "20261123T060201Z-0a1b2c3d4e5f"

Version = Annotated[str, Meta(description="The release.", examples=[EXAMPLE_VERSION])]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2022-03-08"])]
AsOf = Annotated[
    Day, Meta(description="The day on which age, years on the job and known outcomes are counted.")
]
Probability = Annotated[float, Meta(ge=0, le=1, description="Probability of default.")]


def feature_field(feature: Feature) -> tuple[str, Any]:
    """Return the name and type of a feature that is read; null where unknown."""
    return feature.name, Annotated[float | None, _describe(feature)]


def bounded_feature_field(feature: Feature) -> tuple[str, Any]:
    """Return the name and type of a feature that a caller sends, within its bounds."""
    bounds: dict[str, Any] = {"le": feature.highest}
    bounds["gt" if feature.lowest_excluded else "ge"] = feature.lowest
    if feature.whole:
        bounds["multiple_of"] = 1
    return feature.name, Annotated[Annotated[float, Meta(**bounds)] | None, _describe(feature)]


def _describe(feature: Feature) -> Meta:
    return Meta(description=feature.description, examples=[feature.example])
