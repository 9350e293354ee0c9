"""What ``data/`` holds: folders of CSV files in the schema, each with a ``datapackage.json``.

A file is named ``<table>.csv`` or ``<table>.<topic>.csv``. ``python -m abscase.catalog`` rewrites the
hashes, sizes and fields of every package after the CSV files were edited.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from abscase.errors import ChoiceError, DataFaults, Fault
from abscase.schema import TABLES, check, read_text

FRICTIONLESS = {
    "text": "string", "float": "number", "int": "integer", "date": "date", "flag": "boolean"
}  # fmt: skip
GRADES = "ABC"


def share_dir() -> Path:
    """Return the folder that holds ``data/``, ``notebooks/`` and ``reports.yml``.

    A checkout's own folder, or the copy inside an installed wheel.
    """
    package = Path(str(files("abscase")))
    installed = package / "_share"
    return installed if installed.is_dir() else package.parent


def data_dir() -> Path:
    """Return ``data/``, or the folder named by the variable ``ABSCASE_DATA``."""
    return Path(os.environ.get("ABSCASE_DATA") or share_dir() / "data")


def folders(root: Path | None = None) -> list[str]:
    """Return the names of the data folders, sorted; "." is ``data/`` itself."""
    root = root or data_dir()
    packages = [*root.glob("datapackage.json"), *root.glob("*/datapackage.json")]
    return sorted(path.parent.relative_to(root).as_posix() for path in packages)


def table_of(path: Path) -> str:
    """Return the schema table a CSV file holds, from its name.

    >>> table_of(Path("series.delinquency.csv"))
    'series'
    """
    return path.name.split(".")[0]


def csv_files(folder: str, table: str | None = None, root: Path | None = None) -> list[Path]:
    """Return the CSV files of a folder, or only those of one table."""
    root = root or data_dir()
    if not (root / folder).is_dir():
        raise ChoiceError("data folder", folder, folders(root))
    paths = sorted((root / folder).glob("*.csv"))
    return [path for path in paths if table in (None, table_of(path))]


def read(path: Path, root: Path | None = None) -> pd.DataFrame:
    """Read one file of ``data/`` in the types of its table, with a column ``ref`` (file:line)."""
    return _read(path, root or data_dir(), path.stat().st_mtime_ns).copy(deep=False)


@cache
def _read(path: Path, root: Path, _stamp: int) -> pd.DataFrame:
    name = path.relative_to(root).as_posix()
    frame, faults = check(read_text(path), table_of(path), file=name, strict=True)
    if faults:
        raise DataFaults(faults)
    frame["ref"] = [f"{name}:{line}" for line in range(2, len(frame) + 2)]
    return frame


def read_all(table: str, root: Path | None = None, only: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return a table over all folders (or ``only`` some) in one frame; empty where none has it."""
    root = root or data_dir()
    if table not in TABLES:
        raise ChoiceError("table", table, TABLES)
    frames = [
        read(path, root) for name in only or folders(root) for path in csv_files(name, table, root)
    ]
    if not frames:
        return pd.DataFrame(columns=[*TABLES[table].names, "ref"])
    return pd.concat(frames, ignore_index=True)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def package(folder: str, root: Path | None = None) -> dict[str, Any]:
    """Return the ``datapackage.json`` of a folder."""
    path = (root or data_dir()) / folder / "datapackage.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def faults(root: Path | None = None) -> list[Fault]:
    """Return every fault of ``data/``: hashes, sizes, schema, sources and grades that flatter."""
    root = root or data_dir()
    found = [fault for name in folders(root) for fault in _package_faults(name, root)]
    return found or list(_evidence_faults(root))


def _package_faults(folder: str, root: Path) -> Iterator[Fault]:
    listed = {item["path"]: item for item in package(folder, root)["resources"]}
    paths = csv_files(folder, root=root)
    for missing in sorted(set(listed) ^ {path.name for path in paths}):
        yield Fault("is listed or present, but not both", file=f"{folder}/{missing}")
    for path in paths:
        item, name = listed.get(path.name, {}), f"{folder}/{path.name}"
        if item.get("hash") != f"sha256:{file_hash(path)}":
            yield Fault("has another hash than its package says", file=name)
        if item.get("bytes") != path.stat().st_size:
            yield Fault("has another size than its package says", file=name)
        yield from check(read_text(path), table_of(path), file=name, strict=True)[1]


def _evidence_faults(root: Path) -> Iterator[Fault]:
    source = read_all("source", root)
    for ref, name in source.loc[source["source_id"].duplicated(), ["ref", "source_id"]].to_numpy():
        yield Fault("names a source twice", "source_id", name, file=ref)
    best = dict(zip(source["source_id"], source["grade"], strict=True))
    definitions = set(read_all("definition", root)["definition_id"])
    for table in TABLES.keys() - {"source"}:
        frame = read_all(table, root)
        if frame.empty:
            continue
        for row in frame[["ref", "source_id", "grade"]].itertuples(index=False):
            if row.source_id not in best:
                yield Fault("is not in the table source", "source_id", row.source_id, file=row.ref)
            elif row.grade < best[row.source_id]:
                allowed = f"is better than its source allows ({best[row.source_id]})"
                yield Fault(allowed, "grade", row.grade, file=row.ref)
        if table == "series":
            unknown = frame[frame["definition_id"].notna() & ~frame["definition_id"].isin(definitions)]
            for ref, name in unknown[["ref", "definition_id"]].to_numpy():
                yield Fault("is not in the table definition", "definition_id", name, file=ref)


def refresh(folder: str, root: Path | None = None) -> None:
    """Rewrite the resources of a folder's ``datapackage.json`` from its CSV files."""
    root = root or data_dir()
    described = package(folder, root)
    titles = {item["path"]: item.get("title", "") for item in described.get("resources", [])}
    described["resources"] = [
        {
            "name": path.stem.replace(".", "-").lower(),
            "path": path.name,
            "title": titles.get(path.name, ""),
            "profile": "tabular-data-resource",
            "encoding": "utf-8",
            "hash": f"sha256:{file_hash(path)}",
            "bytes": path.stat().st_size,
            "schema": _frictionless(path),
        }
        for path in csv_files(folder, root=root)
    ]
    target = root / folder / "datapackage.json"
    draft = target.with_suffix(".tmp")
    draft.write_text(json.dumps(described, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    draft.replace(target)


def _frictionless(path: Path) -> dict[str, Any]:
    table = TABLES[table_of(path)]
    header = read_text(path).columns
    fields = []
    for column in (table[name] for name in header if name in table.names):
        field = {"name": column.name, "type": FRICTIONLESS[column.kind],
                 "description": column.meaning, "unit": column.unit}  # fmt: skip
        limits: dict[str, Any] = {"required": True} if not column.nullable else {}
        if column.choices:
            limits["enum"] = list(column.choices)
        limits |= {"minimum": column.low} if column.low is not None else {}
        limits |= {"maximum": column.high} if column.high is not None else {}
        fields.append({key: value for key, value in field.items() if value} | (
            {"constraints": limits} if limits else {}))  # fmt: skip
    return {"fields": fields, "primaryKey": [key for key in table.key if key in header]}


if __name__ == "__main__":
    for each in folders():
        refresh(each)
    for fault in faults():
        print(fault)
