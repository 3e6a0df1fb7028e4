"""The messages between host and worker: plain objects with the attributes of the protobuf ones.

The worker library takes its message classes from a module that the host passes in.
"""

from types import SimpleNamespace
from typing import Any


class Message:
    """Any message: its keyword arguments become its attributes."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


class TypedData(Message):
    """One value, in an attribute named after its kind: `string`, `bytes`, `json` or `http`."""

    def WhichOneof(self, _: str) -> str | None:  # noqa: N802 -- protobuf's name
        """Return the kind of the value, None if there is none."""
        return next(iter(self.__dict__), None)


class ParameterBinding(Message):
    """A parameter's name and its value, `data`."""

    def WhichOneof(self, _: str) -> str:  # noqa: N802 -- protobuf's name
        """Return where the value is: in the message itself."""
        return "data"


class StatusResult(Message):
    """The outcome of a request."""

    Failure, Success, Cancelled = range(3)


class BindingInfo(Message):
    """A binding, with the numbers of its data types and directions."""

    undefined, string, binary, stream = range(4)
    inout, out = 2, 1


class RpcHttpCookie(Message):
    """A cookie of an HTTP response."""

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
    # Protobuf wraps optional values; here None marks a missing one.
    NullableString=_plain,
    NullableBool=_plain,
    NullableDouble=_plain,
    NullableTimestamp=_plain,
    Timestamp=_seconds,
)
