"""Who decides about releases over HTTP: whether they may, and how they are called."""

import hmac

from serving.dispatch import Request
from serving.errors import ApprovalDeniedError
from shared.release.decisions import Actor
from shared.settings import Settings

APPROVAL_HEADER = "x-approval-key"

_LONGEST_NAME = 200


def require_approval_key(request: Request, settings: Settings) -> None:
    """Require that who asks knows the approval key.

    Raises
    ------
    ApprovalDeniedError
        When they do not, or no key is set.
    """
    if settings.approval_key is None:
        raise ApprovalDeniedError(
            "Expected the app setting APPROVAL_KEY, which is not set: set it to a long random"
            f" text, and send that as {APPROVAL_HEADER}."
        )
    sent = request.headers.get(APPROVAL_HEADER, "")
    if not hmac.compare_digest(_bytes(sent), _bytes(settings.approval_key)):
        raise ApprovalDeniedError(
            f"Expected the approval key in the header {APPROVAL_HEADER},"
            f" got {'another text' if sent else 'none'}: ask whoever set APPROVAL_KEY."
        )


def name_actor(request: Request, settings: Settings) -> Actor:
    """Name who asks, as the platform authenticated them.

    Notes
    -----
    The platform removes these headers from what clients send only where its authentication is
    on; anywhere else anyone could send any name.
    """
    if settings.platform_authenticates:
        sent = (request.headers.get(f"x-ms-client-principal-{part}", "") for part in ("name", "id"))
        name, identity = (text.strip()[:_LONGEST_NAME] for text in sent)
        if name or identity:
            both = f"{name} ({identity})" if name and identity else name or identity
            return Actor(both, verified=True)
    return Actor("unknown", verified=False)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
