"""The least that an HTTP function can do: what the platform itself costs."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route("user/{user_id}/prediccion", methods=["GET"])
def prediccion(req: func.HttpRequest) -> func.HttpResponse:
    """Return a constant."""
    return func.HttpResponse(b'{"resultado":[0]}', mimetype="application/json")
