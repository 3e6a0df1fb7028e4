"""Requests about users, as the handlers receive them."""

import json

from benchmarks.mixed_load import APPLICANT
from serving.dispatch import Request


def about(user: str, **query: str) -> Request:
    """Ask about a user."""
    return Request("GET", "prediccion", "r1", {"user_id": user}, query)


def posting(document: object) -> Request:
    """Post a document as JSON."""
    headers = {"Content-Type": "application/json"}
    return Request("POST", "x", "r1", headers=headers, body=json.dumps(document).encode())


def applicant(**changed: object) -> dict[str, object]:
    """Describe an applicant, plain but for the changes."""
    return APPLICANT | changed
