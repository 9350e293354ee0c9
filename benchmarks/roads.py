"""The roads to the same three tables: abscase's, and by name those written by hand.

Each takes the folder of raw files, or that of the canonical panel, and returns, in pandas,

- ``delinquency``: month, state (0 to 3), loans, balance;
- ``rolls``: previous state, state, loans;
- ``vintages``: year of origination, age, loans at risk, default, prepaid, and the share in default
  by that age (product-limit, as ``abscase.quality.vintages`` has it).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import by_hand
import by_sql
import pandas as pd

Tables = dict[str, pd.DataFrame]


def measured(panel: Any, loan: Any, whole: bool = False) -> Tables:
    """abscase's three tables, read in one go, or each by itself where ``whole``."""
    from abscase.quality.delinquency import delinquency
    from abscase.quality.tally import condensed
    from abscase.quality.transitions import transition_counts
    from abscase.quality.vintages import vintages

    small = panel if whole else condensed(panel)
    stock, ages = delinquency(small), vintages(small, loan)
    ages = ages[ages["at_risk"] > 0].rename(columns={"age_months": "age", "default_share": "share"})
    stock = stock[stock["loans"] > 0].rename(columns={"balance_amt": "balance"})
    return {
        "delinquency": stock[["date", "state", "loans", "balance"]],
        "rolls": transition_counts(small),
        "vintages": ages[["vintage", "age", "at_risk", "default", "prepaid", "share"]],
    }


def abscase_raw(folder: Path) -> Tables:
    from abscase.sources import freddie

    loan, performance = freddie.scan(folder)
    return measured(performance.drop("loss_amt"), loan)


def parts(folder: Path, table: str) -> list[str]:
    """The canonical files of a table, one for each raw file."""
    return sorted(str(path) for path in folder.glob(f"*/{table}.parquet"))


def abscase_polars(folder: Path, whole: bool = False) -> Tables:
    import polars as pl

    panel, loan = (pl.scan_parquet(parts(folder, name)) for name in ("performance", "loan"))
    return measured(panel.drop("loss_amt"), loan, whole)


def abscase_polars_each(folder: Path) -> Tables:
    return abscase_polars(folder, whole=True)


def abscase_duckdb(folder: Path) -> Tables:
    import duckdb

    connection = duckdb.connect()
    panel, loan = (connection.read_parquet(parts(folder, name)) for name in ("performance", "loan"))
    return measured(panel.select("* exclude loss_amt"), loan)


def abscase_pandas(folder: Path) -> Tables:
    columns = ["date", "age_months", "previous_state", "state", "balance_amt"]
    panel, loan = (
        pd.concat([pd.read_parquet(file, columns=names) for file in parts(folder, table)])
        for table, names in (("performance", columns), ("loan", ["orig_date", "original_amt"]))
    )
    return measured(panel, loan)


RAW: dict[str, Callable[[Path], Tables]] = {
    "abscase": abscase_raw, "Polars by hand": by_hand.polars_raw,
    "Polars by hand, one pass": by_hand.polars_once_raw, "DuckDB SQL": by_sql.duckdb_raw,
    "pandas, five columns": by_hand.pandas_raw, "pandas, all columns": by_hand.pandas_all_raw,
}  # fmt: skip
CANONICAL: dict[str, Callable[[Path], Tables]] = {
    "abscase on Polars": abscase_polars, "abscase on DuckDB": abscase_duckdb,
    "abscase on Polars, table by table": abscase_polars_each, "abscase on pandas": abscase_pandas,
    "Polars by hand": by_hand.polars_canonical, "DuckDB SQL": by_sql.duckdb_canonical,
}  # fmt: skip
