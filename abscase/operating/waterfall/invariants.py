"""What must hold in every period of every scenario of every run; it is always tested."""

from __future__ import annotations

import numpy as np

from abscase.errors import AbscaseError
from abscase.operating.waterfall.book import Book
from abscase.ranges import Array

TOLERANCE = 1e-9


class Imbalance(AbscaseError):
    """The books of a run do not balance; the message names the law, the period, the scenario."""


def hold(book: Book) -> None:
    """Raise where the period just closed breaks one of the laws.

    Raises
    ------
    Imbalance
        Cash in is not cash out plus what the accounts gained; a balance, account or payment is
        below 0; a balance moved by something other than principal, write-down and deferred
        interest; or write-downs and absorbed losses do not add up to the pool's losses.

    Notes
    -----
    Cash: in(t) + account(t-1) + reserve(t-1) = out(t) + account(t) + reserve(t).
    Loss: write-down + spread used + cover used = default - recovery (or the loss booked, where the
    pool counts defaulted loans until their recovery). Spread used is rated principal paid and loans
    bought less principal collected and interest deferred; cover used is the fall of pool less rated
    balances. Tolerance: 1e-9 of the closing pool, classes and reserve together.
    """
    t, lines = book.t, book.lines
    within = TOLERANCE * book.scale
    accounts = lines["account"][t] + lines["reserve"][t]
    gap = lines["cash_in"][t] - lines["cash_out"][t] - accounts + book.accounts_before
    _zero(book, "cash in is not cash out", gap)
    book.accounts_before = accounts
    for name, amounts in {**book.now, "balance": book.balance, "shortfall": book.due}.items():
        if not amounts.min() >= -within:
            _zero(book, f"{name} below 0", np.minimum(amounts, 0).min(axis=0))
    for name, amount in (("account", book.cash["interest"]), ("account", book.cash["principal"]),
                         ("reserve", book.reserve), ("pool", lines["pool"][t])):  # fmt: skip
        if not amount.min() >= -within:
            _zero(book, f"{name} below 0", np.minimum(amount, 0))
    moved = np.subtract(book.balance_before, book.balance, out=book.moved)
    moved -= book.now["principal"]
    moved -= book.now["writedown"]
    if book.pik:
        moved += lines["pik"][t]
    if not max(moved.max(), -moved.min()) <= within:
        _zero(book, "a balance moved by itself", np.abs(moved).max(axis=0))
    np.copyto(book.balance_before, book.balance)
    _zero(book, "write-downs and absorbed losses are not the losses", _unexplained(book))


def _unexplained(book: Book) -> Array:
    """Return loss - write-downs - spread used - cover used of the period."""
    t, lines, flows, rated = book.t, book.lines, book.flows, book.rated
    deferred = lines["pik"][t].sum(axis=0) if book.pik else 0.0
    bought, pool, owed = lines["bought"][t], lines["pool"][t], book.rated_balance
    written = book.now["writedown"][rated].sum(axis=0)
    spread = book.now["principal"][rated].sum(axis=0) + bought - book.principal_in - deferred
    cover = book.cover_before - (pool - owed)
    book.cover_before = pool - owed
    whole = book.deal.pool.count_defaulted
    loss = flows.loss[t] if whole else flows.default[t] - flows.recovery[t]
    return np.asarray(loss - written - spread - cover)


def _zero(book: Book, law: str, gap: Array) -> None:
    within = TOLERANCE * book.scale
    if not max(gap.max(), -gap.min()) <= within:
        s = int(np.argmax(~(np.abs(gap) <= within)))
        raise Imbalance(f"{law}: payment {book.t + 1}, scenario {s + 1}, off by {gap[s]:.6g}")
