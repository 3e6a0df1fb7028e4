"""A Bicep file as its declarations and the syntax trees of their values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

_PARSER = Parser(Language(tree_sitter_bicep.language()))
_USING = re.compile(r"^using\s+'([^']+)'", re.MULTILINE)
_ASSIGNED_PARAM = re.compile(r"^param(\s+\w+\s*=)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A parameter, variable, resource, module or output.

    Attributes
    ----------
    name : str
        Its symbol.
    target : str
        Type and API version of a resource, file of a module; empty for the others.
    value : Node or None
        The tree of its value; None for a parameter without a default.
    existing : bool
        Whether a resource is only referred to.
    """

    name: str
    target: str
    value: Node | None
    existing: bool = False


@dataclass(frozen=True, slots=True)
class BicepFile:
    """The declarations of one file, by kind and name."""

    path: Path
    root: Node
    params: dict[str, Declaration] = field(default_factory=dict)
    variables: dict[str, Declaration] = field(default_factory=dict)
    resources: dict[str, Declaration] = field(default_factory=dict)
    modules: dict[str, Declaration] = field(default_factory=dict)
    outputs: dict[str, Declaration] = field(default_factory=dict)

    @property
    def symbols(self) -> set[str]:
        """The names that values may refer to."""
        return {*self.params, *self.variables, *self.resources, *self.modules}


def read_bicep(path: Path) -> BicepFile:
    """Read a Bicep file."""
    return parse_bicep(path, path.read_text(encoding="utf-8"))


def parse_bicep(path: Path, text: str) -> BicepFile:
    """Parse the text of a Bicep file.

    Raises
    ------
    ValueError
        When the text is not Bicep; the message names the line.
    """
    root = _PARSER.parse(text.encode()).root_node
    if root.has_error:
        broken = next(node for node in walk(root) if node.is_error or node.is_missing)
        raise ValueError(f"{path.name}:{broken.start_point.row + 1} is not Bicep.")
    file = BicepFile(path, root)
    kinds = {
        "parameter_declaration": file.params,
        "variable_declaration": file.variables,
        "resource_declaration": file.resources,
        "module_declaration": file.modules,
        "output_declaration": file.outputs,
    }
    for node in root.named_children:
        if node.type in kinds:
            declared = _declare(node)
            kinds[node.type][declared.name] = declared
    return file


def read_parameters(path: Path) -> tuple[Path, BicepFile]:
    """Read a parameters file: the template that it is for, and its values as variables.

    Raises
    ------
    ValueError
        When it names no template, or is not Bicep.
    """
    text = path.read_text(encoding="utf-8")
    using = _USING.search(text)
    if using is None:
        raise ValueError(f"{path.name} names no template: start it with `using '...'`.")
    # The grammar knows no assigned parameters; they are written as variables are.
    as_variables = _ASSIGNED_PARAM.sub(r"var\1", _USING.sub("", text))
    return (path.parent / using.group(1)).resolve(), parse_bicep(path, as_variables)


def walk(node: Node) -> Iterator[Node]:
    """Go through a tree, parents first."""
    yield node
    for child in node.children:
        yield from walk(child)


def bodies(value: Node | None) -> list[Node]:
    """Return the objects that a declaration may have as its body, behind conditions and loops."""
    if value is None:
        return []
    if value.type == "object":
        return [value]
    if value.type in ("if_statement", "for_statement"):
        return bodies(value.named_children[-1])
    return []


def entries(body: Node) -> dict[str, Node]:
    """Return the values of an object by their keys."""
    found = {}
    for child in body.named_children:
        if child.type == "object_property":
            key, value = (part for part in child.named_children if part.type != "comment")
            found[literal(key) or text_of(key)] = value
    return found


def literal(node: Node | None) -> str | None:
    """Return the text of a string without interpolation, None for anything else."""
    if node is None or node.type != "string":
        return None
    if any(child.type == "interpolation" for child in node.named_children):
        return None
    return "".join(text_of(child) for child in node.named_children)


def text_of(node: Node) -> str:
    """Return a node's text."""
    return (node.text or b"").decode()


def _declare(node: Node) -> Declaration:
    parts = [part for part in node.named_children if part.type not in ("comment", "decorators")]
    name = text_of(parts[0])
    if node.type == "variable_declaration":
        return Declaration(name, "", parts[1])
    if node.type == "parameter_declaration":
        return Declaration(name, "", parts[2] if len(parts) > 2 else None)
    if node.type == "output_declaration":
        return Declaration(name, "", parts[-1])
    existing = any(child.type == "existing" for child in node.children)
    return Declaration(name, literal(parts[1]) or "", parts[-1], existing)
