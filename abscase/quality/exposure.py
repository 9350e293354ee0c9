"""Loan-periods at risk and how loans end, by age: the base of every hazard and incidence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from narwhals.stable.v2.typing import IntoFrame

from abscase.errors import ParameterFaults
from abscase.quality.states import ENDS, at_risk, end
from abscase.quality.tally import tally


def exposure(panel: IntoFrame, by: Sequence[str] = (), entry_row: bool = False) -> pd.DataFrame:
    """Return loans at risk and their ends, by age and by further columns.

    Parameters
    ----------
    panel : frame of any engine
        In the columns of the table ``performance``.
    by : sequence of str
        Columns of the panel beside ``age_months``: ``("date",)``, or what was joined to it.
    entry_row : bool
        Whether a loan is at risk in its first row already. False: it comes under observation at
        the end of its first period, and what happens in that period is left out. True: it was
        there when the period began, so that an end in its first row counts.

    Returns
    -------
    DataFrame
        ``by``, ``age_months``; ``at_risk``, loans alive and observed when the period began;
        ``default``, ``prepaid`` and ``matured``, those that ended so in the period. A loan that
        enters aged is at risk from then on only, and one that is no longer reported is no longer
        at risk: delayed entry and censoring need no further care.
    """
    keys = [*by, "age_months"]
    columns = [*keys, "state", "previous_state"]
    table = tally(panel, columns, [*keys, "end"], where=at_risk(entry_row), made={"end": end()})
    return ends_wide(table, keys, "loans", "at_risk")


def ends_wide(
    table: pd.DataFrame, keys: Sequence[str], amount: str, total: str | None = None
) -> pd.DataFrame:
    """Spread ``amount`` over one column for each way to end; ``total`` names the sum of all."""
    wide = table[list(keys)].copy()
    if total:
        wide[total] = table[amount]
    for name, code in ENDS.items():
        wide[name] = table[amount].where(table["end"] == code, 0)
    return wide.groupby(list(keys), dropna=False, as_index=False).sum()


def risk_table(
    time: npt.ArrayLike, event: npt.ArrayLike, entry: npt.ArrayLike | None = None
) -> pd.DataFrame:
    """Return loans at risk and their ends from one time and one event a loan.

    Parameters
    ----------
    time : array of int or float
        Months at which the loan ended or was last seen.
    event : array of int
        0 seen alive (censored), 1 default, 2 prepaid, 3 matured.
    entry : array, optional
        Months at which the loan came under observation, before ``time``; left out, from the start.

    Returns
    -------
    DataFrame
        ``age_months``, ``at_risk``, ``default``, ``prepaid``, ``matured``: as :func:`exposure`.
        At risk at t are the loans with entry < t <= time.

    Raises
    ------
    ParameterFaults
        The arrays differ in length, an event is not 0 to 3, or an entry is not before its time.
    """
    times, events = np.asarray(time, dtype=float), np.asarray(event)
    start = np.full(times.shape, -np.inf) if entry is None else np.asarray(entry, dtype=float)
    _check_spells(times, events, start)
    ages = np.unique(times)
    # Sorted arrays and a search count "entered before" minus "gone before" without a loop.
    entered = np.searchsorted(np.sort(start), ages, side="left")
    gone = np.searchsorted(np.sort(times), ages, side="left")
    table = pd.DataFrame({"age_months": ages, "at_risk": entered - gone})
    for code, name in enumerate(ENDS, start=1):
        table[name] = np.bincount(np.searchsorted(ages, times[events == code]), None, len(ages))
    return table


def _check_spells(times: npt.NDArray, events: npt.NDArray, start: npt.NDArray) -> None:
    messages = []
    if not len(times) == len(events) == len(start):
        lengths = f"{len(times)}, {len(events)} and {len(start)}"
        raise ParameterFaults([f"time, event and entry have {lengths} values; give as many each"])
    if wrong := sorted(set(np.unique(events)) - set(range(len(ENDS) + 1))):
        messages.append(f"event holds {wrong[0]}; give 0 censored, 1 default, 2 prepaid, 3 matured")
    if late := int((~(start < times)).sum()):
        messages.append(f"{late} loans enter at or after their time; entry must come before")
    if messages:
        raise ParameterFaults(messages)
