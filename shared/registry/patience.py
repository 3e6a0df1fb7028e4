"""Retries of what storage refuses for a moment."""

from http import HTTPStatus
from typing import Any

from shared.registry.deadlines import DeadlineRetry, seconds_left

# The SDK gives up on both at once: throttling, and a permission that has yet to spread.
_REFUSED_FOR_A_MOMENT = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.FORBIDDEN}
_PAUSES_SECONDS = (0.3, 0.8, 2.0)


class PatientRetry(DeadlineRetry):
    """The SDK's retries, and a few short ones after 403 and 429, up to the deadline."""

    def send(self, request: Any) -> Any:
        """Send a request, again after a pause while storage refuses it for a moment."""
        body = request.http_request.body
        begin = body.tell() if hasattr(body, "seek") else None
        for pause in _PAUSES_SECONDS:
            response = super().send(request)  # type: ignore[no-untyped-call]
            if response.http_response.status_code not in _REFUSED_FOR_A_MOMENT:
                return response
            left = seconds_left()
            if left is not None and left <= pause:
                return response
            request.context.transport.sleep(pause)
            if begin is not None:
                body.seek(begin)
        return super().send(request)  # type: ignore[no-untyped-call]
