"""A function that returns a constant: the cost of the platform itself."""

import azure.functions as func

blueprint = func.Blueprint()  # type: ignore[no-untyped-call]

_CONSTANT = b'{"resultado":[0]}'


@blueprint.route("user/{user_id}/constante", methods=["GET"])
async def constante(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 -- the binding
    """Return a constant on the worker's event loop."""
    return func.HttpResponse(_CONSTANT, mimetype="application/json")
