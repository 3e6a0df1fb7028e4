"""A round of the campaigns that `make soak` runs in full."""

import pytest

from tests.soak.campaign import Tally
from tests.soak.catalogue import CAMPAIGNS
from tests.soak.ground import Ground

pytestmark = [pytest.mark.emulator, pytest.mark.training]

_QUICK = {"orders": 1, "leases": 1, "rejections": 1, "replies": 2, "writes": 2, "warm": 2}
"""How many rounds of which campaigns run with the other tests."""


@pytest.mark.parametrize("name", _QUICK)
def test_nothing_is_lost(ground: Ground, name: str) -> None:
    (campaign,) = [one for one in CAMPAIGNS if one.name == name]
    tally = Tally()

    for tally in campaign.run(ground, _QUICK[name]):
        assert not tally.losses

    assert tally.times, "the fault never happened"
    assert tally.reads, "nobody read"
