"""The app's functions, as the worker library describes them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devhost.errors import IndexingError

Binding = Mapping[str, Any]

_SETTING = re.compile(r"%([^%]*)%")
# The platform resolves no settings in these; `connection` names one without percent signs.
_NOT_RESOLVED = frozenset({"name", "type", "direction", "connection"})


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the app.

    Attributes
    ----------
    name : str
        Unique in the app.
    id : str
        The worker library's identifier.
    bindings : tuple of mapping
        All bindings, with the settings in them resolved.
    trigger : mapping
        The one binding that invokes the function.
    """

    name: str
    id: str
    bindings: tuple[Binding, ...]
    trigger: Binding

    @property
    def kind(self) -> str:
        """The trigger's type, such as `httpTrigger`."""
        return str(self.trigger["type"])

    @property
    def connection(self) -> str:
        """The setting that holds the connection string of the trigger's storage account."""
        return str(self.trigger.get("connection") or "AzureWebJobsStorage")

    @property
    def is_event_driven(self) -> bool:
        """Whether Event Grid triggers it: the host does not poll for its blobs then."""
        return self.kind == "blobTrigger" and self.trigger.get("source") == "EventGrid"

    @property
    def takes_client(self) -> bool:
        """Whether the trigger passes a client of the storage SDK instead of the content."""
        properties = self.trigger.get("properties") or {}
        return bool(properties.get("SupportsDeferredBinding"))


def describe_function(
    name: str, function_id: str, raw_bindings: list[str], settings: Mapping[str, str]
) -> Function:
    """Build a function from its metadata.

    Parameters
    ----------
    name, function_id : str
        As the worker library gives them.
    raw_bindings : list of str
        Each binding as JSON.
    settings : mapping of str to str
        Values for `%NAME%` in a binding.

    Raises
    ------
    IndexingError
        When a setting is missing or the function does not have exactly one trigger.
    """
    bindings = tuple(
        {key: _resolve(value, key, name, settings) for key, value in json.loads(raw).items()}
        for raw in raw_bindings
    )
    triggers = [binding for binding in bindings if binding["type"].lower().endswith("trigger")]
    if len(triggers) != 1:
        raise IndexingError(f"Function '{name}' must have one trigger; it has {len(triggers)}.")
    return Function(name, function_id, bindings, triggers[0])


def _resolve(value: Any, key: str, function: str, settings: Mapping[str, str]) -> Any:
    if key in _NOT_RESOLVED or not isinstance(value, str):
        return value

    def look_up(found: re.Match[str]) -> str:
        setting = found[1]
        if setting not in settings:
            raise IndexingError(
                f"Function '{function}': '%{setting}%' in '{key}' does not resolve to a value:"
                f" set {setting} in the environment or under Values in local.settings.json."
            )
        return settings[setting]

    return _SETTING.sub(look_up, value)
