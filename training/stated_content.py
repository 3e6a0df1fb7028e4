"""What the uploader states of a file, beside the file: a cut or mixed-up upload contradicts it."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobClient, BlobProperties

from shared.errors import RejectedFileError

SIDECAR = ".sha256"
_SHA256 = re.compile(r"\s*([0-9a-fA-F]{64})(?:\s|$)")
_MAX_SIDECAR_BYTES = 4096
_ADVICE = "upload the whole file again, with what is stated of it"


@dataclass(frozen=True, slots=True)
class StatedContent:
    """What is stated of an upload; None where nothing is.

    Attributes
    ----------
    sha256 : tuple of (str, str)
        Hex digests, each with where it stands.
    md5 : bytes or None
        The blob's Content-MD5.
    rows : str or None
        The number of loans, from the blob's metadata.
    """

    sha256: tuple[tuple[str, str], ...] = ()
    md5: bytes | None = None
    rows: str | None = None

    def check_file(self, csv: Path, sha256: str) -> None:
        """Hold the digests against a file.

        Parameters
        ----------
        csv : Path
            The downloaded file.
        sha256 : str
            Its hex digest.

        Raises
        ------
        RejectedFileError
            With every digest that is another one.
        """
        problems = [
            f"{where} states the SHA-256 {stated[:64]!r}, the file has {sha256}: {_ADVICE}."
            for where, stated in self.sha256
            if stated.lower() != sha256
        ]
        if self.md5 is not None and (found := _md5(csv)) != self.md5:
            problems.append(
                f"Content-MD5 of the blob is {self.md5.hex()}, the file has {found.hex()}:"
                f" {_ADVICE}."
            )
        if problems:
            raise RejectedFileError(problems)

    def check_rows(self, rows: int) -> None:
        """Hold the stated number of loans against that of the file.

        Raises
        ------
        RejectedFileError
            When it is another one.
        """
        if self.rows is not None and self.rows.strip() != str(rows):
            raise RejectedFileError(
                [f"The metadata states {self.rows[:20]!r} rows, the file has {rows}: {_ADVICE}."]
            )


def read_stated(upload: BlobClient, properties: BlobProperties) -> StatedContent:
    """Read what is stated of an upload: in its metadata, its properties, a file beside it.

    Notes
    -----
    A file beside it, named like it with `.sha256` appended, is read as it is when the run
    begins, so it has to be uploaded first. Metadata come with the upload itself.
    """
    metadata = {name.lower(): value for name, value in (properties.metadata or {}).items()}
    stated = []
    if "sha256" in metadata:
        stated.append(("The metadata", metadata["sha256"].strip()))
    sidecar = _read_sidecar(upload)
    if sidecar is not None:
        stated.append((f"{upload.blob_name}{SIDECAR}", sidecar))
    md5 = properties.content_settings.content_md5
    return StatedContent(tuple(stated), bytes(md5) if md5 else None, metadata.get("rows"))


def _read_sidecar(upload: BlobClient) -> str | None:
    address, mark, signature = upload.url.partition("?")
    beside = BlobClient.from_blob_url(
        f"{address}{SIDECAR}{mark}{signature}", credential=upload.credential
    )
    with beside:
        try:
            size = min(beside.get_blob_properties().size, _MAX_SIDECAR_BYTES)
            # Storage refuses a range of a blob that is empty.
            content = beside.download_blob(0, size).readall() if size else b""
        except ResourceNotFoundError:
            return None
    text = content.decode("utf-8-sig", "replace")
    found = _SHA256.match(text)
    # A file that holds no digest matches no file, and the message shows what it holds.
    return found[1] if found else text


def _md5(csv: Path) -> bytes:
    with csv.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).digest()
