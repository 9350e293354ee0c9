"""Opens a canonical panel in Polars, pandas, DuckDB or Spark; the measures are the same on each."""

from __future__ import annotations

import json
import os
import shutil
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from abscase.errors import AbscaseError, ChoiceError, DataFaults, Fault, ParameterFaults

ENGINES = ("polars", "pandas", "duckdb", "spark")
NEEDED = ("loan_id", "date", "age_months", "balance_amt", "state")
READ = ("case", "loan_id", "date", "age_months", "balance_amt", "state", "previous_state",
        "loss_amt", "recovery_amt")  # fmt: skip
"""Columns of ``performance`` that a measure reads: pandas holds no others."""
LOCAL = "local[*]"


@dataclass(frozen=True)
class Panel:
    """A panel in an engine; ``loan`` is None where there is no such table."""

    performance: Any
    loan: Any


@contextmanager
def opened(
    path: Path, engine: str = "polars", master: str = "", columns: Sequence[str] = ()
) -> Iterator[Panel]:
    """Open a panel for as long as the block runs.

    Parameters
    ----------
    path : path
        A Parquet file of the table ``performance``; or a folder that holds ``performance.parquet``
        and ``loan.parquet``, as ``load``, ``convert`` and ``simulate`` write them; or a folder of
        such folders, whose rows are read as one panel.
    engine : {"polars", "pandas", "duckdb", "spark"}
        pandas holds the panel in memory, the others read it as a stream.
    master : str
        Address of a Spark cluster; by default all processors of this machine.
    columns : sequence of str
        Columns that will be read beside the usual ones.

    Raises
    ------
    ChoiceError, ParameterFaults
        No such engine; a master for an engine that has none.
    AbscaseError
        The engine is not installed or does not start.
    DataFaults
        There is no panel.
    """
    if engine not in ENGINES:
        raise ChoiceError("engine", engine, ENGINES)
    if master and engine != "spark":
        raise ParameterFaults([f"--master is for the engine spark, not for {engine}"])
    tables = panel_files(path)
    _require_parquet(tables[0], NEEDED)
    _require_parquet(tables[1], ("loan_id",))
    if engine == "spark":
        with _session(master) as session:
            yield Panel(*(_spark_frame(session, files) for files in tables))
        return
    read = _duckdb() if engine == "duckdb" else _pandas if engine == "pandas" else _polars
    wanted = [*READ, "orig_date", "original_amt", *columns]
    yield Panel(*(read(files, wanted) if files else None for files in tables))


def panel_files(path: Path) -> tuple[list[Path], list[Path]]:
    """Return the files of the tables ``performance`` and ``loan`` of a panel."""
    if not path.exists():
        raise DataFaults([Fault("no such file or folder", file=str(path))])
    if path.is_file():
        return [path], [each for each in (path.with_name("loan.parquet"),) if each.is_file()]
    for pattern in ("", "[!.]*/"):
        tables = [sorted(path.glob(f"{pattern}{name}.parquet")) for name in ("performance", "loan")]
        if tables[0]:
            _require_one_tape(path, tables[0])
            return tables[0], tables[1]
    fix = "abscase convert makes one"
    raise DataFaults([Fault("holds no panel (performance.parquet)", file=str(path), fix=fix)])


def _require_parquet(files: Sequence[Path], needed: Sequence[str]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    faults = []
    for file in files:
        try:
            held = pq.read_schema(file).names
        except (pa.ArrowInvalid, OSError):
            fix = "abscase load or convert makes one of a raw tape"
            faults.append(Fault("is no Parquet file", file=str(file), fix=fix))
            continue
        faults += [Fault("the column is not there", name, file=str(file))
                   for name in needed if name not in held]  # fmt: skip
    if faults:
        raise DataFaults(faults)


def _require_one_tape(path: Path, files: Sequence[Path]) -> None:
    """Refuse parts that were read from different sources: they are no one pool."""
    known = [each for file in files if (each := file.with_name("provenance.json")).is_file()]
    found = {json.loads(each.read_text(encoding="utf-8"))["source"] for each in known}
    if len(found) > 1:
        rule = f"holds {len(found)} tapes ({', '.join(sorted(found))}): give one of them"
        fix = f"such as {known[0].parent}"
        raise DataFaults([Fault(rule, file=str(path), fix=fix)])


def _polars(files: Sequence[Path], _: Sequence[str]) -> Any:
    import polars as pl

    if len({tuple(pl.read_parquet_schema(file).items()) for file in files}) == 1:
        return pl.scan_parquet(list(files), glob=False)
    return pl.concat([pl.scan_parquet(file, glob=False) for file in files], how="diagonal")


def _pandas(files: Sequence[Path], wanted: Sequence[str]) -> Any:
    import pandas as pd
    import pyarrow.parquet as pq

    frames = []
    for file in files:
        names = [name for name in pq.read_schema(file).names if name in wanted]
        frames.append(pq.read_table(file, columns=names).to_pandas(date_as_object=False))
    return pd.concat(frames, ignore_index=True)


def _duckdb() -> Callable[[Sequence[Path], Sequence[str]], Any]:
    """Return what opens files in one connection of DuckDB: tables of two cannot be joined."""
    if not find_spec("duckdb"):
        raise AbscaseError("engine duckdb is not installed: pip install duckdb")
    import duckdb

    connection = duckdb.connect()

    def read(files: Sequence[Path], _: Sequence[str]) -> Any:
        return connection.read_parquet([str(file) for file in files], union_by_name=True)

    return read


@contextmanager
def _session(master: str) -> Iterator[Any]:
    if not find_spec("pyspark"):
        raise AbscaseError("engine spark is not installed: pip install 'abscase[spark]'")
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        raise AbscaseError("engine spark needs Java: install a JRE (17 or newer) or set JAVA_HOME")
    with warnings.catch_warnings():
        # Only Spark's own road to pandas is meant, and the measures do not take it.
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
        session = _started(master or LOCAL)
        try:
            yield session
        finally:
            session.stop()


def _started(master: str) -> Any:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("abscase")
    settings = {"spark.ui.enabled": "false", "spark.log.level": "ERROR",
                "spark.ui.showConsoleProgress": "false"}  # fmt: skip
    if master.startswith("local"):
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:
        first = str(error).strip().splitlines()[0]
        raise AbscaseError(f"Spark does not start at {master}: {first}") from error


def _spark_frame(session: Any, files: Sequence[Path]) -> Any:
    if not files:
        return None
    paths = [str(file.absolute()) for file in files]
    return session.read.option("mergeSchema", "true").parquet(*paths)
