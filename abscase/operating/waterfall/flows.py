"""Pool flows by payment: of the deal's own assumptions, of a tape, or of other deals' classes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from abscase.errors import DataFaults, Fault
from abscase.operating.waterfall.dates import Dates, add_months, balance_weights, dates_of
from abscase.operating.waterfall.deal import Deal
from abscase.operating.waterfall.loans import RunOff, monthly, rounding, run_off
from abscase.operating.waterfall.scenario import Paths, Scenario, paths_of
from abscase.ranges import INF, Array

CASH = ("interest", "principal", "prepayment", "recovery")
ACCRUALS = ("average", "collected")


@dataclass
class Flows:
    """Flows of a pool, arrays (payment, scenario) in currency.

    ``balance`` is that of performing loans after each payment, ``pending`` that of defaulted loans
    not yet resolved, ``opening`` the balance at closing; ``base_years`` are balances times years,
    on which fees accrue, by kind of accrual.
    """

    opening: float
    balance: Array
    interest: Array
    principal: Array
    prepayment: Array
    default: Array
    recovery: Array
    loss: Array
    delinquent: Array
    pending: Array
    base_years: dict[str, Array]

    def wide(self, count: int, own: bool) -> Flows:
        """Return the flows for a number of scenarios (one serves all), ``own`` ones to write on.

        Raises DataFaults where they are neither one nor as many.
        """
        if (held := self.balance.shape[1]) not in (1, count):
            rule = "flows for another number of scenarios than the run has"
            raise DataFaults([Fault(rule, value=str(held), fix=f"give {count}, or one")])

        def widened(each: Array) -> Array:
            shaped = np.broadcast_to(each, (len(each), count))
            return shaped.copy() if own else shaped

        names = [each.name for each in fields(self) if each.name not in ("opening", "base_years")]
        arrays = {name: widened(getattr(self, name)) for name in names}
        years = {name: widened(each) for name, each in self.base_years.items()}
        return Flows(self.opening, **arrays, base_years=years)


@dataclass(frozen=True)
class Pooling:
    """How months of loans become payments of a deal, and the paths they follow."""

    deal: Deal
    days: Dates
    paths: Paths
    count: int
    weights: dict[str, Array]

    def loans(self, opening: Array, start: int, term_months: int) -> RunOff:
        """Return the run-off of loans that pay for the first time in month ``start``."""
        paths, pool = self.paths, self.deal.pool
        grown = np.minimum(paths.default_rate[start:] * (1 + paths.drift) ** start, 1.0)
        due = self.days.due[start:]
        return run_off(
            pool, opening, monthly(grown, due, pool.decrement),
            monthly(paths.prepayment_rate[start:], due, pool.decrement), paths.severity[start:],
            term_months, paths.recovery_lag_months, rounding(self.deal.rounding),
        )  # fmt: skip

    def add(self, flows: Flows, opening: Array, start: int, term_months: int, since: int) -> None:
        """Add loans that are in the pool from a payment on to what each payment collects."""
        loans = self.loans(opening, start, term_months)
        payments = len(self.days.payment)
        falls = self.days.falls[start:]
        inside = falls < payments
        for name in (*CASH, "default", "loss"):
            np.add.at(getattr(flows, name), falls[inside], getattr(loans, name)[inside])
        counted = self.days.last_collection[since:] - start
        nothing = np.zeros_like(opening)
        pending = np.cumsum(loans.default - loans.recovery - loans.loss, axis=0)
        for name, first, later in (("balance", opening, loans.balance),
                                   ("delinquent", nothing, loans.delinquent),
                                   ("pending", nothing, pending)):  # fmt: skip
            getattr(flows, name)[since:] += np.concatenate([first[None], later])[counted]
        for name, weight in self.weights.items():
            flows.base_years[name] += weight[:, start + 1 :] @ loans.balance


def pooling_of(deal: Deal, scenario: Scenario, count: int) -> Pooling:
    """Return how the loans of a deal become its payments."""
    lag = scenario.recovery_lag_months
    lag = deal.pool.recovery_lag_months if lag is None else lag
    days = dates_of(deal, months_needed(deal, lag))
    weights = {
        kind: balance_weights(deal, days, kind)
        for kind in ACCRUALS
        if any(fee.accrual == kind for fee in deal.fees)
    }
    paths = paths_of(deal, scenario, len(days.collection), len(days.payment), count)
    return Pooling(deal, days, paths, count, weights)


def months_needed(deal: Deal, lag: int) -> int:
    """Return the months of loan payments that the deal's payments can hold."""
    plan = deal.calendar
    if plan.periods is None:
        return deal.pool.term_months + lag
    last = add_months(plan.first_payment, (plan.periods - 1) * plan.months)
    start = deal.pool.origin or plan.closing
    return (last.year - start.year) * 12 + last.month - start.month + 1


