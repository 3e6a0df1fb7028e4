"""Azure's Python worker library, driven in this process: it indexes the app and runs its functions.

The library's state is global, so a process can hold one app only.
"""

import asyncio
import json
import os
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import azure_functions_runtime as runtime

from devhost.errors import IndexingError, InvocationError
from devhost.host.blob_messages import BlobDetails, blob_input, blob_metadata
from devhost.host.functions import Function, describe_function
from devhost.host.host_log import task_invocation
from devhost.host.http_messages import HttpRequest, HttpResponse, read_http_response
from devhost.host.rpc import PROTOS, Message, ParameterBinding, StatusResult, TypedData

_FIRST_ATTEMPT = Message(retry_count=0, max_retry_count=0, exception=None)


class Worker:
    """The worker library with one app loaded.

    Parameters
    ----------
    app_dir : Path
        The directory of function_app.py.
    """

    def __init__(self, app_dir: Path) -> None:
        self._app_dir = str(app_dir.resolve())
        self.functions: dict[str, Function] = {}

    async def index(self, settings: Mapping[str, str] = os.environ) -> dict[str, Function]:
        """Import the app, load its functions and return them by name.

        Raises
        ------
        IndexingError
            When the app cannot be loaded, with the worker library's own message.
        """
        if self._app_dir not in sys.path:
            sys.path.insert(0, self._app_dir)
        runtime.start_threadpool_executor()
        await _dispatch(
            "worker_init_request", capabilities={}, function_app_directory=self._app_dir
        )
        response = await _dispatch(
            "functions_metadata_request", function_app_directory=self._app_dir
        )
        for found in response.function_metadata_results or []:
            await _dispatch("function_load_request", function_id=found.function_id)
            self.functions[found.name] = describe_function(
                found.name, found.function_id, found.raw_bindings, settings
            )
        if not self.functions:
            raise IndexingError(f"No job functions found in {self._app_dir}.")
        return self.functions

    async def invoke_http(
        self, function: str, request: HttpRequest, invocation: str | None = None
    ) -> HttpResponse:
        """Invoke an HTTP function.

        Raises
        ------
        InvocationError
            When the function raises.
        """
        response = await self._invoke(function, TypedData(http=request), {}, invocation)
        return read_http_response(response.return_value)

    async def invoke_blob(
        self,
        function: str,
        container: str,
        blob: str,
        details: BlobDetails | None = None,
        invocation: str | None = None,
    ) -> None:
        """Invoke a blob function.

        Raises
        ------
        InvocationError
            When the function raises.
        """
        details = details or BlobDetails()
        invoked = self.functions[function]
        data = blob_input(invoked, container, blob, details)
        metadata = blob_metadata(invoked, container, blob, details)
        await self._invoke(function, data, metadata, invocation)

    async def invoke_timer(
        self, function: str, info: Mapping[str, Any], invocation: str | None = None
    ) -> None:
        """Invoke a timer function; raises as `invoke_blob` does.

        Parameters
        ----------
        info : mapping
            The occurrence: `Schedule`, `ScheduleStatus`, `IsPastDue`.
        """
        await self._invoke(function, TypedData(json=json.dumps(info)), {}, invocation)

    async def invoke_queue(
        self,
        function: str,
        content: str,
        described: Mapping[str, str | int],
        invocation: str | None = None,
    ) -> None:
        """Invoke a queue function; raises as `invoke_blob` does.

        Parameters
        ----------
        content : str
            The message, decoded.
        described : mapping
            Its id, times and number of deliveries.
        """
        metadata = {
            name: TypedData(string=value)
            if isinstance(value, str)
            else TypedData(json=json.dumps(value))
            for name, value in described.items()
        }
        await self._invoke(function, TypedData(string=content), metadata, invocation)

    async def _invoke(
        self,
        function: str,
        data: TypedData,
        trigger_metadata: Mapping[str, TypedData],
        invocation: str | None,
    ) -> Any:
        invoked = self.functions[function]
        invocation = invocation or str(uuid.uuid4())
        response = await _run_in_task(
            invocation,
            Message(
                invocation_id=invocation,
                function_id=invoked.id,
                input_data=(ParameterBinding(name=invoked.trigger["name"], data=data),),
                trigger_metadata=trigger_metadata,
                trace_context=_new_trace(),
                retry_context=_FIRST_ATTEMPT,
            ),
        )
        if response.result.status != StatusResult.Success:
            error = response.result.exception
            raise InvocationError(error.message, error.stack_trace)
        return response


async def _run_in_task(invocation: str, request: Message) -> Any:
    """Run an invocation in a task of its own, to which its lines are attributed."""

    async def run() -> Any:
        task_invocation.set(invocation)
        return await runtime.invocation_request(
            Message(request=Message(invocation_request=request))
        )

    return await asyncio.create_task(run())


def _new_trace() -> Message:
    """Begin a trace, as the host does for each invocation (W3C Trace Context)."""
    trace, span = uuid.uuid4().hex, uuid.uuid4().hex[:16]
    return Message(trace_parent=f"00-{trace}-{span}-00", trace_state="", attributes={})


async def _dispatch(verb: str, **fields: Any) -> Any:
    request = Message(
        request=Message(**{verb: Message(**fields)}),
        properties={"host": "127.0.0.1", "protos": PROTOS},
    )
    response = await getattr(runtime, verb)(request)
    if response.result.status != StatusResult.Success:
        error = response.result.exception
        raise IndexingError(f"{error.message}\n{error.stack_trace}")
    return response
