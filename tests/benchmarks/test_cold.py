"""Cold starts in pairs."""

import sys
import time
from pathlib import Path

import pytest

from benchmarks.cold import Used, share_host
from benchmarks.marked_host import Mark


def test_both_starts_of_a_pair_count_with_the_mean_of_what_their_hosts_took() -> None:
    pairs = [(Used(0.5, 0.1), Used(0.75, 0.2)), (Used(1.0, 0.3), Used(0.5, 0.1))]

    least, ours = share_host(pairs)

    assert least == pytest.approx([0.625 + 0.1, 0.75 + 0.3])
    assert ours == pytest.approx([0.625 + 0.2, 0.75 + 0.1])


def test_the_host_writes_down_when_the_app_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "loading"
    mark = Mark()
    monkeypatch.setenv("LOADING_MARK", str(file))
    monkeypatch.setattr(sys, "meta_path", [mark, *sys.meta_path])

    mark.find_spec("serving", None)
    assert not file.exists()

    before = time.perf_counter(), time.process_time()
    mark.find_spec("function_app", None)
    after = time.perf_counter(), time.process_time()

    written = map(float, file.read_text().split())
    assert all(a <= b <= c for a, b, c in zip(before, written, after, strict=True))
    assert mark not in sys.meta_path
