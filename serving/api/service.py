"""The routes about the service itself: the served model, health, the docs and the page."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from serving.api.fields import AsOf, Version
from serving.api.health import Health
from serving.api.operations import PAGE, Operation
from serving.api.overrides import Override


class JudgedGate(Struct):
    """One gate of a release: what it measured, its limit, its verdict."""

    name: Annotated[str, Meta(examples=["calibration_slope"])]
    measured: float | None
    limit: str
    verdict: Annotated[str, Meta(description="passed, warned or stopped.", examples=["passed"])]
    detail: str


class ServedModel(Struct):
    """The served release."""

    version: Version
    created: str
    as_of: AsOf
    source: dict[str, Any]
    counts: dict[str, int]
    features: list[str]
    model: dict[str, Any]
    decision: dict[str, Any]
    metrics: dict[str, float | int | None]
    population: dict[str, Any]
    evaluated_on: str
    verdict: Annotated[
        str, Meta(description="The worst of the gates' verdicts.", examples=["passed"])
    ]
    gates: list[JudgedGate]
    code_version: str
    override: Annotated[
        Override | None,
        Meta(
            description="By whom and why it is served although its gates stopped it; null where"
            " they did not."
        ),
    ] = None


OPERATIONS = (
    Operation(
        path="/modelo",
        name="model",
        summary="The served release",
        answer=(ServedModel,),
        problems=(401, 405, 503),
        cached=True,
    ),
    Operation(
        path="/health",
        name="health",
        summary="Whether the app is alive",
        answer=(Health,),
        problems=(405,),
    ),
    Operation(
        path="/health/ready",
        name="ready",
        summary="Whether a release is loaded",
        answer=(Health,),
        problems=(405, 503),
    ),
    Operation(
        path="/openapi.json",
        name="openapi",
        summary="This document",
        answer=(),
        problems=(405,),
        cached=True,
    ),
    Operation(
        path="/docs",
        name="docs",
        summary="This document, for people",
        answer=PAGE,
        problems=(405,),
        cached=True,
    ),
    Operation(
        path="/",
        name="page",
        summary="A page to look up a user",
        answer=PAGE,
        problems=(405,),
        cached=True,
    ),
)
