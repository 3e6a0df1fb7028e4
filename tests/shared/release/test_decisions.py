"""Decisions and the states that follow from them."""

import pytest

from shared.release.decisions import read_events
from shared.release.documents import MalformedDocumentError
from shared.release.facts import Gate
from shared.release.verdicts import judge
from tests.support.release_facts import make_facts


def test_a_verdict_is_never_better_than_its_worst_gate() -> None:
    stopping = Gate("auc", 0.5, "above 0.5", "stopped", "No better than chance.")

    assert judge(make_facts(gates=[stopping], verdict="passed")) == "stopped"


def test_an_unknown_action_is_malformed() -> None:
    content = b'[{"action": "sold", "at": "", "who": "ana", "verified": true, "why": null}]'

    with pytest.raises(MalformedDocumentError, match="Invalid enum value 'sold'"):
        read_events(content)
