"""What the command line shows of a notebook, and of a loan tape that was loaded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from abscase.errors import printable
from abscase.report.parameter import Parameter
from abscase.report.params import read_cells, read_parameters

if TYPE_CHECKING:
    from abscase.sources.tape import LoadReport


def listing(notebook: Path, lang: str) -> str:
    """Return name and title of a notebook, and a line for each of its parameters.

    A line has name, type, range, default and meaning.
    """
    rows = [_row(each, lang) for each in read_parameters(notebook)]
    widths = [max(len(row[place]) for row in rows) for place in range(3)] if rows else []
    lines = [
        "  " + "  ".join(f"{word:<{wide}}" for word, wide in zip(row, widths, strict=False))
        + f"  {row[3]}"
        for row in rows
    ]  # fmt: skip
    return "\n".join([f"{notebook.stem}: {title(notebook, lang)}", *lines, ""])


def _row(parameter: Parameter, lang: str) -> tuple[str, str, str, str]:
    kind = f"{parameter.type}{' or none' if parameter.optional else ''} {parameter.range}"
    return parameter.name, kind.strip(), f"= {_written(parameter)}", parameter.meaning(lang)


def _written(parameter: Parameter) -> str:
    """Return the default as it is written after ``-p name=``."""
    value = parameter.default
    if isinstance(value, list):
        return ",".join(str(each) for each in value)
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def title(notebook: Path, lang: str) -> str:
    """Return the first heading of a notebook in a language; its name where it has none."""
    for cell in read_cells(notebook):
        if cell["kind"] == "markdown" and f"lang-{lang}" in cell["tags"]:
            heading = re.search(r"^# +(.+)$", cell["source"], re.MULTILINE)
            if heading:
                return heading[1].strip()
    return notebook.stem


def loaded(report: LoadReport, where: str) -> str:
    """Return in words how a loan tape was read: what was kept, left out, altered and missing.

    ``where`` says where it went.
    """
    dates = f"{report.first_date} to {report.last_date}" if report.rows else "no history"
    lines = [
        f"{report.file} {where}: {report.loans:,} loans, {report.rows:,} rows of "
        f"{report.rows_read:,}, {dates}",
        f"  quality {report.quality:.4f} = kept {report.kept:.4f} x continuous "
        f"{report.continuous:.4f} x filled {report.filled:.4f}",
    ]
    for name in ("rejected", "altered", "missing", "states"):
        counts = getattr(report, name)
        lines += [f"  {name}:"] if counts else []
        lines += [f"    {count:>12,}  {what}" for what, count in counts.items()]
    if report.gaps:
        lines.append(f"  gaps: {report.gaps:,} in {report.gap_loans:,} loans")
    if report.not_collected:
        lines.append(f"  not collected: {', '.join(report.not_collected)}")
    lines += [f"  note: {note}" for note in report.notes]
    return "\n".join(printable(line) for line in lines)
