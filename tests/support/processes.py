"""The processes of this machine, found by what is on their command lines."""

from pathlib import Path


def find_processes(argument: str) -> list[int]:
    """Find the live processes that have a text among their arguments."""
    return [
        int(folder.name)
        for folder in Path("/proc").iterdir()
        if folder.name.isdigit() and argument in _read_command(folder)
    ]


def _read_command(folder: Path) -> str:
    try:
        return (folder / "cmdline").read_text(errors="replace")
    except OSError:
        return ""
