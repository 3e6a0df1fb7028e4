"""The package's bill of materials: CycloneDX 1.6 as JSON, the same bytes for the same package."""

import json
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

_REQUIRED = re.compile(r"[A-Za-z0-9._-]+")


def describe_materials(site_packages: Path, build: str) -> bytes:
    """List the deployed libraries with versions, licences and what needs which.

    Parameters
    ----------
    site_packages : Path
        The deployed libraries.
    build : str
        Name of the build.
    """
    described = sorted(_read_metadata(site_packages), key=_name)
    names = {_name(one) for one in described}
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "credit-risk",
                "name": "credit-risk",
                "version": build,
            }
        },
        "components": [_component(one) for one in described],
        "dependencies": [
            {"ref": "credit-risk", "dependsOn": [_purl(one) for one in described]},
            *(_dependencies(one, described, names) for one in described),
        ],
    }
    content = json.dumps(document, sort_keys=True)
    document["serialNumber"] = f"urn:uuid:{uuid5(NAMESPACE_URL, content)}"
    return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()


def _read_metadata(site_packages: Path) -> Iterator[Message]:
    for path in site_packages.glob("*.dist-info/METADATA"):
        yield HeaderParser().parsestr(path.read_text(encoding="utf-8"))


def _name(described: Message) -> str:
    return re.sub(r"[-_.]+", "-", str(described["Name"])).lower()


def _purl(described: Message) -> str:
    return f"pkg:pypi/{_name(described)}@{described['Version']}"


def _component(described: Message) -> dict[str, Any]:
    component = {
        "type": "library",
        "bom-ref": _purl(described),
        "name": _name(described),
        "version": described["Version"],
        "purl": _purl(described),
    }
    if expression := described["License-Expression"]:
        component["licenses"] = [{"expression": expression}]
    elif said := (described["License"] or "").strip():
        component["licenses"] = [{"license": {"name": said.splitlines()[0]}}]
    return component


def _dependencies(described: Message, everything: list[Message], names: set[str]) -> dict[str, Any]:
    required = set()
    for line in described.get_all("Requires-Dist") or []:
        found = _REQUIRED.match(line)
        if found and "extra ==" not in line:
            required.add(re.sub(r"[-_.]+", "-", found[0]).lower())
    needed = required & names
    return {
        "ref": _purl(described),
        "dependsOn": [_purl(one) for one in everything if _name(one) in needed],
    }
