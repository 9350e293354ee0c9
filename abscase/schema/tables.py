"""The tables of the common schema, by name.

Units: a rate or share is a decimal (0.05, never 5); money (``_amt``) is in whole units of the row's
``currency``; a date is ISO (YYYY-MM-DD), and a period is named by its last day.
"""

from __future__ import annotations

from abscase.schema import deals, loans, process, published, survey, thesis
from abscase.schema.shared import CASES, STATES, UNITS

__all__ = ["CASES", "STATES", "TABLES", "UNITS"]

TABLES = {
    table.name: table
    for table in (
        deals.DEAL, deals.TRANCHE, deals.FEE, loans.LOAN, loans.PERFORMANCE, published.SERIES,
        published.DEFINITION, deals.HOLDER, published.ENTITY, published.RULE, published.EVENT,
        *process.TABLES, thesis.FINDING, thesis.ACCOUNT, thesis.CLAIM, thesis.MARGINS, survey.RISK,
        survey.ANSWER, published.SOURCE,
    )
}  # fmt: skip
