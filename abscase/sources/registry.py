"""The sources that are there, and the conversion of a raw file to the canonical Parquet panel."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import EntryPoint, entry_points, version
from pathlib import Path
from typing import Any

import polars as pl
from filelock import FileLock

from abscase.errors import AbscaseError, ChoiceError, DataFaults, Fault
from abscase.place import file_hash
from abscase.schema.parts import check_parts, parquet_parts, refuse
from abscase.sources.panels import home_dir, panel_dir
from abscase.sources.tape import NO_HISTORY, LoadReport, Tape, report, with_previous_state

GROUP = "abscase.sources"
SMALL = {"state": pl.Int8, "previous_state": pl.Int8, "age_months": pl.Int16}
ROW_GROUP = 1_000_000


@dataclass(frozen=True)
class Source:
    """One raw format: its name, what it is, the cases it may feed, and the function that reads it.

    ``folders`` says that it also reads a folder of files.

    ``read(path, case)`` returns a :class:`~abscase.sources.tape.Tape`, or raises
    :class:`~abscase.errors.DataFaults` with every fault that keeps it from being read.
    """

    name: str
    title: str
    cases: tuple[str, ...]
    read: Callable[[Path, str], Tape]
    folders: bool = False


def source_names() -> tuple[str, ...]:
    """Return the names of the sources, those of other packages included, sorted."""
    return tuple(sorted(_found()))


def _found() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def source_named(name: str) -> Source:
    """Return a source by name, or raise :class:`~abscase.errors.ChoiceError`."""
    found = _found()
    if name not in found:
        raise ChoiceError("source", name, found)
    try:
        source = found[name].load()
    except Exception as error:
        raise AbscaseError(
            f"source {name!r} ({found[name].value}) fails to load: {error}"
        ) from error
    if not isinstance(source, Source):
        raise AbscaseError(f"source {name!r} ({found[name].value}) is not a Source")
    return source


def load(source: str, file: str | Path, case: str | None = None) -> LoadReport:
    """Convert a raw file to the canonical panel of a case, which the case uses from then on.

    The panel is two Parquet files (zstd) in the user's data folder, sorted by loan and date, with
    states and age as small integers and the state one period before stored; beside them the hash
    of the raw file and the report. It is checked against the schema before it takes its place, and
    takes it whole: an earlier panel of the same source stays until then.

    Parameters
    ----------
    source : str
        Name of a source.
    file : path
        The raw file, or a folder of them where the source reads folders.
    case : str, optional
        The case it feeds; may be left out where the source knows only one.

    Returns
    -------
    LoadReport

    Raises
    ------
    ChoiceError
        No such source, or the source does not feed that case.
    DataFaults
        The file is not there, cannot be read as this format, or does not fit the schema.
    """
    reader, path = source_named(source), Path(file)
    if case is None and len(reader.cases) == 1:
        case = reader.cases[0]
    if case not in reader.cases:
        raise ChoiceError(f"case of the source {source}", case or "", reader.cases)
    if not path.exists():
        raise DataFaults([Fault("no such file", file=str(path))])
    if path.is_dir() and not reader.folders:
        raise DataFaults([Fault("is a folder (give one file)", file=str(path))])
    tape = reader.read(path, case)
    target = panel_dir(case, reader.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(home_dir() / "panels" / ".lock"):
        draft = Path(tempfile.mkdtemp(prefix=f".{reader.name}-", dir=target.parent))
        try:
            found = _write(tape, draft, reader.name, case, path)
            _replace(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return found


def _write(tape: Tape, draft: Path, source: str, case: str, path: Path) -> LoadReport:
    performance = pl.LazyFrame(schema=NO_HISTORY)
    if tape.performance is not None:
        performance = with_previous_state(tape.performance, tape.period_months)
    frames = {
        "loan": tape.loan.sort("loan_id"),
        "performance": performance.with_columns(
            pl.col(name).cast(kind) for name, kind in SMALL.items()
        ),
    }
    for table, frame in frames.items():
        target = draft / f"{table}.parquet"
        frame.sink_parquet(target, compression="zstd", row_group_size=ROW_GROUP)
        name = f"{path.name} ({table})"
        if table == "performance" and tape.performance is None:
            continue
        refuse(check_parts(parquet_parts(target, name), table, file=name, strict=True))
    found = report(
        tape, *(pl.scan_parquet(draft / f"{table}.parquet") for table in frames),
        source=source, case=case, file=path.name, sha256=_hash(path),
    )  # fmt: skip
    _write_json(draft / "quality_report.json", asdict(found))
    _write_json(draft / "provenance.json", {
        "source": source, "case": case, "file": path.name, "sha256": found.sha256,
        "bytes": sum(each.stat().st_size for each in _files(path)), "abscase": version("abscase"),
        "loaded_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "panel": {f"{table}.parquet": file_hash(draft / f"{table}.parquet") for table in frames},
    })  # fmt: skip
    return found


def _files(path: Path) -> list[Path]:
    return sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else [path]


def _hash(path: Path) -> str:
    """Return the SHA-256 of a file; of a folder, that of the list of its files with theirs."""
    if path.is_file():
        return file_hash(path)
    lines = [f"{file_hash(each)}  {each.name}\n" for each in _files(path)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _replace(draft: Path, target: Path) -> None:
    """Put the draft in the target's place, whose old content comes back where that fails."""
    old = draft.with_name(f"{draft.name}.old")
    if target.exists():
        target.rename(old)
    try:
        draft.rename(target)
    except OSError:
        old.rename(target)
        raise
    target.chmod(0o755)
    shutil.rmtree(old, ignore_errors=True)
