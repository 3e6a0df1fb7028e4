"""Finding a running app of this machine: its port."""

import pytest

from shared.errors import SettingError
from shared.local_storage import read_port


def test_the_port_has_a_default() -> None:
    assert read_port({}) == read_port({"PORT": ""}) == 7071
    assert read_port({"PORT": "8080"}) == 8080


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "80 "])
def test_a_malformed_port_is_reported(text: str) -> None:
    with pytest.raises(SettingError, match="A port is a number from 1 to 65535"):
        read_port({"PORT": text})
