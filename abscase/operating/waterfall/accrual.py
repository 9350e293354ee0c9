"""What falls due in a period: collections, fees, coupons, swap."""

from __future__ import annotations

import numpy as np

from abscase.operating.waterfall.book import Book
from abscase.operating.waterfall.flows import CASH
from abscase.operating.waterfall.terms import Fee
from abscase.ranges import Array


def collect(book: Book) -> None:
    """Take in the period's collections; a called pool brings nothing, a guaranteed one no loss."""
    flows, t = book.flows, book.t
    if book.deal.pool.guaranteed:
        book.lines["support"][t] = flows.default[t]
        flows.recovery[t], flows.loss[t] = flows.default[t], 0.0
        flows.pending[t] = 0.0
    if book.alive is not None:
        _end_called(book)
    book.see_pool()
    book.cash["interest"] += flows.interest[t]
    principal = flows.principal[t] + flows.prepayment[t] + flows.recovery[t]
    book.cash["principal"] += principal
    book.principal_in = principal
    book.lines["cash_in"][t] = flows.interest[t] + principal
    book.cumulative["loss"] += flows.loss[t]
    book.cumulative["default"] += flows.default[t]


def _end_called(book: Book) -> None:
    for name in (*CASH, "default", "loss", "balance", "pending", "delinquent"):
        getattr(book.flows, name)[book.t] *= book.alive
    for years in book.flows.base_years.values():
        years[book.t] *= book.alive


def accrue_fees(book: Book) -> None:
    """Add the period's fees to what is due: amount, or rate times base times years."""
    for k, fee in enumerate(book.deal.fees):
        book.fee_due[k] += book.cents(_fee(book, fee))


def _fee(book: Book, fee: Fee) -> Array:
    t, years = book.t, book.pooling.days.years[book.t]
    amount = {"once": fee.amount * (t == 0), "period": fee.amount, "year": fee.amount * years}
    due = np.full(book.pooling.count, float(amount[fee.every]))
    if fee.rate:
        if fee.base == "classes":
            due += fee.rate * years * book.rated_balance
        elif fee.accrual == "period":
            due += fee.rate * years * book.opening_pool
        else:
            due += fee.rate * book.flows.base_years[fee.accrual][t]
    return due


def accrue_coupons(book: Book) -> None:
    """Add the period's interest to what is due.

    Notes
    -----
    Coupon: min(cap, max(floor, index + margin)), or the fixed rate; with a funds cap at most
    (interest collected - fees due) / (balance of the rated classes x years). Interest: coupon x
    years x opening balance; unpaid interest itself bears interest only where the deal says so.
    """
    deal, years = book.deal, book.pooling.days.years[book.t]
    accrued, base = _rates(book), book.balance
    if book.coupons.notional is not None:
        base = book.coupons.notional @ book.balance
    if deal.interest_on_shortfall:
        base = base + book.due
    if book.capped:
        funds = np.maximum(book.flows.interest[book.t] - book.fee_due.sum(axis=0), 0)
        owed = book.rated_balance * years
        limit = np.divide(funds, owed, out=np.full_like(funds, np.inf), where=owed > 0)
        accrued[book.capped] = np.minimum(accrued[book.capped], limit)
    accrued *= base
    accrued *= years
    book.accrued = book.cents(accrued)
    book.due += book.accrued


def _rates(book: Book) -> Array:
    """Return the coupons of the period before any funds cap; a trigger raises the next period's."""
    coupons = book.coupons
    rates = coupons.base + coupons.floating * book.pooling.paths.index_rate[book.t]
    for trigger, rows, rise in coupons.rises:
        flag = book.flags.get(trigger)
        if flag is not None and flag.any():
            rates[rows] += rise * flag
    for period, row, later in coupons.dated:
        if book.t + 1 >= period:
            rates[row] += later
    for row in coupons.bounded:
        each = book.deal.tranches[row]
        rates[row] = np.clip(rates[row], each.floor, each.cap)
    return rates


def settle_swap(book: Book) -> None:
    """Take in what the swap or cap pays, and note what it asks.

    Notes
    -----
    (index - fixed rate) x share of the rated classes x years; a cap pays only when that is above 0.
    What is owed is paid by the step ``pay_swap``.
    """
    swap, t = book.deal.swap, book.t
    if swap is None or t >= swap.periods:
        return
    years = book.pooling.days.years[t]
    gap = book.pooling.paths.index_rate[t] - swap.fixed_rate
    amount = book.cents(gap * swap.share * years * book.rated_balance)
    received = np.maximum(amount, 0)
    book.cash["interest"] += received
    book.lines["swap_in"][t] = received
    if swap.kind == "swap":
        book.swap_due = book.swap_due + np.maximum(-amount, 0)


def call_pool(book: Book) -> None:
    """Sell the pool at par where the call may be used and pays every rated class in full."""
    call, t = book.deal.call, book.t
    if call is None or not call.exercised:
        return
    alive = np.ones(book.pooling.count) if book.alive is None else book.alive
    pool = book.flows.balance[t]
    small = (alive > 0) & (pool > 0) & (pool <= call.pool_factor * book.flows.opening)
    owed = book.rated_balance + book.due.sum(axis=0) + book.fee_due.sum(axis=0)
    cash = pool + book.cash["interest"] + book.cash["principal"] + book.reserve
    used = small & (cash >= owed)
    if not used.any():
        return
    if book.deal.pool.count_defaulted:
        book.flows.loss[t] += book.flows.pending[t] * used
    book.lines["called"][t] = pool * used
    book.cash["principal"] += pool * used
    book.lines["cash_in"][t] += pool * used
    book.principal_in = book.principal_in + pool * used
    for name in ("balance", "pending", "delinquent"):
        getattr(book.flows, name)[t] *= ~used
    book.alive = alive * ~used
    book.see_pool()
