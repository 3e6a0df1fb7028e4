"""What of the installed libraries the app never opens, and is therefore not deployed."""

from fnmatch import fnmatchcase
from pathlib import PurePosixPath

_FOLDERS = frozenset({"tests", "test", "__pycache__", "include"})
_ENDINGS = (
    *(".pyx", ".pxd", ".pxi", ".pyi", ".h", ".hpp", ".c", ".cc", ".cpp", ".f", ".f90", ".src"),
    *(".a", ".build", ".in", ".exe", ".pyc"),
)
_PATTERNS = (
    # Commands, manual pages and samples.
    *("bin/*", "share/*", "samples/*"),
    # How a library was installed here says nothing there; METADATA, entry points and licences stay.
    *("*.dist-info/RECORD", "*.dist-info/INSTALLER", "*.dist-info/REQUESTED"),
    *("*.dist-info/WHEEL", "*.dist-info/direct_url.json", "*.dist-info/sboms/*"),
    # Arrow: the servers and stores of others, and copies of one library under three names. All of
    # its modules are linked with libarrow_substrait, which therefore stays.
    *("pyarrow/*flight*", "pyarrow/*s3*", "pyarrow/_gcsfs*", "pyarrow/_azurefs*", "pyarrow/_hdfs*"),
    *("pyarrow/_pyarrow_cpp_tests*", "pyarrow/*_parquet_encryption*", "pyarrow/src/*"),
    *("pyarrow/libarrow_python.so", "pyarrow/libarrow_python.so.*.*"),
    # Sample data.
    *("sklearn/datasets/data/*", "sklearn/datasets/images/*", "sklearn/datasets/descr/*"),
    "scipy/datasets/*",
)


def is_left_out(path: PurePosixPath) -> bool:
    """Decide about a file by its path below site-packages."""
    return (
        not _FOLDERS.isdisjoint(path.parts[:-1])
        or path.suffix in _ENDINGS
        or any(fnmatchcase(path.as_posix(), pattern) for pattern in _PATTERNS)
    )
