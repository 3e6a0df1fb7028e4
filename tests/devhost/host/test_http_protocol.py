"""The header fields of responses, encoded in one piece."""

import pytest

from devhost.host.http_protocol import encode_fields


def test_names_are_in_lower_case_and_each_cookie_has_a_field() -> None:
    fields = encode_fields({"ETag": '"v1"', "X-Name": "ñ\t1"}, ["a=1", "b=2"])

    assert fields == b'etag: "v1"\r\nx-name: \xf1\t1\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n'


def test_what_latin_1_lacks_becomes_a_question_mark() -> None:
    assert encode_fields({"X-Name": "€"}) == b"x-name: ?\r\n"


def test_fields_that_the_host_writes_itself_are_left_out() -> None:
    own = {"Content-Length": "7", "Connection": "close", "Transfer-Encoding": "chunked"}

    assert encode_fields(own) == b""


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b=1", "a\nb", "a\x00", "a\x7f"])
def test_a_value_that_would_end_its_line_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="without control characters"):
        encode_fields({"X-Name": value})
    with pytest.raises(ValueError, match="without control characters"):
        encode_fields({}, [value])


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\r\nb", "ñ"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="the name of a header"):
        encode_fields({name: "1"})


def test_a_percent_sign_is_no_format() -> None:
    headers = {"X%s": "%d", "Content-Length": "%", "X-Last": "%%"}

    assert encode_fields(headers) == b"x%s: %d\r\nx-last: %%\r\n"
