"""What the first keyed read of a new instance need not wait for."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from serving.current_release import CurrentRelease
from serving.dispatch import Answer, Request

if TYPE_CHECKING:
    from serving.execution_handlers import ExecutionHandlers
    from serving.release_handlers import ReleaseHandlers
    from serving.report_handlers import ReportHandlers
    from serving.service_handlers import ServiceHandlers
    from serving.storage_calls import StorageCalls


class LateHandlers:
    """Handlers and what runs them, each imported and made when a request first needs it.

    Parameters
    ----------
    current : CurrentRelease
        The served release.
    build : callable
        Returns the name of the deployed build.
    """

    def __init__(self, current: CurrentRelease, build: Callable[[], str]) -> None:
        self._current = current
        self._build = build

    @cached_property
    def storage(self) -> "StorageCalls":
        """What runs the handlers that wait for storage; one for the app, as it counts them."""
        from serving.storage_calls import StorageCalls  # noqa: PLC0415 -- see the module

        return StorageCalls()

    @cached_property
    def service(self) -> "ServiceHandlers":
        """The routes about the service itself."""
        from serving.service_handlers import ServiceHandlers  # noqa: PLC0415 -- see the module

        return ServiceHandlers(self._current, self._build)

    def search_page(self, request: Request) -> Answer:
        """Return the page to look up a user."""
        from serving.pages import serve_page  # noqa: PLC0415 -- see the module

        return serve_page(request)

    def docs_page(self, request: Request) -> Answer:
        """Return the page that describes the API."""
        from serving.pages import serve_docs  # noqa: PLC0415 -- see the module

        return serve_docs(request)

    @cached_property
    def reports(self) -> "ReportHandlers":
        """The routes of reports."""
        from serving.report_handlers import ReportHandlers  # noqa: PLC0415 -- see the module

        return ReportHandlers(self._current)

    @cached_property
    def releases(self) -> "ReleaseHandlers":
        """The routes of stored releases."""
        from serving.release_handlers import ReleaseHandlers  # noqa: PLC0415 -- see the module

        return ReleaseHandlers()

    @cached_property
    def executions(self) -> "ExecutionHandlers":
        """The routes of executions."""
        from serving.execution_handlers import ExecutionHandlers  # noqa: PLC0415 -- see the module

        return ExecutionHandlers()
