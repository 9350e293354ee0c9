"""CSV files of a user's own, in UTF-8 or, as Chinese systems still write them, in GBK."""

from __future__ import annotations

import codecs
import shutil
from pathlib import Path

import polars as pl

from abscase.errors import DataFaults, Fault
from abscase.schema.reading import LOOKED_AT, SEPARATORS, not_text
from abscase.sources.delimited import encoding_faults, encodings, first_lines, open_text, readable
from abscase.sources.scratch import Scratch

BLOCK = 1 << 22


def csv_rows(path: Path) -> pl.LazyFrame:
    """Return the rows of a CSV file, plain or gzip, every cell as text.

    A file that is GBK throughout (GB18030) is rewritten in UTF-8 in the temporary folder. Raises
    :class:`~abscase.errors.DataFaults` where a file mixes encodings, is not text, is empty, or has
    another separator than the comma.
    """
    with readable(path):
        if is_gbk(path):
            return _rewritten(path)
        first_lines(path)
        frame = pl.scan_csv(path, infer_schema=False, glob=False)
        _refuse_other_separator(frame, path)
        return frame


def is_gbk(path: Path) -> bool:
    """Return whether a text file is GBK throughout; False where it is UTF-8.

    Raises :class:`~abscase.errors.DataFaults` where it is neither.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open_text(path) as text:
        if fault := not_text(text.read(LOOKED_AT), path.name):
            raise DataFaults([fault])
        text.seek(0)
        try:
            while block := text.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            if set(encodings(path)) == {"GBK"}:
                return True
            raise DataFaults(encoding_faults(path)) from None
    return False


def _rewritten(path: Path) -> pl.LazyFrame:
    scratch = Scratch()
    text, rows = scratch.folder / "text.csv", scratch.folder / "rows.parquet"
    with open_text(path) as raw, text.open("w", encoding="utf-8", newline="") as target:
        shutil.copyfileobj(codecs.getreader("gb18030")(raw), target, BLOCK)
    frame = pl.scan_csv(text, infer_schema=False, glob=False)
    _refuse_other_separator(frame, path)
    frame.sink_parquet(rows)
    text.unlink()
    return scratch.scan([rows])


def _refuse_other_separator(frame: pl.LazyFrame, path: Path) -> None:
    names = frame.collect_schema().names()
    for mark, word in SEPARATORS.items():
        if len(names) == 1 and mark in names[0]:
            rule = f"is separated by {word}, not by commas"
            raise DataFaults([Fault(rule, line=1, file=path.name, fix="save it with commas")])
