"""What ``data/`` holds: folders of CSV files in the schema, each with a ``datapackage.json``.

A file is named ``<table>.csv`` or ``<table>.<topic>.csv``. ``python -m abscase.catalog`` rewrites,
after an edit, the hashes, sizes and fields of every package and the tables in ``data/README.md``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from abscase.errors import ChoiceError, DataFaults, Fault
from abscase.place import data_dir, file_hash, write_whole
from abscase.schema import DTYPE, TABLES, as_types, check, read_text, validate
from abscase.schema.docs import write_docs
from abscase.schema.frictionless import table_schema

GRADES = "ABC"
LINKS = {
    "series": {"definition_id": "definition"},
    "tranche": {"deal_id": "deal"},
    "fee": {"deal_id": "deal"},
    "holder": {"deal_id": "deal"},
    "margins": {"claim_id": "claim"},
    "finding": {"claim_id": "claim"},
    "choice": {"decision_id": "decision"},
}
"""Columns that must name a row of another table; several names are separated by spaces."""


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
    name, table = path.relative_to(root).as_posix(), table_of(path)
    text = read_text(path, name)
    # What stands in a package under this hash was checked when the package was written.
    sound = _listed_hash(path, root) == f"sha256:{file_hash(path)}"
    frame = as_types(text, table) if sound else validate(text, table, file=name, strict=True)
    frame["ref"] = [f"{name}:{line}" for line in text.index]
    return frame


def _listed_hash(path: Path, root: Path) -> str | None:
    if not (path.parent / "datapackage.json").is_file():
        return None
    resources = package(path.parent.relative_to(root).as_posix(), root)["resources"]
    return next((item.get("hash") for item in resources if item["path"] == path.name), None)


def read_all(table: str, root: Path | None = None, only: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return a table over all folders (or ``only`` some) in one frame, with the column ``ref``.

    It has every column of the table in its type; one that no file has is empty.
    """
    root = root or data_dir()
    if table not in TABLES:
        raise ChoiceError("table", table, TABLES)
    paths = [path for name in only or folders(root) for path in csv_files(name, table, root)]
    stamped = tuple((path, path.stat().st_mtime_ns) for path in paths)
    return _joined(table, root, stamped).copy(deep=False)


@cache
def _joined(table: str, root: Path, stamped: tuple[tuple[Path, int], ...]) -> pd.DataFrame:
    frames = [_none_of(table), *(_read(path, root, stamp) for path, stamp in stamped)]
    names = [*TABLES[table].names, "ref"]
    return pd.concat([_complete(frame, table)[names] for frame in frames], ignore_index=True)


def _none_of(table: str) -> pd.DataFrame:
    types = {column.name: DTYPE[column.kind] for column in TABLES[table].columns}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()} | {
        "ref": pd.Series(dtype="str")})  # fmt: skip


def _complete(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    absent = [column for column in TABLES[table].columns if column.name not in frame]
    return frame.assign(**{
        column.name: pd.Series(index=frame.index, dtype=DTYPE[column.kind]) for column in absent
    })  # fmt: skip


def package(folder: str, root: Path | None = None) -> dict[str, Any]:
    """Return the ``datapackage.json`` of a folder."""
    path = (root or data_dir()) / folder / "datapackage.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def faults(root: Path | None = None) -> list[Fault]:
    """Return every fault of ``data/``.

    Files without a package, hashes, sizes, schema; and, where those are sound, keys that two files
    share, rows that name a source, definition, deal or claim that is not there, and rows of a
    better grade than their source allows.
    """
    root = root or data_dir()
    bare = {path.parent for path in root.glob("**/*.csv")}
    found = [
        Fault("holds CSV files but no datapackage.json", file=path.relative_to(root).as_posix())
        for path in sorted(bare) if not (path / "datapackage.json").is_file()
    ]  # fmt: skip
    found += [fault for name in folders(root) for fault in _package_faults(name, root)]
    return found or [fault for table in TABLES for fault in _row_faults(table, root)]


def _package_faults(folder: str, root: Path) -> Iterator[Fault]:
    listed = {item["path"]: item for item in package(folder, root)["resources"]}
    paths = csv_files(folder, root=root)
    for missing in sorted(set(listed) ^ {path.name for path in paths}):
        yield Fault("is listed or present, but not both", file=(Path(folder) / missing).as_posix())
    for path in paths:
        item, name = listed.get(path.name, {}), path.relative_to(root).as_posix()
        if item.get("hash") != f"sha256:{file_hash(path)}":
            yield Fault("has another hash than its package says", file=name)
        if item.get("bytes") != path.stat().st_size:
            yield Fault("has another size than its package says", file=name)
        yield from _file_faults(path, root)


def _file_faults(path: Path, root: Path) -> list[Fault]:
    name, table = path.relative_to(root).as_posix(), table_of(path)
    if table not in TABLES:
        return [Fault(f"is named after no table of the schema ({table})", file=name)]
    try:
        return check(read_text(path, name), table, file=name, strict=True)[1]
    except DataFaults as error:
        return list(error.faults)


def _row_faults(table: str, root: Path) -> Iterator[Fault]:
    frame = read_all(table, root)
    key = list(TABLES[table].key)
    for row in frame[frame.duplicated(key)].to_dict("records"):
        value = ", ".join(str(row[name]) for name in key)
        yield Fault(
            "repeats the key of a row of another file", ", ".join(key), value, file=row["ref"]
        )
    if table == "source":
        return
    best = read_all("source", root).drop_duplicates("source_id").set_index("source_id")["grade"]
    for row in frame[frame["source_id"].notna()].to_dict("records"):
        if row["source_id"] not in best:
            yield Fault(
                "is not in the table source", "source_id", row["source_id"], file=row["ref"]
            )
        elif pd.isna(row["grade"]):
            yield Fault("must not be empty beside a source", "grade", file=row["ref"])
        elif row["grade"] < (allowed := best[row["source_id"]]):
            rule = f"is better than its source allows ({allowed})"
            yield Fault(rule, "grade", row["grade"], file=row["ref"])
    for column, target in LINKS.get(table, {}).items():
        known = set(read_all(target, root)[TABLES[target].key[0]])
        for row in frame[frame[column].notna()].to_dict("records"):
            for name in set(row[column].split()) - known:
                yield Fault(f"is not in the table {target}", column, name, file=row["ref"])


def refresh(folder: str, root: Path | None = None) -> None:
    """Rewrite the resources of a folder's ``datapackage.json`` from its CSV files.

    Raises :class:`~abscase.errors.DataFaults`, and rewrites nothing, where a file has faults.
    """
    root = root or data_dir()
    paths = csv_files(folder, root=root)
    if found := [fault for path in paths for fault in _file_faults(path, root)]:
        raise DataFaults(found)
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
            "schema": table_schema(TABLES[table_of(path)], read_text(path).columns),
        }
        for path in paths
    ]
    text = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
    write_whole(root / folder / "datapackage.json", text)


def main() -> int:
    """Rewrite every package and the documentation; print the faults and return how many."""
    found: list[Fault] = []
    for folder in folders():
        try:
            refresh(folder)
        except DataFaults as error:
            found += error.faults
    write_docs(data_dir() / "README.md")
    found = found or faults()
    print(*found, sep="\n", end="")
    return len(found)


if __name__ == "__main__":
    raise SystemExit(min(main(), 1))
