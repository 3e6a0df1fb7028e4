"""The app as the platform invokes it: functions of the worker library, a storage account."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

from azure.storage.blob import BlobServiceClient, ContainerClient

from devhost.host.functions import Function
from devhost.host.http_messages import HttpRequest, HttpResponse
from devhost.host.timers import timer_info
from devhost.host.worker import Worker
from tests.support.running_app import empty_releases


class App:
    """The app as the platform sees it: functions to invoke, a storage account."""

    def __init__(self, worker: Worker, runner: asyncio.Runner, storage: str) -> None:
        self._worker = worker
        self._runner = runner
        self._storage = storage
        self._service = BlobServiceClient.from_connection_string(storage)

    @property
    def functions(self) -> dict[str, Function]:
        return self._worker.functions

    @property
    def releases(self) -> ContainerClient:
        return self._service.get_container_client("releases")

    def get(self, path: str) -> HttpResponse:
        return self.ask("GET", path)

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> HttpResponse:
        """Invoke the function behind a URL, as the host routes it."""
        place, _, query = path.partition("?")
        function, params = self._route(place)
        request = HttpRequest(
            method,
            f"http://localhost:7071/api{path}",
            params=params,
            query=dict(parse_qsl(query)),
            headers=headers,
            body=body,
        )
        return self._runner.run(self._worker.invoke_http(function, request))

    def _route(self, place: str) -> tuple[str, dict[str, str]]:
        if place.startswith("/user/"):
            _, _, user, function = place.split("/")
            return function, {"user_id": user}
        if place.startswith("/informe/"):
            return "informe_de_version", {"version": place.removeprefix("/informe/")}
        if place.startswith("/ejecuciones/"):
            return "ejecucion", {"id": place.removeprefix("/ejecuciones/")}
        if place.endswith(("/aprobacion", "/rechazo")):
            _, _, version, function = place.split("/")
            return function, {"version": version}
        triggers = {name: found.trigger.get("route") for name, found in self.functions.items()}
        names = [name for name, route in triggers.items() if route == place.removeprefix("/")]
        return (names or ["pagina"])[0], {}

    def drop(self, content: bytes, name: str = "loans.csv") -> None:
        """Upload a file and deliver it."""
        inputs = self._service.get_container_client("input")
        inputs.upload_blob(name, content, overwrite=True)
        self.deliver(name)

    def deliver(self, name: str, container: str = "input") -> None:
        self._runner.run(self._worker.invoke_blob("entrenamiento", container, name))

    def tick(self) -> None:
        """Fire the timer."""
        self._runner.run(self._worker.invoke_timer("mantenimiento", timer_info({}, past_due=False)))

    def give_up(self, message: str) -> None:
        """Deliver a message of the poison queue."""
        self._runner.run(self._worker.invoke_queue("abandonados", message, {"Id": "1"}))

    def runs(self) -> list[dict[str, Any]]:
        names = self.releases.list_blob_names(name_starts_with="runs/")
        return [json.loads(self.releases.download_blob(name).readall()) for name in names]

    def save(self) -> dict[str, bytes]:
        """Return every blob of the releases container."""
        names = self.releases.list_blob_names()
        return {name: self.releases.download_blob(name).readall() for name in names}

    def restore(self, saved: dict[str, bytes]) -> None:
        """Upload saved blobs into the empty releases container."""
        for name, content in saved.items():
            self.releases.upload_blob(name, content)

    def empty(self) -> None:
        """Empty the app's containers."""
        empty_releases(self._storage)


def bodies(app: App, user: int) -> tuple[bytes, bytes]:
    features = app.get(f"/user/{user}/caracteristicasriesgo")
    prediction = app.get(f"/user/{user}/prediccion")
    assert (features.status, prediction.status) == (200, 200)
    return features.body, prediction.body


def versions_of_both(app: App) -> list[str]:
    answers = [app.get(f"/user/5000042/{name}") for name in ("caracteristicasriesgo", "prediccion")]
    assert [answer.status for answer in answers] == [200, 200]
    return [answer.headers["X-Release-Version"] for answer in answers]
