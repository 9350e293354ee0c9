"""The books of a deal while it runs: cash, balances and dues, over all scenarios at once."""

from __future__ import annotations

import numpy as np

from abscase.operating.waterfall.coupons import Span, coupons_of, span
from abscase.operating.waterfall.deal import Deal, Groups, Step
from abscase.operating.waterfall.flows import Flows, Pooling
from abscase.operating.waterfall.loans import rounding
from abscase.ranges import Array

TRANCHE_LINES = ("balance", "interest", "principal", "writedown", "shortfall")
PAYMENTS = ("interest", "principal", "writedown")
CASH_LINES = ("cash_in", "cash_out", "residual", "swap_in", "swap_out", "support", "called", "cost",
              "bought", "account", "reserve", "pool", "state", "unpaid_fees")  # fmt: skip


class Book:
    """One run of a deal. Arrays are (tranche, scenario) or (scenario,), in currency.

    ``cash`` holds the collection account, interest and principal apart; what steps pay is written
    into ``lines``: arrays (payment, tranche, scenario) and (payment, scenario).
    """

    def __init__(self, deal: Deal, pooling: Pooling, flows: Flows) -> None:
        self.deal, self.pooling, self.flows = deal, pooling, flows
        count, payments = pooling.count, min(len(pooling.days.payment), len(flows.balance))
        self.row = {name: k for k, name in enumerate(deal.names)}
        self.fee_row = {fee.name: k for k, fee in enumerate(deal.fees)}
        self.faces = np.array([deal.face(each) for each in deal.tranches], dtype=float)
        self.balance = np.repeat(self.faces[:, None], count, axis=1)
        self.due = np.zeros_like(self.balance)
        self.fee_due = np.zeros((len(deal.fees), count))
        self.cash = {"interest": np.zeros(count), "principal": np.zeros(count)}
        self.reserve = np.full(count, float(deal.reserve.initial))
        self.cents, self.whole_cents = rounding(deal.rounding), deal.rounding != "none"
        self.coupons = coupons_of(deal)
        self.rated = span([k for k, each in enumerate(deal.tranches) if each.kind != "residual"])
        self.alive: Array | None = None
        self.state = np.zeros(count, dtype=int)
        self.flags: dict[str, np.ndarray] = {}
        self.held: dict[tuple[tuple[str, ...], tuple[str, ...]], np.ndarray] = {}
        self.measures = {each.name: np.empty((payments, count)) for each in deal.triggers}
        self.cumulative = {name: np.zeros(count) for name in ("loss", "default")}
        shape = (payments, len(self.faces), count)
        self.lines = {name: np.empty(shape) for name in TRANCHE_LINES} | {"pik": np.zeros(shape)}
        self.lines |= {name: np.zeros((payments, count)) for name in CASH_LINES}
        self.lines["fees"] = np.zeros((payments, len(deal.fees), count))
        self.swap_due, self.unspent = np.zeros(count), np.zeros(count)
        self._rows: dict[tuple[Groups, str], list[int | Span]] = {}
        self.principal_in = np.zeros(count)
        self.payments = payments
        self.balance_before, self.moved = self.balance.copy(), self.balance.copy()
        self.accounts_before = self.reserve.copy()
        self.cover_before = flows.opening - self.balance[self.rated].sum(axis=0)
        self.accrued = np.zeros_like(self.balance)
        # One period's payments stay in the processor's cache; the lines of all periods do not.
        self.now = {name: np.zeros_like(self.balance) for name in PAYMENTS}
        self.last_lockout = max(each.first_principal for each in deal.tranches)
        self.capped = span([k for k, each in enumerate(deal.tranches) if each.funds_cap])
        self.pik = [k for k, each in enumerate(deal.tranches) if each.pik]
        self.tracking = [k for k, each in enumerate(deal.tranches) if each.tracks_cover]
        self.scale = float(flows.opening + self.faces.sum() + deal.reserve.initial + 1)
        self.t = 0
        self.pool: Array = np.full(count, flows.opening)

    def see_pool(self) -> None:
        """Set ``pool``, the balance that tests, targets and write-downs see."""
        self.pool = self.flows.balance[self.t]
        if self.deal.pool.count_defaulted:
            self.pool = self.pool + self.flows.pending[self.t]

    @property
    def opening_pool(self) -> Array:
        """The balance of performing loans at the start of the period."""
        if self.t == 0:
            return np.full(self.pooling.count, self.flows.opening)
        return self.flows.balance[self.t - 1]

    @property
    def rated_balance(self) -> Array:
        """The sum of the classes that are no residual."""
        return np.asarray(self.balance[self.rated].sum(axis=0))

    def target_cover(self) -> Array:
        """Return the overcollateralisation that the deal must hold."""
        cover, opening = self.deal.cover, self.flows.opening
        fixed = cover.target_share * opening
        if not cover.when:
            return np.full(self.pooling.count, fixed)
        stepped = np.maximum(cover.floor_share * opening, cover.stepped_share * self.pool)
        return np.where(self.holds(cover.when, cover.unless), stepped, fixed)

    def rows(self, groups: Groups, kind: str = "class") -> list[int | Span]:
        """Return the rows of groups of classes (or fees), each a row or several."""
        if (groups, kind) not in self._rows:
            index = self.fee_row if kind == "fee" else self.row
            listed = [[index[name] for name in group] for group in groups]
            self._rows[groups, kind] = [x[0] if len(x) == 1 else span(x) for x in listed]
        return self._rows[groups, kind]

    def span(self, names: tuple[str, ...]) -> Span:
        """Return the rows of some classes."""
        return span([self.row[name] for name in names])

    def holds(self, when: tuple[str, ...], unless: tuple[str, ...]) -> np.ndarray:
        """Return where every trigger of ``when`` holds and none of ``unless``."""
        if (when, unless) not in self.held:
            held = np.ones(self.pooling.count, dtype=bool)
            for name in when:
                held &= self.flags[name]
            for name in unless:
                held &= ~self.flags[name]
            self.held[when, unless] = held
        return self.held[when, unless]

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
