"""The app's functions: each wires a trigger to the code that does the work."""

import asyncio
import os
from collections.abc import Mapping

import azure.functions as func
from azurefunctions.extensions.bindings import blob

from serving.current_release import CurrentRelease
from serving.dispatch import Handler, Request, respond
from serving.pages import serve_docs, serve_page
from serving.release_handlers import ReleaseHandlers
from serving.report_handlers import ReportHandlers
from serving.service_handlers import ServiceHandlers
from serving.user_handlers import UserHandlers
from shared.registry.account import (
    INPUT_CONTAINER,
    RELEASES_CONTAINER,
    blob_service,
    releases_container,
)
from shared.settings import read_build, read_retention, read_run_settings, read_settings

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

RELEASE = CurrentRelease()
USERS = UserHandlers(RELEASE)
SERVICE = ServiceHandlers(RELEASE, read_build)
REPORTS = ReportHandlers(RELEASE)
RELEASES = ReleaseHandlers()

# The host answers an unregistered method with an empty 404; ours answer 405 with what is allowed.
_ALL = (
    func.HttpMethod.GET,
    func.HttpMethod.HEAD,
    func.HttpMethod.POST,
    func.HttpMethod.PUT,
    func.HttpMethod.PATCH,
    func.HttpMethod.DELETE,
    func.HttpMethod.OPTIONS,
)
_ANONYMOUS = func.AuthLevel.ANONYMOUS


@app.route("user/{user_id}/caracteristicasriesgo", methods=_ALL)
async def caracteristicasriesgo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve a user's risk features."""
    return await _serve_read(req, context, {"GET": USERS.features})


@app.route("user/{user_id}/prediccion", methods=_ALL)
async def prediccion(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve a user's predicted class."""
    return await _serve_read(req, context, {"GET": USERS.prediction})


@app.route("prediccion", methods=_ALL)
def prediccion_hipotetica(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the class of the applicant described in the request."""
    return _serve(req, context, {"POST": USERS.what_if})


@app.route("predicciones", methods=_ALL)
def predicciones(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the classes of many users."""
    return _serve(req, context, {"POST": USERS.batch})


@app.route("modelo", methods=_ALL)
def modelo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the description of the current release."""
    return _serve(req, context, {"GET": SERVICE.model})


@app.route("versiones", methods=_ALL)
def versiones(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the list of stored releases."""
    return _serve(req, context, {"GET": RELEASES.list})


@app.route("versiones/comparacion", methods=_ALL)
def comparacion(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve what changes from one release to another."""
    return _serve(req, context, {"GET": RELEASES.compare})


@app.route("versiones/{version}/aprobacion", methods=_ALL)
def aprobacion(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Make a stored release the current one."""
    return _serve(req, context, {"POST": RELEASES.approve})


@app.route("versiones/{version}/rechazo", methods=_ALL)
def rechazo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Reject a candidate."""
    return _serve(req, context, {"POST": RELEASES.reject})


@app.route("versiones/regreso", methods=_ALL)
def regreso(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Go back to the previous release."""
    return _serve(req, context, {"POST": RELEASES.roll_back})


@app.route("health", methods=_ALL, auth_level=_ANONYMOUS)
def health(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Report that the app is alive."""
    return _serve(req, context, {"GET": SERVICE.health})


@app.route("health/ready", methods=_ALL, auth_level=_ANONYMOUS)
def ready(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Report whether a release is loaded."""
    return _serve(req, context, {"GET": SERVICE.ready})


@app.route("openapi.json", methods=_ALL, auth_level=_ANONYMOUS)
def openapi(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the API description for machines."""
    return _serve(req, context, {"GET": SERVICE.api})


@app.route("docs", methods=_ALL, auth_level=_ANONYMOUS)
def docs(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the API description for people."""
    return _serve(req, context, {"GET": serve_docs})


# The host rejects an empty route; an optional segment of length 0 makes /api/ a route.
@app.route("{ignored:maxlength(0)?}", methods=_ALL, auth_level=_ANONYMOUS)
def pagina(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the page to look up a user."""
    return _serve(req, context, {"GET": serve_page})


@app.route("informe", methods=_ALL)
def informe(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the report of the current release."""
    return _serve(req, context, {"GET": REPORTS.current})


@app.route("informe/{version}", methods=_ALL)
def informe_de_version(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the report of one release."""
    return _serve(req, context, {"GET": REPORTS.of_version})


@app.blob_trigger(
    "upload",
    path="input/{name}.csv",
    connection="AzureWebJobsStorage",
    # Flex Consumption supports Event Grid only; a local host polls.
    source=func.BlobSource(os.environ.get("BLOB_TRIGGER_SOURCE", "EventGrid")),
)
def entrenamiento(upload: blob.BlobClient) -> None:
    """Train a release on a dropped CSV and publish it."""
    # Imported here so that serving instances do not load pandas and scikit-learn.
    from training.retraining import retrain  # noqa: PLC0415

    retrain(upload, releases_container(read_settings()), read_run_settings())


@app.timer_trigger(
    "timer",
    # Read here, and not as %MAINTENANCE_SCHEDULE%: the host starts no app that lacks a setting.
    schedule=os.environ.get("MAINTENANCE_SCHEDULE") or "0 */5 * * * *",
)
def mantenimiento(timer: func.TimerRequest) -> None:
    """Put in order what dead runs and lost events left undone."""
    from training.housekeeping.maintenance import maintain  # noqa: PLC0415 -- slow to import

    service = blob_service(read_settings())
    maintain(
        service.get_container_client(INPUT_CONTAINER),
        service.get_container_client(RELEASES_CONTAINER),
        read_run_settings(),
        read_retention(),
    )


@app.queue_trigger(
    "message", queue_name="webjobs-blobtrigger-poison", connection="AzureWebJobsStorage"
)
def abandonados(message: func.QueueMessage) -> None:
    """End the run of an upload that the platform gives up on."""
    from training.housekeeping.poison import close_poisoned  # noqa: PLC0415 -- serving needs none

    close_poisoned(releases_container(read_settings()), message.get_body())


async def _serve_read(
    req: func.HttpRequest, context: func.Context, handlers: Mapping[str, Handler]
) -> func.HttpResponse:
    """Serve a keyed read, which takes less time than handing it to a thread."""
    if RELEASE.is_loaded:
        return _serve(req, context, handlers)
    return await asyncio.to_thread(_serve, req, context, handlers)


def _serve(
    req: func.HttpRequest, context: func.Context, handlers: Mapping[str, Handler]
) -> func.HttpResponse:
    """Convert the platform's request, dispatch it, and convert the response back."""
    request = Request(
        method=req.method,
        name=context.function_name,
        id=context.invocation_id,
        route=req.route_params,
        query=req.params,
        headers=req.headers,
        body=req.get_body(),
    )
    answer = respond(request, handlers, RELEASE.served_version)
    return func.HttpResponse(
        answer.body,
        status_code=answer.status,
        # Passed as a header: given a mimetype, the library searches the headers first.
        headers={"content-type": answer.media_type, **answer.headers},
    )
