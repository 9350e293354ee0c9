"""Parquet files in the system's temporary folder that last as long as the frame that reads them."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

BATCH = 50_000


class Scratch:
    """A folder in the system's temporary folder that lasts as long as the object, at the most.

    The variable ``TMPDIR`` moves it to a disk with more room.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="abscase-"))
        self.remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    def scan(self, files: Sequence[Path], size: int = BATCH) -> pl.LazyFrame:
        """Return the rows of Parquet files of the folder as a lazy frame, which keeps it alive."""

        def source(
            names: list[str] | None, predicate: pl.Expr | None, rows: int | None, _: int | None
        ) -> Iterator[pl.DataFrame]:
            for chosen in (each for file in files for each in batches(self.folder / file, size)):
                chosen = chosen if predicate is None else chosen.filter(predicate)
                chosen = chosen if names is None else chosen.select(names)
                yield chosen if rows is None else chosen.head(rows)
                rows = None if rows is None else max(rows - chosen.height, 0)

        return register_io_source(source, schema=pl.read_parquet_schema(files[0]))


def batches(file: Path, size: int, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
    """Yield the rows of a Parquet file in frames of at most ``size`` rows, about its row groups."""
    rows = pl.scan_parquet(file, glob=False)
    chosen = rows if columns is None else rows.select(columns)
    for start in range(0, int(rows.select(pl.len()).collect().item()), size):
        yield chosen.slice(start, size).collect()
