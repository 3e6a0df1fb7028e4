"""Who may override which gates, and when a request still counts."""

from datetime import datetime, timedelta

import pytest

from shared.release.decisions import (
    NEVER_OVERRIDDEN,
    PIPELINE,
    UNKNOWN,
    Action,
    Actor,
    DecisionRefusedError,
    Event,
    read_events,
    write_events,
)
from shared.release.facts import Gate
from shared.release.overrides import (
    REQUEST_VALID_DAYS,
    ask_for_override,
    decide_override,
    find_override,
    find_request,
    require_overridable,
)
from tests.support.release_facts import make_manifest

ANA, BEA = Actor("ana", verified=True), Actor("bea", verified=True)
STORED = Event.now("stored", PIPELINE, None, "ab" * 32)


def decide(events: list[Event], actor: Actor, current: str | None = "served") -> Event:
    asked = ask_for_override(actor, f"{actor.who}'s reason", current)
    return decide_override(events, asked, needs_confirmation=True)


def stopped_by(*names: str) -> list[Gate]:
    return [Gate(name, 1.0, "0", "stopped", "Too much.") for name in names]


def test_two_persons_override_and_the_event_has_both_names_and_reasons() -> None:
    request = decide([STORED], ANA)
    made = decide([STORED, request], BEA)

    assert request.action == "override_requested"
    assert (made.action, made.who, made.why) == ("overridden", "bea", "bea's reason")
    assert made.request == request
    assert (request.who, request.why) == ("ana", "ana's reason")


def test_an_override_is_stored_with_its_request() -> None:
    request = decide([STORED], ANA)
    events = (STORED, request, decide([STORED, request], BEA))

    assert read_events(write_events(events)) == events


@pytest.mark.parametrize("name", ["ana", "Ana"])
def test_one_person_cannot_confirm_their_own_request(name: str) -> None:
    request = decide([STORED], ANA)

    with pytest.raises(DecisionRefusedError, match=r"ana already asked .* another person must"):
        decide([STORED, request], Actor(name, verified=True))


def test_one_person_suffices_where_no_confirmation_is_needed() -> None:
    asked = ask_for_override(ANA, "seasonal", None)

    made = decide_override([STORED], asked, needs_confirmation=False)

    assert (made.action, made.who, made.request) == ("overridden", "ana", None)


def test_nobody_cannot_override() -> None:
    with pytest.raises(DecisionRefusedError, match="name of the person"):
        ask_for_override(UNKNOWN, "because", None)


def test_an_authenticated_person_takes_over_the_request_of_an_unauthenticated_one() -> None:
    claimed = decide([STORED], Actor("ana", verified=False))

    assert decide([STORED, claimed], BEA).action == "override_requested"


def test_an_unauthenticated_person_cannot_confirm_the_request_of_an_authenticated_one() -> None:
    request = decide([STORED], ANA)

    with pytest.raises(DecisionRefusedError, match="cannot be shown to be two persons"):
        decide([STORED, request], Actor("bea", verified=False))


@pytest.mark.parametrize("later", ["rejected", "stored", "rolled_back_from", "override_lapsed"])
def test_a_request_lapses_when_something_else_is_decided(later: Action) -> None:
    request = decide([STORED], ANA)
    events = [STORED, request, Event.now(later, ANA, None)]

    assert decide(events, BEA).action == "override_requested"


def test_a_request_lapses_when_another_release_becomes_current() -> None:
    request = decide([STORED], ANA, current="served")

    assert decide([STORED, request], BEA, current="newer").action == "override_requested"


@pytest.mark.parametrize(("seconds", "is_valid"), [(0, True), (1, False)])
def test_a_request_lapses_after_some_days(seconds: int, is_valid: bool) -> None:
    request = decide([STORED], ANA)
    age = timedelta(days=REQUEST_VALID_DAYS, seconds=seconds)
    now = datetime.fromisoformat(request.at) + age

    assert (find_request([STORED, request], "served", now) is not None) is is_valid


def test_an_override_that_lapsed_is_not_found() -> None:
    request = decide([STORED], ANA)
    made = decide([STORED, request], BEA)
    lapsed = Event.now("override_lapsed", BEA, None)

    assert find_override([STORED, request, made]) == made
    assert find_override([STORED, request, made, lapsed]) is None


@pytest.mark.parametrize("name", sorted(NEVER_OVERRIDDEN))
def test_errors_and_the_law_are_never_overridden(name: str) -> None:
    manifest = make_manifest(gates=stopped_by("auc", name))

    with pytest.raises(DecisionRefusedError, match="nobody may override") as refusal:
        require_overridable(manifest)

    assert [one.field for one in refusal.value.errors] == ["/gates/1"]


def test_a_gate_that_passed_does_not_hinder_an_override() -> None:
    fine = Gate("age_rule", 0.0, "0", "passed", "Nobody's risk rises.")

    require_overridable(make_manifest(gates=[fine, *stopped_by("auc")]))


def test_a_release_that_was_not_stopped_needs_no_override() -> None:
    with pytest.raises(DecisionRefusedError, match="was not stopped"):
        require_overridable(make_manifest(gates=[], verdict="warned"))


def test_a_release_that_was_stopped_by_no_named_gate_cannot_be_overridden() -> None:
    with pytest.raises(DecisionRefusedError, match="does not say which gate"):
        require_overridable(make_manifest(gates=[], verdict="stopped"))
