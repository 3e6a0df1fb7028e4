"""What becomes of a candidate by itself: promoted, refused or pending."""

from typing import Any

import pytest
from azure.storage.blob import ContainerClient

from shared.registry.published import fetch_pointer
from shared.registry.publishing import Outcome, SupersededError
from shared.registry.returning import roll_back
from tests.support.deliveries import ANA, FUTURE, STOPPED, Deliver, actions, states
from tests.support.stored_releases import current_version


@pytest.mark.parametrize("facts", [{}, {"verdict": "passed"}, {"verdict": "warned", "gates": []}])
def test_a_candidate_that_is_not_stopped_becomes_current(
    releases: ContainerClient, deliver: Deliver, facts: dict[str, Any]
) -> None:
    outcome = deliver("a", **facts)

    assert outcome == Outcome("published", [])
    assert current_version(releases) == "a"
    assert actions(releases, "a") == ["stored", "promoted"]


def test_a_stopped_candidate_is_refused_with_reasons_and_the_champion_stays(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("champion")

    outcome = deliver("stopped", **STOPPED)

    assert outcome == Outcome("refused", ["age: 3 worsen."])
    assert current_version(releases) == "champion"
    assert states(releases) == {"champion": "current", "stopped": "refused"}


@pytest.mark.parametrize(
    "facts", [{"verdict": "stopped"}, {"verdict": "passed", "gates": STOPPED["gates"]}]
)
def test_a_stopped_verdict_or_gate_refuses_a_candidate(
    releases: ContainerClient, deliver: Deliver, facts: dict[str, Any]
) -> None:
    assert deliver("a", **facts).state == "refused"

    assert fetch_pointer(releases) is None


def test_with_manual_promotion_a_candidate_waits_for_a_person(
    releases: ContainerClient, deliver: Deliver
) -> None:
    outcome = deliver("a", promotion="manual")

    assert outcome == Outcome("pending", [])
    assert fetch_pointer(releases) is None
    assert states(releases) == {"a": "pending"}


def test_a_file_uploaded_before_a_person_chose_does_not_undo_the_choice(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    deliver("b")
    roll_back(releases, ANA, None)

    outcome = deliver("late")

    assert outcome.state == "pending"
    assert "ana chose the current release" in outcome.reasons[0]
    assert current_version(releases) == "a"


def test_a_file_uploaded_after_a_person_chose_becomes_current(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    deliver("b")
    roll_back(releases, ANA, None)

    assert deliver("next", FUTURE).state == "published"

    assert current_version(releases) == "next"


def test_the_newest_upload_wins_among_runs(releases: ContainerClient, deliver: Deliver) -> None:
    deliver("newer", FUTURE)

    with pytest.raises(SupersededError):
        deliver("older")

    assert states(releases) == {"newer": "current", "older": "pending"}
