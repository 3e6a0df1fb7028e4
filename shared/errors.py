"""The errors that a caller can act on, each with its HTTP status."""


class CreditRiskError(Exception):
    """Say what was expected, what came and what to do.

    Attributes
    ----------
    status : int
        The HTTP status that the error answers with.
    title : str
        The same short sentence for every error of the class.
    retry_after : int or None
        Seconds after which asking again makes sense.
    """

    status = 500
    title = "The service failed"
    retry_after: int | None = None


class MalformedUserIdError(CreditRiskError):
    """The id in the URL is not a number that an id can be."""

    status = 400
    title = "The user id is malformed"


class UnknownUserError(CreditRiskError):
    """No loan of this user is in the current release."""

    status = 404
    title = "The user is not in the current release"


class NoReleaseError(CreditRiskError):
    """Nothing can be answered, as no release could be loaded yet."""

    status = 503
    title = "No release is loaded"
    retry_after = 10


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
