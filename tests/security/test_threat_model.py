"""The threat model names tests that exist."""

import re

from tests.support.paths import ROOT


def test_every_promise_names_a_test_that_exists() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = text.partition("## How it is held")[2].partition("\n## ")[0].splitlines()
    promises = [row.split("|")[-2] for row in rows if row.startswith("| ")][1:]

    assert len(promises) > 10
    for cell in promises:
        named = re.findall(r"`([^`]+)`", cell)
        assert named, cell
        for name in named:
            assert name == "make lint" or (ROOT / "tests" / name).is_file(), name
