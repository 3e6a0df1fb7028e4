"""The routes that serve release reports."""

from serving.api.operations import PAGE, READ_PROBLEMS, Operation, version_parameter

OPERATIONS = (
    Operation(
        path="/informe",
        name="report",
        summary="The served release's report",
        answer=PAGE,
        problems=(401, 404, 405, 503),
        cached=True,
    ),
    Operation(
        path="/informe/{version}",
        name="reportOf",
        summary="A release's report",
        answer=PAGE,
        problems=READ_PROBLEMS,
        parameters=(version_parameter("version", "path"),),
        cached=True,
    ),
)
