"""What docs/reliability.md names as a promise's tests is there."""

import re

import pytest

from tests.soak.catalogue import CAMPAIGNS
from tests.support.paths import ROOT

_ROWS = [
    line
    for line in (ROOT / "docs/reliability.md").read_text().partition("<!-- soak")[0].splitlines()
    if line.startswith("| ") and not line.startswith("| promise")
]
_TEST = re.compile(r"`([a-z_/]+\.py)(?:::(\w+))?`")
_CAMPAIGNS = re.compile(r"campaigns? ([a-z]+(?:, [a-z]+)*)")


@pytest.mark.parametrize("row", _ROWS)
def test_every_promise_has_a_mechanism_and_tests_that_exist(row: str) -> None:
    promise, mechanism, tests = (cell.strip() for cell in row.strip("|").split("|"))

    assert promise
    assert mechanism
    assert tests
    for path, name in _TEST.findall(tests):
        content = (ROOT / "tests" / path).read_text()
        assert f"def {name or 'test_'}" in content, f"{path} has no {name or 'tests'}"
    known = {campaign.name for campaign in CAMPAIGNS}
    named = {name for list_ in _CAMPAIGNS.findall(tests) for name in list_.split(", ")}
    assert named <= known
