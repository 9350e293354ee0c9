"""Writes a tape as a canonical panel: two Parquet files, and beside them what is known of them."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from abscase.errors import DataFaults, Fault
from abscase.place import file_hash
from abscase.sources.order import in_order, sorted_file
from abscase.sources.sound import require_sound
from abscase.sources.tape import NO_HISTORY, LoadReport, Tape, report, with_previous_state

SMALL = {"state": pl.Int8, "previous_state": pl.Int8, "age_months": pl.Int16}
ROW_GROUP = 1_000_000
KEYS = {"loan": ("loan_id",), "performance": ("loan_id", "date")}
REPORT, PROVENANCE = "quality_report.json", "provenance.json"


def write_panel(tape: Tape, folder: Path, identity: dict[str, Any], file: str) -> LoadReport:
    """Write the panel of a tape into an empty folder, check it against the schema, and report.

    The panel is two Parquet files (zstd, row groups of a million rows), sorted by loan and date,
    with states and age as small integers and the state one period before stored.

    Parameters
    ----------
    tape : Tape
    folder : Path
        Empty.
    identity : dict
        What :func:`identity` returns; it becomes part of the provenance.
    file : str
        Name of the raw file.

    Raises
    ------
    DataFaults
        A row does not fit the schema; ``identity`` says strict and a row was left out or changed.
    """
    if identity["strict"]:
        _refuse_faults(tape, file)
    for table, frame in _frames(tape).items():
        target = folder / f"{table}.parquet"
        _write_sorted(frame, target, table, tape.period_months)
        if table == "loan" or tape.performance is not None:
            require_sound(target, table, f"{file} ({table})")
    loan, performance = (pl.scan_parquet(folder / f"{table}.parquet") for table in KEYS)
    _require_one_currency(loan, file)
    origin = {name: str(identity[name]) for name in ("source", "case", "sha256")}
    found = report(tape, loan, performance, file=file, **origin)
    write_json(folder / REPORT, asdict(found))
    write_json(folder / PROVENANCE, identity | {
        "file": file,
        "loaded_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "panel": {f"{table}.parquet": file_hash(folder / f"{table}.parquet") for table in KEYS},
    })  # fmt: skip
    return found


def identity(source: str, case: str, strict: bool, files: Sequence[Path]) -> dict[str, Any]:
    """Return what makes a panel the same again: source, case, way of reading, content, version.

    The hash of several files is that of the list of their hashes and names.
    """
    whole = file_hash(files[0])
    if len(files) > 1:
        lines = [f"{file_hash(each)}  {each.name}\n" for each in files]
        whole = hashlib.sha256("".join(lines).encode()).hexdigest()
    size = sum(each.stat().st_size for each in files)
    return {"source": source, "case": case, "strict": strict, "sha256": whole, "bytes": size,
            "abscase": version("abscase")}  # fmt: skip


def _refuse_faults(tape: Tape, file: str) -> None:
    faults = [
        Fault(f"{count:,} would be {what}: {reason}", file=file, fix="--lenient counts them")
        for what, counts in (("left out", tape.rejected), ("changed", tape.altered))
        for reason, count in counts.items()
    ]
    if faults:
        raise DataFaults(faults)


def _require_one_currency(loan: pl.LazyFrame, file: str) -> None:
    found = loan.select(pl.col("currency").drop_nulls().unique().sort()).collect().to_series()
    if len(found) > 1:
        rule, fix = "amounts of several currencies cannot be added up", "make a file of each"
        raise DataFaults([Fault(rule, "currency", ", ".join(found), file=file, fix=fix)])


def _frames(tape: Tape) -> dict[str, pl.LazyFrame]:
    rows = pl.LazyFrame(schema=NO_HISTORY) if tape.performance is None else tape.performance
    return {"loan": tape.loan, "performance": rows}


def _write_sorted(frame: pl.LazyFrame, target: Path, table: str, period_months: int) -> None:
    """Write the rows as if they were sorted; where they are not, sort what was written."""

    def sink(rows: pl.LazyFrame, path: Path) -> None:
        if table == "performance":
            rows = with_previous_state(rows, period_months).with_columns(
                pl.col(name).cast(kind) for name, kind in SMALL.items()
            )
        rows.sink_parquet(path, compression="zstd", row_group_size=ROW_GROUP)

    sink(frame, target)
    if not in_order(target, KEYS[table]):
        again = target.with_suffix(".sorted")
        sink(sorted_file(target, KEYS[table]), again)
        again.replace(target)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON file for people to read."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the target's place, whole or not at all.

    What the target held before stays until then.
    """
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=".draft", dir=target.parent))
    try:
        yield draft
        old = draft.with_suffix(".old")
        if target.exists():
            target.rename(old)
        try:
            draft.rename(target)
        except OSError:
            old.rename(target)
            raise
        target.chmod(0o755)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def clean(folder: Path) -> None:
    """Remove what killed runs left; a panel whose successor never came goes back to its place.

    Nobody else may be writing into the folder.
    """
    for old in folder.glob(".*-*.old"):
        target = folder / old.name[1:].rpartition("-")[0]
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(target)
    for draft in folder.glob(".*-*.draft"):
        shutil.rmtree(draft, ignore_errors=True)
