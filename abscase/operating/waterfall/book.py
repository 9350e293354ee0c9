"""The books of a deal while it runs: cash, balances and dues, over all scenarios at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abscase.operating.waterfall.deal import Deal, Step
from abscase.operating.waterfall.flows import Flows, Pooling
from abscase.operating.waterfall.loans import rounding
from abscase.operating.waterfall.terms import Tranche
from abscase.ranges import Array

TRANCHE_LINES = ("balance", "interest", "principal", "writedown", "shortfall", "accrued", "pik")
CASH_LINES = ("cash_in", "cash_out", "residual", "swap_in", "swap_out", "support", "called", "cost",
              "bought", "account", "reserve", "pool", "state", "unpaid_fees")  # fmt: skip


@dataclass(frozen=True)
class Coupons:
    """What is fixed of the coupons, arrays (tranche, 1), and the classes of each kind."""

    base: Array
    floating: np.ndarray
    floor: Array
    cap: Array
    rated: np.ndarray
    notional: Array


class Book:
    """One run of a deal. Arrays are (tranche, scenario) or (scenario,), in currency.

    ``cash`` holds the collection account, interest and principal apart; what steps pay is written
    into ``lines``: arrays (payment, tranche, scenario) and (payment, scenario).
    """

    def __init__(self, deal: Deal, pooling: Pooling, flows: Flows) -> None:
        self.deal, self.pooling, self.flows = deal, pooling, flows
        count, payments = pooling.count, len(pooling.days.payment)
        self.row = {name: k for k, name in enumerate(deal.names)}
        self.fee_row = {fee.name: k for k, fee in enumerate(deal.fees)}
        faces = np.array([deal.face(each) for each in deal.tranches], dtype=float)
        self.balance = np.repeat(faces[:, None], count, axis=1)
        self.due = np.zeros_like(self.balance)
        self.fee_due = np.zeros((len(deal.fees), count))
        self.cash = {"interest": np.zeros(count), "principal": np.zeros(count)}
        self.reserve = np.full(count, float(deal.reserve.initial))
        self.cents = rounding(deal.rounding)
        self.coupons = [_coupons(deal, after) for after in (False, True)]
        self.alive: Array | None = None
        self.state = np.zeros(count, dtype=int)
        self.flags: dict[str, np.ndarray] = {}
        self.measures = {each.name: np.full((payments, count), np.nan) for each in deal.triggers}
        self.cumulative = {name: np.zeros(count) for name in ("loss", "default")}
        shape = (payments, len(faces), count)
        self.lines = {name: np.zeros(shape) for name in TRANCHE_LINES}
        self.lines |= {name: np.zeros((payments, count)) for name in CASH_LINES}
        self.lines["fees"] = np.zeros((payments, len(deal.fees), count))
        self.rated = self.coupons[0].rated
        self.swap_due = np.zeros(count)
        self.t = 0

    @property
    def pool(self) -> Array:
        """The balance that tests, targets and write-downs see."""
        flows, t = self.flows, self.t
        if self.deal.pool.count_defaulted:
            return np.asarray(flows.balance[t] + flows.pending[t])
        return flows.balance[t]

    @property
    def opening_pool(self) -> Array:
        """The balance of performing loans at the start of the period."""
        return self.flows.opening if self.t == 0 else self.flows.balance[self.t - 1]

    @property
    def rated_balance(self) -> Array:
        """The sum of the classes that are no residual."""
        return np.asarray(self.balance[self.rated].sum(axis=0))

    def target_cover(self) -> Array:
        """Return the overcollateralisation that the deal must hold."""
        cover, opening = self.deal.cover, self.flows.opening
        fixed = cover.target_share * opening
        if not cover.when:
            return fixed
        stepped = np.maximum(cover.floor_share * opening, cover.stepped_share * self.pool)
        return np.where(self.holds(cover.when, cover.unless), stepped, fixed)

    def holds(self, when: tuple[str, ...], unless: tuple[str, ...]) -> np.ndarray:
        """Return where every trigger of ``when`` holds and none of ``unless``."""
        held = np.ones(self.pooling.count, dtype=bool)
        for name in when:
            held = held & self.flags[name]
        for name in unless:
            held = held & ~self.flags[name]
        return held

    def available(self, step: Step, mask: np.ndarray | None) -> Array:
        """Return the cash that a step may use; 0 where the scenario is not its business."""
        if step.source == "all":
            cash = self.cash["interest"] + self.cash["principal"]
        else:
            cash = self.cash[step.source].copy()
        if mask is not None:
            cash *= mask
        return cash

    def spend(self, step: Step, amount: Array) -> None:
        """Take an amount from the cash of a step: interest first, then principal."""
        if step.source == "all":
            first = np.minimum(amount, self.cash["interest"])
            self.cash["interest"] -= first
            self.cash["principal"] -= amount - first
        else:
            self.cash[step.source] -= amount


def _coupons(deal: Deal, after: bool) -> Coupons:
    """Return the coupons before or after their step-up."""
    tranches = deal.tranches
    index = {name: k for k, name in enumerate(deal.names)}
    notional = np.zeros((len(tranches), len(tranches)))
    for k, each in enumerate(tranches):
        for name in each.notional_of:
            notional[k, index[name]] = 1.0
        if not each.notional_of and each.kind != "io":
            notional[k, k] = 1.0

    def column(values: list[float]) -> Array:
        return np.array(values, dtype=float)[:, None]

    return Coupons(
        column([_base(each, after) for each in tranches]),
        column([float(each.kind == "floating") for each in tranches]),
        column([each.floor for each in tranches]), column([each.cap for each in tranches]),
        np.array([k for k, each in enumerate(tranches) if each.kind != "residual"], dtype=int),
        notional,
    )  # fmt: skip


def _base(tranche: Tranche, after: bool) -> float:
    if tranche.kind == "residual":
        return 0.0
    before, later = tranche.rate, tranche.rate_after
    if tranche.kind == "floating":
        before, later = tranche.margin, tranche.margin_after
    return later if after and later is not None else before
