"""`azd up` gets the packages that are tested, with their bytecode, and the events afterwards."""

import json
import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.support.paths import ROOT
from tools.build_package import PACKAGES

PACKAGE_OF = {"serving": "serving", "training": "app"}


def project() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(
        (ROOT / "azure.yaml").read_text("utf-8")
    )
    return found


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = project()["services"]
    return found


def test_both_packages_are_deployed_and_the_one_that_reads_releases_first() -> None:
    assert {PACKAGE_OF[name] for name in services()} == set(PACKAGES)
    # Where no service says what it uses, azd chooses the order.
    assert services()["training"]["uses"] == ["serving"]
    assert "uses" not in services()["serving"]


def test_an_azd_that_would_build_in_azure_all_the_same_is_refused() -> None:
    # The first version that reads remoteBuild for a function app; others ignore it.
    assert project()["requiredVersions"] == {"azd": ">= 1.23.5"}


@pytest.mark.parametrize("name", PACKAGE_OF)
def test_nothing_is_built_in_azure(name: str) -> None:
    script = services()[name]["hooks"]["prepackage"]["run"]
    option = "" if name == "training" else f" --package {PACKAGE_OF[name]}"

    assert services()[name]["remoteBuild"] is False
    assert f"python -m tools.build_package{option}\n" in script


@pytest.mark.parametrize("name", PACKAGE_OF)
def test_the_built_folder_is_deployed_with_an_ignore_file_that_keeps_bytecode(name: str) -> None:
    service = services()[name]

    assert service["dist"] == f"dist/{PACKAGE_OF[name]}"
    assert f"> {service['dist']}/.funcignore" in service["hooks"]["prepackage"]["run"]


def test_the_events_follow_the_code_of_the_app_that_trains() -> None:
    script = services()["training"]["hooks"]["postdeploy"]["run"]

    assert "postdeploy" not in services()["serving"]["hooks"]
    assert script == "infra/scripts/deploy-events.sh"
    needed = set(re.findall(r"\$\{(AZURE_\w+):\?\}", (ROOT / script).read_text("utf-8")))
    outputs = set(re.findall(r"^output (\w+)", _main(), re.MULTILINE))
    assert "AZURE_TRAINING_APP_NAME" in needed
    assert needed <= outputs


@pytest.mark.parametrize("name", PACKAGE_OF)
def test_the_site_of_each_service_is_the_one_that_azd_looks_for(name: str) -> None:
    site = (ROOT / "infra" / "site.bicep").read_text("utf-8")

    assert "{ 'azd-service-name': role }" in site
    assert f"role: '{name}'" in (ROOT / "infra" / f"{name}.bicep").read_text("utf-8")


def test_azd_gives_every_parameter_that_has_no_default() -> None:
    given = json.loads((ROOT / "infra" / "main.parameters.json").read_text("utf-8"))["parameters"]
    needed = set(re.findall(r"^param (\w+) \w+$", _main(), re.MULTILINE))
    declared = set(re.findall(r"^param (\w+) ", _main(), re.MULTILINE))

    assert needed <= set(given) <= declared


def _main() -> str:
    return (ROOT / "infra" / "main.bicep").read_text("utf-8")
