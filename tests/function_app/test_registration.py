"""The functions, as they are registered with the platform."""

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from serving.openapi import OPERATIONS
from tests.support.invoked_app import App
from tests.support.paths import ROOT

LEVELS = {
    "caracteristicasriesgo": "FUNCTION",
    "prediccion": "FUNCTION",
    "prediccion_hipotetica": "FUNCTION",
    "predicciones": "FUNCTION",
    "modelo": "FUNCTION",
    "versiones": "FUNCTION",
    "comparacion": "FUNCTION",
    "aprobacion": "FUNCTION",
    "rechazo": "FUNCTION",
    "regreso": "FUNCTION",
    "health": "ANONYMOUS",
    "ready": "ANONYMOUS",
    "openapi": "ANONYMOUS",
    "docs": "ANONYMOUS",
    "pagina": "ANONYMOUS",
    "informe": "FUNCTION",
    "informe_de_version": "FUNCTION",
    "ejecuciones": "FUNCTION",
    "ejecucion": "FUNCTION",
}


@pytest.fixture
def routes(app: App) -> dict[str, Mapping[str, Any]]:
    """Return the HTTP triggers by function."""
    triggers = {name: function.trigger for name, function in app.functions.items()}
    return {name: trigger for name, trigger in triggers.items() if "route" in trigger}


def test_every_route_has_its_authorisation_level(routes: dict[str, Mapping[str, Any]]) -> None:
    assert {name: route["authLevel"].upper() for name, route in routes.items()} == LEVELS


def test_no_route_names_methods_so_that_the_host_passes_all(
    routes: dict[str, Mapping[str, Any]],
) -> None:
    assert [name for name, route in routes.items() if route.get("methods")] == []


def test_the_api_description_covers_every_route_with_its_key(
    routes: dict[str, Mapping[str, Any]],
) -> None:
    registered = {route["route"]: route["authLevel"].upper() for route in routes.values()}

    # The host rejects an empty route: the page's has an optional segment that is always empty.
    registered[""] = registered.pop("{ignored:maxlength(0)?}")
    described = {
        one.path.removeprefix("/"): "FUNCTION" if 401 in one.problems else "ANONYMOUS"
        for one in OPERATIONS
    }
    assert described == registered


def test_a_csv_in_the_input_container_triggers_training(app: App) -> None:
    training = app.functions["entrenamiento"]

    assert training.trigger["path"] == "input/{name}.csv"
    assert training.trigger["source"] == "EventGrid"
    assert training.takes_client


@pytest.mark.parametrize(
    ("settings", "connection"),
    [
        ({"DATA_STORAGE__accountName": "a"}, "DATA_STORAGE"),
        ({"DATA_STORAGE": "", "AzureWebJobsStorage": "x"}, "AzureWebJobsStorage"),
    ],
)
def test_the_triggers_use_the_connection_of_the_data(
    settings: dict[str, str], connection: str
) -> None:
    code = (
        "import json, function_app as f; print([json.loads(str(one))['bindings'][0]['connection']"
        " for one in f.app.get_functions() if one.get_function_name() in"
        " ('entrenamiento', 'abandonados')])"
    )

    found = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | settings,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert found.stdout.strip() == str([connection] * 2)


@pytest.mark.parametrize(
    ("settings", "threads"),
    [
        ({}, 2),
        ({"AzureWebJobs.prediccion.Disabled": "true"}, 1),
        ({"AzureWebJobs_prediccion_Disabled": "true"}, 1),
        ({"AzureWebJobs.prediccion.Disabled": "false"}, 2),
    ],
)
def test_the_app_loads_the_release_once_it_is_indexed_and_only_where_it_serves(
    settings: dict[str, str], threads: int
) -> None:
    code = (
        "import os, threading, function_app\n"
        "imported = threading.active_count()\n"
        "function_app.app.get_functions()\n"
        "print(imported, threading.active_count(), flush=True)\n"
        "os._exit(0)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.split() == ["1", str(threads)]


def test_the_app_starts_with_a_connection_that_the_binding_reads_right() -> None:
    # The platform injects the empty one.
    settings = {
        "DATA_STORAGE": "",
        "AzureWebJobsStorage": "",
        "AzureWebJobsStorage__blobServiceUri": "https://a.blob.core.windows.net",
        "AzureWebJobsStorage__credential": "managedidentity",
        "AzureWebJobsStorage__clientId": "c",
    }
    code = (
        "import function_app; from azurefunctions.extensions.bindings.blob import utils;"
        " print(utils.service_client_factory('AzureWebJobsStorage').url)"
    )

    found = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | settings,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.stdout.strip() == "https://a.blob.core.windows.net/", found.stderr
