"""What cannot fit into memory is rejected in words; what could, and what is unknown, is not."""

import re
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

from shared.errors import RejectedFileError
from tests.support.paths import ROOT
from tests.support.uploads import RUN_SETTINGS, drop, record_of
from training.retraining import retrain
from training.run_memory import MIB, memory_for, read_memory_limit, require_memory

NO_LIMIT_IN_V1 = 9223372036854771712


def make_system(
    root: Path, *, memory_mib: int = 16_384, swap_mib: int = 0, groups: str = "0::/\n"
) -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/meminfo").write_text(
        f"MemTotal:       {memory_mib * 1024} kB\nMemFree:  1 kB\nHugePages_Total:       0\n"
        f"SwapTotal:      {swap_mib * 1024} kB\n"
    )
    (root / "proc/self/cgroup").write_text(groups)
    return root


def limit_group(root: Path, file: str, content: object) -> None:
    path = root / "sys/fs/cgroup" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{content}\n")


def test_without_control_groups_the_machines_memory_is_the_limit(tmp_path: Path) -> None:
    assert read_memory_limit(make_system(tmp_path, memory_mib=2048)) == 2048 * MIB


@pytest.mark.parametrize("content", ["max", NO_LIMIT_IN_V1, "damaged", ""])
def test_a_group_without_a_limit_leaves_the_machines(tmp_path: Path, content: object) -> None:
    root = make_system(tmp_path, memory_mib=2048)
    limit_group(root, "memory.max", content)

    assert read_memory_limit(root) == 2048 * MIB


def test_the_smallest_group_around_the_process_counts(tmp_path: Path) -> None:
    root = make_system(tmp_path, groups="0::/app/worker\n")
    limit_group(root, "memory.max", "max")
    limit_group(root, "app/memory.max", 512 * MIB)
    limit_group(root, "app/worker/memory.max", 4096 * MIB)

    assert read_memory_limit(root) == 512 * MIB


def test_the_first_version_of_groups_is_read(tmp_path: Path) -> None:
    root = make_system(tmp_path, groups="5:cpu,cpuacct:/\n4:memory:/docker/0a1b\n")
    # In the container, the group of the machine is the root.
    limit_group(root, "memory/memory.limit_in_bytes", 512 * MIB)

    assert read_memory_limit(root) == 512 * MIB


def test_swap_counts_as_memory(tmp_path: Path) -> None:
    root = make_system(tmp_path, swap_mib=1024)
    limit_group(root, "memory.max", 512 * MIB)

    assert read_memory_limit(root) == 1536 * MIB


@pytest.mark.parametrize("meminfo", [None, "", "MemTotal: much\n", "MemTotal: 1 kB\n"])
def test_a_limit_that_is_not_told_is_none(tmp_path: Path, meminfo: str | None) -> None:
    if meminfo is not None:
        make_system(tmp_path)
        (tmp_path / "proc/meminfo").write_text(meminfo)

    assert read_memory_limit(tmp_path) is None
    require_memory(10**15, tmp_path)


def test_this_machine_tells_its_limit() -> None:
    limit = read_memory_limit()

    assert limit is not None
    assert 64 * MIB < limit < 2**50


def test_the_figure_is_not_above_what_was_measured() -> None:
    page = (ROOT / "docs/azure/limits.md").read_text(encoding="utf-8")
    measured = re.findall(
        r"\| [\d,]+ \| [\d,]+ \| ([\d,]+) MiB \| ([\d,]+) MiB \| [\d,]+ s \|", page
    )

    assert len(measured) == 2
    for raw, peak in measured:
        taken = memory_for(int(raw.replace(",", "")) * MIB) / MIB
        assert 0.9 < taken / int(peak.replace(",", "")) <= 1, "correct training/run_memory.py"


@pytest.mark.parametrize(("memory_mib", "fits"), [(512, 480), (4096, 5800)])
def test_what_could_fit_passes_and_what_cannot_is_rejected_in_words(
    tmp_path: Path, memory_mib: int, fits: int
) -> None:
    root = make_system(tmp_path)
    limit_group(root, "memory.max", memory_mib * MIB)

    require_memory(fits * MIB, root)
    with pytest.raises(RejectedFileError) as rejected:
        require_memory(fits * MIB * 5 // 4, root)

    (problem,) = rejected.value.problems
    assert f"memory of this instance, {memory_mib:,} MiB; a file of" in problem
    assert problem.endswith("train on a plan with more, or drop fewer loans.")


def test_a_file_that_cannot_fit_is_rejected_before_it_is_downloaded(
    inputs: ContainerClient,
    releases: ContainerClient,
    raw_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("training.run_memory.read_memory_limit", lambda _: 64 * MIB)
    upload = drop(inputs, raw_file.read_bytes())

    retrain(upload, releases, RUN_SETTINGS)
    # Delivered again, as after a crash: it has ended.
    retrain(upload, releases, RUN_SETTINGS)

    run = record_of(upload, releases)
    assert (run["state"], run["attempt"]) == ("rejected", 1)
    assert "memory of this instance, 64 MiB" in run["problems"][0]
    assert "sha256" not in run["source"]
