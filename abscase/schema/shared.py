"""Columns that several tables share, and short forms to write a column.

Units: a rate or share is a decimal (0.05, never 5); money (``_amt``) is in whole units of the row's
``currency``; a date is ISO (YYYY-MM-DD), and a period is named by its last day.
"""

from __future__ import annotations

from functools import partial

from abscase.schema.column import Column

CASES = ("ant", "us_subprime", "us_cards", "us_prime", "cn_peers", "shared")
STATES = {"current": 0, "30": 1, "60": 2, "90": 3, "default": 4, "prepaid": 5, "matured": 6}
UNITS = (
    "decimal", "decimal_pa", "decimal_pm", "decimal_pd", "amt", "count",
    "times", "index", "price", "months", "days", "years", "score", "rating",
)  # fmt: skip

text = partial(Column, kind="text")
opt = partial(Column, required=False, nullable=True)
note = partial(Column, kind="text", required=False, nullable=True)


def share(name: str, meaning: str, high: float = 1) -> Column:
    return opt(name=name, kind="float", meaning=meaning, unit="decimal", low=0, high=high)


def amt(name: str, meaning: str, required: bool = False) -> Column:
    return Column(
        name, "float", meaning, "currency units", low=0, required=required, nullable=not required
    )


def months(name: str, meaning: str, high: float = 600) -> Column:
    return opt(name=name, kind="float", meaning=meaning, unit="months", low=0, high=high)


def rate(name: str, meaning: str) -> Column:
    return opt(name=name, kind="float", meaning=meaning, unit="decimal a year", low=-0.05, high=1.5)


CASE = text(name="case", meaning="the case the row belongs to", choices=CASES)
DEAL_ID = text(name="deal_id", meaning="short name of the deal")
CURRENCY = Column(
    "currency", "text", "ISO 4217 code of the money columns", choices=("CNY", "USD", "EUR", "TWD")
)
DATE = Column("date", "date", "day, or last day of the period")
PRECISION = opt(
    name="date_precision", kind="text", meaning="how exactly the source dates the row",
    choices=("day", "month", "quarter", "half", "year", "unknown"),
)  # fmt: skip
EVIDENCE = (
    Column(
        "grade", "text",
        "A measured or published; B simulated but calibrated, computed, or read in a copy; "
        "C assumed or opinion", choices=("A", "B", "C"),
    ),
    text(name="source_id", meaning="row of the table source"),
    opt(
        name="how", kind="text", meaning="how the value was had from the source",
        choices=("read", "computed", "inferred", "assumed"),
    ),
    note(name="note", meaning="what a user of the row must know"),
)  # fmt: skip
