"""Files of published releases, read from storage."""

from pathlib import Path

import pytest
import urllib3
from azure.core.exceptions import ServiceResponseError
from azure.storage.blob import ContainerClient, ContentSettings

from shared.registry.published import download_file, release_blob
from shared.release.files import SERVING_TABLE
from tests.support.stored_releases import publish, read_manifest


def test_a_file_is_taken_as_it_lies_in_storage_whatever_its_headers_say(
    releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    publish(releases, release)
    manifest = read_manifest(release)
    table = releases.get_blob_client(release_blob(manifest.version, SERVING_TABLE))
    table.set_http_headers(ContentSettings(content_encoding="gzip"))

    found = download_file(releases, manifest, SERVING_TABLE, tmp_path)

    assert found.read_bytes() == (release / SERVING_TABLE).read_bytes()


def test_a_connection_that_breaks_within_a_file_is_an_error_of_storage(
    releases: ContainerClient, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(releases, release)
    manifest = read_manifest(release)

    def break_off(*_: object, **__: object) -> None:
        raise urllib3.exceptions.SSLError("bad record")

    monkeypatch.setattr(urllib3.HTTPResponse, "stream", break_off)
    monkeypatch.setattr(urllib3.HTTPResponse, "read", break_off)

    with pytest.raises(ServiceResponseError, match="bad record"):
        download_file(releases, manifest, SERVING_TABLE, tmp_path)
