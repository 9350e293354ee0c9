"""A frame as an HTML table that anyone can read: escaped, captioned, scrollable on a phone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from abscase.errors import ChoiceError
from abscase.show.figures.wrap import width
from abscase.show.labels import has_label, label
from abscase.show.numbers import MISSING, date, plain

# Takes a value, gives text; a ``Markup`` is HTML already, its parts escaped by who made it.
Format = Callable[..., str]
ROOM = {"text": 36, "words": 16}  # letters beyond which a column's lines may break


@dataclass(frozen=True)
class HtmlTable:
    """A table ready to be shown; ``html`` holds no text of the frame unescaped."""

    html: str
    caption: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.caption


def html_table(
    frame: pd.DataFrame,
    lang: str,
    caption: str,
    formats: Mapping[str, Format] | None = None,
    headers: Mapping[str, str] | None = None,
    cards: bool = False,
) -> HtmlTable:
    """Return ``frame`` as an accessible HTML table; the index is not shown.

    The first column heads its row. Numbers stand to the right. A column ``grade`` or ``verdict``
    is shown as a badge with its meaning as title.

    Parameters
    ----------
    frame : DataFrame
        One row of the table for each row.
    lang : str
        Language of the words that are not in the frame, "en" or "zh".
    caption : str
        What the table shows; also the name of the scrollable region.
    formats : mapping of column to function, optional
        Each takes a value and returns text, such as ``numbers.percent``, or ``markupsafe.Markup``.
    headers : mapping of column to str, optional
        By default the label ``column.<name>``, or else the column's own name.
    cards : bool
        Whether a row becomes a card on a phone, each cell with its header.

    Raises
    ------
    ChoiceError
        If ``formats`` or ``headers`` name a column that the frame lacks.

    >>> print(html_table(pd.DataFrame({"x": ["<b>"]}), "en", "One cell").html.splitlines()[4])
    <tr><th scope="row">&lt;b&gt;</th></tr>
    """
    formats, headers, columns = formats or {}, headers or {}, [str(name) for name in frame]
    for name in [*formats, *headers]:
        if name not in columns:
            raise ChoiceError("column of the table", name, columns)
    title, heads = escape(caption), [_head(name, lang, headers) for name in columns]
    cells = [
        [_cell(value, name, lang, formats.get(name)) for value in frame.iloc[:, place]]
        for place, name in enumerate(columns)
    ]
    kinds = [_kind(frame.iloc[:, place], shown) for place, shown in enumerate(cells)]
    classes = "table cards" if cards else "table"
    lines = [
        f'<div class="{classes}" role="region" tabindex="0" aria-label="{title}">',
        f"<table><caption>{title}</caption>",
        f"<thead><tr>{''.join(_th(*pair) for pair in zip(heads, kinds, strict=True))}</tr></thead>",
        "<tbody>",
        *(_row(row, kinds, heads if cards else []) for row in zip(*cells, strict=True)),
        "</tbody></table></div>",
    ]
    return HtmlTable("\n".join(lines), caption)


def badge(kind: str, value: str, lang: str) -> Markup:
    """Return a grade or verdict as a small sign with its meaning as title; text, not colour alone.

    >>> badge("verdict", "supported", "zh")
    Markup('<span class="badge verdict-supported" title="整个区间都支持该论断">获支持</span>')
    """
    word = value if kind == "grade" else label(f"verdict.{value}", lang)
    title = label(f"{kind}.title.{value}", lang)
    html = Markup('<span class="badge {}-{}" title="{}">{}</span>')
    return html.format(kind, value, title, word)


def _head(name: str, lang: str, headers: Mapping[str, str]) -> str:
    if name in headers:
        return headers[name]
    return label(f"column.{name}", lang) if has_label(f"column.{name}") else name


def _kind(column: pd.Series, cells: list[Markup]) -> str:
    """Return the class of a column's cells: numbers, text that needs room, or none."""
    known = [value for value in column if pd.api.types.is_scalar(value) and pd.notna(value)]
    numbers = [isinstance(value, int | float) and not isinstance(value, bool) for value in known]
    if numbers and all(numbers):
        return ' class="number"'
    longest = max((width(cell.striptags()) for cell in cells), default=0)
    return next((f' class="{name}"' for name, most in ROOM.items() if longest > most), "")


def _th(head: str, kind: str) -> str:
    return f'<th scope="col"{kind}>{escape(head)}</th>'


def _row(cells: tuple[str, ...], kinds: list[str], heads: list[str]) -> str:
    first = f'<th scope="row"{kinds[0]}>{cells[0]}</th>'
    names = [f' data-label="{escape(head)}"' for head in heads] or [""] * len(cells)
    rest = zip(cells[1:], kinds[1:], names[1:], strict=True)
    return f"<tr>{first}{''.join(f'<td{kind}{name}>{cell}</td>' for cell, kind, name in rest)}</tr>"


def _cell(value: Any, name: str, lang: str, form: Format | None) -> Markup:
    """Return the HTML of one cell, everything from the frame escaped."""
    if form is None and name in ("grade", "verdict") and has_label(f"{name}.title.{value}"):
        return badge(name, str(value), lang)
    return escape(form(value) if form else _plain_text(value, lang))


def _plain_text(value: Any, lang: str) -> str:
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return MISSING
    if isinstance(value, pd.Timestamp):
        return date(value, lang)
    if isinstance(value, bool):
        return label(f"flag.{str(value).lower()}", lang)
    if isinstance(value, float) and abs(value) < 1000:
        return f"{value:.4g}".replace("-", "−")
    return plain(value) if isinstance(value, int | float) else str(value)
