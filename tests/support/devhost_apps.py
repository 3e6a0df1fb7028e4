"""A function app that the tests of the development host run, and what those tests share."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient, ContainerClient

APP = """
import asyncio
import json
import logging
import os

import azure.functions as func
from azurefunctions.extensions.bindings import blob

app = func.FunctionApp()


@app.route("echo/{id:int}/{rest}", methods=["GET", "POST"])
def echo(req: func.HttpRequest) -> func.HttpResponse:
    seen = {
        "method": req.method,
        "url": req.url,
        "route": dict(req.route_params),
        "query": dict(req.params),
        "probe": req.headers.get("X-Probe"),
        "body": req.get_body().decode(),
    }
    return func.HttpResponse(json.dumps(seen), status_code=203, mimetype="application/json")


@app.route("cookies", methods=["GET"])
def cookies(req: func.HttpRequest) -> func.HttpResponse:
    response = func.HttpResponse(b"", status_code=204)
    response.headers.add("Set-Cookie", "one=1; Path=/; HttpOnly; SameSite=Lax")
    response.headers.add("Set-Cookie", "two=2; Max-Age=5")
    return response


@app.route("fails", methods=["GET"])
def fails(req: func.HttpRequest) -> func.HttpResponse:
    raise ValueError("as expected")


@app.route(methods=["GET"])
async def waits(req: func.HttpRequest) -> func.HttpResponse:
    await asyncio.sleep(0)
    logging.getLogger("own").info("a line from waits")
    logging.getLogger("azure.storage").info("an SDK line")
    return func.HttpResponse("waited")


@app.route("{ignored:maxlength(0)?}", methods=["GET"])
def root(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("root")


def note(**seen):
    with open(os.environ["NOTES"], "a") as notes:
        print(json.dumps(seen), file=notes)


@app.blob_trigger("upload", path="%WATCHED%/{name}.csv", connection="AzureWebJobsStorage")
def takes_client(upload: blob.BlobClient) -> None:
    content = upload.download_blob().readall().decode()
    note(blob=upload.blob_name, content=content)
    logging.info("a line from takes_client")
    if content == "bad":
        raise ValueError("a bad blob")


@app.blob_trigger("upload", path="%WATCHED%/{name}.txt", connection="AzureWebJobsStorage")
def takes_content(upload: func.InputStream) -> None:
    note(blob=upload.name, content=upload.read().decode(), length=upload.length)
"""


def write_app(folder: Path, code: str = APP, host: Mapping[str, Any] | None = None) -> Path:
    """Write an app into a folder, which is created if missing."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "function_app.py").write_text(code)
    settings = host or {"version": "2.0", "extensions": {"blobs": {"maxDegreeOfParallelism": 1}}}
    (folder / "host.json").write_text(json.dumps(settings))
    return folder


def app_settings(storage: str, folder: Path) -> dict[str, str]:
    """Make settings with a new container to watch and short polling intervals."""
    return {
        "AzureWebJobsStorage": storage,
        "WATCHED": f"watched-{uuid4().hex[:12]}",
        "NOTES": str(folder / "notes"),
        "DEVHOST_POLL_SECONDS": "0.05",
    }


def read_notes(folder: Path) -> list[dict[str, Any]]:
    """Read the notes of the blob functions."""
    notes = folder / "notes"
    return [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []


def upload(storage: str, container: str, name: str, content: str) -> None:
    """Upload a blob; the container is created if missing."""
    with BlobServiceClient.from_connection_string(storage) as service:
        client = service.get_container_client(container)
        create_if_missing(client)
        client.upload_blob(name, content.encode(), overwrite=True)


def create_if_missing(container: ContainerClient) -> None:
    """Create a container unless it exists."""
    try:
        container.create_container()
    except ResourceExistsError:
        return


def list_receipts(storage: str, container: str) -> list[str]:
    """List the receipts of a container's blobs."""
    with BlobServiceClient.from_connection_string(storage) as service:
        try:
            blobs = list(service.get_container_client("azure-webjobs-hosts").list_blob_names())
        except ResourceNotFoundError:
            return []
        return [name for name in blobs if f"/{container}/" in name]
