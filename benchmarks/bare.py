"""A constant served by uvicorn alone, without host and worker library."""

from typing import Any


async def answer_constant(scope: dict[str, Any], _: Any, send: Any) -> None:
    """Answer every request with the same bytes."""
    if scope["type"] != "http":
        raise NotImplementedError
    headers = [(b"content-type", b"application/json"), (b"content-length", b"17")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"resultado":[0]}'})
