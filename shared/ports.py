"""The port of an app on this machine. Imports nothing: the development host needs it as well."""

USUAL_PORT = 7071
_MAX_PORT = 65535


def parse_port(text: str) -> int:
    """Parse a port number.

    Raises
    ------
    ValueError
        When the text is not a port number.
    """
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _MAX_PORT):
        raise ValueError(f"A port is a number from 1 to {_MAX_PORT}, not {text!r}: correct PORT.")
    return int(text)
