"""References that the compiler would reject: to unknown names, files, parameters and outputs."""

from collections.abc import Iterator
from pathlib import Path

from tree_sitter import Node

from infra.checks.bicep import BicepFile, Declaration, bodies, entries, text_of, walk

# Each binds names for what is below it.
_BINDERS = ("for_statement", "lambda_expression")
_LOOP_NAMES = ("loop_variable", "loop_enumerator")


def find_broken_references(file: BicepFile, others: dict[Path, BicepFile]) -> list[str]:
    """Find what refers to nothing, and what nothing refers to.

    Parameters
    ----------
    file : BicepFile
        The file to check.
    others : dict of Path to BicepFile
        All files, by resolved path.
    """
    used = set()
    problems = []
    for node, name in _references(file.root, frozenset()):
        used.add(name)
        if name not in file.symbols:
            problems.append(f"{_place(file, node)} refers to {name}, which is not declared.")
    problems += _unused(file, used)
    for module in file.modules.values():
        problems += _module_problems(file, module, others)
    problems += _output_problems(file, others)
    for resource in file.resources.values():
        problems += _parent_problems(file, resource)
    return problems


def find_wrong_parameters(values: BicepFile, template: BicepFile) -> list[str]:
    """Find what a parameters file gives and its template does not take, and what it lacks."""
    needed = {name for name, param in template.params.items() if param.value is None}
    given = set(values.variables)
    where = values.path.name
    return [
        *(f"{where} gives {name}, which is no parameter." for name in given - set(template.params)),
        *(f"{where} lacks {name}, which has no default." for name in needed - given),
    ]


def _references(node: Node, bound: frozenset[str]) -> Iterator[tuple[Node, str]]:
    """Go through the names in value positions that no loop and no lambda binds."""
    if node.type in _BINDERS:
        bound |= _bound_names(node)
    for child in node.named_children:
        if child.type == "identifier":
            if _is_value(node, child) and text_of(child) not in bound:
                yield child, text_of(child)
        elif child.type not in ("type", "decorators", "for_loop_parameters"):
            yield from _references(child, bound)


def _bound_names(binder: Node) -> frozenset[str]:
    names = {text_of(node) for node in walk(binder) if node.type in _LOOP_NAMES}
    first = binder.named_children[0]
    if first.type == "identifier":
        names.add(text_of(first))
    return frozenset(names)


def _is_value(parent: Node, identifier: Node) -> bool:
    """Whether an identifier stands for a value, rather than being declared, called or a key."""
    first = parent.named_children[0] == identifier
    if parent.type.endswith("_declaration") or parent.type == "call_expression":
        return not first
    return not (first and parent.type in ("object_property", *_BINDERS))


def _unused(file: BicepFile, used: set[str]) -> list[str]:
    existing = {name for name, resource in file.resources.items() if resource.existing}
    unused = ({*file.params, *file.variables} | existing) - used
    return [f"{file.path.name} declares {name} and does not use it." for name in sorted(unused)]


def _module_problems(
    file: BicepFile, module: Declaration, others: dict[Path, BicepFile]
) -> Iterator[str]:
    where = f"{file.path.name}, module {module.name}"
    target = others.get((file.path.parent / module.target).resolve())
    if target is None:
        yield f"{where}: there is no file {module.target}."
        return
    for body in bodies(module.value):
        params = entries(body).get("params")
        given = set(entries(params)) if params else set()
        needed = {name for name, param in target.params.items() if param.value is None}
        yield from (
            f"{where} gives {name}, which is no parameter."
            for name in sorted(given - set(target.params))
        )
        yield from (f"{where} lacks {name}." for name in sorted(needed - given))


def _output_problems(file: BicepFile, others: dict[Path, BicepFile]) -> Iterator[str]:
    for node in walk(file.root):
        parts = text_of(node).split(".")
        if node.type != "member_expression" or len(parts) != 3 or parts[1] != "outputs":
            continue
        module = file.modules.get(parts[0])
        target = others.get((file.path.parent / module.target).resolve()) if module else None
        if target is not None and parts[2] not in target.outputs:
            yield f"{_place(file, node)} reads {'.'.join(parts)}, which is no output."


def _parent_problems(file: BicepFile, resource: Declaration) -> Iterator[str]:
    resource_type = resource.target.partition("@")[0]
    for body in bodies(resource.value):
        parent = entries(body).get("parent")
        if parent is None:
            if resource_type.count("/") > 1 and "'" in text_of(entries(body)["name"])[:1]:
                yield f"{file.path.name}, resource {resource.name} has no parent."
            continue
        found = file.resources.get(text_of(parent).partition("[")[0])
        expected = resource_type.rpartition("/")[0]
        if found is None or found.target.partition("@")[0] != expected:
            yield f"{file.path.name}, resource {resource.name}: its parent is no {expected}."


def _place(file: BicepFile, node: Node) -> str:
    return f"{file.path.name}:{node.start_point.row + 1}"
