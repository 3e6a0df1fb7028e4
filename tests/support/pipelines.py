"""What the schema of Azure Pipelines lets pass, though no run of it could succeed."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

type Document = Mapping[str, Any]

_SCRIPT = re.compile(r"infra/scripts/[\w-]+\.sh")
_BOOLEANS = {"isFlexConsumption", "failTaskOnFailedTests", "allowFailedBuilds"}


def read_pipeline(path: Path) -> dict[str, Any]:
    """Read a pipeline or a template."""
    document: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return document


def find_problems(document: Document, folder: Path, project: Path) -> list[str]:
    """Find what a pipeline or template refers to in vain, and inputs of the wrong type.

    Parameters
    ----------
    document : mapping
        The pipeline or template.
    folder : pathlib.Path
        Its folder, from which its templates are named.
    project : pathlib.Path
        The folder in which its scripts run.
    """
    return [
        *_dangling(document.get("stages", []), "stage"),
        *_dangling(document.get("jobs", []), "job"),
        *(problem for part in _parts(document) for problem in _part_problems(part, folder)),
        *_missing_scripts(document, project),
        *_undeclared_parameters(document),
    ]


def _parts(value: Any) -> Iterator[Document]:
    """Go through all mappings of a document."""
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from _parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _parts(inner)


def _dangling(entries: list[Document], kind: str) -> Iterator[str]:
    names = {entry[kind] for entry in entries if kind in entry}
    for entry in entries:
        needed = entry.get("dependsOn", [])
        for name in [needed] if isinstance(needed, str) else needed:
            if name not in names:
                yield f"{kind} {entry.get(kind)} depends on {name}, which is no {kind}."


def _part_problems(part: Document, folder: Path) -> Iterator[str]:
    if "template" in part:
        yield from _template_problems(part, folder)
    for name, value in (part.get("inputs") or {}).items():
        if name in _BOOLEANS and not isinstance(value, bool):
            yield f"{part['task']}: {name} must be an unquoted boolean, not {value!r}."
    if "vmImage" not in part.get("pool", {"vmImage": ""}):
        yield f"The pool {part['pool']} names no vmImage."


def _template_problems(part: Document, folder: Path) -> Iterator[str]:
    path = folder / part["template"]
    if not path.is_file():
        yield f"There is no template {part['template']}."
        return
    declared = {one["name"]: one for one in read_pipeline(path).get("parameters", [])}
    given = set(part.get("parameters", {}))
    for name in given - set(declared):
        yield f"{part['template']} has no parameter {name}."
    for name, parameter in declared.items():
        if name not in given and "default" not in parameter:
            yield f"{part['template']} needs the parameter {name}."
        allowed = parameter.get("values")
        value = part.get("parameters", {}).get(name)
        if allowed and value not in allowed and "${{" not in str(value):
            yield f"{part['template']}: {name} must be one of {allowed}, not {value!r}."


def _missing_scripts(document: Document, project: Path) -> Iterator[str]:
    for script in sorted(set(_SCRIPT.findall(str(document)))):
        path = project / script
        if not path.is_file() or not path.stat().st_mode & 0o100:
            yield f"{script} is missing or cannot be executed."


def _undeclared_parameters(document: Document) -> Iterator[str]:
    declared = {one["name"] for one in document.get("parameters", []) if isinstance(one, Mapping)}
    for name in sorted(set(re.findall(r"parameters\.(\w+)", str(document))) - declared):
        yield f"The parameter {name} is used and not declared."