def pool_flows(pooling: Pooling) -> Flows:
    """Return the flows of the closing pool under the paths of its scenario."""
    deal = pooling.deal
    shape = (len(pooling.days.payment), pooling.count)
    opening = np.full(pooling.count, float(deal.pool.balance))
    flows = _empty(float(deal.pool.balance), shape, pooling.weights)
    for kind, weight in pooling.weights.items():
        flows.base_years[kind] += weight[:, :1] * opening
    pooling.add(flows, opening, 0, deal.pool.term_months, 0)
    return flows


def _empty(opening: float, shape: tuple[int, int], kinds: Iterable[str]) -> Flows:
    names = [each.name for each in fields(Flows) if each.name not in ("opening", "base_years")]
    zeros = {name: np.zeros(shape) for name in names}
    return Flows(opening, **zeros, base_years={kind: np.zeros(shape) for kind in kinds})


def given_flows(
    deal: Deal, opening: float, interest: npt.ArrayLike, principal: npt.ArrayLike,
    prepayment: npt.ArrayLike = 0.0, default: npt.ArrayLike = 0.0, recovery: npt.ArrayLike = 0.0,
    loss: npt.ArrayLike | None = None, delinquent: npt.ArrayLike = 0.0,
) -> Flows:  # fmt: skip
    """Return flows that come from outside, such as those of a loan tape.

    Parameters
    ----------
    deal : Deal
        Its calendar is read for fees that follow the balance.
    opening : float
        Balance at closing, in currency.
    interest, principal, prepayment, default, recovery, loss, delinquent : array
        Amounts by payment ``(payment,)`` or ``(scenario, payment)``, in currency. Without ``loss``
        it is booked with the default: default less recovery, never below 0.

    Raises
    ------
    DataFaults
        A negative amount or none, arrays that do not fit each other, or more principal and default
        than there is balance.
    """
    given = {"interest": interest, "principal": principal, "prepayment": prepayment,
             "default": default, "recovery": recovery, "delinquent": delinquent}  # fmt: skip
    arrays = {name: np.atleast_2d(np.asarray(each, dtype=float)) for name, each in given.items()}
    try:
        shape = np.broadcast_shapes(*(each.shape for each in arrays.values()))
    except ValueError:
        told = ", ".join(f"{name} {each.shape}" for name, each in arrays.items())
        raise DataFaults([Fault("amounts for other payments or scenarios", value=told)]) from None
    arrays = {name: np.broadcast_to(each, shape).T.copy() for name, each in arrays.items()}
    gone = arrays["principal"] + arrays["prepayment"] + arrays["default"]
    balance = float(opening) - np.cumsum(gone, axis=0)
    arrays["loss"] = (
        np.maximum(arrays["default"] - arrays["recovery"], 0)
        if loss is None
        else np.broadcast_to(np.atleast_2d(np.asarray(loss, dtype=float)), shape).T.copy()
    )
    wrong = [name for name, each in arrays.items() if not ((each >= 0) & (each < INF)).all()]
    faults = [Fault("an amount below 0, or no number", column=name) for name in wrong]
    if (balance < -1e-6 * (opening + 1)).any():
        faults.append(Fault("more principal and default than the opening balance", "principal"))
    if faults:
        raise DataFaults(faults)
    resolved = arrays["default"] - arrays["recovery"] - arrays["loss"]
    pending = np.maximum(np.cumsum(resolved, axis=0), 0)
    before = np.concatenate([np.full_like(balance[:1], opening), balance[:-1]])
    years = dates_of(deal, shape[1]).years[: shape[1], None]
    return Flows(float(opening), np.maximum(balance, 0), **arrays, pending=pending,
                 base_years=dict.fromkeys(ACCRUALS, before * years))  # fmt: skip
