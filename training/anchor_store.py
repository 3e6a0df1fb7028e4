"""Fetch the release that a person named as the anchor of all comparisons."""

import logging
from dataclasses import replace

from azure.storage.blob import ContainerClient

from shared.errors import CreditRiskError
from shared.registry.releases import fetch_release
from training.gates.champion import Champion

logger = logging.getLogger(__name__)


def name_anchor(
    champion: Champion | None, container: ContainerClient, version: str | None
) -> Champion | None:
    """Give the champion the anchor that a person named.

    Parameters
    ----------
    champion : Champion or None
        The release that is served; without one there is nothing to compare.
    container : ContainerClient
        The releases container.
    version : str or None
        The named release; None for the one that the champion carries along. One that cannot be
        read is logged and left out: a comparison for the report must not block a release.
    """
    if champion is None or version is None:
        return champion
    try:
        return replace(champion, anchor=fetch_release(container, version).manifest)
    except CreditRiskError as error:
        logger.warning("ANCHOR_VERSION names no release that can be compared with: %s", error)
        return champion
