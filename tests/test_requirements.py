"""The compiled requirements are in step with the lists that they are compiled from."""

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.paths import ROOT

_NAMES = ["requirements", "requirements-dev", "requirements-infra"]
_PIN = re.compile(r"^(\S+)==(\S+)\n((?: +#.*\n)+)", re.MULTILINE)


def listed(name: str) -> dict[str, Requirement]:
    lines = (ROOT / f"{name}.in").read_text().splitlines()
    requirements = [Requirement(line) for line in lines if line and line[0] not in "#-"]
    return {canonicalize_name(one.name): one for one in requirements}


def compiled(name: str) -> dict[str, tuple[str, str]]:
    text = (ROOT / f"{name}.txt").read_text()
    return {canonicalize_name(pin): (version, via) for pin, version, via in _PIN.findall(text)}


@pytest.mark.parametrize("name", _NAMES)
def test_every_listed_package_is_compiled_and_no_other_is_said_to_be_listed(name: str) -> None:
    direct = {
        package
        for package, (_, via) in compiled(name).items()
        if re.search(rf"-r {re.escape(name)}\.in$", via, re.MULTILINE)
    }

    assert direct == set(listed(name))


@pytest.mark.parametrize("name", _NAMES)
def test_every_pin_is_one_that_the_list_allows(name: str) -> None:
    pins = compiled(name)

    for package, requirement in listed(name).items():
        assert requirement.specifier.contains(pins[package][0]), package


def test_development_runs_the_versions_that_are_deployed() -> None:
    deployed = {package: version for package, (version, _) in compiled("requirements").items()}
    developed = {package: version for package, (version, _) in compiled("requirements-dev").items()}

    assert deployed.items() <= developed.items()


@pytest.mark.parametrize("name", _NAMES)
def test_every_line_is_a_plain_pin_or_a_comment(name: str) -> None:
    text = (ROOT / f"{name}.txt").read_text()

    assert [line for line in _PIN.sub("", text).splitlines() if not line.startswith("#")] == []
