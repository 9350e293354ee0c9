"""Delimited text files: which layout one has, and its cells as text, read as a stream."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

import polars as pl

from abscase.errors import DataFaults, Fault, did_you_mean
from abscase.schema.reading import LOOKED_AT as BYTES_LOOKED_AT
from abscase.schema.reading import not_text
from abscase.sources.codes import filled

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
LOOKED_AT = 20
NONE = 10_000
"""The position of a column that a layout does not have: it is null throughout."""
DAMAGED = "is damaged: its compressed data end too soon or are wrong (fetch the file again)"


@dataclass(frozen=True)
class Layout:
    """The fields of a file that has no header.

    ``fields`` holds the numbers of fields that a line may have; ``text`` and ``numbers`` the
    position, from 1, of each column that is read; ``signs`` the pattern that the cells of a column
    match, by which one layout is told from another of as many fields.
    """

    name: str
    fields: Sequence[int]
    text: Mapping[str, int]
    numbers: Mapping[str, int]
    signs: Mapping[str, str] = field(default_factory=dict)


def open_text(path: Path) -> BinaryIO:
    """Open a file, plain or gzip, whatever its name; the caller closes it."""
    with path.open("rb") as raw:
        start = raw.read(4)
    if start == ZIP:
        raise DataFaults([Fault("is a ZIP archive (unpack it first)", file=path.name)])
    return cast(BinaryIO, gzip.open(path)) if start[:2] == GZIP else path.open("rb")


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what Polars raises while it reads a file into :class:`~abscase.errors.DataFaults`."""
    try:
        yield
    except pl.exceptions.PolarsError as error:
        found = encoding_faults(path) if "utf-8" in str(error) else []
        raise DataFaults(found or [Fault(_first_line(error), file=path.name)]) from None
    except (OSError, EOFError) as error:
        raise DataFaults([_damage(path, error)]) from None


def first_lines(path: Path, count: int = LOOKED_AT) -> list[str]:
    """Return the first lines that hold anything, without their ends."""
    try:
        with open_text(path) as text:
            fault = not_text(text.read(BYTES_LOOKED_AT), path.name)
            text.seek(0)
            raw = list(islice(text, count))
    except (OSError, EOFError) as error:
        raise DataFaults([_damage(path, error)]) from None
    if fault:
        raise DataFaults([fault])
    try:
        lines = [line.decode("utf-8-sig").rstrip("\r\n") for line in raw]
    except UnicodeDecodeError:
        raise DataFaults(encoding_faults(path)) from None
    lines = [line for line in lines if line.strip()]
    if not lines:
        raise DataFaults([Fault("is empty", file=path.name)])
    return lines


def layout_of(path: Path, layouts: Sequence[Layout], separator: str = "|") -> tuple[Layout, int]:
    """Return the layout of a file and its number of fields, judged by the first lines.

    Raises :class:`~abscase.errors.DataFaults` where none fits, and says what each would want.
    """
    lines = first_lines(path)
    number = lines[0].count(separator) + 1
    near = [layout for layout in layouts if number in layout.fields]
    if not near:
        wanted = "; ".join(f"{each.name}: {_numbers(each.fields)}" for each in layouts)
        fix = _other_separator(lines[0], layouts, separator)
        rule = f"has {number} fields divided by {separator!r}, which no known layout has ({wanted})"
        raise DataFaults([Fault(rule, line=1, file=path.name, fix=fix)])
    faults: list[Fault] = []
    for layout in near:
        wrong = _unlike(lines, layout, separator, path.name)
        if not wrong:
            return layout, number
        faults += wrong
    raise DataFaults(faults)


def scan_fields(path: Path, layout: Layout, number: int, separator: str = "|") -> pl.LazyFrame:
    """Return the layout's columns; a cell that is empty, or not the number it should be, is null.

    A column that the layout has beyond the file's number of fields is null throughout.
    """
    kinds = dict.fromkeys(layout.text, pl.String) | dict.fromkeys(layout.numbers, pl.Float64)
    places = {**layout.text, **layout.numbers}
    numbers = layout.numbers.values()
    frame = pl.scan_csv(
        path, has_header=False, separator=separator, quote_char=None, glob=False,
        schema={f"f{place}": pl.Float64 if place in numbers else pl.String
                for place in range(1, number + 1)}, ignore_errors=True,
    )  # fmt: skip
    return frame.select(
        (pl.col(f"f{places[name]}") if places[name] <= number else pl.lit(None, kind)).alias(name)
        for name, kind in kinds.items()
    )


