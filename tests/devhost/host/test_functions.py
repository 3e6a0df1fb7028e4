import json
from typing import Any

import pytest

from devhost.errors import IndexingError
from devhost.host.functions import describe_function


def describe(binding: dict[str, Any], settings: dict[str, str]) -> dict[str, Any]:
    raw = {"type": "blobTrigger", "name": "upload", "direction": "IN"} | binding
    return dict(describe_function("mine", "id", [json.dumps(raw)], settings).trigger)


def test_settings_in_bindings_are_resolved() -> None:
    trigger = describe({"path": "%WHERE%/{name}.%KIND%"}, {"WHERE": "input", "KIND": "csv"})

    assert trigger["path"] == "input/{name}.csv"


def test_a_missing_setting_is_reported_with_its_function() -> None:
    with pytest.raises(IndexingError, match="'mine': '%WHERE%' in 'path' does not resolve"):
        describe({"path": "%WHERE%/{name}"}, {})


def test_a_connection_is_a_setting_name_and_not_resolved() -> None:
    assert describe({"connection": "%X%"}, {})["connection"] == "%X%"


def test_a_function_without_a_trigger_is_refused() -> None:
    with pytest.raises(IndexingError, match="'mine' must have one trigger; it has 0"):
        describe_function("mine", "id", ['{"type": "blob", "name": "x"}'], {})
