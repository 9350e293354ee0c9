"""Sorts rows of any number: a file is looked at first, and sorted only where it must be.

The sort stands on disk: rows are dealt out to files by ranges of the first key, so that each file
fits in memory, and each is then sorted by itself. Memory holds one such file at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from abscase.sources.scratch import Scratch, batches

ROWS = 250_000
"""Rows of one file of the sort: what stands in memory."""
SAMPLE = 1_000
"""Of so many rows one is looked at to find the ranges."""
BATCH = 50_000


def in_order(file: Path, keys: Sequence[str]) -> bool:
    """Return whether the rows of a Parquet file ascend by the keys; it reads no other column."""
    back = pl.lit(False)
    for key in reversed(keys):
        before = pl.col(key).shift(1)
        back = (pl.col(key) < before) | ((pl.col(key) == before) & back)
    rows = pl.scan_parquet(file, glob=False).select(back.fill_null(False).sum())
    return not rows.collect(engine="streaming").item()


def sorted_rows(rows: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    """Return the rows sorted by the keys, of which no first one is empty.

    Rows with the same keys stay in the order in which they stood.
    """
    scratch = Scratch()
    rows.sink_parquet(scratch.folder / "all.parquet", compression="lz4", row_group_size=BATCH)
    return _sorted(scratch.folder / "all.parquet", keys, scratch)


def sorted_file(file: Path, keys: Sequence[str]) -> pl.LazyFrame:
    """Return the rows of a Parquet file sorted by the keys; see :func:`sorted_rows`."""
    return _sorted(file, keys, Scratch())


def _sorted(file: Path, keys: Sequence[str], scratch: Scratch) -> pl.LazyFrame:
    edges = _edges(file, keys[0])
    parts = _dealt(file, keys[0], edges, scratch.folder) if len(edges) else [file]
    done = [scratch.folder / f"{place}.sorted" for place in range(len(parts))]
    for part, target in zip(parts, done, strict=True):
        rows = pl.read_parquet(part, glob=False).sort(keys, maintain_order=True)
        rows.write_parquet(target, compression="lz4", row_group_size=BATCH)
        if part.parent == scratch.folder:
            part.unlink()
    return scratch.scan(done)


def _dealt(file: Path, key: str, edges: pl.Series, folder: Path) -> list[Path]:
    """Deal the rows of a file out to files by ranges of a key, in the order of the ranges."""
    parts = [folder / f"{place}.parquet" for place in range(len(edges) + 1)]
    with pq.ParquetFile(file) as whole:
        writers = [pq.ParquetWriter(part, whole.schema_arrow, compression="lz4") for part in parts]
    try:
        for rows in batches(file, BATCH):
            place = edges.search_sorted(rows[key], side="right")
            for (bucket,), own in rows.group_by(place, maintain_order=True):
                table = own.to_arrow(compat_level=pl.CompatLevel.oldest())
                writers[bucket].write_table(table.cast(writers[bucket].schema))
    finally:
        for writer in writers:
            writer.close()
    return parts


def _edges(file: Path, key: str) -> pl.Series:
    """Return values of a key that divide the rows into ranges of about ``ROWS`` rows."""
    with pq.ParquetFile(file) as whole:
        ranges = -(-whole.metadata.num_rows // ROWS)
    if ranges <= 1:
        return pl.Series([], dtype=pl.read_parquet_schema(file)[key])
    values = pl.concat([rows[key].gather_every(SAMPLE) for rows in batches(file, BATCH, [key])])
    places = [len(values) * place // ranges for place in range(1, ranges)]
    return values.sort().gather(places).unique(maintain_order=True)
