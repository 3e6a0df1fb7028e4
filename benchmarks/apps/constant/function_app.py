"""Minimal HTTP functions, to measure the cost of the platform itself."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

_CONSTANT = b'{"resultado":[0]}'


@app.route("user/{user_id}/constante", methods=["GET"])
async def constante(req: func.HttpRequest) -> func.HttpResponse:
    """Return a constant on the worker's event loop."""
    return func.HttpResponse(_CONSTANT, mimetype="application/json")
