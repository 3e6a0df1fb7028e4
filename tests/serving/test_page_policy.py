"""The content security policy of the pages and the reports, and their inline content."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from serving.dispatch import Request
from serving.page_policy import allow_only, allow_style_only, collect_styles
from serving.pages import serve_docs, serve_page
from shared.release.files import REPORT

ASK = Request("GET", "pagina", "r1")


class InlineContent(HTMLParser):
    """Collects what a policy must allow: script and style elements, attributes that act."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, str]] = []
        self.attributes: list[tuple[str, str]] = []
        self._open: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag if tag in ("script", "style") else None
        self.attributes += [
            (tag, name) for name, _ in attrs if name == "style" or name.startswith("on")
        ]

    def handle_data(self, data: str) -> None:
        if self._open:
            self.elements.append((self._open, data))
            self._open = None


def check(page: str, policy: str) -> None:
    """Check that a browser would block nothing of the page, and allow nothing else."""
    assert "unsafe" not in policy
    inline = InlineContent(page)
    assert inline.attributes == []
    sources = dict(one.strip().split(" ", 1) for one in policy.split(";"))
    for kind in ("script", "style"):
        digests = [
            f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
            for element, content in inline.elements
            if element == kind
        ]
        allowed = sources.get(f"{kind}-src", sources["default-src"])
        assert allowed == (" ".join(digests) or "'none'")
    assert sources["frame-ancestors"] == sources["base-uri"] == sources["form-action"] == "'none'"


@pytest.mark.parametrize("answer", [serve_page(ASK), serve_docs(ASK)], ids=["page", "docs"])
def test_the_policy_of_a_page_allows_its_inline_content_and_no_other(answer: object) -> None:
    page = answer.body.decode()  # type: ignore[attr-defined]

    check(page, answer.headers["Content-Security-Policy"])  # type: ignore[attr-defined]


def test_a_whole_report_keeps_its_styles_under_a_strict_policy(release: Path) -> None:
    stored = (release / REPORT).read_text(encoding="utf-8")
    styles = re.findall(r' style="([^"]*)"', stored)

    served = collect_styles(stored)

    assert len(set(styles)) > 5
    check(served, allow_style_only(served))
    places = dict(re.findall(r'(?:\[data-s="(\d+)"\]){3}\{([^}]*)\}', served))
    assert [places[place] for place in re.findall(r' data-s="(\d+)"', served)] == styles


def test_a_style_that_is_more_than_declarations_is_not_moved() -> None:
    page = '<head></head><p style="color: red">a</p><p style="} * { color: red">b</p>'

    moved = collect_styles(page)

    assert '<p data-s="0">a</p><p style="} * { color: red">b</p>' in moved
    assert moved.count("<style>") == 1


def test_a_page_without_styles_stays_as_it_is() -> None:
    assert collect_styles("<head></head><p>a</p>") == "<head></head><p>a</p>"
    assert "script-src 'none'; style-src 'none'" in allow_only("<p>a</p>")
