"""Settings in the code, in Bicep, in the example of local settings and in the README."""

import ast
import json
import re
from pathlib import Path

import pytest

from tests.support.paths import ROOT

_CODE = ["function_app.py", *(f"{folder}/**/*.py" for folder in ("shared", "serving", "training"))]
_NAME = re.compile(r"[A-Z][A-Z0-9_]{2,}")
_BICEP_SETTINGS = re.compile(r"^var settings = \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_CONNECTIONS = ("AzureWebJobsStorage", "DATA_STORAGE")
# The parts of a connection by managed identity, all of which the platform needs.
_PARTS = {"blobServiceUri", "queueServiceUri", "tableServiceUri", "credential", "clientId"}

# The reason why a setting is missing in a place.
_NOT_IN_AZURE = {"PORT": "of `make start` alone"}
_NOT_IN_THE_EXAMPLE = {
    "PORT": "read before the file, and settable under Host",
    "WEBSITE_AUTH_ENABLED": "set by the platform",
}
_NOT_SET_BY_US = {"WEBSITE_AUTH_ENABLED": "set by the platform"}


def settings_in_python(source: str) -> set[str]:
    """Find the settings that a module reads: named in a call or index beside an environment."""
    tree = ast.parse(source)
    constants = _constants(tree)
    found = set()
    for node in ast.walk(tree):
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


def settings_in_code() -> set[str]:
    paths = {path for pattern in _CODE for path in ROOT.glob(pattern)}
    return set().union(*(settings_in_python(path.read_text("utf-8")) for path in paths))


def settings_in_bicep(text: str) -> set[str]:
    block = _BICEP_SETTINGS.search(text)
    assert block is not None
    return set(re.findall(r"^  (\w+):", block[1], re.MULTILINE))


def settings_in_readme(text: str) -> set[str]:
    table = text.partition("## Settings")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


def own(names: set[str]) -> set[str]:
    """Leave out the connections to storage and what only the platform reads."""
    platform = {"FUNCTIONS_WORKER_RUNTIME"}
    return {name for name in names if not name.startswith(_CONNECTIONS)} - platform


def bicep() -> str:
    return (ROOT / "infra" / "app.bicep").read_text(encoding="utf-8")


def test_bicep_has_every_setting_that_the_code_reads_and_no_other() -> None:
    expected = own(settings_in_code()) - set(_NOT_IN_AZURE) - set(_NOT_SET_BY_US)

    assert own(settings_in_bicep(bicep())) == expected


def test_the_example_of_local_settings_has_every_setting_and_no_other() -> None:
    example = json.loads((ROOT / "local.settings.example.json").read_text(encoding="utf-8"))

    assert own(set(example["Values"])) == own(settings_in_code()) - set(_NOT_IN_THE_EXAMPLE)


def test_the_readme_has_every_setting_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert own(settings_in_readme(readme)) == own(settings_in_code())


@pytest.mark.parametrize("connection", _CONNECTIONS)
def test_a_connection_has_all_the_parts_that_a_managed_identity_needs(connection: str) -> None:
    names = settings_in_bicep(bicep())
    parts = {name.partition("__")[2] for name in names if name.startswith(f"{connection}__")}

    assert parts == _PARTS
    assert connection not in names, "a connection string would win over the identity"
    assert f"{connection}__credential: 'managedidentity'" in bicep()


def test_the_host_and_the_data_have_accounts_of_their_own() -> None:
    for name in settings_in_bicep(bicep()):
        account = {"AzureWebJobsStorage": "hostAccount", "DATA_STORAGE": "dataAccount"}
        if name.endswith("ServiceUri"):
            assert f"{name}: {account[name.partition('__')[0]]}.properties" in bicep()


@pytest.mark.parametrize(
    "source",
    [
        'x = environment.get("APPROVAL_KEY")',
        'x = read_days(environment, "APPROVAL_KEY", 90)',
        'x = os.environ["APPROVAL_KEY"]',
        'KEY = "APPROVAL_KEY"\nx = environment.get(KEY)',
    ],
)
def test_each_way_to_read_a_setting_is_seen(source: str) -> None:
    assert settings_in_python(source) == {"APPROVAL_KEY"}


def test_a_setting_that_is_only_mentioned_is_not_read() -> None:
    assert settings_in_python('raise SettingError("APPROVAL_KEY")') == set()


def test_a_setting_that_bicep_lacks_is_noticed() -> None:
    text = re.sub(r"^  PROMOTION:.*\n", "", bicep(), flags=re.MULTILINE)

    assert settings_in_bicep(bicep()) - settings_in_bicep(text) == {"PROMOTION"}


def test_the_overrides_of_an_environment_are_settings() -> None:
    for path in sorted(Path(ROOT / "infra" / "parameters").glob("*.bicepparam")):
        block = path.read_text("utf-8").partition("param settings = {\n")[2].partition("}")[0]
        names = set(re.findall(r"^  (\w+):", block, re.MULTILINE))

        assert names
        assert names <= settings_in_bicep(bicep()), path.name
