"""Nothing that is deployed names the mirror from which it was fetched."""

from pathlib import Path

import pytest

from tools.bill_of_materials import describe_materials
from tools.check_package import main
from tools.package_origins import find_origins, find_traces, read_origins

MIRROR = "https://reader:s3cret@mirror.example.internal:8443/simple"


@pytest.fixture
def mirrored(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    monkeypatch.setenv("PIP_INDEX_URL", MIRROR)
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://pypi.org/simple")
    return find_origins()


def test_the_mirror_is_known_from_pips_configuration(mirrored: set[str]) -> None:
    assert "mirror.example.internal" in mirrored
    assert "pypi.org" not in mirrored


@pytest.mark.parametrize(
    ("line", "origins"),
    [
        ("global.index-url='https://a.example/simple'", ["a.example"]),
        (":env:.find-links='/srv/wheels'", ["/srv/wheels"]),
        ("global.extra-index-url='https://a.example/x file:///srv/y'", ["a.example", "/srv/y"]),
        (
            r"global.extra-index-url='\nhttps://a.example\nhttps://b.example'",
            ["a.example", "b.example"],
        ),
        ("global.index-url='http://localhost:3141/root'", ["localhost:3141"]),
        ("global.trusted-host='a.example'", ["a.example"]),
        ("global.timeout='60'", []),
    ],
)
def test_each_way_to_name_an_origin_is_read(line: str, origins: list[str]) -> None:
    assert list(read_origins(line)) == origins


@pytest.mark.parametrize("name", ["a.dist-info/direct_url.json", "requirements.txt", "a.pyc"])
def test_a_file_that_names_the_mirror_is_found(
    tmp_path: Path, mirrored: set[str], name: str
) -> None:
    path = tmp_path / "app" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\0" + MIRROR.encode())
    (tmp_path / "app" / "b.py").write_text("import os\n")

    assert find_traces(tmp_path / "app", mirrored) == [f"{path} names mirror.example.internal"]


def test_a_bill_of_materials_that_names_the_mirror_is_found(
    tmp_path: Path, mirrored: set[str]
) -> None:
    library = tmp_path / "azure_core-1.dist-info"
    library.mkdir()
    (library / "METADATA").write_text(f"Name: azure-core\nVersion: 1\nLicense: from {MIRROR}\n")
    bill = tmp_path / "app.cdx.json"
    bill.write_bytes(describe_materials(tmp_path, "b42"))

    assert find_traces(bill, mirrored) == [f"{bill} names mirror.example.internal"]


def test_a_package_that_names_the_mirror_does_not_pass(
    tmp_path: Path, mirrored: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("app", "serving"):
        (tmp_path / name).mkdir()
    (tmp_path / "serving" / "requirements.txt").write_text(f"--index-url {MIRROR}\n")

    assert main(["--out", str(tmp_path)]) == 1
    assert "requirements.txt names mirror.example.internal" in capsys.readouterr().err
