"""Cold starts in pairs."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.cold import MARKED_HOST, Used, share_host
from benchmarks.marked_host import Mark
from benchmarks.servers import APPS
from devhost.running_host import free_port
from tests.support.paths import ROOT


def test_both_starts_of_a_pair_count_with_the_mean_of_what_their_hosts_took() -> None:
    pairs = [(Used(0.5, 0.1), Used(0.75, 0.2)), (Used(1.0, 0.3), Used(0.5, 0.1))]

    least, ours = share_host(pairs)

    assert least == pytest.approx([0.625 + 0.1, 0.75 + 0.3])
    assert ours == pytest.approx([0.625 + 0.2, 0.75 + 0.1])


def test_the_mark_is_written_when_the_app_is_looked_for_and_no_earlier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "loading"
    mark = Mark()
    monkeypatch.setenv("LOADING_MARK", str(file))
    monkeypatch.setattr(sys, "meta_path", [mark, *sys.meta_path])

    mark.find_spec("serving", None)
    assert not file.exists()
    mark.find_spec("function_app", None)

    assert file.exists()
    assert mark not in sys.meta_path


@pytest.mark.emulator
def test_a_marked_host_starts_an_app_as_the_host_does(tmp_path: Path) -> None:
    app = tmp_path / "app"
    app.mkdir()
    (app / "host.json").write_text((APPS / "minimal" / "host.json").read_text())
    (app / "function_app.py").write_text(
        "import os, sys\nprint(sys.path, __name__, __file__, flush=True)\nos._exit(0)\n"
    )
    mark = tmp_path / "loading"
    settings = os.environ | {"PYTHONPATH": str(ROOT), "LOADING_MARK": str(mark)}

    before = time.perf_counter()
    printed = [
        subprocess.check_output(
            [sys.executable, *host, "host", "--port", str(free_port())],
            cwd=app,
            env=settings,
            text=True,
        )
        for host in (("-m", "devhost"), MARKED_HOST)
    ]

    assert "function_app.py" in printed[0]
    assert printed[0] == printed[1]
    loading, cpu_seconds = map(float, mark.read_text().split())
    assert before < loading < time.perf_counter()
    assert 0 < cpu_seconds < 60
