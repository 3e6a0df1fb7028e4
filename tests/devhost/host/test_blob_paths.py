import pytest
from hypothesis import given
from hypothesis import strategies as st

from devhost.errors import IndexingError
from devhost.host.blob_paths import parse_blob_path


@pytest.mark.parametrize(
    ("path", "blob", "expected"),
    [
        ("input/{name}.csv", "loans.csv", {"name": "loans"}),
        ("input/{name}.csv", "2022/03/a.b.csv", {"name": "2022/03/a.b"}),
        ("input/{name}.csv", ".csv", {"name": ""}),
        ("input/{name}.csv", "loans.CSV", None),
        ("input/{name}.csv", "loans.csv.gz", None),
        ("input/{name}.csv", "loansxcsv", None),
        ("input/{name}", "anything", {"name": "anything"}),
        ("input/fixed.csv", "fixed.csv", {}),
        ("input/{day}-{name}.csv", "1-2-x.csv", {"day": "1-2", "name": "x"}),
        ("input/in/{name}", "in/a", {"name": "a"}),
        ("input/in/{name}", "out/a", None),
    ],
)
def test_a_path_matches_whole_names(path: str, blob: str, expected: dict[str, str] | None) -> None:
    parsed = parse_blob_path(path)

    assert parsed.container == "input"
    assert parsed.match(blob) == expected


@pytest.mark.parametrize(
    "path",
    [
        *("input", "input/", "/x", "{where}/x", "input/{name", "input/na}me"),
        *("input/{a}{a}", "input/{a b}", "input/{1a}", "input/{}"),
    ],
)
def test_a_malformed_path_is_refused(path: str) -> None:
    with pytest.raises(IndexingError, match="Invalid blob trigger path"):
        parse_blob_path(path)


@given(st.text(st.characters(exclude_characters="\n")))
def test_a_placeholder_matches_any_characters(name: str) -> None:
    assert parse_blob_path("input/{name}.csv").match(f"{name}.csv") == {"name": name}
