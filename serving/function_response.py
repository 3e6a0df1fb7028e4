"""An answer in the form that the platform takes."""

from typing import Any

import azure.functions as func

from serving.dispatch import Answer


class FunctionResponse(func.HttpResponse):
    """A response whose headers are a plain dictionary.

    Raises
    ------
    ValueError
        When a header has a line end, with which it would pretend to be several.

    Notes
    -----
    The library's own class copies every header into a list, which is then searched from the start
    for each name: half of the cost of an answer.
    """

    # In place of the library's properties.
    status_code: int = 200
    headers: Any = None

    def __init__(self, answer: Answer) -> None:
        # The library's own initializer would build that list all the same.
        self.status_code = answer.status
        self.headers = headers = answer.headers
        self._body = answer.body
        headers["content-type"] = answer.media_type
        text = "".join(headers.values())
        if "\n" in text or "\r" in text:
            raise ValueError(f"Expected headers of one line each, got {headers!r}.")

    def get_body(self) -> bytes:
        """Return the body."""
        return self._body
