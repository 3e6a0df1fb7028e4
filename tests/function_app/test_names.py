"""The app's folder stands last on the worker's path: an installed package would hide ours."""

import sysconfig
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.paths import ROOT

OURS = ["function_app", "serving", "shared", "training"]


def test_only_the_apps_own_packages_are_deployed() -> None:
    deployed = {"__init__", "function_app", "serving", "shared", "training"}
    kept_out = (ROOT / ".funcignore").read_text().split()

    found = {one.stem for one in ROOT.glob("*.py")}
    found |= {one.parent.name for one in ROOT.glob("*/__init__.py")}

    assert {name for name in found if name not in kept_out and f"{name}/" not in kept_out} <= (
        deployed
    )


@pytest.mark.parametrize("name", OURS)
def test_no_installed_package_has_a_name_of_the_apps(name: str) -> None:
    places = {Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib", "stdlib")}

    assert name not in packages_distributions()
    for place in places:
        assert not [one for one in place.glob(f"{name}*") if one.name.split(".")[0] == name]
    spec = find_spec(name)
    assert spec
    assert Path(spec.origin or "").is_relative_to(ROOT)
