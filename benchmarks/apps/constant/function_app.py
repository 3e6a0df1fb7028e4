"""Our app with a function beside it that returns a constant: the cost of the platform itself."""

from importlib import import_module

import azure.functions as func

# Linked into the folder that this file is linked into.
app: func.FunctionApp = import_module("our_app").app

_CONSTANT = b'{"resultado":[0]}'


@app.route("user/{user_id}/constante", methods=["GET"])
async def constante(req: func.HttpRequest) -> func.HttpResponse:
    """Return a constant on the worker's event loop."""
    return func.HttpResponse(_CONSTANT, mimetype="application/json")
