"""Run a deal: one loop over payments and their steps, all scenarios at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from abscase.errors import DataFaults, Fault
from abscase.operating.waterfall import accrual, triggers
from abscase.operating.waterfall.book import Book
from abscase.operating.waterfall.deal import Deal
from abscase.operating.waterfall.flows import Flows, pool_flows, pooling_of
from abscase.operating.waterfall.invariants import hold
from abscase.operating.waterfall.result import Result, result_of
from abscase.operating.waterfall.scenario import Scenario
from abscase.operating.waterfall.steps import STEPS, taken


def run(deal: Deal, scenario: Scenario | None = None, flows: Flows | None = None) -> Result:
    """Run a deal and return what every class was paid in every period of every scenario.

    Parameters
    ----------
    deal : Deal
        The terms.
    scenario : Scenario, optional
        Assumptions; without it, one scenario of the deal's own.
    flows : Flows, optional
        The pool's cash flows, of a tape or of other deals; without them they are made of the
        deal's pool under the scenario.

    Raises
    ------
    DataFaults
        The pool is made of other deals, and no flows are given.
    Imbalance
        The books do not balance: money or balance came from nowhere or went nowhere.

    Notes
    -----
    In each period: collect; accrue fees, coupons and swap; test triggers and move the state; use
    the call; take the steps of each scenario's state; close the books.

    References
    ----------
    Fabozzi and Kothari (2008), Introduction to Securitization, chapters 5 to 7.
    """
    if deal.pool.holdings and flows is None:
        what = "holds classes of other deals; run it with run_held, or give flows"
        raise DataFaults([Fault(what, "pool.holdings", deal.name)])
    scenario = scenario or Scenario()
    count = scenario.count if flows is None else max(scenario.count, flows.balance.shape[1])
    if flows is not None and deal.calendar.periods is None:
        months = replace(deal.calendar, periods=len(flows.balance))
        deal = replace(deal, calendar=months)
    pooling = pooling_of(deal, scenario, count)
    changes = deal.revolving or deal.call or deal.pool.guaranteed
    own = pool_flows(pooling) if flows is None else flows.wide(count, bool(changes))
    book = Book(deal, pooling, own)
    for t in range(book.payments):
        book.t = t
        _pay(book)
        hold(book)
    return result_of(book)


def _pay(book: Book) -> None:
    """Make one payment."""
    for paid in book.now.values():
        paid.fill(0.0)
    accrual.collect(book)
    accrual.accrue_fees(book)
    accrual.accrue_coupons(book)
    accrual.settle_swap(book)
    triggers.judge(book)
    accrual.call_pool(book)
    for step, mask in taken(book):
        STEPS[step.name](book, step, mask)
    _close(book)


def _close(book: Book) -> None:
    """Carry balances and dues over to the next period, and note them."""
    t, lines = book.t, book.lines
    for row in book.pik:
        lines["pik"][t, row] = book.due[row]
        book.balance[row] += book.due[row]
        book.due[row] = 0.0
    for name, paid in book.now.items():
        lines[name][t] = paid
    lines["balance"][t] = book.balance
    lines["shortfall"][t] = book.due
    for row in book.tracking:
        lines["balance"][t, row] = np.maximum(book.pool - book.rated_balance, 0)
    lines["account"][t] = book.cash["interest"] + book.cash["principal"]
    lines["reserve"][t], lines["pool"][t] = book.reserve, book.pool
    book.unspent = book.cash["principal"].copy()
    lines["state"][t] = book.state
    lines["unpaid_fees"][t] = book.fee_due.sum(axis=0)
    outs = book.now["interest"].sum(axis=0) + book.now["principal"].sum(axis=0)
    outs += lines["fees"][t].sum(axis=0) + lines["swap_out"][t] + lines["cost"][t]
    lines["cash_out"][t] = outs
    lines["cash_in"][t] += lines["swap_in"][t]
