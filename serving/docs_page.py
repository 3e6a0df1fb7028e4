"""The API description for people: plain HTML, rendered from the OpenAPI document."""

import json
from html import escape
from typing import Any

Json = dict[str, Any]

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 0 auto; padding: 1rem; }
h2 { margin: 2rem 0 .25rem; font-size: 1.15rem; overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8886; border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
  border-top: 1px solid #8886; }
.method { font-weight: 700; }
"""


def render_docs(api: Json) -> str:
    """Render the page.

    Parameters
    ----------
    api : dict
        The OpenAPI document.
    """
    info = api["info"]
    operations = [
        _describe_operation(api, path, method, item)
        for path, item in api["paths"].items()
        for method in ("get", "post")
        if method in item
    ]
    schemas = [
        f'<h2 id="{escape(name)}">{escape(name)}</h2><p>{escape(schema.get("description", ""))}</p>'
        f"<pre>{escape(json.dumps(schema, indent=2))}</pre>"
        for name, schema in api["components"]["schemas"].items()
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{escape(info["title"])}: API</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(info['title'])}: API</h1>"
        f"<p>{escape(info['summary'])} {_render_text(info['description'])}</p>"
        '<p>For machines: <a href="openapi.json">openapi.json</a>.</p>'
        f"{''.join(operations)}<h1>Documents</h1>{''.join(schemas)}</body></html>"
    )


def _describe_operation(api: Json, path: str, method: str, item: Json) -> str:
    operation = item[method]
    parameters = item.get("parameters", []) + operation.get("parameters", [])
    url = api["servers"][0]["url"] + path
    parts = [
        f'<h2><span class="method">{method.upper()}</span> <code>{escape(url)}</code></h2>',
        f"<p>{escape(operation['summary'])}. {_describe_keys(operation['security'])}</p>",
    ]
    if parameters:
        rows = [(f"<code>{escape(one['name'])}</code>", one["description"]) for one in parameters]
        parts.append(_render_table("Parameter", rows))
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        example = json.dumps(content["example"], indent=2)
        parts.append(
            f"<p>Body: <code>{escape(media_type)}</code>, {_link(content['schema'])}, such as</p>"
            f"<pre>{escape(example)}</pre>"
        )
    parts.append(
        _render_table(
            "Status",
            [
                (f"{status} {_describe_content(answer)}", answer["description"])
                for status, answer in operation["responses"].items()
            ],
        )
    )
    return "".join(parts)


def _describe_keys(security: list[Json]) -> str:
    if not security:
        return "No key needed."
    approval = " and the approval key" if "approvalKey" in security[0] else ""
    return f"Needs a function key{approval}."


def _describe_content(answer: Json) -> str:
    return " ".join(_link(content["schema"]) for content in answer.get("content", {}).values())


def _link(schema: Json) -> str:
    references = [one for one in schema.get("anyOf", [schema]) if "$ref" in one]
    names = [escape(reference["$ref"].rpartition("/")[2]) for reference in references]
    return " or ".join(f'<a href="#{name}">{name}</a>' for name in names)


def _render_table(title: str, rows: list[tuple[str, str]]) -> str:
    """Render a table of names, already HTML, and descriptions, not yet escaped."""
    lines = "".join(f"<tr><td>{name}</td><td>{_render_text(text)}</td></tr>" for name, text in rows)
    return f"<table><tr><th>{title}</th><th></th></tr>{lines}</table>"


def _render_text(text: str) -> str:
    """Escape a text, and render what is between backquotes as code."""
    pieces = escape(text).split("`")
    return "".join(
        f"<code>{piece}</code>" if index % 2 else piece for index, piece in enumerate(pieces)
    )