def count_rows(path: Path, number: int, separator: str = "|") -> int:
    """Return the number of lines, or raise where one has another number of fields.

    Polars itself says nothing of such a line as long as some field of the file is not read.
    """
    line = pl.scan_csv(
        path, has_header=False, separator="\x01", quote_char=None, glob=False,
        schema={"line": pl.String},
    ).with_row_index("row", 1)  # fmt: skip
    fields = pl.col("line").str.count_matches(separator, literal=True) + 1
    odd = line.select("row", fields=fields).filter(pl.col("fields") != number).head(1)
    rows, first = pl.collect_all([line.select(pl.len()), odd], engine="streaming")
    if first.height:
        at, count = first.row(0)
        rule = f"has {count} fields, unlike the first line: {number}"
        raise DataFaults([Fault(rule, line=at, file=path.name, fix="is the file cut off?")])
    return int(rows.item())


def scan_named(
    path: Path, needed: Sequence[str], also: Sequence[str] = (), skip: int = 0
) -> pl.LazyFrame:
    """Return columns of a CSV file with a header as text; those of ``also`` where they are there.

    ``skip`` is the number of lines before the header. Raises
    :class:`~abscase.errors.DataFaults` naming every needed column that is absent.
    """
    header = header_of(path, skip)
    absent = [name for name in needed if name not in header]
    if absent:
        fix = "" if len(header) > 1 else "its fields must be divided by commas"
        raise DataFaults([
            Fault(f"required column is missing{did_you_mean(name, header)}", name, "", 1 + skip,
                  path.name, fix)
            for name in absent
        ])  # fmt: skip
    frame = pl.scan_csv(path, infer_schema=False, glob=False, skip_lines=skip)
    names = [*needed, *(name for name in also if name in header)]
    return frame.select(filled(name).alias(name) for name in names)


def header_of(path: Path, skip: int = 0) -> list[str]:
    """Return the names in the header of a CSV file, after some lines to skip."""
    first_lines(path)
    with readable(path):
        frame = pl.scan_csv(path, infer_schema=False, glob=False, skip_lines=skip)
        return frame.collect_schema().names()


def encoding_faults(path: Path) -> list[Fault]:
    """Return what is wrong with a file's encoding: it is GBK throughout, or mixes several."""
    first = encodings(path)
    others = [(number, kind) for kind, number in first.items() if kind != "UTF-8"]
    if not others:
        return []
    fix = f"convert it: iconv -f GB18030 -t UTF-8 {path.name} > new.csv"
    if len(first) > 1:
        kinds = ", ".join(f"{kind} (line {number})" for kind, number in first.items())
        rule, fix = f"mixes encodings: {kinds}", "write the whole file in UTF-8"
    else:
        rule = f"is not UTF-8 but {others[0][1]}"
        fix = fix if others[0][1] == "GBK" else "write the file in UTF-8"
    return [Fault(rule, line=min(others)[0], file=path.name, fix=fix)]


def encodings(path: Path) -> dict[str, int]:
    """Return each encoding that a line of a text file shows, with the first such line."""
    first: dict[str, int] = {}
    with open_text(path) as text:
        for number, line in enumerate(text, 1):
            kind = "" if line.isascii() else _encoding(line)
            if kind:
                first.setdefault(kind, number)
    return first


def _encoding(line: bytes) -> str:
    """Return the encoding of a line; "" where it may be either.

    Two bytes may be one letter of UTF-8 or one sign of GBK; signs of three bytes are no chance.
    """
    for kind, codec in (("UTF-8", "utf-8"), ("GBK", "gb18030")):
        try:
            text = line.decode(codec)
        except UnicodeDecodeError:
            continue
        return kind if kind == "GBK" or max(text) >= "\u0800" else ""
    return "an unknown encoding"


def _unlike(lines: Sequence[str], layout: Layout, separator: str, file: str) -> list[Fault]:
    for number, line in enumerate(lines, 1):
        cells = line.split(separator)
        for name, pattern in layout.signs.items():
            place = layout.text[name]
            cell = cells[place - 1].strip() if place <= len(cells) else ""
            if not re.fullmatch(pattern, cell):
                rule = f"is not what field {place} of the {layout.name} holds"
                fix = "has the file a header, or another layout?"
                return [Fault(rule, name, cell, number, file, fix)]
    return []


def _other_separator(line: str, layouts: Sequence[Layout], separator: str) -> str:
    wanted = {number for layout in layouts for number in layout.fields}
    for other in "|,\t;":
        if other != separator and line.count(other) + 1 in wanted:
            return f"its fields are divided by {other!r}; {separator!r} is needed"
    return ""


def _numbers(fields: Sequence[int]) -> str:
    return str(fields[0]) if len(fields) == 1 else f"{min(fields)} to {max(fields)}"


def _damage(path: Path, error: Exception) -> Fault:
    gone = isinstance(error, FileNotFoundError)
    return Fault("no such file" if gone else DAMAGED, file=path.name)


def _first_line(error: Exception) -> str:
    return f"cannot be read: {str(error).splitlines()[0]}"
