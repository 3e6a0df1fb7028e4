"""What blobs tell: the start and end of runs, the decisions, the moves of the pointer."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from shared.audit.chain import digest, encode_canonically
from shared.audit.execution import Attempt, Execution

_MAX_CHARACTERS = 400_000


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that a blob tells and the chain must hold.

    Attributes
    ----------
    at : str
        When it happened, as the blob tells.
    kind : str
        What happened.
    id : str
        The same for the same happening, however often it is told.
    fields : mapping
        All that is known about it.

    Raises
    ------
    ValueError
        When the fields are no JSON, or do not fit into a record.
    """

    at: str
    kind: str
    id: str
    fields: Mapping[str, Any]

    def __post_init__(self) -> None:
        size = len(encode_canonically(self.fields))
        if size > _MAX_CHARACTERS:
            raise ValueError(
                f"Expected at most {_MAX_CHARACTERS:,} characters about {self.id}, got {size:,}."
            )


def tell_execution(execution: Execution) -> list[Happening]:
    """Tell the attempts at an execution, and its end if it has ended."""
    told: list[Happening] = []
    for one in execution.earlier:
        told += [
            _tell_start(execution, one.attempt, one.started),
            _tell_attempt(execution.id, one),
        ]
    # An attempt of 0 is a record that nobody has begun to work on.
    if execution.attempt:
        told.append(_tell_start(execution, execution.attempt, execution.started))
    if execution.has_ended:
        document = msgspec.to_builtins(execution)
        name = f"run/{execution.id}/{digest(encode_canonically(document))}"
        told.append(Happening(execution.updated, "run.ended", name, document))
    return told


def _tell_start(execution: Execution, attempt: int, started: str) -> Happening:
    source = msgspec.to_builtins(execution.source)
    begun = {"run": execution.id, "attempt": attempt, "source": source, "started": started}
    # A run that a person had taken up again counts its attempts from 1 once more.
    return Happening(started, "run.started", f"run/{execution.id}/{attempt}/{started}", begun)


def _tell_attempt(run: str, one: Attempt) -> Happening:
    """Tell how an attempt was left: its own end is overwritten by the next one in storage."""
    name = f"run/{run}/{one.attempt}/{one.started}/left"
    return Happening(one.updated, "run.left", name, {"run": run, **msgspec.to_builtins(one)})


def tell_decisions(version: str, content: bytes) -> list[Happening]:
    """Tell the events of a decision record.

    Raises
    ------
    ValueError, KeyError, TypeError, RecursionError
        When the content is no decision record.
    """
    return [_tell_decision(version, dict(event)) for event in json.loads(content)]


def tell_move(name: str, content: bytes) -> list[Happening]:
    """Tell a move of the pointer.

    Parameters
    ----------
    name : str
        The blob of the entry in the pointer's history.
    content : bytes
        The entry.

    Raises
    ------
    ValueError, KeyError, TypeError, RecursionError
        When the content is no entry.
    """
    entry = dict(json.loads(content))
    moved = dict(entry.get("moved") or {})
    fields = {
        "entry": name,
        "version": entry["version"],
        "manifest_sha256": entry["manifest_sha256"],
        "moved": moved,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return [Happening(str(moved.get("at", "")), "pointer.moved", name, fields)]


def _tell_decision(version: str, event: dict[str, Any]) -> Happening:
    # An event that has no id is named by its content.
    name = event.get("id") or digest(encode_canonically(event))
    return Happening(
        str(event["at"]),
        f"decision.{event['action']}",
        f"decision/{version}/{name}",
        {"version": version, "event": event},
    )
