"""What the audit of packages says, above all of those that it could not look up."""

import json
import sys
from pathlib import Path

import pytest

from devhost.errors import DevhostError
from devhost.vulnerabilities import audit

_FOUND = {"id": "PYSEC-2026-1", "fix_versions": ["2.0", "1.4.1"]}


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text("# a comment\nOne==1.0\n    # via x\ntwo==1.4\nthree==3.0\n")
    return path


def printing(text: str) -> list[str]:
    """Make a program that prints a text and ignores its arguments."""
    return [sys.executable, "-c", f"print({text!r})"]


def reporting(*packages: dict[str, object]) -> list[str]:
    return printing(json.dumps({"dependencies": packages, "fixes": []}))


def test_a_vulnerability_is_named_with_the_version_that_fixes_it(requirements: Path) -> None:
    found = audit(
        requirements,
        reporting(
            {"name": "one", "version": "1.0", "vulns": []},
            {"name": "two", "version": "1.4", "vulns": [_FOUND]},
            {"name": "three", "version": "3.0", "vulns": []},
        ),
    )

    assert found.findings == ["two 1.4: PYSEC-2026-1, fixed in 2.0 or 1.4.1"]
    assert str(found).startswith("Known vulnerabilities in the 3 packages audited: 1.\n")


def test_packages_that_could_not_be_looked_up_are_counted_first(requirements: Path) -> None:
    found = audit(
        requirements,
        reporting(
            {"name": "one", "skip_reason": "Dependency not found on PyPI"},
            {"name": "two", "version": "1.4", "vulns": []},
        ),
    )

    assert found.unknown == ["one", "three"]
    assert str(found).startswith("2 of 3 packages could not be audited (one, three)")


@pytest.mark.parametrize("output", ["", "No known vulnerabilities found", "{}"])
def test_an_audit_without_a_report_audits_nothing(requirements: Path, output: str) -> None:
    found = audit(requirements, printing(output))

    assert str(found).startswith("3 of 3 packages could not be audited")
    assert "none" not in str(found)


def test_a_list_without_a_pin_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text("one>=1\n")

    with pytest.raises(DevhostError, match="found none"):
        audit(path, reporting())
