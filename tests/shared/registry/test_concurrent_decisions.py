"""Several who decide at once, beside those who reconcile."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from azure.storage.blob import ContainerClient

from shared.registry.history import list_numbers
from shared.registry.intents import list_intents
from shared.registry.promotion import approve, reject
from shared.registry.published import fetch_pointer
from shared.registry.reconciling import reconcile
from shared.registry.release_list import list_releases
from shared.registry.returning import roll_back
from shared.release.decisions import Actor, DecisionRefusedError
from shared.release.states import find_open_moves
from tests.support.deliveries import Deliver, states

ACTORS = [Actor(name, verified=True) for name in ("ana", "bea", "eva", "ida")]


def decide_at_once(decisions: list[Callable[[], object]]) -> list[bool]:
    """Make decisions at once; say for each whether it was made rather than refused."""

    def attempt(decide: Callable[[], object]) -> bool:
        try:
            decide()
        except DecisionRefusedError:
            return False
        return True

    with ThreadPoolExecutor(len(decisions)) as pool:
        return list(pool.map(attempt, decisions))


def require_agreement(releases: ContainerClient) -> None:
    reconcile(releases)
    found = fetch_pointer(releases)
    assert found
    assert list_intents(releases) == []
    assert list_numbers(releases) == list(range(1, found.pointer.number + 1))
    for one in list_releases(releases).releases:
        assert find_open_moves(one.record.events) == []


def test_of_many_rollbacks_from_one_version_one_is_made(
    releases: ContainerClient, deliver: Deliver
) -> None:
    for version in ("a", "b", "c"):
        deliver(version)

    made = decide_at_once([partial(roll_back, releases, who, None, "c") for who in ACTORS])

    assert made.count(True) == 1
    assert states(releases) == {"a": "former", "b": "current", "c": "rolled_back"}
    require_agreement(releases)


def test_an_approval_and_a_rejection_at_once_never_both_succeed(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    for number in range(4):
        version = f"b{number}"
        deliver(version, promotion="manual")

        approved, rejected, _ = decide_at_once(
            [
                partial(approve, releases, version, ACTORS[0], None),
                partial(reject, releases, version, ACTORS[1], "no"),
                partial(reconcile, releases),
            ]
        )

        assert approved != rejected
        assert states(releases)[version] == ("current" if approved else "rejected")
    require_agreement(releases)


def test_approvals_at_once_are_all_made_one_after_the_other(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    versions = ["b", "c", "d"]
    for version in versions:
        deliver(version, promotion="manual")

    made = decide_at_once([partial(approve, releases, one, ACTORS[0], None) for one in versions])

    assert made == [True, True, True]
    assert sorted(states(releases).values()) == ["current", "former", "former", "former"]
    require_agreement(releases)
