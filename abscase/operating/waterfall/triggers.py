"""Triggers: what each measures, when it trips, and the state it moves a deal to."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from abscase.operating.waterfall.book import Book
from abscase.operating.waterfall.deal import Trigger
from abscase.ranges import INF, Array


def _ratio(top: Array, bottom: Array | float, empty: float) -> Array:
    """Return top over bottom; ``empty`` where the bottom is 0."""
    if isinstance(bottom, float):
        return top / bottom if bottom > 0 else np.full_like(top, empty)
    return np.divide(top, bottom, out=np.full_like(top, empty), where=bottom > 0)


def _held(book: Book, trigger: Trigger) -> Array:
    """Return the balance of the classes of a trigger."""
    return np.asarray(book.balance[book.span(trigger.classes)].sum(axis=0))


def cumulative_loss(book: Book, trigger: Trigger) -> Array:
    """Losses booked since closing over the closing pool; trips above the level."""
    return _ratio(book.cumulative["loss"], book.flows.opening, 0.0)


def cumulative_default(book: Book, trigger: Trigger) -> Array:
    """Defaults since closing over the closing pool; trips above the level."""
    return _ratio(book.cumulative["default"], book.flows.opening, 0.0)


def delinquency(book: Book, trigger: Trigger) -> Array:
    """Delinquent over performing balance; with ``classes``, over the enhancement of these."""
    share = _ratio(book.flows.delinquent[book.t], book.flows.balance[book.t], 0.0)
    if not trigger.classes:
        return share
    return _ratio(share, np.maximum(enhancement(book, trigger), 0), 0.0)


def default_rate(book: Book, trigger: Trigger) -> Array:
    """Defaults of the period over its opening balance; trips above the level."""
    return _ratio(book.flows.default[book.t], book.opening_pool, 0.0)


def oc(book: Book, trigger: Trigger) -> Array:
    """Pool and principal held over the classes named; trips below the level."""
    assets = book.pool + book.cash["principal"]
    return _ratio(assets, _held(book, trigger), INF)


def ic(book: Book, trigger: Trigger) -> Array:
    """Interest collected, less fees due, over interest due to the classes; trips below."""
    funds = book.flows.interest[book.t] - book.fee_due.sum(axis=0)
    return _ratio(funds, book.due[book.span(trigger.classes)].sum(axis=0), INF)


def excess_spread(book: Book, trigger: Trigger) -> Array:
    """(Interest - fees - coupons) over opening pool and years; trips below the level."""
    owed = book.fee_due.sum(axis=0) + book.accrued.sum(axis=0)
    years = book.pooling.days.years[book.t]
    return _ratio(book.flows.interest[book.t] - owed, book.opening_pool * years, 0.0)


def enhancement(book: Book, trigger: Trigger) -> Array:
    """One less the classes named over the pool; holds at or above the level."""
    return 1 - _ratio(_held(book, trigger), book.pool, INF)


def pool_factor(book: Book, trigger: Trigger) -> Array:
    """Pool over closing pool; trips below the level."""
    return _ratio(book.flows.balance[book.t], book.flows.opening, 0.0)


def purchase_shortfall(book: Book, trigger: Trigger) -> Array:
    """Principal left unspent at the last payment over the closing pool; trips above the level."""
    return _ratio(book.unspent, book.flows.opening, 0.0)


def originator_default(book: Book, trigger: Trigger) -> Array:
    """Payments since the originator failed; trips at 0."""
    return book.t + 1 - book.pooling.paths.originator_default


def date(book: Book, trigger: Trigger) -> Array:
    """The payment's number; trips at ``period``."""
    return np.full(book.pooling.count, float(book.t + 1))


MEASURES: dict[str, Callable[[Book, Trigger], Array]] = {
    each.__name__: each
    for each in (cumulative_loss, cumulative_default, delinquency, default_rate, oc, ic,
                 excess_spread, enhancement, pool_factor, purchase_shortfall, originator_default,
                 date)
}  # fmt: skip
BELOW = {"oc", "ic", "excess_spread", "pool_factor"}
"""Kinds that trip below their level."""
AT = {"enhancement", "originator_default", "date"}
"""Kinds that trip at their level or above; all others trip above it."""
NEEDS_CLASSES = {"oc", "ic", "enhancement"}


def level_at(trigger: Trigger, period: int) -> float | None:
    """Return the level in force at a payment; None where there is none yet."""
    if trigger.kind == "date":
        return float(trigger.period or 1)
    if trigger.kind == "originator_default":
        return 0.0
    if not trigger.levels:
        return trigger.level
    passed = [start for start in trigger.levels if start <= period]
    return trigger.levels[max(passed)] if passed else None


def judge(book: Book) -> None:
    """Test every trigger, and move each scenario to the state its tripped triggers name.

    Notes
    -----
    A trigger averages its measure over the last ``months`` payments (fewer at the start). Where
    several trip at once, the state that stands last in the file is taken.
    """
    book.held.clear()
    states = list(book.deal.priorities)
    start = book.state.copy()
    for trigger in book.deal.triggers:
        tripped = _tripped(book, trigger)
        if not trigger.curable and trigger.name in book.flags:
            tripped |= book.flags[trigger.name]
        book.flags[trigger.name] = tripped
        if trigger.to is None:
            continue
        target = states.index(trigger.to)
        sources = trigger.sources or states[:target]
        may = np.isin(start, [states.index(name) for name in sources])
        book.state = np.where(tripped & may, np.maximum(book.state, target), book.state)


def _tripped(book: Book, trigger: Trigger) -> np.ndarray:
    history = book.measures[trigger.name]
    history[book.t] = MEASURES[trigger.kind](book, trigger)
    level = level_at(trigger, book.t + 1)
    if level is None:
        return np.zeros(book.pooling.count, dtype=bool)
    recent = history[max(0, book.t + 1 - trigger.months) : book.t + 1]
    value = recent[0] if len(recent) == 1 else recent.sum(axis=0) / len(recent)
    if trigger.kind in BELOW:
        return np.asarray(value < level)
    return np.asarray(value >= level if trigger.kind in AT else value > level)
