"""Look the pinned packages up among the known vulnerabilities, and say what was not looked up."""

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from devhost.errors import DevhostError

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
_PIP_AUDIT = (
    *(sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "--format", "json"),
    *("--progress-spinner", "off"),
)
_SHOWN_NAMES = 5


class _Vulnerability(msgspec.Struct):
    id: str
    fix_versions: list[str] = []


class _Package(msgspec.Struct):
    name: str
    version: str = ""
    vulns: list[_Vulnerability] | None = None


class _Report(msgspec.Struct):
    dependencies: list[_Package]


@dataclass(frozen=True, slots=True)
class Audit:
    """What is known of the pinned packages.

    Attributes
    ----------
    findings : list of str
        A line for each known vulnerability.
    unknown : list of str
        The packages that could not be looked up.
    n_packages : int
        All that are pinned.
    """

    findings: list[str]
    unknown: list[str]
    n_packages: int

    def __str__(self) -> str:
        """Say first what was not looked up: nothing found is then no good news."""
        lines = []
        if self.unknown:
            named = ", ".join(self.unknown[:_SHOWN_NAMES])
            more = ", ..." if len(self.unknown) > _SHOWN_NAMES else ""
            lines.append(
                f"{len(self.unknown)} of {self.n_packages} packages could not be audited"
                f" ({named}{more}): run this where the package index can be reached."
            )
        n_audited = self.n_packages - len(self.unknown)
        if n_audited:
            found = len(self.findings) or "none"
            lines.append(f"Known vulnerabilities in the {n_audited} packages audited: {found}.")
        return "\n".join([*lines, *(f"  - {one}" for one in self.findings)])


def audit(requirements: Path, program: Sequence[str] = _PIP_AUDIT) -> Audit:
    """Look every pinned package up.

    Parameters
    ----------
    requirements : Path
        The compiled list, a pin per line.
    program : sequence of str
        pip-audit and its options; the list is added.

    Raises
    ------
    DevhostError
        When the list pins nothing.
    """
    pinned = sorted(_canonical(name) for name, _ in _PIN.findall(requirements.read_text()))
    if not pinned:
        raise DevhostError(f"Expected pins in {requirements}, found none: run make requirements.")
    run = subprocess.run(
        [*program, "--requirement", str(requirements)], capture_output=True, text=True, check=False
    )
    try:
        packages = msgspec.json.decode(run.stdout, type=_Report).dependencies
    except msgspec.DecodeError:
        # It ends without a report where it cannot reach its data.
        print(run.stderr.strip()[-1000:], file=sys.stderr)
        packages = []
    return _judge(pinned, packages)


def _judge(pinned: list[str], packages: list[_Package]) -> Audit:
    audited = {_canonical(one.name) for one in packages if one.vulns is not None}
    findings = [
        f"{package.name} {package.version}: {found.id}, fixed in"
        f" {' or '.join(found.fix_versions) or 'no version yet'}"
        for package in packages
        for found in package.vulns or ()
    ]
    return Audit(findings, [name for name in pinned if name not in audited], len(pinned))


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
