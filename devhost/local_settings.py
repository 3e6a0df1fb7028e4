"""What local.settings.json says, and what the environment says against it."""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from devhost.errors import StartError
from devhost.json_files import read_json
from shared.errors import SettingError
from shared.settings import USUAL_PORT, parse_port

_EMULATOR_NAMES = ("", "UseDevelopmentStorage=true", "UseDevelopmentStorage=true;")
# What the platform's own program sets, and what alone works on this machine: nothing sends events.
_DEFAULTS = {"FUNCTIONS_WORKER_RUNTIME": "python", "BLOB_TRIGGER_SOURCE": "LogsAndContainerScan"}


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """What local.settings.json says.

    Attributes
    ----------
    values : mapping of str to str
        Meant as environment variables.
    port : int or None
        Where the app is to listen.
    """

    values: Mapping[str, str]
    port: int | None


def read_local_settings(app_dir: Path) -> LocalSettings:
    """Read local.settings.json, which may be missing.

    Raises
    ------
    StartError
        When it is encrypted or cannot be read.
    """
    path = app_dir / "local.settings.json"
    if not path.is_file():
        return LocalSettings({}, None)
    document = read_json(path)
    if document.get("IsEncrypted"):
        raise StartError(
            f"{path} is encrypted (IsEncrypted is true), and only `func` has the key: decrypt it"
            " with `func settings decrypt`."
        )
    values = {name: str(value) for name, value in document.get("Values", {}).items()}
    port = document.get("Host", {}).get("LocalHttpPort")
    return LocalSettings(values, None if port is None else read_port(str(port)))


def read_port(text: str) -> int:
    """Read a port's number.

    Raises
    ------
    StartError
        When it is none.
    """
    try:
        return parse_port(text)
    except SettingError as error:
        raise StartError(str(error)) from None


def choose_port(settings: LocalSettings) -> int:
    """Choose the port: PORT, else the one in local.settings.json, else the usual one."""
    asked = os.environ.get("PORT")
    return read_port(asked) if asked else settings.port or USUAL_PORT


def apply_settings(settings: LocalSettings, environment: MutableMapping[str, str]) -> None:
    """Add the local settings to the environment, which wins."""
    for name, value in settings.values.items():
        if name in environment:
            print(
                f"Skipping '{name}' from local settings as it's already defined in current"
                " environment variables.",
                flush=True,
            )
        else:
            environment[name] = value
    for name, value in _DEFAULTS.items():
        environment.setdefault(name, value)


def needs_emulator(connection_string: str | None) -> bool:
    """Tell whether a connection string leaves it to us to run a storage."""
    return (connection_string or "") in _EMULATOR_NAMES
