"""The functions app, which begins its work once the platform takes in its functions."""

from collections.abc import Callable

import azure.functions as func


class IndexedApp(func.FunctionApp):
    """Functions that need a key, and what to begin before any of them is called.

    Parameters
    ----------
    begin : callable
        Called once the platform lists the functions, which a plain import does not; must not wait.
    """

    def __init__(self, begin: Callable[[], object]) -> None:
        super().__init__(http_auth_level=func.AuthLevel.FUNCTION)
        self._begin = begin

    def get_functions(self) -> list[func.Function]:
        """List the functions, as the platform's worker does when it starts."""
        self._begin()
        return super().get_functions()
