"""The errors of requests, each with its HTTP status, and what clients may read of all others."""

from azure.core.exceptions import AzureError

from shared.errors import CreditRiskError, FieldError

MAX_ERRORS = 100
"""The broken rules that an answer lists at most: it must not outgrow its request."""


class MalformedUserIdError(CreditRiskError):
    """The user id is not a whole number in range."""

    status = 400
    title = "The user id is malformed"


class MalformedRequestError(CreditRiskError):
    """The query or the body cannot be parsed."""

    status = 400
    title = "The request cannot be read"


class ApprovalDeniedError(CreditRiskError):
    """The caller may not decide about releases."""

    status = 403
    title = "Deciding about releases is not allowed"


class UnknownUserError(CreditRiskError):
    """The user has no loan in the current release."""

    status = 404
    title = "The user is not in the current release"


class UnknownReportError(CreditRiskError):
    """The release has no report."""

    status = 404
    title = "There is no such report"


class UnknownExecutionError(CreditRiskError):
    """There is no execution of this id."""

    status = 404
    title = "There is no such execution"


class MethodNotAllowedError(CreditRiskError):
    """The route does not accept the method.

    Parameters
    ----------
    method : str
        The method of the request.
    allowed : list of str
        The methods that the route accepts.
    """

    status = 405
    title = "The method is not allowed"

    def __init__(self, method: str, allowed: list[str]) -> None:
        super().__init__(f"Expected {' or '.join(allowed)}, got {method}.")
        self.headers = {"Allow": ", ".join(allowed)}


class BodyTooLargeError(CreditRiskError):
    """The body exceeds the size limit."""

    status = 413
    title = "The request body is too large"


class MediaTypeError(CreditRiskError):
    """The body is not declared as JSON."""

    status = 415
    title = "The media type is not supported"


class InvalidRequestError(CreditRiskError):
    """The body is JSON but violates the schema or contradicts itself.

    Parameters
    ----------
    errors : list of FieldError
        Every violation; the answer lists the first `MAX_ERRORS`.
    """

    status = 422
    title = "The request breaks rules"

    def __init__(self, errors: list[FieldError]) -> None:
        rules = "1 rule is" if len(errors) == 1 else f"{len(errors)} rules are"
        shown = "errors" if len(errors) <= MAX_ERRORS else f"the first {MAX_ERRORS} in errors"
        super().__init__(f"{rules} broken: see {shown}.")
        self.errors = errors[:MAX_ERRORS]


class StorageUnavailableError(CreditRiskError):
    """Stored releases cannot be read or written at the moment."""

    status = 503
    title = "Storage is unavailable"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.headers = {"Retry-After": "10"}


class StorageBusyError(StorageUnavailableError):
    """As many requests as permitted already wait for storage."""

    title = "Too many requests wait for storage"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.headers = {"Retry-After": "2"}


def describe_publicly(error: Exception) -> str:
    """Describe any error without the details that only operators may see in the log."""
    if isinstance(error, CreditRiskError):
        return str(error)
    code = getattr(error, "error_code", None) or type(error).__name__
    where = "storage" if isinstance(error, AzureError) else "this instance"
    return f"{where} reports {getattr(code, 'value', code)}; the log has the details."
