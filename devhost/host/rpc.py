"""The messages between host and worker, without protobuf: objects with the attributes it has.

The worker library builds its answers through a module of message classes that it is handed.
"""

from types import SimpleNamespace
from typing import Any


class Message:
    """Any message: what it is given becomes its attributes."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


class TypedData(Message):
    """One value, as the attribute that its kind is called: `string`, `bytes`, `json`, `http`."""

    def WhichOneof(self, _: str) -> str | None:  # noqa: N802 -- protobuf's name
        """Tell the kind of the value, None without one."""
        return next(iter(self.__dict__), None)


class ParameterBinding(Message):
    """A parameter's name and the value that goes in or came out, as `data`."""

    def WhichOneof(self, _: str) -> str:  # noqa: N802 -- protobuf's name
        """Tell that the value is in the message itself."""
        return "data"


class StatusResult(Message):
    """How a request ended."""

    Failure, Success, Cancelled = range(3)


class BindingInfo(Message):
    """A binding, and the numbers of directions and data types."""

    undefined, string, binary, stream = range(4)
    inout, out = 2, 1


class RpcHttpCookie(Message):
    """A cookie of an HTTP answer."""

    SameSite = SimpleNamespace(Lax="lax", Strict="strict", ExplicitNone="none", **{"None": ""})


def _plain(value: Any) -> Any:
    return value


def _seconds(seconds: int) -> int:
    return seconds


PROTOS = SimpleNamespace(
    **{
        name: type(name, (Message,), {})
        for name in (
            "WorkerInitResponse",
            "WorkerMetadata",
            "FunctionMetadataResponse",
            "RpcFunctionMetadata",
            "RpcRetryOptions",
            "RpcException",
            "RpcHttp",
            "FunctionLoadResponse",
            "InvocationResponse",
        )
    },
    TypedData=TypedData,
    ParameterBinding=ParameterBinding,
    StatusResult=StatusResult,
    BindingInfo=BindingInfo,
    RpcHttpCookie=RpcHttpCookie,
    # Protobuf wraps what may be missing; None says the same.
    NullableString=_plain,
    NullableBool=_plain,
    NullableDouble=_plain,
    NullableTimestamp=_plain,
    Timestamp=_seconds,
)
