"""The named steps of a priority list, each over all scenarios at once.

Every step reads the cash it may use, pays what is due in the order of its groups (equal shares of
what is due within a group), and writes what it paid. A step that is not taken in a scenario sees no
cash there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from abscase.operating.waterfall.book import Book
from abscase.operating.waterfall.deal import Groups, Step
from abscase.ranges import Array

Mask = np.ndarray | None


def share_out(
    cash: Array, due: Array, groups: list[list[int]], paid: Array, book: Book
) -> Array:  # fmt: skip
    """Pay what is due to each group in turn, and return the cash left.

    Parameters
    ----------
    cash : array (scenario,)
        Cash at hand; used up in place.
    due, paid : array (row, scenario)
        What is owed, and where payments are added; ``due`` falls by what is paid.
    groups : list of list of int
        Rows in order of payment; rows of one list share in proportion to what they are due.

    Notes
    -----
    Within a group row k gets min(cash, sum of dues) x due_k / sum of dues. Where amounts are
    rounded down, the first row of the group takes the remainder.
    """
    for group in groups:
        if len(group) == 1:
            row = group[0]
            amount = np.minimum(cash, due[row])
            paid[row] += amount
            due[row] -= amount
            cash -= amount
            continue
        owed = due[group]
        total = owed.sum(axis=0)
        amount = np.minimum(cash, total)
        part = np.divide(amount, total, out=np.zeros_like(total), where=total > 0)
        parts = book.cents(owed * part)
        parts[0] = np.minimum(np.maximum(amount - parts[1:].sum(axis=0), 0), owed[0])
        paid[group] += parts
        due[group] = owed - parts
        cash -= parts.sum(axis=0)
        np.maximum(cash, 0, out=cash)
    return cash


def _rows(index: dict[str, int], groups: Groups) -> list[list[int]]:
    return [[index[name] for name in group] for group in groups]


def pay_fee(book: Book, step: Step, mask: Mask) -> None:
    """Pay fees due, unpaid ones of earlier periods included."""
    cash = book.available(step, mask)
    before = cash.copy()
    rows = _rows(book.fee_row, step.classes)
    left = share_out(cash, book.fee_due, rows, book.lines["fees"][book.t], book)
    book.spend(step, before - left)


def pay_interest(book: Book, step: Step, mask: Mask) -> None:
    """Pay interest due, unpaid interest of earlier periods included."""
    cash = book.available(step, mask)
    before = cash.copy()
    rows = _rows(book.row, step.classes)
    left = share_out(cash, book.due, rows, book.lines["interest"][book.t], book)
    book.spend(step, before - left)


def pay_principal(book: Book, step: Step, mask: Mask) -> None:
    """Pay principal, up to the balance, to the cover target, or to each class's enhancement.

    Notes
    -----
    "cover": at most max(0, sum of rated balances - (pool - cover target)), so that excess interest
    builds the cover and a cover above its target is released. "enhancement": class k is paid until
    the classes down to k are no more than pool x (1 - its stepped enhancement).
    """
    cash = book.available(step, mask)
    groups = [
        [row for row in group if book.t + 1 >= book.deal.tranches[row].first_principal]
        for group in _rows(book.row, step.classes)
    ]
    groups = [group for group in groups if group]
    if step.amount == "cover":
        excess = book.rated_balance - (book.pool - book.target_cover())
        cash = np.minimum(cash, np.maximum(excess, 0))
    before, paid = cash.copy(), book.lines["principal"][book.t]
    if step.amount == "enhancement":
        left = _to_enhancement(book, cash, groups, paid)
    else:
        left = share_out(cash, book.balance, groups, paid, book)
    book.spend(step, before - left)


def _to_enhancement(book: Book, cash: Array, groups: list[list[int]], paid: Array) -> Array:
    above = np.zeros_like(cash)
    for group in groups:
        target = book.deal.tranches[group[0]].stepped_enhancement or 0.0
        held = book.balance[group].sum(axis=0)
        wanted = np.clip(above + held - book.pool * (1 - target), 0, held)
        part = np.minimum(cash, wanted)
        left = share_out(part.copy(), book.balance, [group], paid, book)
        cash = cash - (part - left)
        above = above + held - (part - left)
    return cash


def write_down(book: Book, step: Step, mask: Mask) -> None:
    """Write classes down, in the order given, by what the assets no longer cover.

    Notes
    -----
    Amount: max(0, rated balances - pool - principal still held), at most the balances named.
    """
    missing = book.rated_balance - book.pool - book.cash["principal"]
    amount = np.maximum(missing, 0)
    if mask is not None:
        amount *= mask
    rows = _rows(book.row, step.classes)
    share_out(amount, book.balance, rows, book.lines["writedown"][book.t], book)


def buy_loans(book: Book, step: Step, mask: Mask) -> None:
    """Buy new loans up to the pool level of closing.

    Notes
    -----
    Par bought = min(eligible share x cash / price, opening pool - pool).
    """
    deal, t, flows = book.deal, book.t, book.flows
    terms = deal.revolving
    assert terms is not None  # the checks of a deal see to it
    start = int(book.pooling.days.last_collection[t])
    months = len(book.pooling.days.collection)
    if start >= months:
        return
    share = book.pooling.paths.eligible_share[min(start, months - 1)]
    room = np.maximum(flows.opening - flows.balance[t], 0)
    par = np.minimum(book.available(step, mask) * share / terms.price, room)
    par = book.cents(par)
    cost = par * terms.price
    book.spend(step, cost)
    book.lines["bought"][t] += par
    book.lines["cost"][t] += cost
    flows.balance[t] += par
    for kind, weight in book.pooling.weights.items():
        flows.base_years[kind][t + 1 :] += weight[t + 1 :, start, None] * par
    book.pooling.add(flows, book.pooling.loans(par, start, terms.term_months), start)


def draw_reserve(book: Book, step: Step, mask: Mask) -> None:
    """Move reserve into the interest account, by what the interest due lacks."""
    rows = [row for group in _rows(book.row, step.classes) for row in group]
    cash = book.cash["interest"] + (book.cash["principal"] if step.source == "all" else 0)
    amount = np.clip(book.due[rows].sum(axis=0) - cash, 0, book.reserve)
    if mask is not None:
        amount = amount * mask
    book.reserve = book.reserve - amount
    book.cash["interest"] += amount


def fill_reserve(book: Book, step: Step, mask: Mask) -> None:
    """Bring the reserve to its target; what is above it goes to the interest account."""
    terms = book.deal.reserve
    bases = {"pool": book.pool, "closing_pool": book.flows.opening, "classes": book.rated_balance}
    target = np.maximum(terms.floor, terms.target_share * bases[terms.base])
    target = np.where(book.rated_balance > 0, target, 0.0)
    lack = target - book.reserve
    pay = np.minimum(book.available(step, mask), np.maximum(lack, 0))
    book.spend(step, pay)
    free = np.maximum(-lack, 0)
    if mask is not None:
        free = free * mask
    book.reserve = book.reserve + pay - free
    book.cash["interest"] += free


def pay_swap(book: Book, step: Step, mask: Mask) -> None:
    """Pay the swap counterparty what is owed."""
    paid = np.minimum(book.available(step, mask), book.swap_due)
    book.spend(step, paid)
    book.swap_due = book.swap_due - paid
    book.lines["swap_out"][book.t] += paid


def pay_residual(book: Book, step: Step, mask: Mask) -> None:
    """Pay all the cash left to one residual class."""
    cash = book.available(step, mask)
    book.spend(step, cash)
    book.lines["interest"][book.t, book.row[step.names[0]]] += cash
    book.lines["residual"][book.t] += cash


STEPS: dict[str, Callable[[Book, Step, Mask], None]] = {
    each.__name__: each
    for each in (pay_fee, pay_swap, pay_interest, pay_principal, write_down, buy_loans,
                 draw_reserve, fill_reserve, pay_residual)
}  # fmt: skip
"""The steps by name."""


def taken(book: Book) -> Iterator[tuple[Step, Mask]]:
    """Yield the steps of the period, each with where it is taken; None is everywhere."""
    for number, steps in enumerate(book.deal.priorities.values()):
        here = book.state == number
        if not here.any():
            continue
        where = None if here.all() else here
        for step in steps:
            mask = where
            if step.when or step.unless:
                held = book.holds(step.when, step.unless)
                mask = held if where is None else held & where
            if mask is None or mask.any():
                yield step, mask
