"""Deals of deals: a pool of other deals' classes, and what lies beneath it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from abscase.errors import DataFaults, Fault
from abscase.operating.waterfall.dates import add_months
from abscase.operating.waterfall.deal import Deal
from abscase.operating.waterfall.engine import run
from abscase.operating.waterfall.flows import Flows, given_flows
from abscase.operating.waterfall.measures import (
    LOST,
    pool_loss,
    principal_loss,
    still_owed,
    uncovered,
)
from abscase.operating.waterfall.result import Result
from abscase.operating.waterfall.scenario import Scenario
from abscase.ranges import INF, Array


def flows_of(deal: Deal, inner: Mapping[str, Result]) -> Flows:
    """Return the pool flows of a deal that holds classes of other deals.

    Parameters
    ----------
    deal : Deal
        A deal with ``pool.holdings``.
    inner : mapping of str to Result
        The runs of the deals held, by the name the holdings give; same scenarios in each.

    Returns
    -------
    Flows
        A class pays interest and principal as it does; its write-downs are defaults without
        recovery, deferred interest nets against them, and what it still owes at its last payment
        once nothing stands behind it is a default of that payment.

    Raises
    ------
    DataFaults
        A deal, a class or a common number of scenarios is missing, the pool is empty, a class is
        still owed principal at its last payment, or it pays before the outer deal closes or after
        its last payment.

    Notes
    -----
    What an inner deal pays on a day reaches the outer one on its next payment day, or on the same
    day where both pay on it. The face of a residual that is never paid as principal counts as lost
    at the last payment.
    """
    found = _faults(deal, inner)
    if found:
        raise DataFaults(found)
    last = max(_paid_on(inner[each.deal])[-1] for each in deal.pool.holdings)
    days = _payment_days(deal, last)
    count = max(inner[each.deal].lines["pool"].shape[1] for each in deal.pool.holdings)
    sums = {name: np.zeros((count, len(days))) for name in ("interest", "principal", "default")}
    opening = 0.0
    for each in deal.pool.holdings:
        result = inner[each.deal]
        row = result.deal.names.index(each.tranche)
        opening += each.share * float(result.opening_balance[row])
        falls = np.searchsorted(days, _paid_on(result)).clip(max=len(days) - 1)
        for name, amounts in _payments(result, row).items():
            np.add.at(sums[name].T, falls, each.share * amounts.T)
    plan = replace(deal.calendar, periods=len(days))
    return given_flows(replace(deal, calendar=plan), opening, **sums)


def _paid_on(result: Result) -> np.ndarray:
    """Return the days of the payments that a run made."""
    return np.array(result.days.payment[: len(result.lines["pool"])])


def _payment_days(deal: Deal, last: date) -> np.ndarray:
    """Return the payment days of a deal; without a number, up to the first on or after a day."""
    plan = deal.calendar
    days = [plan.first_payment]
    while len(days) < (plan.periods or INF) and (plan.periods or days[-1] < last):
        day = plan.payment_day or plan.first_payment.day
        days.append(add_months(plan.first_payment, len(days) * plan.months, day))
    return np.array(days)


def _payments(result: Result, row: int) -> dict[str, Array]:
    """Return what a class pays and loses, (scenario, period)."""
    name, term = result.deal.names[row], result.deal.tranches[row]
    lost = result.of("writedown", name).copy()
    unpaid = term.kind == "residual" and not term.tracks_cover
    lost[:, -1] += result.lines["balance"][-1, row] if unpaid else uncovered(result)[row]
    deferred = result.of("pik", name)
    if (deferred > 0).any():
        raise DataFaults([Fault("defers interest; such a class cannot be held", "pool", name)])
    # Differences of cash leave a rest that may lie a hair below 0.
    paid = {line: np.maximum(result.of(line, name), 0) for line in ("interest", "principal")}
    return {**paid, "default": lost}


def _faults(deal: Deal, inner: Mapping[str, Result]) -> list[Fault]:
    if not deal.pool.holdings:
        return [Fault("holds no class of another deal", "pool.holdings")]
    found = []
    for number, each in enumerate(deal.pool.holdings):
        place = f"pool.holdings[{number}]"
        if each.deal not in inner:
            found.append(Fault("no run of that deal is given", place, each.deal))
        elif each.tranche not in inner[each.deal].deal.names:
            known = ", ".join(inner[each.deal].deal.names)
            found.append(Fault("no such class in the deal", place, each.tranche, fix=known))
        else:
            rules = _times(deal, inner[each.deal], inner[each.deal].deal.names.index(each.tranche))
            found += [Fault(rule, place, each.tranche, fix=fix) for rule, fix in rules]
    counts = {result.lines["pool"].shape[1] for result in inner.values()} - {1}
    if len(counts) > 1:
        numbers = ", ".join(str(count) for count in sorted(counts))
        found.append(Fault("the deals held have different numbers of scenarios", value=numbers))
    return found


def _times(deal: Deal, result: Result, row: int) -> Iterator[tuple[str, str]]:
    """Yield why a class cannot be held by a deal for the days on which it pays, and what to do."""
    lines = result.lines
    left = lines["pool"][-1].max() > LOST * result.opening_pool
    residual = result.deal.tranches[row].kind == "residual"
    if (left and residual) or still_owed(result)[:, row].max() > LOST:
        yield "is still owed principal at the last payment of its deal", "run that deal to its end"
    paid = (lines["interest"][:, row] + lines["principal"][:, row]).max(axis=1) > 0
    days, plan = _paid_on(result)[paid], deal.calendar
    if days.size and days[0] <= plan.closing:
        yield "pays before the deal that holds it closes", f"close it before {days[0]}"
    if days.size and days[-1] > (last := _payment_days(deal, days[-1])[-1]):
        yield f"pays until {days[-1]}, the deal that holds it until {last}", "give it more periods"


def run_held(
    deal: Deal, deals: Mapping[str, Deal], scenarios: Mapping[str, Scenario] | None = None
) -> tuple[Result, dict[str, Result]]:
    """Run a deal of deals, and the deals beneath it.

    Parameters
    ----------
    deal : Deal
        With ``pool.holdings``; the deals held may themselves hold classes of others.
    deals : mapping of str to Deal
        Every deal beneath, by name.
    scenarios : mapping of str to Scenario, optional
        By name of the deal, for those with loans.

    Returns
    -------
    tuple
        The outer run, and the runs beneath by name.

    Raises
    ------
    DataFaults
        A deal is missing, or holds itself.
    """
    runs: dict[str, Result] = {}

    def settle(each: Deal, path: tuple[str, ...]) -> Result:
        scenario = (scenarios or {}).get(path[-1])
        if not each.pool.holdings:
            return run(each, scenario)
        for item in each.pool.holdings:
            if item.deal in path:
                ring = " -> ".join([*path[path.index(item.deal) :], item.deal])
                raise DataFaults([Fault("a deal holds itself", "pool.holdings", ring)])
            if item.deal not in deals:
                raise DataFaults([Fault("no deal of that name", "pool.holdings", item.deal)])
            if item.deal not in runs:
                runs[item.deal] = settle(deals[item.deal], (*path, item.deal))
        flows = flows_of(each, runs)
        whole = replace(each, pool=replace(each.pool, balance=flows.opening))
        return run(whole, scenario, flows)

    return settle(deal, (deal.name,)), runs


def look_through(outer: Result, inner: Mapping[str, Result]) -> pd.DataFrame:
    """Return what each scenario's losses of the loans beneath mean for each class above.

    Returns
    -------
    DataFrame
        One row a scenario and outer class: ``scenario``, ``loans_loss`` (losses of all loans
        beneath over their closing balance), ``held_loss`` (losses of the classes held over their
        face), ``tranche``, ``loss`` (over its face).
    """
    count = outer.lines["pool"].shape[1]
    loans = {name: each for name, each in inner.items() if not each.deal.pool.holdings}
    total = sum(each.opening_pool for each in loans.values())
    lost = sum(np.broadcast_to(pool_loss(each) * each.opening_pool, (count,))
               for each in loans.values())  # fmt: skip
    loss = principal_loss(outer)
    frames = [
        pd.DataFrame({"scenario": np.arange(count), "loans_loss": lost / total,
                      "held_loss": pool_loss(outer), "tranche": name, "loss": loss[:, k]})
        for k, name in enumerate(outer.deal.names)
        if outer.deal.tranches[k].kind != "residual"
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True)
