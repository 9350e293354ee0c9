"""Cash flows of a line of level, linear or bullet loans, month by month, over all scenarios."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from abscase.operating.waterfall.terms import Pool
from abscase.ranges import Array

Round = Callable[[Array], Array]
_ROUND = {
    "none": lambda amount: amount,
    "cents": lambda amount: np.round(amount, 2),
    # A millionth of a cent of slack, or 0.29 * 100 would fall to 28 cents.
    "cents_down": lambda amount: np.floor(amount * 100 + 1e-6) / 100,
}


def rounding(name: str) -> Round:
    """Return the rule that rounds an amount: "none", "cents" (nearest) or "cents_down"."""
    return _ROUND[name]


@dataclass(frozen=True)
class RunOff:
    """Flows of loans, arrays (month, scenario) in currency; ``balance`` after each month."""

    balance: Array
    interest: Array
    principal: Array
    prepayment: Array
    default: Array
    recovery: Array
    loss: Array
    delinquent: Array


def monthly(yearly: Array, due: tuple[date, ...], decrement: str) -> Array:
    """Return yearly rates of loss of balance as rates of each month.

    Parameters
    ----------
    yearly : array (month, scenario)
        In [0, 1].
    due : tuple of date
        One day more than there are months.
    decrement : {"months", "days"}
        1 - (1 - r)^(1/12), or 1 - (1 - r)^(days/365).
    """
    days = np.diff(np.array(due, dtype="datetime64[D]")).astype(float)[: len(yearly), None]
    return np.asarray(1 - (1 - yearly) ** (days / 365 if decrement == "days" else 1 / 12))


def scheduled(terms: Pool, balance: Array, interest: Array, left: int, cents: Round) -> Array:
    """Return the scheduled principal of a month with ``left`` payments to go.

    Notes
    -----
    Level: b r / (1 - (1 + r)^-n) less the interest; linear: b / n; bullet: b at the end.
    """
    rate = terms.rate / 12
    if left == 1:
        return balance
    if terms.amortisation == "bullet":
        return np.zeros_like(balance)
    if terms.amortisation == "linear" or rate < 1e-12:
        return cents(balance / left)
    payment = rate / -np.expm1(-left * np.log1p(rate))
    return np.clip(cents(balance * payment) - interest, 0, balance)


def run_off(
    terms: Pool, opening: Array, defaults: Array, prepayments: Array, severity: Array,
    term_months: int, lag: int, cents: Round,
) -> RunOff:  # fmt: skip
    """Return the flows of loans that start with a balance.

    Parameters
    ----------
    terms : Pool
        Rate, amortisation, order of events and basis of interest.
    opening : array (scenario,)
        Balance at the start.
    defaults, prepayments, severity : array (month, scenario)
        Monthly rates, and the share of a default that is lost; their length is the horizon.
    term_months, lag : int
        Payments to go, months from default to recovery.
    cents : callable
        Rounds every amount.

    Notes
    -----
    The three events act one after the other in the order of ``terms.order``. A default of month c
    pays (1 - severity) of it in month c + lag, when the rest is booked as a loss.
    """
    horizon, count = defaults.shape
    made = {name: np.zeros((horizon, count)) for name in RunOff.__dataclass_fields__}
    balance = opening
    for month in range(min(term_months, horizon)):
        interest = cents(balance * (terms.rate / 12))
        for event in terms.order:
            if event == "default":
                amount = cents(balance * defaults[month])
            elif event == "prepayment":
                amount = cents(balance * prepayments[month])
            else:
                if terms.interest_on == "performing":
                    interest = cents(balance * (terms.rate / 12))
                amount = scheduled(terms, balance, interest, term_months - month, cents)
            made["principal" if event == "scheduled" else event][month] = amount
            balance = balance - amount
        made["interest"][month], made["balance"][month] = interest, balance
    recover = cents(made["default"] * (1 - severity))
    kept = max(horizon - lag, 0)
    made["recovery"][lag:] = recover[:kept]
    made["loss"][lag:] = (made["default"] - recover)[:kept]
    made["delinquent"] = _delinquent(made["default"], terms.delinquent_months)
    return RunOff(**made)


def _delinquent(default: Array, months: int) -> Array:
    """Return the balance of loans that will default within a number of months."""
    total = np.concatenate([np.zeros((1, default.shape[1])), np.cumsum(default, axis=0)])
    now = np.arange(1, len(total))
    return np.asarray(total[np.minimum(now + months, len(default))] - total[now])
