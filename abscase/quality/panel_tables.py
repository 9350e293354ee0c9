"""The measures of a whole panel in one go: the tables that a reader of a pool asks for first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
from narwhals.stable.v2.typing import IntoFrame

from abscase.errors import DataFaults, Fault, did_you_mean
from abscase.quality.delinquency import delinquency
from abscase.quality.exposure import exposure
from abscase.quality.severity import severity
from abscase.quality.states import ENDS, LAST_LIVE
from abscase.quality.tally import condensed, grouped
from abscase.quality.transitions import transition_counts
from abscase.quality.vintages import vintages

KEY = ["case", "loan_id"]
MADE = ("date", "age_months", "state", "previous_state", "vintage")


def panel_tables(
    performance: IntoFrame, loan: IntoFrame | None = None, by: Sequence[str] = ()
) -> dict[str, pd.DataFrame]:
    """Return the tables of a panel, whatever engine holds it.

    Parameters
    ----------
    performance, loan : frames of one engine
        In the columns of the tables of that name.
    by : sequence of str
        Columns of either table to report by.

    Returns
    -------
    dict of str to DataFrame
        ``delinquency``: stock by date and bucket; ``transitions``: moves of one period with their
        ``share`` (decimal) of the loans in the state before; ``exposure``: loans at risk by age,
        their ends and the ``hazard`` of each end (decimal a period); ``vintages``: cumulative
        default and loss by year of origination, where ``loan`` holds the origination;
        ``severity``: loss given default by date, where the panel holds losses.

    Raises
    ------
    DataFaults
        A column to report by is in neither table, or is one that the measures make; the panel
        has loans and no history.
    """
    held = _names(performance)
    fixed = _names(loan) if loan is not None else []
    _refuse(by, [*held, *fixed])
    panel = _with(performance, loan, [name for name in by if name not in held])
    cells = condensed(panel, by)
    if cells.empty:
        raise DataFaults([Fault("listings only: no history to measure")])
    found = {
        "delinquency": delinquency(cells, ["date", *by]),
        "transitions": _transitions(cells, by), "exposure": _exposure(cells, by),
    }  # fmt: skip
    if loan is not None and {"orig_date", "original_amt"} <= set(fixed):
        found["vintages"] = vintages(cells, loan, by=[name for name in by if name in fixed])
    if "loss_amt" in held:
        found["severity"] = severity(panel, ["date", *by])
    return found


def _names(frame: Any) -> list[str]:
    return list(nw.from_native(frame).collect_schema().names())


def _refuse(by: Sequence[str], held: Sequence[str]) -> None:
    free = sorted(set(held) - set(MADE))
    wrong = [name for name in by if name not in free]
    if wrong:
        raise DataFaults([
            Fault(f"is no column to report by{did_you_mean(name, free)}", name,
                  fix=f"there are {', '.join(free)}") for name in wrong
        ])  # fmt: skip


def _with(performance: Any, loan: Any, names: Sequence[str]) -> Any:
    """Add columns of the loans to their rows."""
    if not names:
        return performance
    rows: Any = nw.from_native(performance)
    key = [name for name in KEY if name in _names(performance) and name in _names(loan)]
    about = nw.from_native(loan).select(*key, *names)
    return rows.join(about, on=key, how="left").to_native()


def _transitions(cells: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    counts = transition_counts(cells, by)
    counts = counts[counts["previous_state"] <= LAST_LIVE].reset_index(drop=True)
    total = grouped(counts, [*by, "previous_state"])["loans"].transform("sum")
    return counts.assign(share=counts["loans"] / total)


def _exposure(cells: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    table = exposure(cells, by)
    risk = table["at_risk"].where(table["at_risk"] > 0)
    return table.assign(**{f"{name}_hazard": table[name] / risk for name in ENDS})
