"""Decisions over HTTP, on record at once."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.audit.sweep import Audit, open_audit
from shared.audit.tables import CHAIN_TABLE, table_client
from shared.settings import Settings
from tests.support.audit_tables import chained
from tests.support.decisions import decide
from tests.support.invoked_app import App


@pytest.fixture
def audit(storage: str) -> Iterator[Audit]:
    """Return the app's audit, empty."""
    settings = Settings(storage_connection=storage)
    table_client(settings, CHAIN_TABLE).delete_table()
    yield open_audit(settings)
    table_client(settings, CHAIN_TABLE).delete_table()


def decisions(audit: Audit) -> set[tuple[str, str, Any]]:
    return {
        (one.kind, one.fields["version"], one.fields["event"].get("why"))
        for one in chained(audit)
        if one.kind.startswith("decision.")
    }


def test_an_approval_and_a_rollback_are_on_record(app: App, candidate: str, audit: Audit) -> None:
    assert decide(app, f"/versiones/{candidate}/aprobacion", "reviewed").status == 200
    assert decide(app, "/versiones/regreso", "the wrong month").status == 200

    found = decisions(audit)
    assert ("decision.approved", candidate, "reviewed") in found
    assert ("decision.rolled_back_from", candidate, "the wrong month") in found
    assert {kind for kind, version, _ in found if version != candidate} == {
        "decision.stored",
        "decision.promoted",
        "decision.served",
        "decision.rolled_back_to",
    }


def test_a_rejection_is_on_record(app: App, candidate: str, audit: Audit) -> None:
    assert decide(app, f"/versiones/{candidate}/rechazo", "the wrong month").status == 200

    assert ("decision.rejected", candidate, "the wrong month") in decisions(audit)


def test_a_decision_stands_though_it_cannot_be_recorded(
    app: App, candidate: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Settings) -> Audit:
        raise ValueError("no tables")

    monkeypatch.setattr("shared.audit.sweep.open_audit", fail)

    assert decide(app, f"/versiones/{candidate}/aprobacion", "reviewed").status == 200
    assert "missing in the audit until the next sweep" in caplog.text
