"""The errors that a caller can act on, each with its HTTP status."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One broken rule of a request.

    Attributes
    ----------
    field : str
        JSON pointer to what breaks it.
    detail : str
        What was expected and what came.
    """

    field: str
    detail: str


class CreditRiskError(Exception):
    """Say what was expected, what came and what to do.

    Attributes
    ----------
    status : int
        The HTTP status that the error answers with.
    title : str
        The same short sentence for every error of the class.
    headers : dict of str to str
        What the answer tells besides.
    errors : list of FieldError
        Every broken rule, where a request breaks several.
    """

    status = 500
    title = "The service failed"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.headers: dict[str, str] = {}
        self.errors: list[FieldError] = []


class MalformedUserIdError(CreditRiskError):
    """The id in the URL is not a number that an id can be."""

    status = 400
    title = "The user id is malformed"


class MalformedRequestError(CreditRiskError):
    """The request's query or body cannot be read."""

    status = 400
    title = "The request cannot be read"


class UnknownUserError(CreditRiskError):
    """No loan of this user is in the current release."""

    status = 404
    title = "The user is not in the current release"


class MalformedVersionError(CreditRiskError):
    """The version in the URL is not one that a release can have."""

    status = 400
    title = "The version is malformed"


class UnknownReportError(CreditRiskError):
    """There is no such release, or it has no report."""

    status = 404
    title = "There is no such report"


class MethodNotAllowedError(CreditRiskError):
    """The route is there, but not for this method.

    Parameters
    ----------
    method : str
        What was asked.
    allowed : list of str
        What can be asked.
    """

    status = 405
    title = "The method is not allowed"

    def __init__(self, method: str, allowed: list[str]) -> None:
        super().__init__(f"Expected {' or '.join(allowed)}, got {method}.")
        self.headers = {"Allow": ", ".join(allowed)}


class BodyTooLargeError(CreditRiskError):
    """The request's body is larger than any that is sound."""

    status = 413
    title = "The request body is too large"


class MediaTypeError(CreditRiskError):
    """The request's body is not JSON."""

    status = 415
    title = "The media type is not supported"


class InvalidRequestError(CreditRiskError):
    """The request's body is JSON, but breaks rules.

    Parameters
    ----------
    errors : list of FieldError
        All that are broken.
    """

    status = 422
    title = "The request breaks rules"

    def __init__(self, errors: list[FieldError]) -> None:
        rules = "1 rule is" if len(errors) == 1 else f"{len(errors)} rules are"
        super().__init__(f"{rules} broken: see errors.")
        self.errors = errors


class NoReleaseError(CreditRiskError):
    """Nothing can be answered, as no release could be loaded yet."""

    status = 503
    title = "No release is loaded"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.headers = {"Retry-After": "10"}


class BrokenReleaseError(CreditRiskError):
    """A release's files are not what its manifest or its model says."""

    title = "The release is broken"


class RejectedFileError(CreditRiskError):
    """A raw file breaks the data contract.

    Parameters
    ----------
    problems : list of str
        All that is wrong with the file, each with what was expected.
    """

    status = 422
    title = "The file breaks the data contract"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class SettingError(CreditRiskError):
    """An app setting cannot be read as what it must be."""

    title = "An app setting is wrong"
