"""Requests to storage, sent with the signature that they have."""

from azure.core.pipeline.transport import RequestsTransport
from requests import PreparedRequest


# The SDK imports its transport lazily, so mypy does not see the class.
class SignedTransport(RequestsTransport):  # type: ignore[misc]
    """The SDK's transport, whatever credentials the machine holds for the host.

    Notes
    -----
    The library below looks for a .netrc file at each start, and replaces the signature with what
    that holds for the host.
    """

    def open(self) -> None:
        """Open the session."""
        super().open()
        if self.session is not None:
            self.session.auth = _leave_as_signed


def _leave_as_signed(request: PreparedRequest) -> PreparedRequest:
    return request
