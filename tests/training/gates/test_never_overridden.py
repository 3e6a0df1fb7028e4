"""The gates that no person may override are gates that every release goes through."""

from pathlib import Path

from shared.release.decisions import NEVER_OVERRIDDEN
from tests.support.stored_releases import read_manifest


def test_every_gate_that_is_never_overridden_judges_a_release(release: Path) -> None:
    names = {gate.name for gate in read_manifest(release).gates}

    assert names >= NEVER_OVERRIDDEN, "a gate under another name could be overridden"
