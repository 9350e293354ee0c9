"""The commands on canonical panels: measure, simulate."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

say = partial(print, flush=True)


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands to a parser."""
    measure = add(
        "measure",
        _measure,
        "measure the asset quality of a panel of any size",
        "abscase measure panels --engine polars --by region --out tables",
    )
    measure.add_argument(
        "panel",
        type=Path,
        help="a folder that load, convert or simulate wrote, "
        "or a Parquet file of the table performance",
    )
    measure.add_argument(
        "--engine",
        default="polars",
        metavar="ENGINE",
        help="polars (default), pandas, duckdb or spark",
    )
    measure.add_argument(
        "--master", default="", metavar="URL", help="Spark cluster (default: this machine)"
    )
    measure.add_argument(
        "--by",
        type=_names,
        default=(),
        metavar="COLUMN,...",
        help="columns to report by, such as region",
    )
    measure.add_argument(
        "--out",
        type=Path,
        default=Path("tables"),
        metavar="FOLDER",
        help="where the CSV files go (default: tables)",
    )

    simulate = add(
        "simulate",
        _simulate,
        "simulate the loans of a case, calibrated to its data",
        "abscase simulate ant --loans 100000 --to simulated",
    )
    simulate.add_argument("case", help="such as ant")
    simulate.add_argument(
        "--loans", type=int, default=20_000, metavar="N", help="loans made in all (default: 20000)"
    )
    simulate.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="a new folder for loan.parquet, performance.parquet, moments.csv",
    )
    simulate.add_argument(
        "--scenario", default="baseline", help="baseline (default), covid, covid_high or 2007"
    )
    simulate.add_argument("--seed", type=int, default=1, metavar="N", help="default: 1")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in (word.strip() for word in text.split(",")) if name)


def _measure(options: argparse.Namespace) -> None:
    from abscase.csv_text import csv_text
    from abscase.place import write_whole
    from abscase.quality.engines import opened
    from abscase.quality.panel_tables import panel_tables
    from abscase.report.measured import measured

    begun = time.monotonic()
    with opened(options.panel, options.engine, options.master, options.by) as panel:
        tables = panel_tables(panel.performance, panel.loan, options.by)
    for name, table in tables.items():
        write_whole(options.out / f"{name}.csv", csv_text(table))
    say(measured(tables))
    seconds = time.monotonic() - begun
    say(f"{options.out}: {len(tables)} tables by {options.engine} in {seconds:.1f} s")


def _simulate(options: argparse.Namespace) -> None:
    from abscase.case import load_case
    from abscase.quality.calibration.tapes import simulate_case

    begun = time.monotonic()
    case = load_case(options.case)
    say(f"{case.name}: calibrating and drawing {options.loans:,} loans ({options.scenario})")
    simulate_case(case, options.loans, options.to, options.seed, options.scenario)
    say(
        f"{options.to}: simulated, grade B, in {time.monotonic() - begun:.1f} s; "
        "moments.csv has target against achieved"
    )
