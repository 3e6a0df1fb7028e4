"""The pages and the API description."""

import base64
import hashlib
import json
import re

import pytest

from serving.dispatch import Request
from serving.openapi import describe_api
from serving.pages import serve_docs, serve_page

ASK = Request("GET", "pagina", "r1")


@pytest.mark.parametrize("answer", [serve_page(ASK), serve_docs(ASK)], ids=["page", "docs"])
def test_a_page_loads_no_external_resources(answer: object) -> None:
    html = answer.body.decode()  # type: ignore[attr-defined]

    assert not re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""", html)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]  # type: ignore[attr-defined]


def test_the_pages_policy_allows_only_its_own_script() -> None:
    answer = serve_page(ASK)

    (script,) = re.findall(r"<script>(.*?)</script>", answer.body.decode(), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in answer.headers["Content-Security-Policy"]


def test_every_route_and_document_is_on_the_docs_page() -> None:
    api = describe_api()
    html = serve_docs(ASK).body.decode()

    for path in api["paths"]:
        assert f"/api{path}" in html
    for name in api["components"]["schemas"]:
        assert f'id="{name}"' in html


def test_the_docs_link_to_the_description_from_any_address() -> None:
    html = serve_docs(ASK).body.decode()

    assert re.findall(r'href="([^"#][^"]*openapi[^"]*)"', html) == ["/api/openapi.json"]


def test_every_reference_in_the_description_resolves() -> None:
    api = describe_api()

    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(api)):
        place = api
        for part in reference.split("/"):
            place = place[part]


def test_only_data_routes_need_a_key() -> None:
    needing = {
        path
        for path, item in describe_api()["paths"].items()
        if (item.get("get") or item["post"])["security"]
    }

    assert needing == {
        "/user/{user_id}/caracteristicasriesgo",
        "/user/{user_id}/prediccion",
        "/prediccion",
        "/predicciones",
        "/modelo",
        "/ejecuciones",
        "/ejecuciones/{id}",
        "/informe",
        "/informe/{version}",
        "/versiones",
        "/versiones/comparacion",
        "/versiones/regreso",
        "/versiones/{version}/aprobacion",
        "/versiones/{version}/rechazo",
    }
