"""The development host: serves the app's HTTP functions, polls for its blob functions."""

import asyncio
import errno
import os
import signal
import socket
from pathlib import Path

import uvicorn

from devhost.errors import StartError
from devhost.host.blob_listener import BlobListener, PollingOptions
from devhost.host.blob_store import BlobStore, derive_host_id
from devhost.host.functions import Function
from devhost.host.host_log import configure_logging, logger
from devhost.host.host_settings import HostSettings, read_host_settings
from devhost.host.http_app import HttpApp
from devhost.host.routes import Route, Router, make_route
from devhost.host.worker import Worker

ADDRESS = "127.0.0.1"
_SERVED_BINDINGS = frozenset({"httpTrigger", "http", "blobTrigger"})
_BACKLOG = 2048
_LAST_REQUESTS_SECONDS = 3


def reserve_port(port: int) -> socket.socket:
    """Take a port of this machine; callers wait in line until it is served.

    Raises
    ------
    StartError
        When another program has it.
    """
    # asyncio answers without Nagle's delay, 40 ms, only where the protocol is named.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ADDRESS, port))
        # Bound is not taken yet: two programs can bind the same port until one listens.
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno != errno.EADDRINUSE:
            raise StartError(f"Port {port} cannot be taken: {error.strerror}.") from None
        raise StartError(
            f"Port {port} is in use: stop what uses it, or choose another with PORT=7072."
        ) from None
    return listener


def run_host(app_dir: Path, listener: socket.socket, announcement: str = "") -> None:
    """Run the app until SIGINT or SIGTERM.

    Parameters
    ----------
    app_dir : Path
        The directory of function_app.py and host.json.
    listener : socket.socket
        From `reserve_port`.
    announcement : str
        Printed under the list of functions.

    Raises
    ------
    IndexingError, StartError
        When the app cannot be started.
    """
    configure_logging()
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    asyncio.run(_serve(app_dir, listener, announcement))


async def _serve(app_dir: Path, listener: socket.socket, announcement: str) -> None:
    worker = Worker(app_dir)
    settings = read_host_settings(app_dir)
    functions = list((await worker.index()).values())
    routes = [make_route(one, settings.route_prefix) for one in functions if _is_http(one)]
    listeners = _make_listeners(worker, settings, app_dir)
    front = HttpApp(worker, Router(routes))
    _print_functions(functions, routes, listener.getsockname()[1])
    _warn_of_unserved(functions)
    if announcement:
        print(announcement, flush=True)
    server = uvicorn.Server(_server_settings(front))
    async with asyncio.TaskGroup() as group:
        watching = [group.create_task(one.watch()) for one in listeners]
        await server.serve(sockets=[listener])
        for task in watching:
            task.cancel()


def _make_listeners(worker: Worker, settings: HostSettings, app_dir: Path) -> list[BlobListener]:
    pace = PollingOptions(
        poll_seconds=_seconds("DEVHOST_POLL_SECONDS", 1.0),
        retry_seconds=_seconds("DEVHOST_RETRY_SECONDS", 2.0),
        tries=settings.blob_tries,
        slots=asyncio.Semaphore(settings.parallel_blobs),
    )
    host_id = derive_host_id(app_dir)
    return [
        BlobListener(worker, function, BlobStore(function, host_id), pace)
        for function in worker.functions.values()
        if function.kind == "blobTrigger"
    ]


def _server_settings(front: HttpApp) -> uvicorn.Config:
    return uvicorn.Config(
        front,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=_LAST_REQUESTS_SECONDS,
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


def _warn_of_unserved(functions: list[Function]) -> None:
    for function in functions:
        for binding in function.bindings:
            if binding["type"] not in _SERVED_BINDINGS:
                logger.warning(
                    "Function '%s' has a binding of type %s, which this development host does not"
                    " serve.",
                    function.name,
                    binding["type"],
                )


def _is_http(function: Function) -> bool:
    return function.kind == "httpTrigger"


def _seconds(setting: str, default: float) -> float:
    text = os.environ.get(setting) or str(default)
    try:
        return float(text)
    except ValueError:
        raise StartError(f"{setting} must be a number of seconds, not {text!r}.") from None
