"""The coupons of a deal, laid out by rows of its classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abscase.operating.waterfall.deal import Deal
from abscase.operating.waterfall.terms import INF, Tranche
from abscase.ranges import Array

Span = slice | list[int]
"""Rows: a slice where they follow each other, for then NumPy needs no copy."""


def span(rows: list[int]) -> Span:
    """Return rows as a slice where they follow each other."""
    if rows and rows == list(range(rows[0], rows[-1] + 1)):
        return slice(rows[0], rows[-1] + 1)
    return rows


@dataclass(frozen=True)
class Coupons:
    """Rates and margins at closing, and what raises them.

    ``base`` and ``floating`` are arrays (tranche, 1): fixed rate or margin, and 1 where the index
    comes on top. ``bounded`` are the rows of floaters with a cap or floor. ``rises`` holds
    (trigger, rows, rise) of the step-ups that wait for a trigger, ``dated`` (period, row, rise) of
    those with a date. ``notional`` (tranche, tranche) turns balances into what interest is paid on,
    None where that is the balance itself.
    """

    base: Array
    floating: Array
    bounded: list[int]
    rises: list[tuple[str, Span, Array]]
    dated: list[tuple[int, int, float]]
    notional: Array | None


def coupons_of(deal: Deal) -> Coupons:
    """Return the coupons of a deal."""
    tranches = deal.tranches
    base = np.array([_rate(each) for each in tranches])[:, None]
    rise = np.array([_rate(each, True) for each in tranches])[:, None] - base
    rises = []
    for name in sorted({each.step_up_on for each in tranches if each.step_up_on}):
        rows = span([k for k, each in enumerate(tranches) if each.step_up_on == name])
        rises.append((name, rows, rise[rows]))
    dated = [(each.step_up_period, k, float(rise[k, 0])) for k, each in enumerate(tranches)
             if each.step_up_period is not None]  # fmt: skip
    return Coupons(
        base, np.array([float(each.kind == "floating") for each in tranches])[:, None],
        [k for k, each in enumerate(tranches)
         if each.kind == "floating" and (each.floor > 0 or each.cap < INF)],
        rises, dated, _notional(deal),
    )  # fmt: skip


def _rate(tranche: Tranche, after: bool = False) -> float:
    """Return the fixed rate or margin of a class, before or after its step-up."""
    if tranche.kind == "residual":
        return 0.0
    before, later = tranche.rate, tranche.rate_after
    if tranche.kind == "floating":
        before, later = tranche.margin, tranche.margin_after
    return later if after and later is not None else before


def _notional(deal: Deal) -> Array | None:
    """Return the balances on which interest is paid, as a matrix on the balances."""
    if all(each.kind != "io" for each in deal.tranches):
        return None
    matrix = np.eye(len(deal.tranches))
    for k, each in enumerate(deal.tranches):
        if each.kind == "io":
            matrix[k] = [float(name in each.notional_of) for name in deal.names]
    return matrix
