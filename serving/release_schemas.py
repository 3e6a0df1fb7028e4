"""The JSON documents about stored releases and the decisions on them."""

from typing import Annotated

from msgspec import Meta, Struct

from serving.schemas import AsOf, Version
from shared.release.comparison import Comparison
from shared.release.decisions import Action, Event, State
from shared.release.facts import Verdict

_Text = Annotated[
    str, Meta(min_length=1, max_length=1000, pattern=r"\S", examples=["The report was reviewed."])
]


class Approval(Struct, forbid_unknown_fields=True):
    """Why a person decides so, which may be left out."""

    motivo: _Text | None = None


class Rejection(Struct, forbid_unknown_fields=True):
    """Why a person rules a candidate out."""

    motivo: _Text


class DecisionEvent(Struct):
    """One thing that was done about a release."""

    action: Action
    at: Annotated[str, Meta(examples=["2026-11-23T06:02:01+00:00"])]
    who: str
    verified: Annotated[bool, Meta(description="Whether the name was authenticated.")]
    why: str | None

    @classmethod
    def of(cls, event: Event) -> "DecisionEvent":
        """Tell an event of a decision record."""
        return cls(event.action, event.at, event.who, event.verified, event.why)


class ReleaseSummary(Struct):
    """One stored release, and what was decided about it, oldest first."""

    version: Version
    created: str
    as_of: AsOf
    source: Annotated[str, Meta(description="Name of the raw file.")]
    roc_auc: float | None
    verdict: Annotated[Verdict, Meta(description="Of its gates.")]
    state: State
    decisions: list[DecisionEvent]


class Releases(Struct):
    """The latest stored releases, latest first."""

    current: Version | None
    releases: list[ReleaseSummary]


class Decided(Struct):
    """What a decision led to."""

    version: Annotated[str, Meta(description="The release that was decided about.")]
    state: Annotated[State, Meta(description="Its state now.")]
    current: Annotated[Version | None, Meta(description="The current release now.")]


class ReleaseComparison(Struct):
    """What changes for users from release a to release b."""

    a: Version
    b: Version
    changes: Comparison
