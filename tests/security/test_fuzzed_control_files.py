"""The readers of stored files on mutated content: a value, or an error that says what is wrong."""

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.errors import CreditRiskError
from shared.local_storage import connection_file, find_storage
from shared.release.decisions import PIPELINE, Event, read_events, write_events
from shared.release.features import MODEL_FEATURES
from shared.release.manifest import Manifest, read_manifest
from shared.release.pointer import Pointer
from shared.release.reasons import read_reasons
from shared.release.scorer import Scorer
from shared.release.serving_table import ServingTable, write_serving_table
from shared.release.user_index import UserIndex
from tests.support.fixed_release import COLUMNS, ROWS, SCORER
from tests.support.mutations import mutated
from tests.support.release_facts import make_manifest
from training.release.index_file import write_user_index

_PIECES = [
    *(b"{", b"}", b"[", b"]", b'"', b"\\", b":", b",", b"\\ud800", b"\xff", b"NaN", b"1e999", b"0"),
    *(b"-1", b"null", b"true", b"9" * 400, b"{}", b"[]", b'""', b"\0", b"1.5"),
]
_DAMAGED = [b"", b"{}", b"[]", b"null", b"7", b'"a"', b"[[]]", b"[1]", b"\xff", b"[null]", b"[{}]"]
_EVENT = Event.now("promoted", PIPELINE, "PROMOTION=auto")
_POINTER = Pointer("v1", "ab" * 32, (Pointer("v0", "cd" * 32),), _EVENT).to_json()
_RECORD = write_events([Event.now("stored", PIPELINE, None, "ab" * 32), _EVENT])
_MANIFEST = make_manifest().to_json()
_SCORER = json.dumps(SCORER).encode()
_FEATURES = [None] * len(MODEL_FEATURES)


def contents(valid: bytes) -> st.SearchStrategy[bytes]:
    return st.one_of(mutated(valid, _PIECES), st.sampled_from(_DAMAGED), st.binary(max_size=50))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the mutated files."""
    return tmp_path_factory.mktemp("mutated")


@given(contents(_POINTER))
@example(_POINTER)
def test_a_mutated_pointer_is_a_pointer_or_named_as_damaged(content: bytes) -> None:
    try:
        found = Pointer.from_json(content)
    except CreditRiskError:
        return
    assert isinstance(found.version, str)
    assert found.moved


@given(contents(_RECORD))
@example(_RECORD)
def test_a_mutated_decision_record_is_a_record_or_named_as_damaged(content: bytes) -> None:
    try:
        found = read_events(content)
    except CreditRiskError:
        return
    assert all(isinstance(event, Event) for event in found)


# A manifest is large, and hypothesis writes every example down.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@given(contents(_MANIFEST))
@example(b"[" * 100_000)
def test_a_mutated_manifest_is_a_manifest_or_named_as_damaged(content: bytes) -> None:
    pointer = Pointer("v1", hashlib.sha256(content).hexdigest())
    try:
        found = read_manifest(content, pointer)
    except CreditRiskError:
        return
    assert isinstance(found, Manifest)


@given(st.binary())
def test_a_manifest_with_another_digest_than_the_pointers_is_not_read(content: bytes) -> None:
    with pytest.raises(CreditRiskError, match="must have the SHA-256"):
        read_manifest(content, Pointer("v1", hashlib.sha256(_MANIFEST).hexdigest()))


@given(contents(_SCORER))
@example(_SCORER)
@example(b"[" * 100_000)
@example(_SCORER.replace(b'"left": [1, 0, 0]', b'"left": [0, 0, 0]'))
@example(_SCORER.replace(b'"left": [1, 0, 0]', b'"left": [7, 0, 0]'))
@example(_SCORER.replace(b'"left": [1, 0, 0]', b'"left": [2, 0, 0]'))
@example(_SCORER.replace(b'"feature": [2,', b'"feature": [99,'))
@example(_SCORER.replace(b'"count": [100,', b'"count": [0,'))
@example(_SCORER.replace(b'"value": [0.0, 1.0, -1.0]', b'"value": []'))
def test_a_mutated_scorer_scores_or_is_named_as_damaged(folder: Path, content: bytes) -> None:
    path = folder / "scorer.json"
    path.write_bytes(content)
    try:
        scorer = Scorer.load(path)
    except CreditRiskError:
        return
    assert isinstance(scorer.predict_default([20.0] * len(MODEL_FEATURES)), float)


@given(st.data())
def test_a_mutated_serving_table_is_read_or_named_as_damaged(
    folder: Path, data: st.DataObject
) -> None:
    sound = folder / "sound.sqlite"
    if not sound.exists():
        write_serving_table(sound, ROWS)
    path = folder / "mutated.sqlite"
    path.write_bytes(data.draw(mutated(sound.read_bytes(), _PIECES)))
    try:
        table = ServingTable(path)
    except CreditRiskError:
        return
    try:
        table.find_user(7)
        list(table.all_scores())
    except CreditRiskError as error:
        assert "serving table" in str(error)  # noqa: PT017 -- either outcome is right
    finally:
        table.close()


@given(st.data())
def test_a_mutated_index_of_users_is_read_or_named_as_damaged(
    folder: Path, data: st.DataObject
) -> None:
    sound = folder / "sound.bin"
    if not sound.exists():
        write_user_index(sound, pd.DataFrame(ROWS, columns=COLUMNS))
    path = folder / "mutated.bin"
    path.write_bytes(data.draw(contents(sound.read_bytes())))
    try:
        index = UserIndex(path)
    except CreditRiskError:
        return
    index.find_shown(7)
    index.find_decision(7)


@given(contents(b"[[2,-0.9],[5,0.4]]"))
@example(b"[" * 100_000)
@example(b"[[99,1]]")
def test_mutated_reasons_are_reasons_or_named_as_damaged(content: bytes) -> None:
    try:
        read_reasons(content.decode(errors="replace"), _FEATURES)
    except CreditRiskError:
        return


@given(contents(b'{"connection_string": "UseDevelopmentStorage=true"}'))
@example(b"[" * 100_000)
def test_a_mutated_note_of_the_local_storage_is_read_or_named_and_not_shown(
    folder: Path, content: bytes
) -> None:
    file = connection_file(folder)
    file.write_bytes(content)
    try:
        assert isinstance(find_storage(folder), str)
    except CreditRiskError as error:
        assert "must hold the connection string" in str(error)  # noqa: PT017 -- either is right
