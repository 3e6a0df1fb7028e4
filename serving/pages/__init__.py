"""The pages for a person: self-contained, nothing from outside."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from serving.api.media_types import HTML
from serving.dispatch import Answer, Request
from serving.docs_page import write_docs
from serving.openapi import describe_api

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


def answer_page(_: Request) -> Answer:
    """Answer the page on which a person looks up a user."""
    return _answer(_read_page())


def answer_docs(_: Request) -> Answer:
    """Answer the page that describes the API."""
    return _answer(_write_docs())


@cache
def _read_page() -> str:
    return (Path(__file__).parent / "index.html").read_text(encoding="utf-8")


@cache
def _write_docs() -> str:
    api = describe_api()
    # The docs answer with a slash at the end too, where a relative link would be dead.
    link = f'href="{api["servers"][0]["url"]}/openapi.json"'
    return write_docs(api).replace('href="openapi.json"', link)


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
    """Allow the page its own script and style, by digest, and questions to its own origin."""
    sources = {"script": "'none'", "style": "'none'"}
    for kind, content in _INLINE.findall(page):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        sources[kind] = f"'sha256-{digest}'"
    return (
        f"default-src 'none'; script-src {sources['script']}; style-src {sources['style']};"
        " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
