"""Decisions whose replies from storage are lost: what was applied is not refused."""

import pytest
from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from shared.registry.history import list_numbers
from shared.registry.promotion import approve, reject
from shared.registry.returning import roll_back
from shared.release.decisions import DecisionRefusedError
from tests.support.deliveries import ANA, BEA, FUTURE, Deliver, actions, states
from tests.support.interrupted_storage import failing, replies_lost
from tests.support.stored_releases import current_version

PLACES = ["intents/", "decisions/", "history/", "current.json"]


@pytest.mark.parametrize("place", PLACES)
def test_an_approval_whose_reply_is_lost_succeeds(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    deliver("a")
    deliver("b", promotion="manual")

    with replies_lost(monkeypatch, place) as lost:
        assert approve(releases, "b", ANA, None) == "a"

    assert lost
    assert states(releases) == {"a": "former", "b": "current"}
    assert actions(releases, "b") == ["stored", "approved"]


@pytest.mark.parametrize("place", PLACES)
def test_a_rollback_whose_reply_is_lost_succeeds_and_goes_back_once(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    for version in ("a", "b", "c"):
        deliver(version)

    with replies_lost(monkeypatch, place) as lost:
        assert roll_back(releases, ANA, "complaints") == ("c", "b")

    assert lost
    assert list_numbers(releases) == [1, 2, 3, 4]
    assert states(releases) == {"a": "former", "b": "current", "c": "rolled_back"}


def test_a_rejection_whose_reply_is_lost_succeeds(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver("a", promotion="manual")

    with replies_lost(monkeypatch, "decisions/") as lost:
        reject(releases, "a", ANA, "the wrong month")

    assert lost
    assert actions(releases, "a") == ["stored", "rejected"]


@pytest.mark.parametrize("place", ["decisions/", "history/", "current.json"])
def test_a_delivery_whose_reply_is_lost_is_published_once(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    deliver("a")

    with replies_lost(monkeypatch, place) as lost:
        assert deliver("b").state == "published"

    assert lost
    assert list_numbers(releases) == [1, 2]
    assert actions(releases, "b") == ["stored", "promoted"]


def test_a_rollback_that_names_its_version_goes_back_once_however_often_it_is_sent(
    releases: ContainerClient, deliver: Deliver
) -> None:
    for version in ("a", "b", "c"):
        deliver(version)

    assert roll_back(releases, ANA, "complaints", "c") == ("c", "b")
    assert roll_back(releases, ANA, "complaints", "c") == ("c", "b")
    with pytest.raises(DecisionRefusedError, match="ana has gone back from c already"):
        roll_back(releases, BEA, "complaints", "c")

    assert current_version(releases) == "b"


def test_a_rollback_from_a_version_that_is_not_current_is_refused(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    deliver("b")

    with pytest.raises(DecisionRefusedError, match="Expected a to be current; b is"):
        roll_back(releases, ANA, None, "a")


def test_a_second_rollback_at_once_must_name_its_version(
    releases: ContainerClient, deliver: Deliver
) -> None:
    for version in ("a", "b", "c"):
        deliver(version)
    roll_back(releases, ANA, "complaints")

    with pytest.raises(DecisionRefusedError, match="ana went back from c to b just now"):
        roll_back(releases, BEA, "complaints")

    assert current_version(releases) == "b"


def test_an_outage_after_the_move_does_not_refuse_it_and_the_rest_is_done_later(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver("a")
    deliver("b", promotion="manual")

    with failing(monkeypatch, "current.json", method="PUT") as failed:
        assert approve(releases, "b", ANA, None) == "a"

    assert failed
    assert deliver("c", FUTURE).state == "published"
    assert states(releases) == {"a": "former", "b": "former", "c": "current"}


def test_an_outage_while_comparing_is_raised_and_the_older_upload_is_not_served(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver("newer", "2026-03-01T00:00:00+00:00")

    with failing(monkeypatch, "current.json"), pytest.raises(AzureError):
        deliver("older", "2026-01-01T00:00:00+00:00")

    assert current_version(releases) == "newer"
