"""The headers that host.json adds to the responses of the app, and to the host's own."""

from collections.abc import Mapping

from devhost.host.http_protocol import encode_fields


class CustomHeaders:
    """Encodes the headers that a response lacks: one that it has stays as it is.

    Parameters
    ----------
    headers : mapping of str to str
        As in `customHeaders` of host.json.
    """

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = {name.lower(): value for name, value in headers.items()}
        # An app's responses have few different sets of names.
        self._encoded: dict[tuple[str, ...], bytes] = {}

    def encode_missing(self, present: Mapping[str, str]) -> bytes:
        """Encode the fields of the headers that are not present, in whatever case."""
        names = tuple(present)
        encoded = self._encoded.get(names)
        if encoded is None:
            there = {name.lower() for name in names}
            missing = {name: self._headers[name] for name in self._headers if name not in there}
            encoded = self._encoded[names] = encode_fields(missing)
        return encoded
