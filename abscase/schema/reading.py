"""Reads a CSV file as text, part by part, and knows the line on which every row stands."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from abscase.errors import DataFaults, Fault

Part = tuple[pd.DataFrame, list[Fault]]
PART_ROWS = 200_000
LOOKED_AT = 65536  # bytes
MAGIC = {
    b"PAR1": "is a Parquet file: give it the ending .parquet, or save it as CSV",
    b"PK\x03\x04": "is a zip archive or an Excel workbook: save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "is an Excel workbook: save the sheet as CSV",
    b"\x1f\x8b": "is compressed by gzip: unpack it",
    b"\xff\xfe": "is UTF-16 text: save it as UTF-8",
    b"\xfe\xff": "is UTF-16 text: save it as UTF-8",
}
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_text(path: str | Path, file: str = "") -> pd.DataFrame:
    """Read a CSV file as text: every cell a string, an empty cell "".

    Parameters
    ----------
    path : path
    file : str, optional
        The name that faults give the file; its path by default.

    Returns
    -------
    DataFrame
        Its index ``line`` says on which line of the file each row begins.

    Raises
    ------
    DataFaults
        With every fault of form: not UTF-8, not separated by commas, rows with more or fewer
        fields than the header, columns without a name or named twice, quotes left open, no rows.
    """
    parts = list(csv_parts(path, file))
    if faults := [fault for _, found in parts for fault in found]:
        raise DataFaults(faults)
    return pd.concat([frame for frame, _ in parts])


def csv_parts(path: str | Path, file: str = "", rows: int = PART_ROWS) -> Iterator[Part]:
    """Yield a CSV file as text frames of at most ``rows`` rows, each with its faults of form.

    Never raises: a file that cannot be read on yields a last part with the fault that says why.
    """
    path = Path(path)
    file = file or str(path)
    try:
        with path.open("rb") as handle:
            fault = not_text(handle.read(LOOKED_AT), file)
        if fault:
            yield pd.DataFrame(), [fault]
            return
        with path.open(encoding="utf-8-sig", newline="") as handle:
            yield from _parts(csv.reader(handle, strict=True), file, rows)
    except FileNotFoundError:
        yield pd.DataFrame(), [Fault("no such file", file=file)]
    except OSError as error:
        rule = f"cannot be opened: {error.strerror}"
        yield pd.DataFrame(), [Fault(rule, file=file)]
    except UnicodeDecodeError:
        yield pd.DataFrame(), [_encoding_fault(path, file)]


def _parts(reader, file: str, rows: int) -> Iterator[Part]:  # type: ignore[no-untyped-def]
    header, faults = _header(reader, file)
    keep = [place for place, name in enumerate(header) if name and name not in header[:place]]
    if not keep:
        yield pd.DataFrame(), faults
        return
    cells: list[list[str]] = []
    lines: list[int] = []
    count, more = 0, True
    while more:
        begins = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            row = None
            faults.append(
                Fault(f"cannot be read on: {error}", "", "", begins, file, "close every quote")
            )
        more = row is not None
        if row and len(row) != len(header):
            faults.append(_ragged(row, len(header), begins, file))
        elif row:
            cells.append([row[place] for place in keep])
            lines.append(begins)
        count += bool(row)
        if len(cells) == rows or not more:
            if not more and not count and not faults:
                faults.append(Fault("has a header but no rows", file=file))
            index = pd.Index(lines, name="line", dtype="int64")
            names = [header[place] for place in keep]
            yield pd.DataFrame(cells, index, names, dtype="str"), faults
            cells, lines, faults = [], [], []


def _header(reader, file: str) -> tuple[list[str], list[Fault]]:  # type: ignore[no-untyped-def]
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        return [], [Fault(f"cannot be read: {error}", line=1, file=file, fix="close every quote")]
    if not any(header):
        return [], [Fault("is empty: no header line", file=file)]
    for mark, name in SEPARATORS.items():
        if len(header) == 1 and mark in header[0]:
            rule = f"is separated by {name}, not by commas"
            return [], [Fault(rule, line=1, file=file, fix="save it with commas")]
    faults = [
        Fault(f"column {place} has no name", line=1, file=file)
        for place, name in enumerate(header, 1) if not name
    ]  # fmt: skip
    for name, times in Counter(name for name in header if name).items():
        if times > 1:
            rule = f"is the name of {times} columns"
            faults.append(Fault(rule, name, "", 1, file, "only the first was checked"))
    return header, faults


def _ragged(row: list[str], wanted: int, line: int, file: str) -> Fault:
    fix = "quote a cell that holds a comma" if len(row) > wanted else "add the missing commas"
    return Fault(f"has {len(row)} fields where the header has {wanted}", "", "", line, file, fix)


def not_text(start: bytes, file: str) -> Fault | None:
    """Return the fault of a file whose first bytes are those of another format, or not of text."""
    for mark, says in MAGIC.items():
        if start.startswith(mark):
            return Fault(says, file=file)
    if b"\0" in start:
        return Fault("is not text (it holds NUL bytes)", file=file)
    return None


def _encoding_fault(path: Path, file: str) -> Fault:
    with path.open("rb") as handle:
        for line, raw in enumerate(handle, 1):
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError as error:
                return Fault(_encoding_rule(raw, error), "", "", line, file, "save it as UTF-8")
    return Fault("is not UTF-8 text", file=file, fix="save it as UTF-8")


def _encoding_rule(raw: bytes, error: UnicodeDecodeError) -> str:
    try:
        chinese = re.search("[\u4e00-\u9fff]{2}", raw.decode("gb18030")) is not None
    except UnicodeDecodeError:
        chinese = False
    if chinese:
        return "is not UTF-8 text, it seems to be GBK"
    return f"is not UTF-8 text (byte {raw[error.start]:#04x})"
