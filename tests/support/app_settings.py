"""The settings that the code of each function app reads, found in its sources."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.support.paths import ROOT

_NAME = re.compile(r"[A-Z][A-Z0-9_]{2,}")
_OURS = ("shared", "serving", "training")
# What reads settings for others: who calls which of its functions decides.
_READERS = ("shared.settings", "shared.setting_values", "shared.storage_limits")
# The one route that the training app answers, health, names the build and looks no further.
_READ_FOR_ROUTES = {"serving": set[str](), "training": {"read_build"}}


def settings_in(nodes: Sequence[ast.AST], constants: dict[str, str]) -> set[str]:
    """Find the settings that are read: named in a call or index beside an environment."""
    found = set()
    for node in (part for root in nodes for part in ast.walk(root)):
        if not isinstance(node, ast.Call | ast.Subscript) or _sets_a_default(node):
            continue
        reads = any(
            (isinstance(part, ast.Name) and part.id == "environment")
            or (isinstance(part, ast.Attribute) and part.attr == "environ")
            for part in ast.walk(node)
        )
        names = {_text(part, constants) for part in ast.walk(node)}
        found |= {name for name in names if reads and _NAME.fullmatch(name)}
    return found


def settings_in_python(source: str) -> set[str]:
    """Find the settings that a whole module reads."""
    tree = ast.parse(source)
    return settings_in([tree], _constants(tree))


def settings_in_code() -> set[str]:
    """Find the settings that any module of the app reads."""
    paths = [ROOT / "function_app.py", *(path for one in _OURS for path in _modules(one))]
    return set().union(*(settings_in_python(path.read_text("utf-8")) for path in paths))


def settings_of(app: str) -> set[str]:
    """Find the settings that one function app reads: `serving` or `training`.

    Notes
    -----
    Its entry points are the functions of `function_app.py` that it runs, and what these import,
    however deep. A field of the settings that none of it uses is not read.
    """
    tree = ast.parse((ROOT / "function_app.py").read_text("utf-8"))
    entry = _entry_points(tree, app)
    modules = _reachable(_imports_for(tree, entry))
    sources = [ast.parse(_path_of(name).read_text("utf-8")) for name in sorted(modules)]
    parts = [*entry, *sources]
    found = settings_in(entry, _constants(tree))
    for source in sources:
        found |= settings_in([source], _constants(source))
    words = {part.id for root in parts for part in ast.walk(root) if isinstance(part, ast.Name)}
    words |= _READ_FOR_ROUTES[app]
    fields = {
        part.attr for root in parts for part in ast.walk(root) if isinstance(part, ast.Attribute)
    }
    return found | _read_for(words, fields)


def functions_of(kind: str) -> set[str]:
    """Name the functions of `function_app.py` that `app` or `TRAINING` registers."""
    tree = ast.parse((ROOT / "function_app.py").read_text("utf-8"))
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _registered_by(node) == kind
    }


def _entry_points(tree: ast.Module, app: str) -> list[ast.stmt]:
    if app == "training":
        return [node for node in tree.body if _registered_by(node) == "TRAINING"]
    return [node for node in tree.body if _registered_by(node) != "TRAINING"]


def _imports_for(tree: ast.Module, entry: list[ast.stmt]) -> set[str]:
    """Name the modules that hold what the entry points use, and those that they import."""
    words = {part.id for node in entry for part in ast.walk(node) if isinstance(part, ast.Name)}
    taken = {
        node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and any(one.name in words for one in node.names)
    }
    inner = {name for node in entry for name in _imported(node)}
    return {name for name in {*taken, *inner} if name and _is_ours(name)}


def _reachable(start: set[str]) -> set[str]:
    found: set[str] = set()
    waiting = sorted(start)
    while waiting:
        name = waiting.pop()
        if name in found or name in _READERS:
            continue
        found.add(name)
        tree = ast.parse(_path_of(name).read_text("utf-8"))
        waiting += [one for one in _imported(tree) if _is_ours(one)]
    return found


def _imported(root: ast.AST) -> Iterator[str]:
    for node in ast.walk(root):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in _OURS and _path_of(name).is_file()


def _path_of(name: str) -> Path:
    return ROOT.joinpath(*name.split(".")).with_suffix(".py")


def _modules(folder: str) -> Iterator[Path]:
    yield from (ROOT / folder).rglob("*.py")


def _read_for(words: set[str], fields: set[str]) -> set[str]:
    """Find what the reading functions that are called read, for fields that are used."""
    functions: dict[str, ast.FunctionDef] = {}
    constants: dict[str, str] = {}
    for name in _READERS:
        tree = ast.parse(_path_of(name).read_text("utf-8"))
        constants |= _constants(tree)
        functions |= {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)}
    found: set[str] = set()
    waiting = [name for name in words if name in functions]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        parts = [*_used_parts(functions[name], fields)]
        found |= settings_in(parts, constants)
        called = {part.id for one in parts for part in ast.walk(one) if isinstance(part, ast.Name)}
        waiting += [one for one in called if one in functions]
    return found


def _used_parts(function: ast.FunctionDef, fields: set[str]) -> Iterator[ast.AST]:
    """Leave out of a made `Settings` the fields that nobody uses."""
    for node in function.body:
        made = node.value if isinstance(node, ast.Return) else None
        if isinstance(made, ast.Call) and ast.unparse(made.func) == "Settings":
            yield from (word.value for word in made.keywords if word.arg in fields)
        else:
            yield node


def _registered_by(node: ast.AST) -> str | None:
    """Name what registers a function by its decorator: `app`, `TRAINING` or nothing."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else None
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            return called.value.id
    return None


def _constants(tree: ast.Module) -> dict[str, str]:
    """Read the texts that a module has given names."""
    return {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def _text(node: ast.AST, constants: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return constants.get(node.id, "")
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _sets_a_default(node: ast.expr) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr == "setdefault"
