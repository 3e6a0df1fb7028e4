"""The errors that training and serving share, each with its HTTP status."""

from typing import Self

from msgspec import Struct


class FieldError(Struct, frozen=True):
    """One broken rule and the field that breaks it.

    Attributes
    ----------
    field : str
        JSON pointer to the field.
    detail : str
        What was expected and what was found.
    """

    field: str
    detail: str


class CreditRiskError(Exception):
    """Base of the project's errors: what was expected, what was found, what to do.

    Attributes
    ----------
    status : int
        HTTP status of the response.
    title : str
        Short summary, the same for every error of the class.
    headers : dict of str to str
        Additional response headers.
    errors : list of FieldError
        Every broken rule, when there are several.
    """

    status = 500
    title = "The service failed"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.headers: dict[str, str] = {}
        self.errors: list[FieldError] = []


class NoReleaseError(CreditRiskError):
    """No release has been loaded yet."""

    status = 503
    title = "No release is loaded"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.headers = {"Retry-After": "10"}


class BrokenReleaseError(CreditRiskError):
    """A release's files do not match its manifest or its model."""

    title = "The release is broken"


class RejectedFileError(CreditRiskError):
    """A raw file violates the data contract.

    Parameters
    ----------
    problems : list of str
        Every violation, each with what was expected.
    """

    status = 422
    title = "The file breaks the data contract"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[Self], tuple[list[str]]]:
        return type(self), (self.problems,)


class SettingError(CreditRiskError):
    """An app setting has an invalid value."""

    title = "An app setting is wrong"
