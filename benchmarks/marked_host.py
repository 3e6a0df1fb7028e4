"""The development host, which writes down when it begins to load the app.

Run as ``python -P marked_host.py host --port PORT`` in the app's folder. `LOADING_MARK` names the
file that gets two numbers: the seconds of the monotonic clock, and those of processor time so far.
"""

import os
import runpy
import sys
import time
from importlib.abc import MetaPathFinder
from pathlib import Path


class Mark(MetaPathFinder):
    """Finds no module; it is asked first, so it learns when the app is looked for."""

    def find_spec(self, fullname: str, *_: object) -> None:
        """Write the time down when the app is looked for."""
        if fullname == "function_app":
            # The list that is being searched stays as it is.
            sys.meta_path = [finder for finder in sys.meta_path if finder is not self]
            mark = f"{time.perf_counter()} {time.process_time()}"
            Path(os.environ["LOADING_MARK"]).write_text(mark)


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))  # as `python -m devhost` does
    sys.meta_path.insert(0, Mark())
    runpy.run_module("devhost", run_name="__main__", alter_sys=True)
