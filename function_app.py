"""The app's functions: each wires a trigger to the code that does the work."""

import asyncio
import os
from collections.abc import Mapping

import azure.functions as func
from azurefunctions.extensions.bindings import blob

from serving.current_release import CurrentRelease
from serving.dispatch import Handler, Request, respond
from serving.pages import answer_docs, answer_page
from serving.release_handlers import ReleaseHandlers
from serving.report_handlers import ReportHandlers
from serving.service_handlers import ServiceHandlers
from serving.user_handlers import UserHandlers
from shared.registry.account import releases_container
from shared.settings import read_build, read_run_settings, read_settings

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

RELEASE = CurrentRelease()
USERS = UserHandlers(RELEASE)
SERVICE = ServiceHandlers(RELEASE, read_build)
REPORTS = ReportHandlers(RELEASE)
RELEASES = ReleaseHandlers()

# The host answers a method that is not registered with an empty 404: ours tell what is allowed.
_ALL = list(func.HttpMethod)
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
    """Serve the class of an applicant who is described in the request."""
    return _serve(req, context, {"POST": USERS.what_if})


@app.route("predicciones", methods=_ALL)
def predicciones(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the classes of many users."""
    return _serve(req, context, {"POST": USERS.batch})


@app.route("modelo", methods=_ALL)
def modelo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve what the current release is."""
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
    """Rule out that a candidate becomes current."""
    return _serve(req, context, {"POST": RELEASES.reject})


@app.route("versiones/regreso", methods=_ALL)
def regreso(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Go back to the release that was current before."""
    return _serve(req, context, {"POST": RELEASES.roll_back})


@app.route("health", methods=_ALL, auth_level=_ANONYMOUS)
def health(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Tell that the app lives."""
    return _serve(req, context, {"GET": SERVICE.health})


@app.route("health/ready", methods=_ALL, auth_level=_ANONYMOUS)
def ready(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Tell whether a release is loaded."""
    return _serve(req, context, {"GET": SERVICE.ready})


@app.route("openapi.json", methods=_ALL, auth_level=_ANONYMOUS)
def openapi(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the description of the API for machines."""
    return _serve(req, context, {"GET": SERVICE.api})


@app.route("docs", methods=_ALL, auth_level=_ANONYMOUS)
def docs(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the description of the API for a person."""
    return _serve(req, context, {"GET": answer_docs})


# The host serves no empty route; one optional part that is never there makes /api/ a route.
@app.route("{ignored:maxlength(0)?}", methods=_ALL, auth_level=_ANONYMOUS)
def pagina(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the page on which a person looks up a user."""
    return _serve(req, context, {"GET": answer_page})


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
    # Flex Consumption delivers through Event Grid only; a local host polls.
    source=func.BlobSource(os.environ.get("BLOB_TRIGGER_SOURCE", "EventGrid")),
)
def entrenamiento(upload: blob.BlobClient) -> None:
    """Turn a dropped CSV into the current release."""
    # Here, not above: the instances that serve must not pay for pandas and scikit-learn.
    from training.retraining import retrain  # noqa: PLC0415

    retrain(upload, releases_container(read_settings()), read_run_settings())


async def _serve_read(
    req: func.HttpRequest, context: func.Context, handlers: Mapping[str, Handler]
) -> func.HttpResponse:
    """Serve a keyed read, which is over sooner than a thread could be handed it."""
    if RELEASE.is_loaded:
        return _serve(req, context, handlers)
    return await asyncio.to_thread(_serve, req, context, handlers)


def _serve(
    req: func.HttpRequest, context: func.Context, handlers: Mapping[str, Handler]
) -> func.HttpResponse:
    """Carry a request and its answer between the platform and the code."""
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
        # As a mimetype the library would look for it among the others, and then add it.
        headers={"content-type": answer.media_type, **answer.headers},
    )
