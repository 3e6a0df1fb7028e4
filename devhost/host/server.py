"""The development host: serves the app's HTTP functions and polls for its blob functions."""

import asyncio
import errno
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import uvicorn

from devhost.errors import StartError
from devhost.host.event_grid import BlobWebhook
from devhost.host.functions import Function
from devhost.host.host_log import configure_logging, logger
from devhost.host.host_settings import read_host_settings
from devhost.host.http_app import HttpApp
from devhost.host.http_protocol import HostProtocol
from devhost.host.routes import Route, Router, make_route
from devhost.host.worker import Worker
from devhost.stop_signals import stop_on_termination

type Watch = Callable[[], Coroutine[Any, Any, None]]

ADDRESS = "127.0.0.1"
_SUPPORTED_BINDINGS = frozenset(
    {"httpTrigger", "http", "blobTrigger", "timerTrigger", "queueTrigger"}
)
_BACKLOG = 2048
_SHUTDOWN_SECONDS = 2


def reserve_port(port: int) -> socket.socket:
    """Listen on a port; connections queue up until the server accepts them.

    Raises
    ------
    StartError
        When the port cannot be opened, usually because it is in use.
    """
    # asyncio disables Nagle's algorithm, a delay of 40 ms, only if the protocol is set explicitly.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ADDRESS, port))
        # With bind alone, another program could still take the port.
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno != errno.EADDRINUSE:
            raise StartError(f"Port {port} cannot be opened: {error.strerror}.") from None
        raise StartError(
            f"Port {port} is in use: stop what uses it, or choose another port with PORT=7072."
        ) from None
    return listener


def run_host(app_dir: Path, listener: socket.socket, announcement: str = "") -> None:
    """Run the app until SIGINT or SIGTERM.

    Parameters
    ----------
    app_dir : Path
        The directory of function_app.py and host.json.
    listener : socket.socket
        The result of `reserve_port`.
    announcement : str
        Printed below the list of functions.

    Raises
    ------
    IndexingError, StartError
        When the app cannot start.
    """
    configure_logging()
    stop_on_termination()
    asyncio.run(_serve(app_dir, listener, announcement))


async def _serve(app_dir: Path, listener: socket.socket, announcement: str) -> None:
    worker = Worker(app_dir)
    settings = read_host_settings(app_dir)
    functions = list((await worker.index()).values())
    routes = [make_route(one, settings.route_prefix) for one in functions if _is_http(one)]
    webhook: BlobWebhook | None = None
    watches: list[Watch] = []
    if not all(map(_is_http, functions)):
        # Not earlier, nor for every app: they import modules that the app may need as well.
        from devhost.host.listeners import make_listeners, make_webhook  # noqa: PLC0415

        listeners = make_listeners(worker, settings, app_dir)
        webhook, watches = make_webhook(listeners), [one.watch for one in listeners]
    http_app = HttpApp(worker, Router(routes), webhook, settings.custom_headers)
    _print_functions(functions, routes, listener.getsockname()[1])
    _warn_of_unsupported_bindings(functions)
    if announcement:
        print(announcement, flush=True)
    server = uvicorn.Server(_server_config(http_app))
    async with asyncio.TaskGroup() as group:
        watchers = [group.create_task(watch()) for watch in watches]
        await server.serve(sockets=[listener])
        for task in watchers:
            task.cancel()


def _server_config(http_app: HttpApp) -> uvicorn.Config:
    return uvicorn.Config(
        http_app,
        http=HostProtocol,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )


def _print_functions(functions: list[Function], routes: list[Route], port: int) -> None:
    by_name = {route.function: route for route in routes}
    lines = ["", "Functions:", ""]
    for function in functions:
        route = by_name.get(function.name)
        if route:
            methods = f"[{','.join(sorted(route.methods))}] " if route.methods else ""
            lines.append(f"\t{function.name}: {methods}http://localhost:{port}/{route.template}\n")
        else:
            lines.append(f"\t{function.name}: {function.kind}\n")
    print("\n".join(lines), flush=True)


def _warn_of_unsupported_bindings(functions: list[Function]) -> None:
    for function in functions:
        for binding in function.bindings:
            if binding["type"] not in _SUPPORTED_BINDINGS:
                logger.warning(
                    "Function '%s' has a binding of type %s, which this development host does not"
                    " support.",
                    function.name,
                    binding["type"],
                )


def _is_http(function: Function) -> bool:
    return function.kind == "httpTrigger"
