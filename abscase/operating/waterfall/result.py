"""What came of a run: arrays (scenario, period, tranche), and the few sums made of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abscase.operating.waterfall.book import Book
from abscase.operating.waterfall.dates import Dates
from abscase.operating.waterfall.deal import Deal
from abscase.ranges import Array


@dataclass(frozen=True)
class Result:
    """Every payment of a run, in currency.

    ``lines`` are kept as the run wrote them: (period, tranche, scenario) or (period, scenario). The
    properties turn them to (scenario, period, tranche) and (scenario, period), without a copy.
    """

    deal: Deal
    days: Dates
    lines: dict[str, Array]
    pool_in: dict[str, Array]
    measures: dict[str, Array]
    opening_balance: Array
    opening_pool: float

    def __getattr__(self, name: str) -> Array:
        """Return a line by its name, turned to (scenario, period, ...)."""
        if name.startswith("__") or name == "lines" or name not in self.lines:
            raise AttributeError(name)
        return np.moveaxis(self.lines[name], -1, 0)

    def of(self, line: str, tranche: str) -> Array:
        """Return one class's line, (scenario, period)."""
        return np.asarray(self.lines[line][:, self.deal.names.index(tranche)].T)

    @property
    def rated(self) -> list[int]:
        """The rows of the classes that are no residual."""
        return [k for k, each in enumerate(self.deal.tranches) if each.kind != "residual"]

    @property
    def pool_loss(self) -> Array:
        """Loss of the assets in each period, (period, scenario): what they lost and did not pay.

        Opening assets + bought - closing assets - principal collected, with the assets that tests
        see (defaulted loans until their recovery only where the deal counts them).
        """
        opening = np.full_like(self.lines["pool"][:1], self.opening_pool)
        drop = -np.diff(self.lines["pool"], axis=0, prepend=opening)
        return np.asarray(drop + self.lines["bought"] - self.pool_in["principal"])

    @property
    def writedowns(self) -> Array:
        """Write-downs of all classes, (period, scenario)."""
        return np.asarray(self.lines["writedown"].sum(axis=1))

    @property
    def spread_used(self) -> Array:
        """Cash of other origin than principal that paid rated principal or bought loans.

        Negative where principal paid interest, fees or the residual, or was kept.
        """
        paid = self.lines["principal"][:, self.rated].sum(axis=1) + self.lines["bought"]
        return np.asarray(paid - self.pool_in["principal"] - self.lines["pik"].sum(axis=1))

    @property
    def cover_used(self) -> Array:
        """Fall of the cover (pool less rated balances) in each period, (period, scenario)."""
        rated = self.opening_balance[self.rated].sum()
        held = self.lines["pool"] - self.lines["balance"][:, self.rated].sum(axis=1)
        opening = np.full_like(held[:1], self.opening_pool - rated)
        return np.asarray(-np.diff(held, axis=0, prepend=opening))


def result_of(book: Book) -> Result:
    """Return the result of a run that has ended."""
    deal, flows = book.deal, book.flows
    principal = flows.principal + flows.prepayment + flows.recovery + book.lines["called"]
    pool_in = {"interest": flows.interest, "principal": principal, "default": flows.default,
               "recovery": flows.recovery, "loss": flows.loss}  # fmt: skip
    return Result(
        deal, book.pooling.days, book.lines, pool_in, book.measures, book.faces,
        flows.opening,
    )  # fmt: skip
