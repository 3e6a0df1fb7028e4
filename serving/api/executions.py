"""The routes about executions: what became of every upload."""

from typing import Annotated

from msgspec import Meta, Struct

from serving.api.operations import Json, Operation
from shared.audit.execution import EXECUTION_PATTERN, STATES, Execution

_EXAMPLE = "20261123T060201Z-0a1b2c3d4e"

PAGE_LENGTH = 50
"""The maximum number of executions in an answer."""


class Executions(Struct):
    """Executions, the latest upload first."""

    executions: list[Execution]
    next: Annotated[
        str | None,
        Meta(
            description="What `after` must be for the executions behind these; null on the last"
            " page.",
            examples=[_EXAMPLE],
        ),
    ]


def _id_schema() -> Json:
    return {"type": "string", "pattern": f"^{EXECUTION_PATTERN}$"}


_AFTER = {
    "name": "after",
    "in": "query",
    "description": "The id behind which the list begins: `next` of the page before. Empty for the"
    " first page.",
    "schema": {"type": "string", "pattern": f"^({EXECUTION_PATTERN})?$"},
}
_STATE = {
    "name": "estado",
    "in": "query",
    "description": "The only state to list. A run that was killed stays `running` until it is"
    " taken up again or closed.",
    "schema": {"type": "string", "enum": list(STATES)},
}
_ID = {
    "name": "id",
    "in": "path",
    "description": "Id of an execution.",
    "required": True,
    "schema": _id_schema(),
    "example": _EXAMPLE,
}
_DESCRIPTIONS = {
    400: "The id or the state is malformed.",
    404: "There is no such execution.",
    503: "Storage is unavailable; `Retry-After` says when to retry.",
}

OPERATIONS = (
    Operation(
        path="/ejecuciones",
        name="executions",
        summary="The executions, the latest upload first",
        answer=(Executions,),
        problems=(400, 401, 405, 503),
        parameters=(_AFTER, _STATE),
        descriptions=_DESCRIPTIONS,
    ),
    Operation(
        path="/ejecuciones/{id}",
        name="execution",
        summary="One execution",
        answer=(Execution,),
        problems=(400, 401, 404, 405, 503),
        parameters=(_ID,),
        descriptions=_DESCRIPTIONS,
    ),
)
