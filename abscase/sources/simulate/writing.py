"""Simulated tapes in memory or on disk, chunk by chunk: the chunks fix the seeds, not the result.

Each chunk holds at most ``CHUNK`` loans of one cohort and draws from its own stream, named by the
seed, the cohort and its place in it: the same seed gives the same tape on any machine and core.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from abscase.errors import AbscaseError
from abscase.ranges import require
from abscase.sources.simulate.histories import draw_histories, draw_loans
from abscase.sources.simulate.process import Process
from abscase.sources.simulate.tape import loan_table, performance_table

CHUNK = 8_000
ROW_GROUP = 1_000_000
WORKERS = 2
Chunk = tuple[int, int, int, int]
"""Cohort, place in it, number of its first loan, loans."""


def simulated_tape(process: Process, loans: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the tables ``loan`` and ``performance`` of a simulated pool, in memory.

    Parameters
    ----------
    process : Process
        The model.
    loans : int
        Loans made over all cohorts, 1 to 1,000,000,000.
    seed : int
        Names the draw, at least 0.

    Returns
    -------
    tuple of DataFrame
        Sorted by loan and date, all rows of grade "B".

    Raises
    ------
    ParameterFaults
        Loans or seed lie outside their range.
    """
    parts = list(_parts(process, loans, seed))
    tables = [pa.concat_tables(part[place] for part in parts) for place in (0, 1)]
    return _frame(tables[0]), _frame(tables[1])


def simulate_to(folder: str | Path, process: Process, loans: int, seed: int) -> tuple[Path, Path]:
    """Write ``loan.parquet`` and ``performance.parquet`` of a simulated pool into a new folder.

    The folder appears whole or not at all; memory does not grow with the loans.

    Returns
    -------
    tuple of Path

    Raises
    ------
    AbscaseError
        The folder is there already and not empty.
    """
    target = Path(folder)
    with new_folder(target) as draft:
        write_tape(draft, process, loans, seed)
    return target / "loan.parquet", target / "performance.parquet"


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Yield a draft of a folder that appears whole or not at all.

    Raises
    ------
    AbscaseError
        The folder is there already and not empty.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise AbscaseError(f"{target} is there already; name a new or an empty folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield draft
        if target.exists():
            target.rmdir()
        draft.rename(target)
        target.chmod(0o755)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_tape(draft: Path, process: Process, loans: int, seed: int) -> None:
    """Write the two tables of a simulated pool into a folder."""
    writers: list[pq.ParquetWriter] = []
    held: list[list[pa.Table]] = [[], []]
    try:
        for part in _parts(process, loans, seed):
            if not writers:
                writers = [
                    pq.ParquetWriter(
                        draft / f"{name}.parquet", table.schema, compression="zstd",
                        compression_level=1, store_schema=False,
                    )
                    for name, table in zip(("loan", "performance"), part, strict=True)
                ]  # fmt: skip
            for place in (0, 1):
                held[place].append(part[place])
                if sum(each.num_rows for each in held[place]) >= ROW_GROUP:
                    _flush(writers[place], held[place])
        for writer, rest in zip(writers, held, strict=True):
            _flush(writer, rest)
    finally:
        for writer in writers:
            writer.close()


def _flush(writer: pq.ParquetWriter, held: list[pa.Table]) -> None:
    if held:
        writer.write_table(pa.concat_tables(held).unify_dictionaries(), ROW_GROUP)
        held.clear()


def _parts(process: Process, loans: int, seed: int) -> Iterator[tuple[pa.Table, pa.Table]]:
    require(loans=(loans, 1, 1_000_000_000), seed=(seed, 0, 2**63))
    chunks = list(_chunks(process, loans))
    workers = min(WORKERS, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        ahead = []
        for chunk in chunks:
            ahead.append(pool.submit(_part, process, seed, chunk))
            if len(ahead) > workers:
                yield ahead.pop(0).result()
        for each in ahead:
            yield each.result()


def _part(process: Process, seed: int, chunk: Chunk) -> tuple[pa.Table, pa.Table]:
    cohort, place, first, number = chunk
    rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, cohort, place])))
    loans = draw_loans(process, number, rng)
    rows = draw_histories(process, cohort, loans, rng)
    return (
        loan_table(process, cohort, first, loans),
        performance_table(process, cohort, first, loans, rows, rng),
    )


def _chunks(process: Process, loans: int) -> Iterator[Chunk]:
    """Yield chunks; the cohorts get their shares of the loans, rounded so that they add up."""
    bounds = np.round(np.cumsum(process.weights) / process.weights.sum() * loans).astype(int)
    first = 0
    for cohort, bound in enumerate(bounds):
        for place, start in enumerate(range(first, int(bound), CHUNK)):
            yield cohort, place, start, min(CHUNK, int(bound) - start)
        first = int(bound)


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame.with_columns(pl.col(pl.Categorical).cast(pl.String))
