"""Converts raw files to a folder of canonical panels, one for each file, whatever their size.

    abscase convert freddie historical_data_time_*.txt --to panels

gives ``panels/<file>/loan.parquet`` and ``performance.parquet`` for every file. A part that stands
there with the same raw content, read in the same way, is not made again. Files are read, sorted
and checked as streams: memory grows with the loans of a file, not with its rows. (The system may
count the pages of a text file that is being read as memory; it gives them back when needed.)

The state a period before is stored with each row, so the history of a loan must stand in one part.
Files by vintage fulfil that by themselves. Files by month do not: put those of one pool into a
folder and give the folder, which is read as one. A loan that turns up in two parts is refused.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl
from filelock import FileLock

from abscase.errors import DataFaults, Fault
from abscase.sources.canonical import (
    PROVENANCE,
    REPORT,
    clean,
    identity,
    replacing,
    write_json,
    write_panel,
)
from abscase.sources.registry import Source, case_of, require_file, source_named
from abscase.sources.tape import LoadReport, Tape, report

ENDINGS = (".gz", ".txt", ".csv", ".xml", ".parquet", ".pq")
SAME = ("source", "case", "strict", "sha256", "abscase")
SHOWN = 5


def convert(
    source: str, files: Sequence[Path], folder: Path, case: str | None = None,
    strict: bool = False, say: Callable[[str], object] = lambda _: None,
) -> LoadReport:  # fmt: skip
    """Convert raw files to the parts of a canonical panel; a run that was stopped goes on.

    Parameters
    ----------
    source : str
        Name of a source.
    files : sequence of path
        Raw files; of a pair either one. A folder is one part, the months of one pool, or where no
        loan stands in two files of it (the mortgage agencies' vintages) a part for each file.
    folder : path
        Where the parts go: ``<folder>/<part>/``, each written whole or not at all.
    case, strict
        As in :func:`~abscase.sources.registry.load`.
    say : callable
        Told a line for each part.

    Returns
    -------
    LoadReport
        On all parts together; also in ``<folder>/quality_report.json``.

    Raises
    ------
    ChoiceError, DataFaults
        As :func:`~abscase.sources.registry.load`; also where a loan stands in two parts, or two
        files would give parts of one name. Parts that were done stay.
    """
    reader = source_named(source)
    case = case_of(reader, case)
    parts = _parts(reader, files)
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        clean(folder)
        _refuse_mixed(folder, reader.name, case)
        for number, (name, path) in enumerate(parts.items(), 1):
            said = _part(reader, path, folder / name, case, strict)
            say(f"{number}/{len(parts)} {name}: {said}")
        return _merged(folder, reader, case)


def part_names(folder: Path) -> list[str]:
    """Return the parts that stand in a folder, sorted."""
    return sorted(path.parent.name for path in folder.glob(f"[!.]*/{PROVENANCE}"))


def _parts(source: Source, given: Sequence[Path]) -> dict[str, Path]:
    """Return the name of each part and what to read for it; both files of a pair are one."""
    paths: list[Path] = []
    for path in given:
        require_file(source, path)
        apart = source.apart and path.is_dir()
        paths += source.files(path) if apart else [path]
    units = {tuple(source.files(path)): path for path in reversed(paths)}
    named: dict[str, list[Path]] = {}
    for path in reversed(units.values()):
        named.setdefault(_name(path), []).append(path)
    faults = [
        Fault(f"gives a part of the name {name!r}, and so does {paths[0]}", file=str(path),
              fix="rename one")
        for name, paths in named.items() for path in paths[1:]
    ]  # fmt: skip
    if faults or not named:
        raise DataFaults(faults or [Fault("no files to convert")])
    return {name: paths[0] for name, paths in named.items()}


def _name(path: Path) -> str:
    name = path.absolute().name
    while any(name.lower().endswith(ending) for ending in ENDINGS):
        name = name.rpartition(".")[0]
    return name


def _part(source: Source, path: Path, target: Path, case: str, strict: bool) -> str:
    """Make one part unless it stands there, and return what to say of it."""
    begun, known = time.monotonic(), identity(source.name, case, strict, source.files(path))
    if (target / PROVENANCE).is_file():
        before = _read(target / PROVENANCE)
        if all(before.get(name) == known[name] for name in SAME):
            return "stands, not made again"
    tape = source.read(path, case)
    with replacing(target) as draft:
        found = write_panel(tape, draft, known, path.name)
        _refuse_crossing(draft, target)
    seconds = time.monotonic() - begun
    return (f"{found.loans:,} loans, {found.rows:,} rows of {found.rows_read:,}, "
            f"quality {found.quality:.4f}, {seconds:.1f} s")  # fmt: skip


def _refuse_mixed(folder: Path, source: str, case: str) -> None:
    """Raise where a folder holds parts of another source or case."""
    faults = []
    for name in part_names(folder):
        known = _read(folder / name / PROVENANCE)
        if (known["source"], known["case"]) != (source, case):
            rule = f"holds a part of {known['source']} for {known['case']}"
            faults.append(Fault(rule, file=name, fix="choose another folder"))
    if faults:
        raise DataFaults(faults)


def _refuse_crossing(draft: Path, target: Path) -> None:
    """Raise where a loan of a new part stands in another one already."""
    own = _loan_ids(draft)
    ends = own.select(low=pl.col("loan_id").min(), high=pl.col("loan_id").max()).collect()
    low, high = (pl.lit(ends[name].item()) for name in ("low", "high"))
    for name in part_names(target.parent):
        if name == target.name:
            continue
        near = _loan_ids(target.parent / name).filter(pl.col("loan_id").is_between(low, high))
        both = near.join(own, on="loan_id", how="semi").collect(engine="streaming")
        if both.height:
            some = ", ".join(both["loan_id"].head(SHOWN))
            rule = f"holds {both.height:,} loans that part {name!r} holds too"
            fix = ("a history must stand in one part: put the files of one pool into a folder and "
                   "give the folder")  # fmt: skip
            raise DataFaults([Fault(rule, "loan_id", some, file=target.name, fix=fix)])


def _loan_ids(part: Path) -> pl.LazyFrame:
    return pl.scan_parquet(part / "loan.parquet", glob=False).select("loan_id")


def _merged(folder: Path, source: Source, case: str) -> LoadReport:
    """Report on all parts of a folder together."""
    names = part_names(folder)
    reports = [_read(folder / name / REPORT) for name in names]
    loan, performance = (
        pl.concat([pl.scan_parquet(folder / name / f"{table}.parquet", glob=False)
                   for name in names], how="diagonal")
        for table in ("loan", "performance")
    )  # fmt: skip
    tape = Tape(
        loan, performance if any(each["rows"] for each in reports) else None,
        reports[0]["period_months"], sum(each["rows_read"] for each in reports),
        _total(reports, "rejected"), _total(reports, "altered"),
        tuple(dict.fromkeys(note for each in reports for note in each["notes"])),
    )  # fmt: skip
    found = report(tape, loan, performance, source=source.name, case=case,
                   file=f"{len(names)} parts", sha256="")  # fmt: skip
    draft = folder / f".{REPORT}"
    write_json(draft, asdict(found) | {"parts": names})
    draft.replace(folder / REPORT)
    return found


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _total(reports: Sequence[dict[str, Any]], name: str) -> dict[str, int]:
    total = Counter[str]()
    for each in reports:
        total.update(each[name])
    return dict(total)
