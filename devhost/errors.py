"""What can go wrong for the person at the terminal: said in one line, without a traceback."""


class DevhostError(Exception):
    """Say what was expected, what came and what to do.

    Attributes
    ----------
    exit_code : int
        What the command line leaves with.
    """

    exit_code = 1


class StartError(DevhostError):
    """The app or what it stands on cannot be started."""


class IndexingError(DevhostError):
    """The worker library cannot index or load the app's functions."""


class UsageError(DevhostError):
    """The command line asks for what cannot be done."""

    exit_code = 2


class InvocationError(Exception):
    """A function raised, or its arguments or its answer could not be converted.

    Attributes
    ----------
    stack_trace : str
        The worker's stack trace, of several lines.
    """

    def __init__(self, message: str, stack_trace: str) -> None:
        super().__init__(message)
        self.stack_trace = stack_trace
