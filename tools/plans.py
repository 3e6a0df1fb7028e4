"""What Azure's plans give an instance, and what of a raw file fits into it."""

from dataclasses import dataclass

from training.run_folder import largest_raw_bytes

MIB = 1024 * 1024
# The worker, the host and the page cache of the file take the rest.
USABLE_MEMORY = 0.85
TIMEOUT_SECONDS = 30 * 60


@dataclass(frozen=True, slots=True)
class Plan:
    """An instance of a plan.

    Attributes
    ----------
    name : str
        The plan and its size.
    setting : str
        What chooses it.
    memory_mib : int
        Memory of an instance.
    storage_mib : int
        Temporary storage of an instance.
    """

    name: str
    setting: str
    memory_mib: int
    storage_mib: int


# https://learn.microsoft.com/azure/azure-functions/functions-scale#service-limits, as of 2025.
PLANS = (
    Plan("Flex Consumption, 512 MB", "`trainingMemoryMB = 512`", 512, 800),
    Plan("Flex Consumption, 2,048 MB", "`trainingMemoryMB = 2048`", 2048, 800),
    Plan("Flex Consumption, 4,096 MB", "`trainingMemoryMB = 4096`", 4096, 800),
    Plan("Premium EP1", "`plan = 'EP1'`", 3584, 21_000),
    Plan("Premium EP2", "`plan = 'EP2'`", 7168, 21_000),
    Plan("Premium EP3", "`plan = 'EP3'`", 14_336, 21_000),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a whole run on a generated file took."""

    loans: int
    users: int
    raw_bytes: int
    peak_mib: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Limit:
    """The most loans that a plan trains on, and what limits them."""

    loans: int
    reason: str


def find_limit(plan: Plan, small: Measured, large: Measured) -> Limit:
    """Extend the line through two measured runs until something is used up.

    Parameters
    ----------
    plan : Plan
        The instance.
    small, large : Measured
        Runs on files of different sizes.
    """
    extra_loans = large.loans - small.loans
    mib_per_loan = (large.peak_mib - small.peak_mib) / extra_loans
    seconds_per_loan = (large.seconds - small.seconds) / extra_loans
    bytes_per_loan = large.raw_bytes / large.loans
    most = {
        "memory": small.loans + (plan.memory_mib * USABLE_MEMORY - small.peak_mib) / mib_per_loan,
        "temporary storage": largest_raw_bytes(plan.storage_mib * MIB) / bytes_per_loan,
        "30 minutes": small.loans + (TIMEOUT_SECONDS - small.seconds) / seconds_per_loan,
    }
    reason = min(most, key=most.__getitem__)
    return Limit(max(0, int(most[reason])), reason)
