"""Minimal HTTP functions, to measure the cost of the platform itself."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

_CONSTANT = b'{"resultado":[0]}'


@app.route("user/{user_id}/constante", methods=["GET"])
async def constante(req: func.HttpRequest) -> func.HttpResponse:
    """Return a constant on the worker's event loop."""
    return func.HttpResponse(_CONSTANT, mimetype="application/json")


@app.route("user/{user_id}/constante_en_hilo", methods=["GET"])
def constante_en_hilo(req: func.HttpRequest) -> func.HttpResponse:
    """Return a constant from a thread, where the worker runs plain functions."""
    return func.HttpResponse(_CONSTANT, mimetype="application/json")
