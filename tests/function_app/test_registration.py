"""The functions, as they are registered with the platform."""

from tests.support.invoked_app import App


def test_the_functions_are_registered_as_the_platform_needs_them(app: App) -> None:
    bindings = {name: function.trigger for name, function in app.functions.items()}

    levels = {name: one["authLevel"].upper() for name, one in bindings.items() if "route" in one}
    assert levels == {
        "caracteristicasriesgo": "FUNCTION",
        "prediccion": "FUNCTION",
        "prediccion_hipotetica": "FUNCTION",
        "predicciones": "FUNCTION",
        "modelo": "FUNCTION",
        "versiones": "FUNCTION",
        "comparacion": "FUNCTION",
        "aprobacion": "FUNCTION",
        "rechazo": "FUNCTION",
        "regreso": "FUNCTION",
        "health": "ANONYMOUS",
        "ready": "ANONYMOUS",
        "openapi": "ANONYMOUS",
        "docs": "ANONYMOUS",
        "pagina": "ANONYMOUS",
        "informe": "FUNCTION",
        "informe_de_version": "FUNCTION",
    }
    assert bindings["prediccion"]["route"] == "user/{user_id}/prediccion"
    assert bindings["pagina"]["route"] == "{ignored:maxlength(0)?}"
    upload = bindings["entrenamiento"]
    assert upload["path"] == "input/{name}.csv"
    assert upload["source"] == "EventGrid"
    assert app.functions["entrenamiento"].takes_client
