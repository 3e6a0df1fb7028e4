"""Reproduces the answers about a user from a stored release."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from azure.storage.blob import ContainerClient

from shared.errors import CreditRiskError
from shared.registry.published import download_file
from shared.registry.releases import fetch_release
from shared.release.answers import features_body, prediction_body
from shared.release.files import SERVING_TABLE
from shared.release.manifest import Manifest
from shared.release.serving_table import ServingTable
from shared.release.user_index import MAX_USER_ID

_ROUTES = {"caracteristicasriesgo": features_body, "prediccion": prediction_body}


class NotInReleaseError(CreditRiskError):
    """The release says nothing about the user."""

    status = 404
    title = "The user is not in the release"


@dataclass(frozen=True, slots=True)
class _Edition:
    version: str
    as_of: str
    threshold: float

    @classmethod
    def of(cls, manifest: Manifest) -> "_Edition":
        return cls(manifest.version, manifest.as_of, manifest.decision.threshold)


def replay(container: ContainerClient, user: str, version: str) -> dict[str, bytes]:
    """Reproduce what the release answered about a user.

    Returns
    -------
    dict of str to bytes
        The body of each answer, by its path and query below `/api`.

    Raises
    ------
    NotInReleaseError
        When the release says nothing about the user.
    UnknownReleaseError, BrokenReleaseError
        When the release is not in storage, or no longer as it was stored.
    """
    manifest = fetch_release(container, version).manifest
    with tempfile.TemporaryDirectory(prefix="credit-risk-replay-") as folder:
        table = ServingTable(download_file(container, manifest, SERVING_TABLE, Path(folder)))
        try:
            row = table.find_user(_parse_user(user))
        finally:
            table.close()
    if row is None:
        raise NotInReleaseError(
            f"Expected the id of a user with a loan in release {version}; {user} has none."
        )
    edition = _Edition.of(manifest)
    return {
        f"/user/{user}/{route}{'?detalle=true' if detailed else ''}": body(
            edition, row, detailed=detailed
        )
        for route, body in _ROUTES.items()
        for detailed in (False, True)
    }


def _parse_user(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= MAX_USER_ID):
        raise NotInReleaseError(f"Expected a user id, a whole number; got {text[:40]!r}.")
    return int(text)
