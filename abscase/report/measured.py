"""What the command line shows of the tables of a panel."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from abscase.show.numbers import percent, plain

MOST = 12
"""Vintages that are shown, the latest."""


def measured(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the tables of a panel in a few lines, over all groups that they report by.

    Parameters
    ----------
    tables : mapping
        Result of :func:`~abscase.quality.panel_tables.panel_tables`.
    """
    lines = [_late(tables["delinquency"]), _ends(tables["exposure"])]
    lines += _vintages(tables["vintages"]) if "vintages" in tables else []
    lost = tables["severity"][["loss_amt", "default_amt"]].sum() if "severity" in tables else None
    if lost is not None and lost["default_amt"] > 0:
        lines.append(f"severity {percent(lost['loss_amt'] / lost['default_amt'])} of the balance")
    return "\n".join(f"  {line}" for line in lines)


def _late(stock: pd.DataFrame) -> str:
    live = stock.groupby("date")["balance_amt"].sum()
    bad = stock[stock["state"] > 0].groupby("date")["balance_amt"].sum()
    late = (bad / live)[live > 0]
    if late.empty:
        return "no loan is there at the end of a period"
    if not late.max() > 0:
        return "no row is 30 days late or more: there are none, or arrears are not recorded"
    return (f"30 days late or more: {percent(late.iloc[-1])} of the balance on "
            f"{late.index[-1]:%Y-%m-%d}, at most {percent(late.max())} on "
            f"{late.idxmax():%Y-%m-%d}")  # fmt: skip


def _ends(exposure: pd.DataFrame) -> str:
    total = exposure[["at_risk", "default", "prepaid", "matured"]].sum()
    words = ", ".join(f"{name} {plain(total[name])}" for name in ("default", "prepaid", "matured"))
    return f"at risk {plain(total['at_risk'])} loan-periods; {words}"


def _vintages(curves: pd.DataFrame) -> list[str]:
    """Return the last point of each vintage; nothing where there are further groups."""
    if curves.columns[0] != "vintage":
        return []
    last = curves.groupby("vintage").tail(1).tail(MOST)
    return [
        f"vintage {row['vintage']}: {plain(row['loans'])} loans, {percent(row['default_share'])} "
        f"in default by month {row['age_months']}" for row in last.to_dict("records")
    ]  # fmt: skip
