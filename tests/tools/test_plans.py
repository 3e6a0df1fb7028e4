"""What of a raw file fits into an instance of a plan."""

import json

from tests.support.paths import ROOT
from tools.limits import describe_limits
from tools.plans import MIB, PLANS, TIMEOUT_SECONDS, Measured, Plan, find_limit
from training.run_folder import largest_raw_bytes, room_for

SMALL = Measured(loans=1_000_000, users=50_000, raw_bytes=180 * MIB, peak_mib=600, seconds=20)
LARGE = Measured(loans=2_000_000, users=100_000, raw_bytes=360 * MIB, peak_mib=1000, seconds=40)


def test_memory_limits_where_it_is_used_up_first() -> None:
    # 85 % of 2,000 MiB are 1,100 MiB more than the small run takes, at 400 MiB for a million loans.
    limit = find_limit(Plan("", "", memory_mib=2000, storage_mib=99_000), SMALL, LARGE)

    assert (limit.loans, limit.reason) == (3_750_000, "memory")


def test_temporary_storage_limits_where_it_is_small() -> None:
    limit = find_limit(Plan("", "", memory_mib=99_000, storage_mib=196), SMALL, LARGE)

    # (196 - 16) MiB / 1.25 are 144 MiB of 180 MiB for a million loans.
    assert (limit.loans, limit.reason) == (800_000, "temporary storage")


def test_time_limits_where_all_else_is_plenty() -> None:
    limit = find_limit(Plan("", "", memory_mib=990_000, storage_mib=990_000), SMALL, LARGE)

    assert (limit.loans, limit.reason) == (1_000_000 + 1780 * 50_000, "30 minutes")


def test_an_instance_without_memory_for_any_run_holds_no_loan() -> None:
    assert find_limit(Plan("", "", 100, 800), SMALL, LARGE).loans == 0


def test_the_largest_file_is_the_largest_that_a_run_has_room_for() -> None:
    largest = largest_raw_bytes(800 * MIB)

    assert room_for(largest) <= 800 * MIB < room_for(largest + 2)


def test_the_time_is_that_of_the_host() -> None:
    hours, minutes, seconds = json.loads((ROOT / "host.json").read_text())["functionTimeout"].split(
        ":"
    )

    assert int(hours) * 3600 + int(minutes) * 60 + int(seconds) == TIMEOUT_SECONDS


def test_the_page_has_a_row_for_every_plan_and_the_text_that_is_stored() -> None:
    page = describe_limits(SMALL, LARGE)
    stored = (ROOT / "docs" / "azure" / "limits.md").read_text("utf-8")

    text, table = page.split("| plan | setting |")
    assert text == stored.split("| plan | setting |")[0]
    assert [plan.name for plan in PLANS if f"| {plan.name} | {plan.setting} | " in table] == [
        plan.name for plan in PLANS
    ]
