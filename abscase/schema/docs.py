"""Writes the tables of the schema as Markdown between two markers of a README."""

from __future__ import annotations

from pathlib import Path

from abscase.schema.column import Column, Table
from abscase.schema.tables import TABLES

BEGIN = "<!-- tables: written by `make data`; do not edit between these marks -->"
END = "<!-- end of tables -->"


def markdown() -> str:
    """Return every table of the schema as Markdown, one section a table."""
    return "\n\n".join(_section(table) for table in TABLES.values())


def with_docs(readme: str) -> str:
    """Return a README with the text between the markers replaced by the tables.

    Raises
    ------
    ValueError
        The README does not hold both markers, once each and in order.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the README needs the lines {BEGIN!r} and {END!r}")
    return f"{before}{BEGIN}\n\n{markdown()}\n\n{END}{after}"


def write_docs(path: Path) -> None:
    """Rewrite the tables in a README, where it stands."""
    draft = path.with_suffix(".tmp")
    draft.write_text(with_docs(path.read_text(encoding="utf-8")), encoding="utf-8")
    draft.replace(path)


def _section(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    head = [f"### `{table.name}`", "", f"{table.meaning} A row is identified by {key}.", "",
            "| column | type | unit | allowed | presence | meaning |",
            "|---|---|---|---|---|---|"]  # fmt: skip
    return "\n".join(head + [_line(column) for column in table.columns])


def _line(column: Column) -> str:
    presence = "required" if column.required else "optional"
    presence += ", may be empty" if column.nullable else ""
    cells = [f"`{column.name}`", column.kind, column.unit, column.allowed, presence, column.meaning]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
