"""Temporary storage that is too small, or full of what dead instances have left.

Where this process may mount file systems, the storage is a small tmpfs. Elsewhere the length of the
instance's files is limited, and dead runs fill a folder that has room.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from tests.soak.campaign import Campaign, Tally
from tests.soak.ground import Ground
from tests.soak.instance import FILE_BYTES
from tests.soak.instances import Instance
from tests.soak.rounds import NeverHappened, deliver_under
from tests.support.fault_rules import WRITES
from tests.support.faults import Call, Cut

_LITTLE_KB = (64, 200, 300, 400, 500)
"""Too little for the raw file, for the release, for both."""

_ROOM_KB = 20_000
"""Enough for a run of these files and its reserve."""

N_DEAD = 4
"""One less than the tries after which a run is given up."""


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """Mount a file system of so many kilobytes in memory."""
    folder.mkdir(parents=True, exist_ok=True)
    options = ["-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs"]
    subprocess.run(["mount", *options, str(folder)], check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@cache
def can_mount(folder: Path) -> bool:
    """Whether this process may mount file systems."""
    if os.geteuid() != 0:
        return False
    try:
        with small_disk(folder, 64):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def fill_the_disk(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Give a run too little room: from the start, or from when it has begun to read."""
    tally = Tally()
    for turn in range(rounds):
        kilobytes, begun = _LITTLE_KB[turn % len(_LITTLE_KB)], turn % 2 == 0

        def run_out(blob: str, kilobytes: int = kilobytes, begun: bool = begun) -> None:
            if not can_mount(ground.folder / "disk"):
                settings = {FILE_BYTES: str(kilobytes * 1024)}
                code = ground.start(blob, settings=settings).wait()
            elif begun:
                code = _fill_meanwhile(ground, blob, kilobytes)
            else:
                with small_disk(ground.folder / "disk", kilobytes) as disk:
                    code = ground.start(blob, settings={"TMPDIR": str(disk)}).wait()
            if code == 0:
                raise NeverHappened

        deliver_under(ground, tally, f"{kilobytes} kB of temporary storage", run_out)
        yield tally


def _fill_meanwhile(ground: Ground, blob: str, kilobytes: int) -> int | None:
    """Leave so much room once the instance reads its upload."""
    with small_disk(ground.folder / "disk", _ROOM_KB) as disk:

        def fill() -> None:
            spare = shutil.disk_usage(disk).free - kilobytes * 1024
            (disk / "of somebody else").write_bytes(bytes(spare))

        with ground.proxy.inject(Call("before", fill), "GET", f"/input/{blob}$", times=1) as rule:
            code = ground.start(blob, proxied=True, settings={"TMPDIR": str(disk)}).wait()
        assert rule.injected == 1, "the instance reads its upload"
        return code


def leave_folders(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Kill a run four times on one disk, then deliver on the same disk."""
    tally = Tally()
    for _ in range(rounds):

        def die_and_deliver(blob: str) -> None:
            with _shared_disk(ground) as disk:
                for _ in range(N_DEAD):
                    _die_while_publishing(ground, blob, disk)
                    ground.let_leases_lapse()
                code = ground.start(blob, settings={"TMPDIR": str(disk)}).wait()
                left = [path.name for path in disk.glob("credit-risk-run-*")]
            if code != 0 or left:
                tally.add("on the same disk", [f"exit code {code}, left behind: {left}"], times=0)

        deliver_under(ground, tally, f"{N_DEAD} dead runs on one disk", die_and_deliver)
        yield tally


@contextmanager
def _shared_disk(ground: Ground) -> Iterator[Path]:
    disk = ground.folder / "disk"
    disk.mkdir(exist_ok=True)
    with ExitStack() as stack:
        if can_mount(disk):
            stack.enter_context(small_disk(disk, _ROOM_KB))
        yield disk


def _die_while_publishing(ground: Ground, blob: str, disk: Path) -> None:
    started: list[Instance] = []

    def kill() -> None:
        started[0].kill()

    stored = r"/releases/\d{8}T"
    with ground.proxy.inject(Cut("before", kill), WRITES, stored, times=1) as rule:
        started.append(ground.start(blob, proxied=True, settings={"TMPDIR": str(disk)}))
        started[0].wait()
    assert rule.injected == 1, "the run comes to storing its release"


CAMPAIGNS = (
    Campaign(
        "disks",
        "temporary storage is too small for a run",
        "the run is tried again and published where there is room",
        5,
        fill_the_disk,
    ),
    Campaign(
        "folders",
        "a run that is killed four times leaves its folders on one small disk",
        "the next try removes them and is published",
        2,
        leave_folders,
    ),
)
