"""What the parts of the benchmark measure on, made when a part first asks for it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from math import ceil
from pathlib import Path

from benchmarks.generated_file import SEED, TEN_TIMES, generate
from benchmarks.processes import run_module
from benchmarks.serving import Served, publish
from benchmarks.whole_run import run_ours
from devhost.storage.emulator import run_emulator
from shared.release.manifest import load_manifest


class Inputs:
    """Generated files, and what the reference and ours make of one.

    Parameters
    ----------
    n_users : int
        Of the generated file.
    folder : Path
        Everything but the generated files is made here.
    opened : ExitStack
        Closes what is still running in the end.
    quick : bool
        Whether measurements are repeated a third as often.
    """

    def __init__(
        self, n_users: int, folder: Path, opened: ExitStack, *, quick: bool = False
    ) -> None:
        self._n_users = n_users
        self._folder = folder
        self._opened = opened
        self._quick = quick

    @cached_property
    def csv(self) -> Path:
        """The raw file."""
        return generate(self._n_users)

    @cached_property
    def ten_times(self) -> Path:
        """A raw file of ten times the users."""
        return generate(TEN_TIMES * self._n_users)

    @cached_property
    def reference(self) -> Path:
        """The directory of the reference's table and model."""
        folder = self.new_folder("reference")
        run_module("benchmarks.reference.recipe", self.csv, folder)
        return folder

    @cached_property
    def release(self) -> Path:
        """A release that this code made."""
        folder = self._folder / "release"
        run_ours(self.csv, folder)
        return folder

    @cached_property
    def served(self) -> Served:
        """The release in a storage account of its own."""
        emulator = self._opened.enter_context(run_emulator())
        return publish(self.release, emulator.connection_string)

    def describe(self) -> str:
        """Say what is in the file."""
        counts = load_manifest(self.release).counts
        return f"{counts.loans:,} loans of {counts.users:,} users, seed {SEED}"

    def rounds(self, usual: int) -> int:
        """Return how often something is measured that usually is measured so often."""
        return ceil(usual / 3) if self._quick else usual

    def new_folder(self, name: str) -> Path:
        """Make an empty directory; what was made before under this name is removed."""
        self.remove(name)
        folder = self._folder / name
        folder.mkdir()
        return folder

    def remove(self, name: str) -> None:
        """Remove a directory, if it is there."""
        shutil.rmtree(self._folder / name, ignore_errors=True)


@contextmanager
def open_inputs(n_users: int, *, quick: bool = False) -> Iterator[Inputs]:
    """Give the inputs of a generated file of so many users until the block exits."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        yield Inputs(n_users, Path(folder), opened, quick=quick)
