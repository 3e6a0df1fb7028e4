"""Compare the properties of resources with what their resource providers know."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from tree_sitter import Node

from infra.checks.bicep import BicepFile, bodies, entries, text_of

# Of every resource: they belong to Bicep or to the envelope, not to a provider's model.
_ENVELOPE = frozenset(
    {"name", "parent", "scope", "dependsOn", "location", "tags", "kind", "sku", "identity", "zones"}
)


class Model(Protocol):
    """What a provider knows of an object."""

    def properties(self) -> Mapping[str, "Model | None"] | None:
        """Return the object's properties by name; None where any name is allowed."""


def find_unknown_properties(file: BicepFile, models: Mapping[str, Model]) -> list[str]:
    """Find properties that no provider knows.

    Parameters
    ----------
    file : BicepFile
        The file to check.
    models : mapping of str to Model
        The model of each resource type.
    """
    problems = []
    for resource in file.resources.values():
        if resource.existing:
            continue
        resource_type = resource.target.partition("@")[0]
        model = models.get(resource_type)
        if model is None:
            problems.append(f"{file.path.name}: there is no model of {resource_type}.")
            continue
        for body in bodies(resource.value):
            own = {key: value for key, value in entries(body).items() if key not in _ENVELOPE}
            problems += _check_entries(file, own, model, resource.name)
    return problems


def _check_entries(
    file: BicepFile, values: Mapping[str, Node], model: Model, where: str
) -> Iterator[str]:
    known = model.properties()
    if known is None:
        return
    for key, value in values.items():
        if key not in known:
            yield f"{file.path.name}: {where} has no property {key}."
        elif (inner := known[key]) is not None:
            yield from _check_value(file, value, inner, f"{where}.{key}")


def _check_value(file: BicepFile, value: Node, model: Model, where: str) -> Iterator[str]:
    if value.type == "object":
        yield from _check_entries(file, entries(value), model, where)
    elif value.type == "array":
        for item in value.named_children:
            yield from _check_value(file, item, model, where)
    elif value.type in ("for_statement", "if_statement"):
        yield from _check_value(file, value.named_children[-1], model, where)
    elif value.type == "ternary_expression":
        for branch in value.named_children[1:]:
            yield from _check_value(file, branch, model, where)
    elif value.type == "identifier":
        variable = file.variables.get(text_of(value))
        if variable is not None and variable.value is not None:
            yield from _check_value(file, variable.value, model, where)
