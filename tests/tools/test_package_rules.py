"""What of the libraries is deployed."""

from pathlib import Path, PurePosixPath

import pytest

from tools.libraries import select
from tools.package_rules import is_left_out

LEFT_OUT = [
    "pandas/tests/frame/test_api.py",
    "joblib/test/test_hashing.py",
    "pyarrow/include/arrow/api.h",
    "pyarrow/libarrow_flight.so.2600",
    "pyarrow/_flight.cpython-313-x86_64-linux-gnu.so",
    "pyarrow/libarrow_s3.so.2600",
    "pyarrow/libarrow_python.so",
    "pyarrow/libarrow_python.so.2600.1.0",
    "scipy/linalg/_decomp_update.pyx",
    "pandas/_libs/lib.pyi",
    "sklearn/datasets/data/iris.csv",
    "requests-2.34.2.dist-info/RECORD",
    "requests-2.34.2.dist-info/direct_url.json",
    "bin/f2py",
]
DEPLOYED = [
    "pyarrow/libarrow.so.2600",
    "pyarrow/libarrow_python.so.2600",
    # Without it, `import pyarrow` fails.
    "pyarrow/libarrow_substrait.so.2600",
    "numpy/testing/__init__.py",
    "pandas/_testing/__init__.py",
    "sklearn/utils/_testing.py",
    "sklearn/datasets/__init__.py",
    "requests-2.34.2.dist-info/METADATA",
    "requests-2.34.2.dist-info/licenses/LICENSE",
    "certifi/cacert.pem",
]


@pytest.mark.parametrize("path", LEFT_OUT)
def test_what_the_app_never_opens_is_left_out(path: str) -> None:
    assert is_left_out(PurePosixPath(path))


@pytest.mark.parametrize("path", DEPLOYED)
def test_what_the_app_opens_and_what_a_licence_asks_for_is_deployed(path: str) -> None:
    assert not is_left_out(PurePosixPath(path))


def test_files_are_selected_in_one_order(tmp_path: Path) -> None:
    for name in ("b/__init__.py", "a.py", "b/tests/test_b.py", "b/a.so"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert [str(path) for path in select(tmp_path)] == ["a.py", "b/__init__.py", "b/a.so"]
