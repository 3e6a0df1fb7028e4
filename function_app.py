"""The app's functions: each wires a trigger to the code that does the work."""

import gc

# What is imported here lives as long as the process: no start searches it for garbage.
gc.disable()

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from importlib.util import find_spec

import azure.functions as func

from serving.current_release import CurrentRelease
from serving.dispatch import Handler, Request, refuse, respond
from serving.function_response import FunctionResponse
from serving.indexed_app import IndexedApp
from serving.late_handlers import LateHandlers
from serving.lost_lines import LOST_LINES, attribute_lines, keep_lost_lines
from serving.user_handlers import UserHandlers
from shared.errors import CreditRiskError
from shared.log_lines import keep_to_one_line
from shared.registry.account import is_upload, releases_container
from shared.settings import (
    read_build,
    read_retention,
    read_run_settings,
    read_settings,
    serves_predictions,
)
from shared.storage_names import name_connection, settle_binding
from shared.telemetry import begin_trace

# The package that only serves has no training in it, and no trigger that would need it.
_TRAINS = find_spec("training") is not None
if _TRAINS:
    # Imports the library of identities, which a serving app imports only if it has one.
    from azurefunctions.extensions.bindings import blob

logger = logging.getLogger(__name__)

keep_to_one_line()
keep_lost_lines()
# Where the triggers' storage is: the binding reads it from the environment, on each invocation.
settle_binding(os.environ)
_DATA = name_connection(os.environ)

RELEASE = CurrentRelease()
USERS = UserHandlers(RELEASE)
HANDLERS = LateHandlers(RELEASE, read_build)


def begin() -> None:
    """Start to load the release, so that the first request need not wait for all of it."""
    if serves_predictions():
        RELEASE.start()


app = IndexedApp(begin)
TRAINING = func.Blueprint()  # type: ignore[no-untyped-call]

# No route names its methods: the host would answer all others with an empty 404, the app answers
# them with 405 and what is allowed.
_ANONYMOUS = func.AuthLevel.ANONYMOUS


@app.route("user/{user_id}/caracteristicasriesgo")
async def caracteristicasriesgo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve a user's risk features."""
    # Not in a thread: handing a keyed read to one takes longer than answering it.
    if not RELEASE.is_loaded:
        await RELEASE.wait_until_loaded(detailed="detalle" in req.params)
    return _serve(req, context, {"GET": USERS.features})


