"""The named steps of a priority list, each over all scenarios at once.

Every step reads the cash it may use, pays what is due in the order of its groups (equal shares of
what is due within a group), and writes what it paid. A step that is not taken in a scenario sees no
cash there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from abscase.operating.waterfall.book import Book
from abscase.operating.waterfall.coupons import Span
from abscase.operating.waterfall.deal import Groups, Step
from abscase.operating.waterfall.loans import rounding
from abscase.ranges import Array

Mask = np.ndarray | None


def share_out(
    cash: Array, due: Array, groups: Sequence[int | Span], paid: Array, whole_cents: bool
) -> Array:  # fmt: skip
    """Pay what is due to each group in turn, and return the cash left.

    Parameters
    ----------
    cash : array (scenario,)
        Cash at hand; used up in place.
    due, paid : array (row, scenario)
        What is owed, and where payments are added; ``due`` falls by what is paid.
    groups : sequence of rows
        In order of payment; several rows of one group share in proportion to what they are due.
    whole_cents : bool
        Whether the parts of a group are rounded down, and the first takes the remainder.

    Notes
    -----
    Within a group row k gets min(cash, sum of dues) x due_k / sum of dues.
    """
    for rows in groups:
        # Views with a name: "paid[rows] += amount" would write the row twice.
        owed, got = due[rows], paid[rows]
        if isinstance(rows, int):
            amount = np.minimum(cash, owed)
            got += amount
            owed -= amount
        else:
            total = owed.sum(axis=0)
            amount = np.minimum(cash, total)
            parts = owed * _part(amount, total)
            if whole_cents:
                parts = _in_cents(parts, owed, amount, total)
                amount = parts.sum(axis=0)
            paid[rows], due[rows] = got + parts, owed - parts
        cash -= amount
    return cash


def _in_cents(parts: Array, owed: Array, amount: Array, total: Array) -> Array:
    """Return parts rounded down, the remainder in the first; a group paid in full is exact."""
    down = rounding("cents_down")(parts)
    down[0] = np.minimum(amount - down[1:].sum(axis=0), owed[0])
    return np.where(amount >= total, owed, down)


def _part(amount: Array, total: Array) -> Array:
    """Return amount over total, 0 where there is no total."""
    return np.divide(amount, total, out=np.zeros_like(total), where=total > 0)


def pay_fee(book: Book, step: Step, mask: Mask) -> None:
    """Pay fees due, unpaid ones of earlier periods included."""
    cash = book.available(step, mask)
    before = cash.copy()
    rows = book.rows(step.classes, "fee")
    left = share_out(cash, book.fee_due, rows, book.lines["fees"][book.t], book.whole_cents)
    book.spend(step, before - left)


def pay_interest(book: Book, step: Step, mask: Mask) -> None:
    """Pay interest due, unpaid interest of earlier periods included."""
    cash = book.available(step, mask)
    before = cash.copy()
    rows = book.rows(step.classes)
    left = share_out(cash, book.due, rows, book.now["interest"], book.whole_cents)
    book.spend(step, before - left)


def pay_principal(book: Book, step: Step, mask: Mask) -> None:
    """Pay principal, up to the balance, to the cover target, or to each group's enhancement.

    Notes
    -----
    "cover": at most max(0, sum of rated balances - (pool - cover target)), so that excess interest
    builds the cover and a cover above its target is released. "enhancement": group k is paid until
    the groups down to k are no more than pool x (1 - multiple x enhancement of k at closing).
    """
    cash = book.available(step, mask)
    groups = book.rows(_unlocked(book, step))
    if step.amount == "cover":
        excess = book.rated_balance - (book.pool - book.target_cover())
        cash = np.minimum(cash, np.maximum(excess, 0))
    if not cash.any():
        return
    before, paid = cash.copy(), book.now["principal"]
    if step.amount == "enhancement":
        left = _to_enhancement(book, cash, groups, paid)
    else:
        left = share_out(cash, book.balance, groups, paid, book.whole_cents)
    book.spend(step, before - left)


def _unlocked(book: Book, step: Step) -> Groups:
    """Return the groups of a step without the classes whose principal is not yet to be paid."""
    if not step.lockout or book.t + 1 >= book.last_lockout:
        return step.classes
    first = {each.name: each.first_principal for each in book.deal.tranches}
    kept = (tuple(n for n in group if book.t + 1 >= first[n]) for group in step.classes)
    return tuple(group for group in kept if group)


def _to_enhancement(
    book: Book, cash: Array, groups: Sequence[int | Span], paid: Array
) -> Array:  # fmt: skip
    above = np.zeros_like(cash)
    faces, opening = 0.0, book.flows.opening
    for rows in groups:
        faces += float(book.faces[rows].sum())
        target = min(book.deal.cover.enhancement_multiple * (1 - faces / opening), 1.0)
        held = book.balance[rows]
        if not isinstance(rows, int):
            held = held.sum(axis=0)
        wanted = above + held
        wanted -= book.pool * (1 - target)
        part = np.minimum(np.minimum(np.maximum(wanted, 0), held), cash)
        cash -= part
        above += held
        above -= part
        left = share_out(part, book.balance, [rows], paid, book.whole_cents)
        if book.whole_cents:
            cash += left
            above += left
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
    if amount.any():
        rows = book.rows(step.classes)
        share_out(amount, book.balance, rows, book.now["writedown"], book.whole_cents)


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
    if book.alive is not None:
        par = par * book.alive
    if book.whole_cents:
        par = rounding("cents_down")(par)
    cost = par * terms.price
    book.spend(step, cost)
    book.lines["bought"][t] += par
    book.lines["cost"][t] += cost
    for kind, weight in book.pooling.weights.items():
        flows.base_years[kind][t + 1 :] += weight[t + 1 :, start, None] * par
    book.pooling.add(flows, par, start, terms.term_months, t)
    book.see_pool()


def draw_reserve(book: Book, step: Step, mask: Mask) -> None:
    """Move reserve into the interest account, by what the interest due lacks."""
    rows = book.span(step.names)
    cash = book.cash["interest"] + (book.cash["principal"] if step.source == "all" else 0)
    amount = np.clip(book.due[rows].sum(axis=0) - cash, 0, book.reserve)
    if mask is not None:
        amount = amount * mask
    book.reserve = book.reserve - amount
    book.cash["interest"] += amount


def fill_reserve(book: Book, step: Step, mask: Mask) -> None:
    """Bring the reserve to its target; what is above it goes to the interest account."""
    terms = book.deal.reserve
    base: Array | float = book.flows.opening
    if terms.base != "closing_pool":
        base = book.pool if terms.base == "pool" else book.rated_balance
    target = np.maximum(terms.floor, terms.target_share * base)
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
    book.now["interest"][book.row[step.names[0]]] += cash
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
