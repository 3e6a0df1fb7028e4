"""`azd up` gets the package that is tested, with its bytecode, and the events afterwards."""

import json
import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.support.paths import ROOT


@pytest.fixture
def service() -> dict[str, Any]:
    document = YAML(typ="safe", pure=True).load((ROOT / "azure.yaml").read_text("utf-8"))
    service: dict[str, Any] = document["services"]["app"]
    return service


def test_nothing_is_built_in_azure(service: dict[str, Any]) -> None:
    assert service["remoteBuild"] is False
    assert "python -m tools.build_package" in service["hooks"]["prepackage"]["run"]


def test_the_built_folder_is_deployed_with_an_ignore_file_that_keeps_bytecode(
    service: dict[str, Any],
) -> None:
    assert service["dist"] == "dist/app"
    assert f"> {service['dist']}/.funcignore" in service["hooks"]["prepackage"]["run"]


def test_the_events_follow_the_code(service: dict[str, Any]) -> None:
    script = service["hooks"]["postdeploy"]["run"]

    assert script == "infra/scripts/deploy-events.sh"
    needed = set(re.findall(r"\$\{(AZURE_\w+):\?\}", (ROOT / script).read_text("utf-8")))
    outputs = set(re.findall(r"^output (\w+)", _main(), re.MULTILINE))
    assert needed
    assert needed <= outputs


def test_the_site_is_the_one_that_azd_looks_for() -> None:
    site = (ROOT / "infra" / "app.bicep").read_text("utf-8")

    assert "'azd-service-name': 'app'" in site


def test_azd_gives_every_parameter_that_has_no_default() -> None:
    given = json.loads((ROOT / "infra" / "main.parameters.json").read_text("utf-8"))["parameters"]
    needed = set(re.findall(r"^param (\w+) \w+$", _main(), re.MULTILINE))
    declared = set(re.findall(r"^param (\w+) ", _main(), re.MULTILINE))

    assert needed <= set(given) <= declared


def _main() -> str:
    return (ROOT / "infra" / "main.bicep").read_text("utf-8")
