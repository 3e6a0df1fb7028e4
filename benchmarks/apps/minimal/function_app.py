"""A minimal app that reads from storage, to measure the least cost of a cold start."""

import os

import azure.functions as func
from azure.storage.blob import BlobServiceClient
from azurefunctions.extensions.bindings import blob

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route("user/{user_id}/prediccion", methods=["GET"])
def prediccion(req: func.HttpRequest) -> func.HttpResponse:
    """Read two blobs and return a constant."""
    service = BlobServiceClient.from_connection_string(os.environ["AzureWebJobsStorage"])  # noqa: SIM112
    releases = service.get_container_client("releases")
    for name in os.environ["TWO_BLOBS"].split():
        releases.download_blob(name).readall()
    return func.HttpResponse(b'{"resultado":[0]}', mimetype="application/json")


@app.blob_trigger(
    "upload",
    path="input/{name}.csv",
    connection="AzureWebJobsStorage",
    source=func.BlobSource(os.environ.get("BLOB_TRIGGER_SOURCE", "EventGrid")),
)
def entrenamiento(upload: blob.BlobClient) -> None:
    """Do nothing with an upload."""


@app.timer_trigger("timer", schedule=os.environ.get("MAINTENANCE_SCHEDULE") or "0 */5 * * * *")
def mantenimiento(timer: func.TimerRequest) -> None:
    """Do nothing now and then."""


@app.queue_trigger(
    "message", queue_name="webjobs-blobtrigger-poison", connection="AzureWebJobsStorage"
)
def abandonados(message: func.QueueMessage) -> None:
    """Do nothing with a message."""
