"""The state of a release, from the decisions about it."""

import pytest

from shared.release.decisions import PIPELINE, Action, Event
from shared.release.states import State, derive_state


def test_the_latest_decision_determines_the_state() -> None:
    actions: list[Action] = ["stored", "approved", "rolled_back_from"]
    events = [Event.now(action, PIPELINE, None) for action in actions]

    states = [derive_state(events[:end], "passed") for end in (1, 2, 3)]

    assert states == ["pending", "former", "rolled_back"]
    assert derive_state(events[:1], "stopped") == "refused"


@pytest.mark.parametrize(
    ("actions", "state"),
    [
        (["stored", "override_requested"], "refused"),
        (["stored", "override_requested", "rejected"], "rejected"),
        (["stored", "override_requested", "overridden"], "former"),
        (["stored", "override_requested", "overridden", "override_lapsed"], "refused"),
        (["stored", "overridden", "rolled_back_from", "override_requested"], "rolled_back"),
        (["stored", "overridden", "override_requested"], "former"),
    ],
)
def test_a_request_or_a_lapsed_override_leaves_the_state(
    actions: list[Action], state: State
) -> None:
    events = [Event.now(action, PIPELINE, None) for action in actions]

    assert derive_state(events, "stopped") == state
