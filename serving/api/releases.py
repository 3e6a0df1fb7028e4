"""The routes about stored releases: the list, the comparison and the decisions."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from serving.api.fields import EXAMPLE_VERSION, AsOf, Version
from serving.api.operations import WRITE_PROBLEMS, Body, Operation, version_parameter
from serving.api.overrides import Override, OverrideState
from shared.registry.releases import VERSION_PATTERN
from shared.release.comparison import Comparison
from shared.release.decisions import Action, Event
from shared.release.facts import Verdict
from shared.release.states import State

_Reason = Annotated[
    str, Meta(min_length=1, max_length=1000, pattern=r"\S", examples=["The report was reviewed."])
]

_From = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=80,
        description="The version to go back from. A call that is repeated goes back only once.",
        examples=[EXAMPLE_VERSION],
    ),
]


class Return(Struct, forbid_unknown_fields=True):
    """Why to go back to the previous release, and from which one; both optional."""

    motivo: _Reason | None = None
    desde: _From | None = None


class Approval(Struct, forbid_unknown_fields=True):
    """The reason for an approval: required for an override of the gates, else optional."""

    motivo: _Reason | None = None
    anulacion: Annotated[
        bool,
        Meta(
            description="Whether to override the gates that stopped the release. The first call"
            " asks for it, the call of another authenticated person confirms it."
        ),
    ] = False


class Rejection(Struct, forbid_unknown_fields=True):
    """The reason for rejecting a candidate."""

    motivo: _Reason


class DecisionEvent(Struct):
    """One decision about a release."""

    action: Action
    at: Annotated[str, Meta(examples=["2026-11-23T06:02:01+00:00"])]
    who: str
    verified: Annotated[bool, Meta(description="Whether the name was authenticated.")]
    why: str | None

    @classmethod
    def of(cls, event: Event) -> "DecisionEvent":
        """Convert an event of a decision record."""
        return cls(event.action, event.at, event.who, event.verified, event.why)


def list_decisions(events: Sequence[Event]) -> list[DecisionEvent]:
    """List what was decided; that a decision took effect follows from the state."""
    return [DecisionEvent.of(event) for event in events if event.action != "served"]


class ReleaseSummary(Struct):
    """One stored release, and the decisions about it, oldest first."""

    version: Version
    created: str
    as_of: AsOf
    source: Annotated[str, Meta(description="Name of the raw file.")]
    roc_auc: float | None
    verdict: Annotated[Verdict, Meta(description="The worst of its gates' verdicts.")]
    state: State
    decisions: list[DecisionEvent]
    override: Annotated[
        Override | None,
        Meta(description="Who overrides the gates that stopped it; null where nobody does."),
    ]


class Unreadable(Struct):
    """A stored release that cannot be read."""

    version: str
    problem: Annotated[str, Meta(description="What was expected, what was found, what to do.")]


class Releases(Struct):
    """Stored releases, latest first; the first page also has older ones that matter now."""

    current: Version | None
    releases: list[ReleaseSummary]
    next: Annotated[
        str | None, Meta(description="Send it as `after` for the next page; null on the last.")
    ] = None
    unreadable: list[Unreadable] = []


class Decided(Struct):
    """The outcome of a decision."""

    version: Annotated[str, Meta(description="The release that was decided about.")]
    state: Annotated[State, Meta(description="Its state now.")]
    current: Annotated[Version | None, Meta(description="The current release now.")]
    override: Annotated[
        OverrideState | None,
        Meta(description="requested: another person must confirm it before the release is served."),
    ] = None


class ReleaseComparison(Struct):
    """What changes for users from release a to release b."""

    a: Version
    b: Version
    changes: Comparison


_DECISION_PROBLEMS = (*WRITE_PROBLEMS, 403, 409)
_VERSION = version_parameter("version", "path")
_EXAMPLE = {"motivo": "The report was reviewed."}
_DESCRIPTIONS = {
    404: "No such release is stored.",
    503: "Storage is unavailable; `Retry-After` says when to retry.",
}

OPERATIONS = (
    Operation(
        path="/versiones",
        name="releases",
        summary="The latest stored releases",
        answer=(Releases,),
        problems=(400, 401, 405, 503),
        parameters=(
            version_parameter("after", "query")
            | {
                "description": "Version after which the page begins; empty for the first page.",
                "required": False,
                "schema": {"type": "string", "pattern": f"^({VERSION_PATTERN})?$"},
            },
        ),
        descriptions=_DESCRIPTIONS,
    ),
    Operation(
        path="/versiones/comparacion",
        name="compare",
        summary="What changes for users from release a to release b",
        answer=(ReleaseComparison,),
        problems=(400, 401, 404, 405, 503),
        parameters=(version_parameter("a", "query"), version_parameter("b", "query")),
        descriptions=_DESCRIPTIONS,
    ),
    Operation(
        method="post",
        path="/versiones/regreso",
        name="rollBack",
        summary="Go back to the previous release",
        answer=(Decided,),
        problems=_DECISION_PROBLEMS,
        body=Body(Return, _EXAMPLE | {"desde": EXAMPLE_VERSION}, required=False),
        descriptions=_DESCRIPTIONS,
    ),
    Operation(
        method="post",
        path="/versiones/{version}/aprobacion",
        name="approve",
        summary="Make a stored release the current one",
        answer=(Decided,),
        problems=(404, *_DECISION_PROBLEMS),
        parameters=(_VERSION,),
        body=Body(Approval, _EXAMPLE, required=False),
        descriptions=_DESCRIPTIONS,
    ),
    Operation(
        method="post",
        path="/versiones/{version}/rechazo",
        name="reject",
        summary="Reject a candidate",
        answer=(Decided,),
        problems=(404, *_DECISION_PROBLEMS),
        parameters=(_VERSION,),
        body=Body(Rejection, _EXAMPLE),
        descriptions=_DESCRIPTIONS,
    ),
)
