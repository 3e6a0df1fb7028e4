"""Estimate what a month costs: `python -m infra.costs` prints the table of docs/azure/cost.md."""

import sys
from dataclasses import dataclass

_SECONDS_PER_MONTH = 730 * 3600

# List prices in US dollars, pay as you go, as they were known in 2025 and not looked up since
# (docs/azure/cost.md). They differ by region and change: put your own here.
GB_SECOND = 0.000026
READY_GB_SECOND = 0.000004
READY_ACTIVE_GB_SECOND = 0.000016
MILLION_EXECUTIONS = 0.40
FREE_GB_SECONDS = 100_000
FREE_EXECUTIONS = 250_000
STORED_GB = {"Standard_LRS": 0.018, "Standard_ZRS": 0.023}
TEN_THOUSAND_WRITES = 0.055
TEN_THOUSAND_READS = 0.0044
LOG_GB = 2.76
LOG_ALERTS = {"5 min": 1.50, "15 min": 0.50, "6 h": 0.50}
METRIC_ALERT = 0.10
AVAILABILITY_TEST_RUN = 0.0006
PRIVATE_ENDPOINT = 7.30
PRIVATE_ENDPOINTS = 8

LOG_RULES = {"5 min": 9, "15 min": 3, "6 h": 1}
METRIC_RULES = 3
_TEST_RUNS = 3 * 4 * 730
_WRITES_PER_RUN = 60
# A timer every five minutes.
_UPKEEP_RUNS = 12 * 730
_UPKEEP_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Size:
    """A lender's size, and the parameters that suit it.

    Attributes
    ----------
    raw_mb, release_mb : float
        Size of a raw file, and of the release made from it.
    run_seconds : float
        Duration of a run; benchmarks.md has measured ones, an instance is slower.
    request_seconds : float
        Time for which an instance is busy with a request; less where it serves several at a time.
    kept_releases : int
        Releases that are kept, with their raw files.
    """

    name: str
    users: int
    runs: int
    raw_mb: float
    release_mb: float
    run_seconds: float
    requests: int
    request_seconds: float
    serving_gb: float
    training_gb: float
    ready_http: int
    instances: int
    redundancy: str
    kept_releases: int
    alerts: bool
    private: bool


SIZES = [
    Size("small", 2_000, 2, 2, 4, 60, 20_000, 0.2, 0.5, 2, 0, 1, "Standard_LRS", 24, False, False),
    Size(
        *("medium", 36_000, 5, 80, 60, 120, 1_000_000, 0.1, 2, 4, 1, 2),
        *("Standard_ZRS", 60, True, False),
    ),
    Size(
        *("large", 150_000, 30, 330, 250, 600, 20_000_000, 0.02, 2, 4, 2, 5),
        *("Standard_ZRS", 180, True, True),
    ),
]


def estimate(size: Size) -> dict[str, float]:
    """Estimate a month's costs, in US dollars."""
    return {
        "requests": _requests(size),
        "runs": _price(
            size.runs * size.run_seconds * size.training_gb * READY_ACTIVE_GB_SECOND, size.runs
        ),
        "upkeep": _UPKEEP_RUNS * _UPKEEP_SECONDS * size.training_gb * GB_SECOND,
        "ready instances": _ready(size),
        "storage": _storage(size),
        "logs": _log_gb(size) * LOG_GB,
        "alerts": _alerts() if size.alerts else 0.0,
        "private endpoints": PRIVATE_ENDPOINTS * PRIVATE_ENDPOINT if size.private else 0.0,
    }


def table() -> str:
    """Return the estimates as a table."""
    estimates = [estimate(size) for size in SIZES]
    rows = {
        "users": [f"{size.users:,}" for size in SIZES],
        "runs a month": [f"{size.runs:,}" for size in SIZES],
        "raw file": [f"{size.raw_mb:,.0f} MB" for size in SIZES],
        "run": [f"{size.run_seconds:,.0f} s" for size in SIZES],
        "requests a month": [f"{size.requests:,}" for size in SIZES],
        "busy for a request": [f"{size.request_seconds * 1000:,.0f} ms" for size in SIZES],
        "memory: serving, training": [
            f"{size.serving_gb:g} GB, {size.training_gb:g} GB" for size in SIZES
        ],
        "ready instances: serving, training": [f"{size.ready_http}, 1" for size in SIZES],
        "releases kept": [f"{size.kept_releases}" for size in SIZES],
        **{f"**{name}**": [f"${one[name]:,.2f}" for one in estimates] for name in estimates[0]},
        "**a month**": [f"**${sum(one.values()):,.0f}**" for one in estimates],
    }
    head = [
        "| |" + "|".join(f" {size.name} " for size in SIZES) + "|",
        "|---|" + "---:|" * len(SIZES),
    ]
    return "\n".join(
        [*head, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items())]
    )


def _requests(size: Size) -> float:
    gb_seconds = size.requests * size.request_seconds * size.serving_gb
    if size.ready_http:
        # The ready instances serve; what they cannot is too little to count.
        return _price(gb_seconds * READY_ACTIVE_GB_SECOND, size.requests)
    paid = max(0.0, gb_seconds - FREE_GB_SECONDS)
    return _price(paid * GB_SECOND, max(0, size.requests - FREE_EXECUTIONS))


def _price(compute: float, executions: int) -> float:
    return compute + executions / 1e6 * MILLION_EXECUTIONS


def _ready(size: Size) -> float:
    gb = size.training_gb + size.ready_http * size.serving_gb
    return gb * _SECONDS_PER_MONTH * READY_GB_SECOND


def _storage(size: Size) -> float:
    gb = (size.raw_mb + size.release_mb) * size.kept_releases / 1000
    polls = size.instances * _SECONDS_PER_MONTH / 30
    operations = size.runs * _WRITES_PER_RUN / 1e4 * TEN_THOUSAND_WRITES
    return gb * STORED_GB[size.redundancy] + operations + polls / 1e4 * TEN_THOUSAND_READS


def _log_gb(size: Size) -> float:
    # A request, its line and what belongs to it take about 2 kB; a run takes 100.
    return (size.requests * 2 + size.runs * 100) / 1e6


def _alerts() -> float:
    rules = sum(number * LOG_ALERTS[every] for every, number in LOG_RULES.items())
    return rules + METRIC_RULES * METRIC_ALERT + _TEST_RUNS * AVAILABILITY_TEST_RUN


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
