"""Handlers of the routes about executions."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from azure.core.exceptions import AzureError

from serving.api.executions import PAGE_LENGTH, Executions
from serving.dispatch import Answer, Request, encode
from serving.errors import MalformedRequestError, StorageUnavailableError, UnknownExecutionError
from shared.audit.execution import STATES, Execution, check_execution_id
from shared.errors import BrokenReleaseError
from shared.settings import Settings, read_settings

if TYPE_CHECKING:
    from shared.audit.executions import ExecutionTable


def open_executions(settings: Settings) -> "ExecutionTable":
    """Open the table of executions; the client of tables is imported for nothing else."""
    from shared.audit.executions import ExecutionTable  # noqa: PLC0415 -- slow to import
    from shared.audit.tables import EXECUTIONS_TABLE, table_client  # noqa: PLC0415

    return ExecutionTable(table_client(settings, EXECUTIONS_TABLE))


class ExecutionHandlers:
    """List and show executions, straight from their table.

    Parameters
    ----------
    settings : callable
        Called on every request.
    executions : callable
        Opens the table.
    """

    def __init__(
        self,
        settings: Callable[[], Settings] = read_settings,
        executions: "Callable[[Settings], ExecutionTable]" = open_executions,
    ) -> None:
        self._read_settings = settings
        self._open = executions

    def list(self, request: Request) -> Answer:
        """Return the latest executions, those `after` one, those of one `estado`."""
        after, state = request.query.get("after"), request.query.get("estado")
        if state is not None and state not in STATES:
            raise MalformedRequestError(
                f"Expected estado to be one of {', '.join(STATES)}; got {state[:40]!r}."
            )
        if after is not None:
            check_execution_id(after)
        # One more than is shown tells whether there is a next page.
        found = self._ask(lambda table: table.list(PAGE_LENGTH + 1, after, state))
        page = found[:PAGE_LENGTH]
        following = page[-1].id if len(found) > PAGE_LENGTH else None
        return _answer(Executions(page, following))

    def show(self, request: Request) -> Answer:
        """Return one execution."""
        name = check_execution_id(request.route["id"])
        found = self._ask(lambda table: table.fetch(name))
        if found is None:
            raise UnknownExecutionError(
                f"Expected the id of an execution; there is no {name}: see the list of executions."
            )
        return _answer(found)

    def _ask[T](self, ask: "Callable[[ExecutionTable], T]") -> T:
        try:
            return ask(self._open(self._read_settings()))
        except AzureError as error:
            reason = str(error).partition("\n")[0]
            raise StorageUnavailableError(f"Executions cannot be read now: {reason}") from error
        except msgspec.DecodeError as error:
            raise BrokenReleaseError(
                f"An execution cannot be read: {error}. Verify the audit: python -m training audit"
                " verify."
            ) from error


def _answer(document: Execution | Executions) -> Answer:
    return Answer(encode(document), headers={"Cache-Control": "no-store"})
