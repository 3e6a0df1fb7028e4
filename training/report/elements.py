"""The elements that the report's page is made of; whatever text they are given is escaped."""

from collections.abc import Iterable

from markupsafe import Markup

from shared.release.facts import Verdict
from training.report.tables import Badge, Cell, Noted, Table

_SHORT_LINES = 20


def write_section(name: str, title: str, *parts: Markup) -> Markup:
    """Write a section with its heading."""
    return Markup(
        '<section id="{0}" aria-labelledby="{0}-title"><h2 id="{0}-title">{1}</h2>{2}</section>'
    ).format(name, title, join(parts))


def write_paragraph(text: str, kind: str = "") -> Markup:
    """Write a paragraph."""
    opening = Markup('<p class="{}">').format(kind) if kind else Markup("<p>")
    return opening + text + Markup("</p>")


def write_list(texts: Iterable[str]) -> Markup:
    """Write a list."""
    return Markup("<ul>{}</ul>").format(join(Markup("<li>{}</li>").format(text) for text in texts))


def write_figure(svg: Markup, caption: str) -> Markup:
    """Write a figure with its caption."""
    return Markup("<figure>{}<figcaption>{}</figcaption></figure>").format(svg, caption)


def write_figures(kind: str, figures: Iterable[Markup]) -> Markup:
    """Write figures side by side, as far as there is room."""
    return Markup('<div class="figures {}">{}</div>').format(kind, join(figures))


def write_table(table: Table) -> Markup:
    """Write a table, whose first column heads its rows; a wide one scrolls by itself."""
    heads = join(
        Markup('<th scope="col" class="{}">{}</th>').format(_side(table, place), name)
        for place, name in enumerate(table.columns)
    )
    rows = join(_write_row(table, row) for row in table.rows)
    # On paper a short table is not parted.
    kind = "wide short" if _count_lines(table) <= _SHORT_LINES else "wide"
    return Markup(
        '<div class="{3}" role="region" aria-label="{0}" tabindex="0">'
        "<table><caption>{0}</caption><thead><tr>{1}</tr></thead><tbody>{2}</tbody></table></div>"
    ).format(table.caption, heads, rows, kind)


def _count_lines(table: Table) -> int:
    return sum(1 + any(isinstance(cell, Noted) for cell in row) for row in table.rows)


def join(parts: Iterable[Markup]) -> Markup:
    """Put parts one behind the other."""
    return Markup("").join(parts)


def _write_row(table: Table, row: tuple[Cell, ...]) -> Markup:
    head = Markup('<th scope="row">{}</th>').format(_write_cell(row[0]))
    cells = (
        Markup('<td class="{}">{}</td>').format(_side(table, place), _write_cell(cell))
        for place, cell in enumerate(row[1:], 1)
    )
    return Markup("<tr>{}{}</tr>").format(head, join(cells))


def _side(table: Table, place: int) -> str:
    return "text" if place < table.n_texts else "number"


def _write_cell(cell: Cell) -> Markup:
    if isinstance(cell, Noted):
        note = Markup("<small>{}</small>").format(cell.note) if cell.note else ""
        return Markup("{}{}").format(cell.text, note)
    if isinstance(cell, Badge):
        return write_badge(cell.verdict)
    return Markup("{}").format(cell)


def write_badge(verdict: Verdict) -> Markup:
    """Write a verdict so that it is seen, by its word and not by its colour alone."""
    return Markup('<span class="badge {0}">{0}</span>').format(verdict)
