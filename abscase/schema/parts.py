"""Checks a file of any size part by part: in memory stand one part and eight bytes a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from abscase.errors import DataFaults, Fault
from abscase.schema.reading import PART_ROWS, Part, csv_parts
from abscase.schema.validate import (
    REPEATED,
    check_cells,
    missing_columns,
    table_named,
    unknown_columns,
)

KEPT = 1000


@dataclass(frozen=True)
class Checked:
    """What a check of a file found.

    ``filled`` counts the cells that hold something in each column that is present. Of the faults of
    one column and rule the first ``KEPT`` are listed; ``unlisted`` counts the others.
    """

    rows: int
    filled: dict[str, int]
    faults: tuple[Fault, ...]
    unlisted: dict[tuple[str, str], int]


def file_parts(path: Path, file: str = "", rows: int = PART_ROWS) -> Iterator[Part]:
    """Yield a CSV or, where its name ends in .parquet, a Parquet file in frames of some rows."""
    parquet = path.suffix.lower() in (".parquet", ".pq")
    yield from (parquet_parts if parquet else csv_parts)(path, file, rows)


def parquet_parts(path: Path, file: str = "", rows: int = PART_ROWS) -> Iterator[Part]:
    """Yield a Parquet file in frames whose index ``line`` counts the rows from 1."""
    file = file or str(path)
    try:
        source = pq.ParquetFile(path)
    except FileNotFoundError:
        yield pd.DataFrame(), [Fault("no such file", file=file)]
        return
    except (pa.ArrowInvalid, OSError) as error:
        yield pd.DataFrame(), [Fault(f"is not a Parquet file: {error}", file=file)]
        return
    with source:
        done = 0
        for batch in source.iter_batches(batch_size=rows):
            frame = batch.to_pandas(date_as_object=False)
            frame.index = pd.RangeIndex(done + 1, done + 1 + len(frame), name="line")
            done += len(frame)
            yield frame, []
        if not done:
            empty = source.schema_arrow.empty_table().to_pandas(date_as_object=False)
            yield empty, [Fault("has no rows", file=file)]


def check_parts(
    parts: Iterable[Part], table: str, *, file: str = "", strict: bool = False
) -> Checked:
    """Check the parts of one file against a table, the key over all parts together.

    Every part has an index named ``line``.
    Keys are compared by a 64-bit hash: for ten million rows the chance that two different keys are
    taken for one is about 3 in a million.
    """
    spec = table_named(table)
    kept: list[Fault] = []
    counts, filled, rows = Counter[tuple[str, str]](), Counter[str](), 0
    hashes, lines = [], []
    for number, (frame, found) in enumerate(parts):
        found = list(found)
        if number == 0 and len(frame.columns):
            found += missing_columns(frame, spec, file)
            found += unknown_columns(frame, spec, file) if strict else []
        typed, faults = check_cells(frame, table, file=file)
        rows += len(typed)
        filled.update({str(name): int(typed[name].notna().sum()) for name in typed})
        if set(spec.key) <= set(typed):
            hashes.append(pd.util.hash_pandas_object(typed[list(spec.key)], index=False))
            lines.append(frame.index.to_numpy())
        _keep(found + faults, kept, counts)
    if hashes:
        _keep(_repeats(np.concatenate(hashes), np.concatenate(lines), spec.key, file), kept, counts)
    kept.sort(key=lambda fault: (fault.line or 0, fault.column))
    more = {name: count - KEPT for name, count in counts.items() if count > KEPT}
    return Checked(rows, dict(filled), tuple(kept), more)


def refuse(checked: Checked) -> None:
    """Raise :class:`~abscase.errors.DataFaults` where a check found any fault."""
    if checked.faults:
        raise DataFaults(checked.faults)


def _keep(found: Iterable[Fault], kept: list[Fault], counts: Counter[tuple[str, str]]) -> None:
    for fault in found:
        counts[fault.column, fault.rule] += 1
        if counts[fault.column, fault.rule] <= KEPT:
            kept.append(fault)


def _repeats(
    hashes: np.ndarray, lines: np.ndarray, key: tuple[str, ...], file: str
) -> Iterator[Fault]:
    order = np.argsort(hashes, kind="stable")
    same = np.flatnonzero(hashes[order][1:] == hashes[order][:-1])
    for place in same:
        line, earlier = int(lines[order[place + 1]]), int(lines[order[place]])
        yield Fault(REPEATED, ", ".join(key), "", line, file, f"the row on line {earlier}")
