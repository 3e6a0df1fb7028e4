"""Answers as the worker's library encodes them, against its own class."""

import azure.functions as func
import pytest
from azure.functions.http import HttpResponseConverter

from serving.dispatch import Answer
from serving.function_response import FunctionResponse


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"{}", headers={"ETag": '"v1.7"', "X-Request-Id": "r1"}),
        Answer(b"", 304, "text/html; charset=utf-8", {"Cache-Control": "no-cache"}),
    ],
)
def test_the_platform_gets_what_its_own_response_would_give(answer: Answer) -> None:
    headers = {**answer.headers, "content-type": answer.media_type}
    theirs = func.HttpResponse(answer.body, status_code=answer.status, headers=headers)

    ours = FunctionResponse(answer)

    assert isinstance(ours, func.HttpResponse)
    encoded = [HttpResponseConverter.encode(one, expected_type=None) for one in (ours, theirs)]
    assert encoded[0] == encoded[1]
    assert encoded[0].value["headers"]["content-type"].value == answer.media_type


@pytest.mark.parametrize("line_end", ["\n", "\r"])
def test_a_header_with_a_line_end_is_refused(line_end: str) -> None:
    answer = Answer(b"{}", headers={"X-Release-Version": f"v1{line_end}Set-Cookie: a=b"})

    with pytest.raises(ValueError, match="one line each"):
        FunctionResponse(answer)
