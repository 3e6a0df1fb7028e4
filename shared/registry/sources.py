"""The upload of the current release, and why another does not take its place."""

import logging

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.published import fetch_manifest
from shared.release.decisions import Event
from shared.release.pointer import Pointer
from shared.release.source import Source

logger = logging.getLogger(__name__)


def find_source(container: ContainerClient, pointer: Pointer) -> Source | None:
    """Find the upload of the current release: in the pointer, in older ones through the manifest.

    An error of storage is raised: it says nothing about the release.
    """
    if pointer.source:
        return pointer.source
    try:
        return fetch_manifest(container, pointer).source
    except (BrokenReleaseError, ResourceNotFoundError) as error:
        # A damaged current release must not block its replacement.
        logger.warning("The current release cannot be compared with: %s", error)
        return None


def explain_pending(decided: Event) -> str:
    """Say why an upload does not undo what a person decided."""
    return (
        f"{decided.who} chose the current release at {decided.at}, not before this file was"
        " uploaded: approve the candidate to have it served."
    )


def explain_tie(source: Source, current: Source) -> str:
    """Say why neither of two uploads in one second takes the other's place."""
    return (
        f"{source['name']} and {current['name']}, of which the current release was made, were"
        f" uploaded in the same second, {source['last_modified']}, and storage does not tell which"
        " is newer: approve the candidate to have it served."
    )
