"""Files of published releases, read from storage."""

from pathlib import Path

from azure.storage.blob import ContainerClient, ContentSettings

from shared.registry.published import download_file, release_blob
from shared.release.manifest import SERVING_TABLE
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
