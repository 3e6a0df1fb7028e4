"""Requests about users, as the handlers receive them."""

import json

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
    plain = {
        "nb_previous_loans": 2,
        "avg_amount_loans_previous": 120.5,
        "age": 41,
        "years_on_the_job": 7,
        "flag_own_car": 1,
        "nb_previous_unpaid": 0,
        "nb_known_outcomes": 2,
    }
    return plain | changed
