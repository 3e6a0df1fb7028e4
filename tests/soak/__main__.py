"""`make soak`: run the campaigns, print a table, and fail if anything was lost."""

import argparse
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.soak.campaign import Campaign, Tally
from tests.soak.catalogue import CAMPAIGNS
from tests.soak.ground import Ground, prepare_ground
from tests.soak.table import format_table, write_table


def main() -> int:
    """Run what was asked for.

    Returns
    -------
    int
        0 when nothing was lost, 1 otherwise.
    """
    arguments = _parse()
    chosen = _choose(arguments.only)
    tallies: dict[Campaign, Tally] = {}
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as folder,
        prepare_ground(Path(folder)) as ground,
    ):
        for campaign in chosen:
            tallies[campaign] = _run(campaign, ground, arguments.rounds)
    table = format_table(tallies)
    print(table)
    if arguments.out:
        write_table(arguments.out, table)
    losses = [loss for tally in tallies.values() for loss in tally.losses]
    print(f"Losses: {len(losses)}." if losses else "Nothing was lost.")
    return 1 if losses else 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument(
        "--only", nargs="*", default=[], help="names of campaigns, or words of them"
    )
    parser.add_argument("--rounds", type=int, help="for each campaign, instead of its usual number")
    parser.add_argument("--out", type=Path, help="the document whose table is replaced")
    return parser.parse_args()


def _choose(words: list[str]) -> list[Campaign]:
    chosen = [
        one
        for one in CAMPAIGNS
        if not words or any(word in f"{one.name} {one.fault}" for word in words)
    ]
    if not chosen:
        names = ", ".join(one.name for one in CAMPAIGNS)
        sys.exit(f"Expected names of campaigns, got {' '.join(words)}: choose among {names}.")
    return chosen


def _run(campaign: Campaign, ground: Ground, rounds: int | None) -> Tally:
    most = rounds or campaign.rounds
    started = time.monotonic()
    shown = 0
    tally = Tally()
    print(f"{campaign.name}: {campaign.fault} ...", flush=True)
    try:
        for tally in campaign.run(ground, most):
            for loss in tally.losses[shown:]:
                print(f"  LOST {loss}", flush=True)
            shown = len(tally.losses)
            seconds = time.monotonic() - started
            print(f"  {tally.times} times, {shown} losses, {seconds:.0f} s", flush=True)
    except Exception as error:  # noqa: BLE001 -- the other campaigns run all the same
        traceback.print_exc()
        tally.losses.append(f"the campaign broke off: {error!r}")
    if not tally.times:
        tally.losses.append("the fault never happened")
    return tally


if __name__ == "__main__":
    sys.exit(main())
