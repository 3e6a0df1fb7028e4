"""Routers of functions that have nothing but their route."""

from devhost.host.functions import Function
from devhost.host.routes import Router, make_route


def http_function(
    route: str | None, name: str = "found", methods: tuple[str, ...] = ()
) -> Function:
    trigger = {"type": "httpTrigger", "name": "req", "route": route, "methods": methods}
    return Function(name, "id", (trigger,), trigger)


def router(*functions: Function, prefix: str = "api") -> Router:
    return Router(make_route(function, prefix) for function in functions)


def params(route: str, path: str) -> dict[str, str] | None:
    found = router(http_function(route)).find("GET", path)
    return found.params if found else None
