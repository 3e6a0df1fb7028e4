"""App settings, read from the environment."""

from datetime import date
from pathlib import Path

import pytest

from shared.errors import SettingError
from shared.registry.account import blob_service
from shared.settings import (
    Retention,
    RunSettings,
    Settings,
    read_build,
    read_decision_flush_seconds,
    read_override_confirmation,
    read_retention,
    read_run_settings,
    read_settings,
)
from shared.storage_limits import StorageLimits


def test_missing_settings_have_defaults() -> None:
    assert read_settings({}) == Settings()
    assert read_run_settings({}) == RunSettings()


def test_settings_are_read() -> None:
    settings = read_settings(
        {
            "AzureWebJobsStorage": "UseDevelopmentStorage=true",
            "RELEASE_REFRESH_SECONDS": "0.5",
            "APPROVAL_KEY": "s3cret",
            "WEBSITE_AUTH_ENABLED": "True",
            "REQUEST_DEADLINE_SECONDS": "1",
            "DECISION_DEADLINE_SECONDS": "2",
            "FIRST_LOAD_DEADLINE_SECONDS": "3",
            "REFRESH_DEADLINE_SECONDS": "4",
            "STORAGE_CONCURRENCY": "5",
            "SCRUB_SECONDS": "6",
        }
    )
    run = read_run_settings(
        {
            "AS_OF": "2022-03-08",
            "COST_RATIO": "12",
            "OUTCOME_LAG_DAYS": "30",
            "PROMOTION": "manual",
            "ANCHOR_VERSION": " v1 ",
        }
    )

    assert settings == Settings(
        storage_connection="UseDevelopmentStorage=true",
        release_refresh_seconds=0.5,
        approval_key="s3cret",
        platform_authenticates=True,
        limits=StorageLimits(1, 2, 3, 4, 5, 6),
    )
    assert run == RunSettings(
        as_of=date(2022, 3, 8),
        cost_ratio=12.0,
        outcome_lag_days=30,
        promotion="manual",
        anchor_version="v1",
    )


def test_the_build_has_a_default_name() -> None:
    assert read_build({}) == "local"
    assert read_build({"BUILD_ID": "42"}) == "42"


def test_a_package_names_its_build_unless_a_setting_does(tmp_path: Path) -> None:
    (tmp_path / "build_id").write_text("b42\n")

    assert read_build({}, tmp_path) == "b42"
    assert read_build({"BUILD_ID": ""}, tmp_path) == "b42"
    assert read_build({"BUILD_ID": "other"}, tmp_path) == "other"


def test_a_malformed_run_setting_does_not_affect_serving() -> None:
    assert read_settings({"AS_OF": "yesterday", "COST_RATIO": "much"}) == Settings()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("AS_OF", "08/03/2022"),
        ("RELEASE_REFRESH_SECONDS", "soon"),
        ("RELEASE_REFRESH_SECONDS", "0"),
        ("REQUEST_DEADLINE_SECONDS", "-1"),
        ("STORAGE_CONCURRENCY", "0"),
        ("STORAGE_CONCURRENCY", "1001"),
        ("STORAGE_CONCURRENCY", "four"),
        ("COST_RATIO", "-1"),
        ("COST_RATIO", "nan"),
        ("COST_RATIO", "inf"),
        ("COST_RATIO", "1e-16"),
        ("COST_RATIO", "2e6"),
        ("PROMOTION", "Auto"),
        ("KEEP_RAW", "yes"),
        ("AS_OF_FORCE", "1"),
    ],
)
def test_a_malformed_setting_is_named(name: str, text: str) -> None:
    is_of_serving = name.endswith("_SECONDS") or name == "STORAGE_CONCURRENCY"
    read = read_settings if is_of_serving else read_run_settings

    with pytest.raises(SettingError, match=f"{name} must be .* not '{text}'"):
        read({name: text})


def test_an_account_is_given_by_connection_string_or_by_url() -> None:
    by_string = blob_service(Settings(storage_connection="UseDevelopmentStorage=true"))
    by_url = blob_service(Settings(storage_blob_uri="https://a.blob.core.windows.net"))

    assert by_string.account_name == "devstoreaccount1"
    assert by_url.account_name == "a"


def test_a_missing_account_is_reported() -> None:
    with pytest.raises(SettingError, match="AzureWebJobsStorage"):
        blob_service(Settings())


def test_keys_are_not_shown() -> None:
    secret = Settings(approval_key="s3cret", storage_connection="AccountKey=s3cret")

    assert "s3cret" not in repr(secret)
    assert dict(secret.__rich_repr__()) == {"storage_blob_uri": None}


def test_either_setting_names_the_storage() -> None:
    assert not Settings().names_storage
    assert Settings(storage_connection="UseDevelopmentStorage=true").names_storage
    assert Settings(storage_blob_uri="https://account.blob.core.windows.net").names_storage


def test_retention_has_defaults_and_is_read() -> None:
    assert read_retention({}) == Retention(10, 760)
    assert read_retention({"KEEP_RELEASES": "3", "RETAIN_DAYS": "30"}) == Retention(3, 30)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("KEEP_RELEASES", "0", "a whole number of releases"),
        ("RETAIN_DAYS", "ten", "a whole number of days"),
    ],
)
def test_a_malformed_retention_is_named(name: str, text: str, expected: str) -> None:
    with pytest.raises(SettingError, match=f"{name} must be {expected} .* not '{text}'"):
        read_retention({name: text})


@pytest.mark.parametrize(("text", "meant"), [("", False), ("false", False), ("True", True)])
def test_a_switch_is_true_or_false(text: str, meant: bool) -> None:
    run = read_run_settings({"KEEP_RAW": text, "AS_OF_FORCE": text})

    assert (run.keep_raw, run.as_of_force) == (meant, meant)


@pytest.mark.parametrize(
    ("text", "meant"), [("", "required"), (" none ", "none"), ("required", "required")]
)
def test_an_override_is_confirmed_unless_the_setting_says_otherwise(text: str, meant: str) -> None:
    assert read_override_confirmation({"OVERRIDE_CONFIRMATION": text}) == meant


def test_a_misspelt_confirmation_is_an_error() -> None:
    with pytest.raises(SettingError, match="must be required or none, not 'non'"):
        read_override_confirmation({"OVERRIDE_CONFIRMATION": "non"})


def test_decisions_are_only_logged_unless_a_table_is_asked_for() -> None:
    assert read_decision_flush_seconds({}) is None
    assert read_decision_flush_seconds({"DECISION_LOG": "log"}) is None
    assert read_decision_flush_seconds({"DECISION_LOG": " table "}) == 5.0
    assert (
        read_decision_flush_seconds({"DECISION_LOG": "table", "DECISION_LOG_FLUSH_SECONDS": "0.5"})
        == 0.5
    )


@pytest.mark.parametrize(
    "environment",
    [
        {"DECISION_LOG": "tables"},
        {"DECISION_LOG": "table", "DECISION_LOG_FLUSH_SECONDS": "0"},
        {"DECISION_LOG_FLUSH_SECONDS": "soon"},
    ],
)
def test_malformed_settings_of_the_decision_log_are_named(environment: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="DECISION_LOG"):
        read_decision_flush_seconds(environment)
