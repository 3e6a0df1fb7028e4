"""Settings in the code, in Bicep, in the example of local settings and in the README."""

import json
import re
from pathlib import Path

import pytest

from tests.support.app_settings import (
    functions_of,
    settings_in_code,
    settings_in_python,
    settings_of,
)
from tests.support.paths import ROOT

APPS = ("serving", "training")
_BICEP_SETTINGS = re.compile(r"^var settings = \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_CONNECTIONS = ("AzureWebJobsStorage", "DATA_STORAGE")
# The parts of a connection by managed identity; the queues are those of the blob trigger.
_PARTS = {
    "serving": {"blobServiceUri", "tableServiceUri", "credential", "clientId"},
    "training": {"blobServiceUri", "queueServiceUri", "tableServiceUri", "credential", "clientId"},
}

# The reason why a setting is missing in a place.
_NOT_IN_THE_EXAMPLE = {
    "PORT": "read before the file, and settable under Host",
    "WEBSITE_AUTH_ENABLED": "set by the platform",
}
_NOT_SET_BY_US = {"WEBSITE_AUTH_ENABLED": "set by the platform"}


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


def bicep(app: str) -> str:
    return (ROOT / "infra" / f"{app}.bicep").read_text(encoding="utf-8")


@pytest.mark.parametrize("app", APPS)
def test_bicep_gives_an_app_every_setting_that_its_code_reads_and_no_other(app: str) -> None:
    assert own(settings_in_bicep(bicep(app))) == own(settings_of(app)) - set(_NOT_SET_BY_US)


def test_the_apps_together_read_every_setting_but_those_of_a_developers_machine() -> None:
    read = settings_of("serving") | settings_of("training")

    assert own(settings_in_code()) - own(read) == {"PORT"}


@pytest.mark.parametrize(
    ("name", "apps"),
    [
        ("RETRY_PAUSES", {"training"}),
        ("BLOB_TRIGGER_SOURCE", {"training"}),
        ("OVERRIDE_CONFIRMATION", {"serving"}),
        # Both read all fields of the settings, and one uses these.
        ("RELEASE_REFRESH_SECONDS", {"serving"}),
        ("SCRUB_SECONDS", {"serving"}),
        ("BUILD_ID", {"serving", "training"}),
    ],
)
def test_it_is_told_which_app_reads_a_setting(name: str, apps: set[str]) -> None:
    assert {app for app in APPS if name in settings_of(app)} == apps


def test_only_the_serving_app_knows_the_key_of_approvers() -> None:
    assert "APPROVAL_KEY" in settings_of("serving")
    assert "APPROVAL_KEY" not in settings_of("training")


def test_the_training_app_answers_health_and_no_other_route() -> None:
    disabled = set(re.findall(r"'AzureWebJobs\.(\w+)\.Disabled': 'true'", bicep("training")))

    assert functions_of("app") - disabled == {"health"}
    assert disabled <= functions_of("app"), "A trigger of training must stay enabled."
    assert "settings: union(settings, overrides, servedElsewhere)" in bicep("training")


def test_no_setting_disables_a_function_of_the_serving_app() -> None:
    assert "Disabled'" not in bicep("serving")


def test_the_example_of_local_settings_has_every_setting_and_no_other() -> None:
    example = json.loads((ROOT / "local.settings.example.json").read_text(encoding="utf-8"))

    assert own(set(example["Values"])) == own(settings_in_code()) - set(_NOT_IN_THE_EXAMPLE)


def test_the_readme_has_every_setting_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert own(settings_in_readme(readme)) == own(settings_in_code())


@pytest.mark.parametrize("app", APPS)
@pytest.mark.parametrize("connection", _CONNECTIONS)
def test_a_connection_has_all_the_parts_that_a_managed_identity_needs(
    app: str, connection: str
) -> None:
    names = settings_in_bicep(bicep(app))
    parts = {name.partition("__")[2] for name in names if name.startswith(f"{connection}__")}

    assert parts == _PARTS[app]
    assert connection not in names, "a connection string would win over the identity"
    assert f"{connection}__credential: 'managedidentity'" in bicep(app)


@pytest.mark.parametrize("app", APPS)
def test_the_host_and_the_data_have_accounts_of_their_own(app: str) -> None:
    for name in settings_in_bicep(bicep(app)):
        account = {"AzureWebJobsStorage": "hostAccount", "DATA_STORAGE": "dataAccount"}
        if name.endswith("ServiceUri"):
            assert f"{name}: {account[name.partition('__')[0]]}.properties" in bicep(app)


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
    text = re.sub(r"^  PROMOTION:.*\n", "", bicep("training"), flags=re.MULTILINE)

    assert settings_in_bicep(bicep("training")) - settings_in_bicep(text) == {"PROMOTION"}


@pytest.mark.parametrize("path", sorted((ROOT / "infra" / "parameters").glob("*.bicepparam")))
def test_the_overrides_of_an_environment_are_settings_of_that_app(path: Path) -> None:
    given = re.compile(r"^param (\w+)Settings = \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
    overrides = given.findall(path.read_text("utf-8"))

    assert overrides
    for app, block in overrides:
        names = set(re.findall(r"^  (\w+):", block, re.MULTILINE))
        assert names
        assert names <= settings_in_bicep(bicep(app))
