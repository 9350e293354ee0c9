"""Which states are alive and which end a loan, as codes and as expressions over a panel."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from abscase.schema import STATES

LIVE = {name: STATES[name] for name in ("current", "30", "60", "90")}
"""States of a loan that is still there, by days past due."""
ENDS = {name: STATES[name] for name in ("default", "prepaid", "matured")}
"""States that end a loan, which are its competing risks."""
LAST_LIVE = max(LIVE.values())


def alive() -> nw.Expr:
    """True where the loan is there at the end of the period."""
    return nw.col("state") <= LAST_LIVE


def at_risk(entry_row: bool) -> nw.Expr:
    """True where the loan was alive and observed when the period began.

    With ``entry_row`` also in the first row of a loan, and in the first after a gap: there the
    state before is not known.
    """
    before = nw.col("previous_state")
    known = ~before.is_null() & (before <= LAST_LIVE)
    return (before.is_null() | known) if entry_row else known


def end() -> nw.Expr:
    """The code of the state that ended the loan in the period, 0 where it lives on."""
    return nw.when(nw.col("state") > LAST_LIVE).then(nw.col("state")).otherwise(nw.lit(0))
