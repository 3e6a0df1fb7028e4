"""What may run code or open a file from outside, found in the source of what is deployed."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.support.paths import ROOT

_DEPLOYED = ("function_app.py", "shared", "serving", "training")

_MODULES = {"_pickle", "cloudpickle", "code", "ctypes", "dill", "marshal", "pickle", "runpy"} | {
    "multiprocessing",
    "shelve",
    "subprocess",
    "yaml",
}
"""Modules that run code or programs, or load objects that do."""

_CALLS = {
    *("joblib.load", "numpy.load", "pandas.read_pickle", "sqlite3.connect"),
    *("eval", "exec", "compile", "__import__", "importlib.import_module", "os.system", "os.popen"),
    "training.model.stored_model.load_model",
}

_METHODS = {"enable_load_extension", "read_pickle", "to_pickle"}

_ALLOWED = {
    # Checks the digest of the very bytes that it loads; see its tests.
    "training/model/stored_model.py": {"joblib.load"},
    # Passes the digest of a manifest whose own digest is the pointer's.
    "training/champion_store.py": {"training.model.stored_model.load_model"},
    # Reads back the model that the same run has just written, in a folder of its own.
    "training/release/scoring.py": {"joblib.load"},
    # Opened read-only and after the digest was checked; SQLite runs nothing from a table.
    "shared/release/serving_table.py": {"sqlite3.connect"},
    "shared/release/comparison.py": {"sqlite3.connect"},
    # A second process of the same run, by the same code, over a pipe that only the two hold.
    "training/dataset_process.py": {"multiprocessing"},
    "training/dataset_service.py": {"multiprocessing"},
    "training/column_messages.py": {"multiprocessing", "pickle"},
    # Calls two functions of the C library that the process already holds, with constants.
    "training/freed_memory.py": {"ctypes"},
}


def test_only_the_listed_modules_unpickle_run_code_or_open_a_database() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for path in _deployed_sources():
        for name in _find_suspicious(ast.parse(path.read_text(encoding="utf-8"))):
            found[path.relative_to(ROOT).as_posix()].add(name)

    assert found == _ALLOWED


def test_suspicious_calls_and_imports_are_found_however_they_are_written() -> None:
    source = """
import pickle as p
from joblib import load as read
from subprocess import run
import joblib as j
import numpy as np
read("x"); j.load("x"); eval("1"); np.load("x"); re.compile("x"); json.load("x")
connection.enable_load_extension(True)
"""

    assert sorted(_find_suspicious(ast.parse(source))) == [
        *("enable_load_extension", "eval", "joblib.load", "joblib.load", "numpy.load"),
        *("pickle", "subprocess"),
    ]


def _deployed_sources() -> Iterator[Path]:
    for name in _DEPLOYED:
        path = ROOT / name
        yield from path.rglob("*.py") if path.is_dir() else [path]


def _find_suspicious(tree: ast.Module) -> Iterator[str]:
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from _MODULES & {alias.name.partition(".")[0] for alias in node.names}
            names |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from _MODULES & {node.module.partition(".")[0]}
            names |= {
                alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names
            }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            head, dot, rest = ast.unparse(node.func).partition(".")
            called = f"{names.get(head, head)}{dot}{rest}"
            yield from _CALLS & {called}
            yield from _METHODS & {called.rpartition(".")[2]}
