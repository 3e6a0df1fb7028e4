"""A minimal app that reads from storage and has no trigger that needs more."""

import os

import azure.functions as func
from azure.storage.blob import BlobServiceClient

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route("user/{user_id}/prediccion", methods=["GET"])
def prediccion(req: func.HttpRequest) -> func.HttpResponse:
    """Read two blobs and return a constant."""
    service = BlobServiceClient.from_connection_string(os.environ["AzureWebJobsStorage"])  # noqa: SIM112
    releases = service.get_container_client("releases")
    for name in os.environ["TWO_BLOBS"].split():
        releases.download_blob(name).readall()
    return func.HttpResponse(b'{"resultado":[0]}', mimetype="application/json")
