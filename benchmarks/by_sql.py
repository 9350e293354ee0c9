"""The three tables written by hand in DuckDB SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from by_hand import CELLS, FIELDS, PLACES, Tables, curve, files

MONTH = "({0} // 100 * 12 + {0} % 100 - 1)"


def _text(paths: list[Path], kinds: dict[int, str]) -> str:
    columns = {f"f{place}": kinds.get(place, "VARCHAR") for place in range(1, FIELDS + 1)}
    return (f"read_csv({[str(path) for path in paths]}, delim='|', header=false, quote='', "
            f"auto_detect=false, columns={columns})")  # fmt: skip


def _tables(connection: Any, rows: str) -> Tables:
    """Run the three queries on rows with date, balance, state, previous_state, vintage and age."""
    stock = connection.sql(f"""select date, state, count(*) loans, sum(balance) balance
        from {rows} where state < 4 group by all""").df()
    rolls = connection.sql(f"""select previous_state, state, count(*) loans
        from {rows} where previous_state is not null group by all""").df()
    ages = connection.sql(f"""select vintage, age, count(*) at_risk,
        count(*) filter (state = 4) "default", count(*) filter (state = 5) prepaid
        from {rows} where previous_state < 4 group by all""").df()
    stock["date"] = pd.to_datetime(stock["date"])
    return {"delinquency": stock, "rolls": rolls, "vintages": curve(ages)}


def duckdb_raw(folder: Path) -> Tables:
    """The file is sorted, so that lag over all of it, which streams, is lag within the loan."""
    import duckdb

    connection, (loans, months) = duckdb.connect(), files(folder)
    names = ", ".join(f"f{place} {name}" for place, name in zip(PLACES, CELLS, strict=True))
    connection.sql(f"""create table panel as
        with made as (select f20 loan_id, {MONTH.format("f2")} - 2 made
                      from {_text(loans, {2: "INTEGER"})}),
        cells as (select {names} from {_text(months, {2: "INTEGER", 3: "DOUBLE"})}),
        states as (select loan_id, balance, {MONTH.format("period")} as month,
            case when code = '01' then 5 when code is not null then 4 when late = 'RA' then 3
            else least(try_cast(late as integer), 3) end::tinyint state from cells),
        moves as (select *, case when lag(loan_id) over () = loan_id
            and lag(month) over () = month - 1 then lag(state) over () end previous_state
            from states)
        select last_day(make_date(month // 12, month % 12 + 1, 1)) date, balance, state,
            previous_state, made // 12 vintage, month - made age
        from moves left join made using (loan_id)""")
    return _tables(connection, "panel")


def duckdb_canonical(folder: Path) -> Tables:
    import duckdb

    months = sorted(str(path) for path in folder.glob("*/performance.parquet"))
    rows = f"""(select date, balance_amt balance, state, previous_state, age_months age,
        (year(date) * 12 + month(date) - 1 - age_months) // 12 vintage
        from read_parquet({months}))"""
    return _tables(duckdb.connect(), rows)
