"""How bad it must get before a class loses principal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abscase.errors import ChoiceError, ParameterFaults
from abscase.operating.waterfall.deal import Deal
from abscase.operating.waterfall.engine import run
from abscase.operating.waterfall.measures import pool_loss, principal_loss
from abscase.operating.waterfall.scenario import Scenario
from abscase.ranges import Array

POINTS = 33
ROUNDS = 5
LOST = 1e-6
"""A class counts as hit once it loses more than this share of its face."""


@dataclass(frozen=True)
class Breakeven:
    """Where a class first loses principal.

    ``multiple`` of the assumption (infinite where even the largest does no harm); ``pool_loss`` and
    ``expected_loss``, the pool's losses over its closing balance there and at multiple 1;
    ``coverage`` is pool_loss / expected_loss (nan where nothing is expected).
    """

    tranche: str
    on: str
    multiple: float
    pool_loss: float
    expected_loss: float

    @property
    def coverage(self) -> float:
        """Losses the class survives over losses expected: the coverage multiple."""
        return self.pool_loss / self.expected_loss if self.expected_loss > 0 else float("nan")


def breakeven(
    deal: Deal, tranche: str, on: str = "default", scenario: Scenario | None = None,
    most: float = 64.0,
) -> Breakeven:  # fmt: skip
    """Return the largest multiple of an assumption at which a class loses no principal.

    Parameters
    ----------
    deal : Deal
        A deal whose pool is made of its own assumptions.
    tranche : str
        A class that is promised principal.
    on : {"default", "severity", "speed"}
        The default rate, the severity or the prepayment rate.
    scenario : Scenario, optional
        One scenario, whose assumption is multiplied; without it the deal's own.
    most : float
        Largest multiple tried, above 1.

    Raises
    ------
    ChoiceError
        There is no such class.
    ParameterFaults
        The assumption is 0, or there are several scenarios.

    Notes
    -----
    BDR = sup {m : the class loses 0 at m times the assumption}. Each round runs 33 multiples at
    once between the last without loss and the first with one, so that the bracket shrinks 32-fold;
    after 5 rounds it is most / 3e7 wide. Where the loss does not rise with the multiple, the lowest
    crossing seen on the first grid is taken.
    """
    names = [each.name for each in deal.tranches if each.kind != "residual"]
    if tranche not in names:
        raise ChoiceError("tranche", tranche, names)
    scenario = scenario or Scenario()
    if scenario.count > 1:
        raise ParameterFaults(["scenario holds several scenarios; give one"])
    row = deal.names.index(tranche)
    expected = float(pool_loss(run(deal, scenario))[0])
    low, high, lost_at = 0.0, most, 0.0
    for _ in range(ROUNDS):
        grid = np.linspace(low, high, POINTS)
        hit, losses = _hit(deal, scenario, on, grid, row)
        if not hit.any():
            return Breakeven(tranche, on, np.inf, float(losses.max()), expected)
        first = int(np.argmax(hit))
        if first == 0:
            return Breakeven(tranche, on, 0.0, 0.0, expected)
        low, high = float(grid[first - 1]), float(grid[first])
        lost_at = float(losses[first - 1])
    return Breakeven(tranche, on, low, lost_at, expected)


def _hit(
    deal: Deal, scenario: Scenario, on: str, grid: Array, row: int
) -> tuple[np.ndarray, Array]:  # fmt: skip
    result = run(deal, scenario.scaled(deal, on, grid))
    return principal_loss(result)[:, row] > LOST, pool_loss(result)


def breakevens(
    deal: Deal, on: str = "default", scenario: Scenario | None = None
) -> list[Breakeven]:  # fmt: skip
    """Return the breakeven of every class that is promised principal."""
    promised = [each for each in deal.tranches if each.kind in ("fixed", "floating")]
    return [breakeven(deal, each.name, on, scenario) for each in promised if deal.face(each) > 0]
