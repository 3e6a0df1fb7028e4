"""The pages for people: self-contained, without external resources."""

import hashlib
from functools import cache
from pathlib import Path

from serving.dispatch import HTML, Answer, Request
from serving.page_policy import allow_only


def serve_page(_: Request) -> Answer:
    """Return the page to look up a user."""
    return _answer(_read_page())


def serve_docs(_: Request) -> Answer:
    """Return the page that describes the API."""
    return _answer(_render_docs_page())


@cache
def _read_page() -> str:
    return (Path(__file__).parent / "index.html").read_text(encoding="utf-8")


@cache
def _render_docs_page() -> str:
    from serving.docs_page import render_docs  # noqa: PLC0415 -- keyed reads need neither
    from serving.openapi import describe_api  # noqa: PLC0415

    api = describe_api()
    # The docs are also served with a trailing slash, where a relative link would break.
    link = f'href="{api["servers"][0]["url"]}/openapi.json"'
    return render_docs(api).replace('href="openapi.json"', link)


def _answer(page: str) -> Answer:
    body = page.encode()
    headers = {
        "Cache-Control": "no-cache",
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"',
        "Content-Security-Policy": allow_only(page),
    }
    return Answer(body, media_type=HTML, headers=headers)
