"""The pages for people: self-contained, without external resources."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from serving.api.media_types import HTML
from serving.dispatch import Answer, Request
from serving.docs_page import render_docs
from serving.openapi import describe_api

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


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
    api = describe_api()
    # The docs are also served with a trailing slash, where a relative link would break.
    link = f'href="{api["servers"][0]["url"]}/openapi.json"'
    return render_docs(api).replace('href="openapi.json"', link)


def _answer(page: str) -> Answer:
    body = page.encode()
    headers = {
        "Cache-Control": "no-cache",
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"',
        "Content-Security-Policy": _allow_only(page),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Answer(body, media_type=HTML, headers=headers)


def _allow_only(page: str) -> str:
    """Allow the page its own script and style, by digest, and requests to its own origin."""
    sources = {"script": "'none'", "style": "'none'"}
    for kind, content in _INLINE.findall(page):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        sources[kind] = f"'sha256-{digest}'"
    return (
        f"default-src 'none'; script-src {sources['script']}; style-src {sources['style']};"
        " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
