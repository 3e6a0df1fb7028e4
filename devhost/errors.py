"""Errors that the terminal shows as a message, without a traceback."""


class DevhostError(Exception):
    """Base class: the message says what was expected, what was found and what to do.

    Attributes
    ----------
    exit_code : int
        The exit code of the command line.
    """

    exit_code = 1


class StartError(DevhostError):
    """The app, or a service that it needs, cannot start."""


class IndexingError(DevhostError):
    """The app's functions cannot be indexed or loaded."""


class UsageError(DevhostError):
    """The arguments of the command line are invalid."""

    exit_code = 2


class InvocationError(Exception):
    """A function raised an exception, or its input or output could not be converted.

    Attributes
    ----------
    stack_trace : str
        The worker's stack trace, over several lines.
    """

    def __init__(self, message: str, stack_trace: str) -> None:
        super().__init__(message)
        self.stack_trace = stack_trace
