"""The bill of materials of a package."""

import json
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools.bill_of_materials import describe_materials


def install(site_packages: Path, name: str, version: str, *lines: str) -> None:
    folder = site_packages / f"{name}-{version}.dist-info"
    folder.mkdir(parents=True)
    head = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *lines]
    (folder / "METADATA").write_text("\n".join(head) + "\n\nA description.\n")


def test_every_library_is_listed_with_what_it_needs_and_its_licence(tmp_path: Path) -> None:
    needs = ("Requires-Dist: Type_Ext>=4", 'Requires-Dist: other; extra == "more"')
    install(tmp_path, "azure-core", "1.41.0", "License-Expression: MIT", *needs)
    install(tmp_path, "type.ext", "4.16", "License: PSF\n        and more text")

    bill = json.loads(describe_materials(tmp_path, "b42"))

    listed = {one["purl"]: one.get("licenses") for one in bill["components"]}
    assert listed == {
        "pkg:pypi/azure-core@1.41.0": [{"expression": "MIT"}],
        "pkg:pypi/type-ext@4.16": [{"license": {"name": "PSF"}}],
    }
    needed = {one["ref"]: one["dependsOn"] for one in bill["dependencies"]}
    assert needed["pkg:pypi/azure-core@1.41.0"] == ["pkg:pypi/type-ext@4.16"]
    assert bill["metadata"]["component"]["version"] == "b42"


def test_it_is_valid_cyclonedx(tmp_path: Path) -> None:
    install(tmp_path, "azure-core", "1.41.0", "License-Expression: MIT")
    install(tmp_path, "odd", "1", "License: Something of their own")

    bill = describe_materials(tmp_path, "b42").decode()

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None


def test_the_same_libraries_give_the_same_bytes(tmp_path: Path) -> None:
    install(tmp_path, "azure-core", "1.41.0")

    assert describe_materials(tmp_path, "b42") == describe_materials(tmp_path, "b42")
    assert describe_materials(tmp_path, "b42") != describe_materials(tmp_path, "b43")
