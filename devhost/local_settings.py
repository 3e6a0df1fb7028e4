"""Settings from local.settings.json, which the environment overrides."""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from devhost.errors import StartError
from devhost.json_files import read_json
from shared.ports import USUAL_PORT, parse_port

_EMULATOR_NAMES = ("", "UseDevelopmentStorage=true", "UseDevelopmentStorage=true;")
# `func start` sets the first; the second is needed as nothing sends events on this machine.
_DEFAULTS = {"FUNCTIONS_WORKER_RUNTIME": "python", "BLOB_TRIGGER_SOURCE": "LogsAndContainerScan"}


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """The contents of local.settings.json.

    Attributes
    ----------
    values : mapping of str to str
        Environment variables for the app.
    port : int or None
        The port that the app listens on.
    """

    values: Mapping[str, str]
    port: int | None


def read_local_settings(app_dir: Path) -> LocalSettings:
    """Read local.settings.json; a missing file is an empty one.

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
    """Parse a port number.

    Raises
    ------
    StartError
        When the text is not a port number.
    """
    try:
        return parse_port(text)
    except ValueError as error:
        raise StartError(str(error)) from None


def choose_port(settings: LocalSettings) -> int:
    """Choose the port: PORT, else the one in local.settings.json, else the default."""
    from_environment = os.environ.get("PORT")
    if from_environment:
        return read_port(from_environment)
    return settings.port or USUAL_PORT


def apply_settings(settings: LocalSettings, environment: MutableMapping[str, str]) -> None:
    """Add the local settings to the environment, whose own values win."""
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
    """Whether a connection string asks for a storage emulator rather than an account."""
    return (connection_string or "") in _EMULATOR_NAMES
