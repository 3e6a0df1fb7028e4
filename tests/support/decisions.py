"""Decisions about releases, sent to the app as an approver does."""

import json
from typing import Any

from devhost.host.http_messages import HttpResponse
from tests.support.invoked_app import App

APPROVAL = {"x-approval-key": "s3cret"}
JSON_BODY = {"content-type": "application/json"}


def decide(app: App, path: str, reason: str | None = None, **headers: str) -> HttpResponse:
    body = b"" if reason is None else json.dumps({"motivo": reason}).encode()
    return app.ask("POST", path, body, APPROVAL | JSON_BODY | headers)


def listed(app: App) -> dict[str, Any]:
    answer = app.get("/versiones")
    assert answer.status == 200
    return {one["version"]: one for one in json.loads(answer.body)["releases"]}


def override(app: App, version: str, who: str, reason: str | None = "grown older") -> HttpResponse:
    body = {"anulacion": True} | ({"motivo": reason} if reason else {})
    name = {"x-ms-client-principal-name": who}
    path = f"/versiones/{version}/aprobacion"
    return app.ask("POST", path, json.dumps(body).encode(), APPROVAL | JSON_BODY | name)
