"""The content security policy of a page: its own inline script and style, by digest."""

import base64
import hashlib
import re
from html import unescape

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)
_STYLE_ATTRIBUTE = re.compile(r' style="([^"]*)"')
_PLAIN_STYLE = re.compile(r"[^{}<>@\\]*")


def allow_only(page: str) -> str:
    """Return the policy that allows a page its own script and style, and its own origin."""
    script, style = (_list_digests(page, kind) for kind in ("script", "style"))
    return _write_policy(f"script-src {script}; style-src {style}; connect-src 'self'")


def allow_style_only(page: str) -> str:
    """Return the policy of a page in which nothing may run."""
    return _write_policy(f"style-src {_list_digests(page, 'style')}")


def _write_policy(sources: str) -> str:
    return (
        f"default-src 'none'; {sources}; img-src data:; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )


def _list_digests(page: str, kind: str) -> str:
    digests = [
        base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        for found, content in _INLINE.findall(page)
        if found == kind
    ]
    return " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"


def collect_styles(page: str) -> str:
    """Move the style attributes of a page into one style element, which a digest can allow.

    Parameters
    ----------
    page : str
        A report: its figures carry their style element by element.

    Returns
    -------
    str
        The page with an attribute `data-s` for each `style`. A style that is more than
        declarations stays where it is, and browsers ignore it.
    """
    places: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        if not _PLAIN_STYLE.fullmatch(unescape(found[1])):
            return found[0]
        return f' data-s="{places.setdefault(unescape(found[1]), len(places))}"'

    moved = _STYLE_ATTRIBUTE.sub(number, page)
    # Repeated, so that a rule outweighs the page's own as an attribute does.
    rules = "".join(f"{3 * f'[data-s="{place}"]'}{{{style}}}\n" for style, place in places.items())
    return moved.replace("</head>", f"<style>{rules}</style></head>", 1) if places else moved
