"""Where a release comes from."""

from typing import NotRequired, TypedDict


class Source(TypedDict):
    """The raw file that a run reads."""

    name: str
    etag: NotRequired[str]
    last_modified: NotRequired[str]
    bytes: NotRequired[int]
    sha256: NotRequired[str]
    sample: NotRequired[bool]
