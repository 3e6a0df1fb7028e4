"""All campaigns, in the order in which they run."""

from tests.soak import (
    clock_faults,
    damages,
    decision_faults,
    deliveries,
    disks,
    kills,
    leases,
    orders,
    poison,
    serving_faults,
    training_faults,
)
from tests.soak.campaign import Campaign

CAMPAIGNS: tuple[Campaign, ...] = (
    *deliveries.CAMPAIGNS,
    *orders.CAMPAIGNS,
    *leases.CAMPAIGNS,
    *decision_faults.CAMPAIGNS,
    *damages.CAMPAIGNS,
    *serving_faults.CAMPAIGNS,
    *training_faults.CAMPAIGNS,
    *disks.CAMPAIGNS,
    *clock_faults.CAMPAIGNS,
    *poison.CAMPAIGNS,
    *kills.CAMPAIGNS,
)
