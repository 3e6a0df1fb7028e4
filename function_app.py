"""The app's functions: each wires a trigger to the code that does the work."""

import os
from collections.abc import Callable

import azure.functions as func
from azurefunctions.extensions.bindings import blob

from serving.answers import (
    Answer,
    answer_features,
    answer_health,
    answer_prediction,
    answer_problem,
)
from serving.current_release import CurrentRelease
from shared.errors import CreditRiskError
from shared.settings import read_settings
from shared.storage import releases_container

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

RELEASE = CurrentRelease()


@app.route("user/{user_id}/caracteristicasriesgo", methods=["GET"])
def caracteristicasriesgo(req: func.HttpRequest) -> func.HttpResponse:
    """Serve a user's risk features."""
    return _respond(lambda: answer_features(RELEASE, req.route_params["user_id"]))


@app.route("user/{user_id}/prediccion", methods=["GET"])
def prediccion(req: func.HttpRequest) -> func.HttpResponse:
    """Serve a user's predicted class."""
    return _respond(lambda: answer_prediction(RELEASE, req.route_params["user_id"]))


@app.route("health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def health(req: func.HttpRequest) -> func.HttpResponse:
    """Tell that the app lives, and what it serves."""
    RELEASE.start()
    return _respond(lambda: answer_health(read_settings().build, RELEASE.status()))


@app.blob_trigger(
    "upload",
    path="input/{name}.csv",
    connection="AzureWebJobsStorage",
    # Flex Consumption delivers through Event Grid only; a local host polls.
    source=func.BlobSource(os.environ.get("BLOB_TRIGGER_SOURCE", "EventGrid")),
)
def entrenamiento(upload: blob.BlobClient) -> None:
    """Turn a dropped CSV into the current release."""
    # Here, not above: the instances that serve must not pay for pandas and scikit-learn.
    from training.retraining import retrain  # noqa: PLC0415

    settings = read_settings()
    retrain(upload, releases_container(settings), settings)


def _respond(answer: Callable[[], Answer]) -> func.HttpResponse:
    """Carry an answer to the platform: the one place where our errors become answers."""
    try:
        made = answer()
    except CreditRiskError as error:
        made = answer_problem(error)
    return func.HttpResponse(
        made.body, status_code=made.status, headers=made.headers, mimetype=made.media_type
    )
