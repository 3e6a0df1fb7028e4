"""The list of stored releases, as a table for a terminal."""

from datetime import UTC, datetime

from shared.printable import printable
from shared.registry.release_list import ReleaseList
from shared.registry.releases import StoredRelease
from shared.release.overrides import find_override, find_request

_HEADINGS = ("version", "created", "as of", "source", "AUC", "verdict", "state")


def format_releases(found: ReleaseList) -> str:
    """Format the releases as a table, the current one marked."""
    if not found.releases and not found.unreadable:
        return "No release is in storage: drop a CSV into the input container."
    rows = [_HEADINGS, *(_format_release(one, found.current) for one in found.releases)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        " ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    marks = ["  ", *("* " if one.version == found.current else "  " for one in found.releases)]
    table = [mark + line for mark, line in zip(marks, lines, strict=True)]
    unreadable = [f"! {name}: {why}" for name, why in sorted(found.unreadable.items())]
    more = [f"There are more: --after {found.next}"] if found.next else []
    return "\n".join([*table, *unreadable, *more])


def _format_release(release: StoredRelease, current: str | None) -> tuple[str, ...]:
    manifest = release.manifest
    auc = manifest.metrics.get("roc_auc")
    return (
        release.version,
        manifest.created,
        manifest.as_of,
        printable(manifest.source["name"]),
        "-" if auc is None else f"{auc:.4f}",
        release.verdict,
        release.state(current).replace("_", " ") + _format_overriding(release, current),
    )


def _format_overriding(release: StoredRelease, current: str | None) -> str:
    request = find_request(release.record.events, current, datetime.now(UTC))
    if request:
        return f", override asked for by {printable(request.who)}"
    made = find_override(release.record.events)
    if made is None:
        return ""
    names = [made.request.who, made.who] if made.request else [made.who]
    return f", overridden by {printable(' and '.join(names))}"
