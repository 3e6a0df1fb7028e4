"""Which blobs match a trigger's path."""

import re
from dataclasses import dataclass

from devhost.errors import IndexingError

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class BlobPath:
    """A blob trigger's path, such as `input/{name}.csv`.

    Attributes
    ----------
    container : str
        The container, without placeholders.
    blob_name : re.Pattern of str
        Matches whole blob names, one named group for each placeholder.
    """

    container: str
    blob_name: re.Pattern[str]

    def match(self, blob: str) -> dict[str, str] | None:
        """Read the placeholders' values from a blob's name, None if the name does not match.

        Matching is case-sensitive; a placeholder matches any text, empty or with slashes.
        """
        found = self.blob_name.fullmatch(blob)
        return found.groupdict() if found else None


def parse_blob_path(path: str) -> BlobPath:
    """Parse a trigger's path.

    Raises
    ------
    IndexingError
        When it is not `container/blob`, with placeholders only in the blob's part.
    """
    container, _, blob = path.partition("/")
    literals = _PLACEHOLDER.sub("", blob)
    names = _PLACEHOLDER.findall(blob)
    if not container or not blob or set("{}") & set(container + literals):
        raise IndexingError(
            f"Invalid blob trigger path '{path}'. Paths must be in the format 'container/blob',"
            " with whole placeholders such as {name} in the blob's part only."
        )
    if len(set(names)) < len(names) or any(name[0].isdigit() for name in names):
        raise IndexingError(
            f"Invalid blob trigger path '{path}'. Every placeholder needs a unique name that does"
            " not start with a digit."
        )
    pieces = _PLACEHOLDER.split(blob)
    pattern = "".join(
        f"(?P<{piece}>.*)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces)
    )
    return BlobPath(container, re.compile(pattern))