@app.route("user/{user_id}/prediccion")
async def prediccion(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve a user's predicted class."""
    if not RELEASE.is_loaded:
        await RELEASE.wait_until_loaded(detailed="detalle" in req.params)
    return _serve(req, context, {"GET": USERS.prediction})


@app.route("prediccion")
async def prediccion_hipotetica(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the class of the applicant described in the request."""
    return await _serve_what_if(req, context, {"POST": USERS.what_if})


@app.route("predicciones")
async def predicciones(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the classes of many users."""
    return await _serve_batch(req, context, {"POST": USERS.batch})


@app.route("modelo")
async def modelo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the description of the current release."""
    await RELEASE.wait_until_loaded(detailed=True)
    return _serve(req, context, {"GET": HANDLERS.service.model})


@app.route("versiones")
async def versiones(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the list of stored releases."""
    return await _serve_stored(req, context, lambda: {"GET": HANDLERS.releases.list})


@app.route("versiones/comparacion")
async def comparacion(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve what changes from one release to another."""
    return await _serve_stored(
        req, context, lambda: {"GET": HANDLERS.releases.compare}, decides=True
    )


@app.route("versiones/{version}/aprobacion")
async def aprobacion(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Make a stored release the current one."""
    return await _serve_decision(req, context, lambda: {"POST": HANDLERS.releases.approve})


@app.route("versiones/{version}/rechazo")
async def rechazo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Reject a candidate."""
    return await _serve_decision(req, context, lambda: {"POST": HANDLERS.releases.reject})


@app.route("versiones/regreso")
async def regreso(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Go back to the previous release."""
    return await _serve_decision(req, context, lambda: {"POST": HANDLERS.releases.roll_back})


@app.route("health", auth_level=_ANONYMOUS)
async def health(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Report that the app is alive."""
    return _serve(req, context, {"GET": HANDLERS.service.health})


@app.route("health/ready", auth_level=_ANONYMOUS)
async def ready(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Report whether a release is loaded."""
    return _serve(req, context, {"GET": HANDLERS.service.ready})


@app.route("openapi.json", auth_level=_ANONYMOUS)
def openapi(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the API description for machines."""
    return _serve(req, context, {"GET": HANDLERS.service.api})


@app.route("docs", auth_level=_ANONYMOUS)
def docs(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the API description for people."""
    return _serve(req, context, {"GET": HANDLERS.docs_page})


# The host rejects an empty route; an optional segment of length 0 makes /api/ a route.
@app.route("{ignored:maxlength(0)?}", auth_level=_ANONYMOUS)
def pagina(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the page to look up a user."""
    return _serve(req, context, {"GET": HANDLERS.search_page})


@app.route("informe")
async def informe(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the report of the current release."""
    await RELEASE.wait_until_loaded(detailed=True)
    return await _serve_stored(req, context, lambda: {"GET": HANDLERS.reports.current})


@app.route("informe/{version}")
async def informe_de_version(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the report of one release."""
    return await _serve_stored(req, context, lambda: {"GET": HANDLERS.reports.of_version})


@app.route("ejecuciones")
async def ejecuciones(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve the list of executions."""
    return await _serve_stored(req, context, lambda: {"GET": HANDLERS.executions.list})


@app.route("ejecuciones/{id}")
async def ejecucion(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    """Serve one execution."""
    return await _serve_stored(req, context, lambda: {"GET": HANDLERS.executions.show})


@TRAINING.blob_trigger(
    "upload",
    path="input/{name}.csv",
    connection=_DATA,
    # Flex Consumption supports Event Grid only; a local host polls.
    source=func.BlobSource(os.environ.get("BLOB_TRIGGER_SOURCE", "EventGrid")),
)
def entrenamiento(upload: "blob.BlobClient", context: func.Context) -> None:
    """Train a release on a dropped CSV and publish it."""
    # Imported here so that serving instances do not load pandas and scikit-learn.
    from shared.audit.sweep import find_audit  # noqa: PLC0415
    from training.retraining import retrain  # noqa: PLC0415
    from training.retry_pauses import PAUSES  # noqa: PLC0415

    _begin(context)
    # Event Grid delivers whatever its subscription lets through, whatever the path above says.
    if not is_upload(upload.container_name, upload.blob_name):
        logger.info("%s/%s is no upload: ignored.", upload.container_name, upload.blob_name)
        return
    with PAUSES.attempt(upload.blob_name):
        settings = read_settings()
        retrain(upload, releases_container(settings), read_run_settings(), find_audit(settings))
    # Where one process trains and serves, as on a developer's machine.
    RELEASE.refresh_soon()


@TRAINING.timer_trigger(
    "timer",
    # Read here, and not as %MAINTENANCE_SCHEDULE%: the host starts no app that lacks a setting.
    schedule=os.environ.get("MAINTENANCE_SCHEDULE") or "0 */5 * * * *",
)
def mantenimiento(timer: func.TimerRequest, context: func.Context) -> None:
    """Put in order what dead runs and lost events left undone."""
    from training.housekeeping.maintenance import (  # noqa: PLC0415 -- slow to import
        maintain,
        open_stores,
    )

    _begin(context)
    maintain(open_stores(read_settings()), read_run_settings(), read_retention())
    RELEASE.refresh_soon()


@TRAINING.queue_trigger("message", queue_name="webjobs-blobtrigger-poison", connection=_DATA)
def abandonados(message: func.QueueMessage, context: func.Context) -> None:
    """End the run of an upload that the platform gives up on."""
    from training.housekeeping.poison import close_poisoned  # noqa: PLC0415 -- serving needs none

    _begin(context)
    close_poisoned(releases_container(read_settings()), message.get_body())


if _TRAINS:
    app.register_functions(TRAINING)


async def _serve_batch(
    req: func.HttpRequest, context: func.Context, handlers: Mapping[str, Handler]
) -> func.HttpResponse:
    """Serve many keyed reads, beside the event loop."""
    await RELEASE.wait_until_loaded(detailed=True)
    attribute_lines(context.invocation_id)
    return await asyncio.to_thread(_serve, req, context, handlers)


async def _serve_what_if(
    req: func.HttpRequest, context: func.Context, handlers: Mapping[str, Handler]
) -> func.HttpResponse:
    """Serve what the scorer computes, beside the event loop."""
    await RELEASE.wait_until_scoring()
    attribute_lines(context.invocation_id)
    return await asyncio.to_thread(_serve, req, context, handlers)


async def _serve_stored(
    req: func.HttpRequest,
    context: func.Context,
    handlers: Callable[[], Mapping[str, Handler]],
    *,
    decides: bool = False,
) -> func.HttpResponse:
    """Serve what asks storage: in a thread of its own, few at a time."""
    attribute_lines(context.invocation_id)
    try:
        # The thread also imports the handlers, which takes longer than a keyed read may wait.
        return await HANDLERS.storage.run(lambda: _serve(req, context, handlers()), decides=decides)
    except CreditRiskError as error:
        return _serve(req, context, dict.fromkeys(handlers(), refuse(error)))


async def _serve_decision(
    req: func.HttpRequest, context: func.Context, handlers: Callable[[], Mapping[str, Handler]]
) -> func.HttpResponse:
    """Serve a decision, and look at once whether it has moved the pointer."""
    answer = await _serve_stored(req, context, handlers, decides=True)
    RELEASE.refresh_soon()
    return answer


def _serve(
    req: func.HttpRequest, context: func.Context, handlers: Mapping[str, Handler]
) -> func.HttpResponse:
    """Convert the platform's request, dispatch it, and convert the response back."""
    _begin(context)
    # By position: by name, the fields cost as much again.
    request = Request(
        req.method,
        context.function_name,
        context.invocation_id,
        req.route_params,
        req.params,
        req.headers,
        req.get_body(),
    )
    return FunctionResponse(respond(request, handlers, RELEASE.headers))


def _begin(context: func.Context) -> None:
    """Take up the trace of an invocation, and tell what threads without one had to say."""
    begin_trace(context.trace_context.trace_parent)
    LOST_LINES.tell()


gc.freeze()
# Five times the usual number of new objects, more than come before the first answer.
gc.set_threshold(10_000)
gc.enable()
