"""A pickle that leaves a file where it is loaded: proof that planted code ran."""

import io
from collections.abc import Callable
from pathlib import Path

import joblib


class _Planted:
    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self._trace,)


def plant(trace: Path) -> bytes:
    """Make a pickle, written as a model is, that touches a file when it is loaded."""
    buffer = io.BytesIO()
    joblib.dump(_Planted(trace), buffer, compress=3)
    return buffer.getvalue()
