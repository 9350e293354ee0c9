"""Payment dates, collection dates and day counts of a deal."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

import numpy as np

from abscase.operating.waterfall.deal import Deal
from abscase.ranges import Array


def add_months(day: date, months: int, day_of_month: int | None = None) -> date:
    """Return the day some months on, no later than the month's end.

    >>> add_months(date(2021, 1, 31), 1)
    datetime.date(2021, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day_of_month or day.day, last))


def year_fraction(start: date, end: date, day_count: str) -> float:
    """Return the time between two days in years.

    Parameters
    ----------
    start, end : date
        From the first day, up to the second.
    day_count : {"30/360", "ACT/360", "ACT/365"}
        30/360 counts every month as 30 days (ISDA 2006, section 4.16 f).

    >>> year_fraction(date(2021, 4, 15), date(2021, 7, 26), "ACT/365") * 365
    102.0
    """
    if day_count == "30/360":
        first, second = min(start.day, 30), end.day
        second = 30 if second == 31 and first == 30 else second
        months = (end.year - start.year) * 12 + end.month - start.month
        return (months * 30 + second - first) / 360
    return (end - start).days / float(day_count[-3:])


@dataclass(frozen=True)
class Dates:
    """The days of a deal, and how collections fall into payments.

    ``payment`` has T days; ``due`` the C + 1 days on which loans pay (the first is their origin),
    ``collection`` the C days on which those payments are counted. ``years`` (T) is the time of each
    period, ``elapsed`` (T) the years since closing (ACT/365). ``falls`` (C) is the payment that a
    collection falls into; T where it is later than the last.
    """

    payment: tuple[date, ...]
    due: tuple[date, ...]
    collection: tuple[date, ...]
    years: Array
    elapsed: Array
    falls: np.ndarray

    @property
    def last_collection(self) -> np.ndarray:
        """The number of collections that have been counted at each payment."""
        return np.searchsorted(self.falls, np.arange(len(self.payment)), side="right")


def dates_of(deal: Deal, months: int) -> Dates:
    """Return the days of a deal whose pool pays for a number of months.

    Parameters
    ----------
    deal : Deal
        Its calendar, pool and day count are read.
    months : int
        Months over which the pool pays, recoveries included.
    """
    plan, closing = deal.calendar, deal.calendar.closing
    origin = deal.pool.origin or closing
    due = tuple(add_months(origin, each) for each in range(months + 1))
    last_day = 31 if plan.collection == "month_end" else None
    collection = tuple(
        closing if each <= closing else add_months(each, 0, last_day) for each in due[1:]
    )
    day = plan.payment_day or plan.first_payment.day
    payment = [plan.first_payment]
    while len(payment) < (plan.periods or 1200) and (plan.periods or payment[-1] < collection[-1]):
        payment.append(add_months(plan.first_payment, len(payment) * plan.months, day))
    edges = [closing, *payment]
    pairs = list(zip(edges, payment, strict=False))
    years = np.array([year_fraction(*pair, deal.day_count) for pair in pairs])
    elapsed = np.array([(day - closing).days / 365 for day in payment])
    falls = np.searchsorted(np.array(payment), np.array(collection), side="left")
    return Dates(tuple(payment), due, collection, years, elapsed, falls)


def balance_weights(deal: Deal, days: Dates, accrual: str) -> Array:
    """Return the years for which each collection's balance counts in each period's fee.

    Parameters
    ----------
    accrual : {"average", "collected"}
        Up to the payment day, or up to the last collection day on or before it.

    Returns
    -------
    array of shape (T, C + 1)
        Column c: the time during which the balance after c collections held.
    """
    ends = np.array([deal.calendar.closing, *days.collection])
    weights = np.zeros((len(days.payment), len(ends)))
    edges = [deal.calendar.closing, *days.payment]
    before = 0
    for t, counted in enumerate(days.last_collection):
        stop = edges[t + 1] if accrual == "average" else max(edges[t], ends[counted])
        for c in range(before, counted + 1):
            until = stop if c == counted else min(ends[c + 1], stop)
            begin = max(ends[c], edges[t])
            if until > begin:
                weights[t, c] = year_fraction(begin, until, deal.day_count)
        before = counted
    return weights
