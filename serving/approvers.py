"""Authorise and identify those who decide about releases over HTTP."""

import hmac

from serving.dispatch import Request
from serving.errors import ApprovalDeniedError
from shared.release.decisions import UNKNOWN, Actor
from shared.settings import Settings

APPROVAL_HEADER = "x-approval-key"

_LONGEST_NAME = 200


def require_approval_key(request: Request, settings: Settings) -> None:
    """Require the approval key.

    Raises
    ------
    ApprovalDeniedError
        When the request carries another key or none, or no key is configured.
    """
    if settings.approval_key is None:
        raise ApprovalDeniedError(
            "The app setting APPROVAL_KEY is not set: set it to a long random text and send it"
            f" in the header {APPROVAL_HEADER}."
        )
    sent = request.headers.get(APPROVAL_HEADER, "")
    if not hmac.compare_digest(_bytes(sent), _bytes(settings.approval_key)):
        raise ApprovalDeniedError(
            f"Expected the approval key in the header {APPROVAL_HEADER},"
            f" got {'another one' if sent else 'none'}: ask whoever set APPROVAL_KEY."
        )


def identify_actor(request: Request, settings: Settings) -> Actor:
    """Identify the caller, as authenticated by the platform.

    Notes
    -----
    The platform strips these headers from client requests only where its authentication is on;
    elsewhere anyone could send any name.
    """
    if settings.platform_authenticates:
        sent = (request.headers.get(f"x-ms-client-principal-{part}", "") for part in ("name", "id"))
        name, identity = (text.strip()[:_LONGEST_NAME] for text in sent)
        if name or identity:
            both = f"{name} ({identity})" if name and identity else name or identity
            return Actor(both, verified=True)
    return UNKNOWN


def require_authenticated(actor: Actor) -> Actor:
    """Require a caller whose name is authenticated, as an override does.

    Raises
    ------
    ApprovalDeniedError
        When it is not.
    """
    if not actor.verified:
        raise ApprovalDeniedError(
            "An override needs the authenticated names of those who answer for it, and this request"
            " carries none: turn App Service Authentication on and log in, or override on the"
            " command line."
        )
    return actor


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
