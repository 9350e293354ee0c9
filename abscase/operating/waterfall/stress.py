"""How bad it must get before a class loses principal."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.errors import ChoiceError, ParameterFaults
from abscase.operating.waterfall.deal import Deal
from abscase.operating.waterfall.engine import run
from abscase.operating.waterfall.measures import LOST, pool_loss, principal_loss
from abscase.operating.waterfall.scenario import Scenario
from abscase.ranges import Array

POINTS = 33
ROUNDS = 5
MOST = 64.0
INNER = 5


@dataclass(frozen=True)
class Breakeven:
    """Where a class first loses principal.

    ``multiple`` of the assumption (infinite where even the largest does no harm); ``pool_loss`` and
    ``expected_loss``, the pool's losses over its closing balance there and at multiple 1;
    ``coverage`` is pool_loss / expected_loss (nan where nothing is expected; where no multiple does
    harm, pool_loss is the largest that was run and coverage a lower bound).
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
    most: float = MOST,
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
    return _search(deal, [tranche], on, scenario or Scenario(), most)[0]


def _search(
    deal: Deal, tranches: list[str], on: str, scenario: Scenario, most: float
) -> list[Breakeven]:  # fmt: skip
    """Search for all classes at once: one run a round holds the brackets of all of them."""
    if scenario.count > 1:
        raise ParameterFaults(["scenario holds several scenarios; give one"])
    expected = float(pool_loss(run(deal, scenario))[0])
    found = {name: Breakeven(tranche=name, on=on, multiple=0.0, pool_loss=0.0,
                             expected_loss=expected) for name in tranches}  # fmt: skip
    brackets = dict.fromkeys(tranches, (0.0, most))
    for _ in range(ROUNDS):
        ends = sorted(set(brackets.values()))
        if not ends:
            break
        grid = np.concatenate([np.linspace(*each, POINTS) for each in ends])
        result = run(deal, scenario.scaled(deal, on, grid))
        hits, losses = principal_loss(result) > LOST, pool_loss(result)
        for name, bracket in list(brackets.items()):
            start = ends.index(bracket) * POINTS
            inside = slice(start, start + POINTS)
            hit = hits[inside, deal.names.index(name)]
            first = int(np.argmax(hit))
            if not hit.any():
                found[name] = replace(found[name], multiple=np.inf,
                                      pool_loss=float(losses[inside].max()))  # fmt: skip
            elif first > 0:
                low, high = grid[inside][first - 1 : first + 1]
                found[name] = replace(found[name], multiple=float(low),
                                      pool_loss=float(losses[inside][first - 1]))  # fmt: skip
                brackets[name] = float(low), float(high)
            if first == 0:
                del brackets[name]
    return list(found.values())


def break_losses(
    deal: Deal, scenario: Scenario, multiples: npt.ArrayLike, on: str = "default"
) -> pd.DataFrame:  # fmt: skip
    """Return the break loss of every class from one run over a grid, for quick comparisons.

    Parameters
    ----------
    deal : Deal
        A deal that writes its classes down.
    scenario : Scenario
        One scenario.
    multiples : array
        Of the assumption, rising.
    on : str
        As in `breakeven`.

    Returns
    -------
    DataFrame
        ``tranche``, ``break_loss`` (pool loss over the closing pool at which the class is first
        hit), ``reached`` (False where the largest multiple does no harm: a lower bound).

    Notes
    -----
    A second run lays five multiples into each bracket around a first hit; between two of them the
    class's loss is carried back along its slope to 0.
    """
    grid = np.asarray(multiples, dtype=float)
    rows = [row for row, each in enumerate(deal.tranches) if each.kind in ("fixed", "floating")]
    lost, pool = _losses(deal, scenario, on, grid)
    firsts = {int(np.argmax(lost[:, row] > LOST)) for row in rows} - {0}
    inner = [np.linspace(grid[first - 1], grid[first], INNER + 2)[1:-1] for first in firsts]
    if inner:
        more = np.concatenate(inner)
        finer, its_pool = _losses(deal, scenario, on, more)
        order = np.argsort(np.concatenate([grid, more]))
        lost, pool = np.concatenate([lost, finer])[order], np.concatenate([pool, its_pool])[order]
    found = [(deal.names[row], *_first_loss(lost[:, row], pool)) for row in rows]
    return pd.DataFrame(found, columns=["tranche", "break_loss", "reached"])


def _losses(deal: Deal, scenario: Scenario, on: str, grid: Array) -> tuple[Array, Array]:
    result = run(deal, scenario.scaled(deal, on, grid))
    return principal_loss(result), pool_loss(result)


def _first_loss(lost: Array, pool: Array) -> tuple[float, bool]:
    """Return the pool loss at which a class is first hit, and whether it is hit at all."""
    hit = lost > LOST
    first = int(np.argmax(hit))
    if not hit.any():
        return float(pool.max()), False
    after = min(first + 1, len(pool) - 1)
    rise = lost[after] - lost[first]
    back = lost[first] * (pool[after] - pool[first]) / rise if rise > 0 else 0.0
    return float(np.clip(pool[first] - back, pool[max(first - 1, 0)], pool[first])), True


def breakevens(
    deal: Deal, on: str = "default", scenario: Scenario | None = None
) -> list[Breakeven]:  # fmt: skip
    """Return the breakeven of every class that is promised principal."""
    promised = [each.name for each in deal.tranches
                if each.kind in ("fixed", "floating") and deal.face(each) > 0]  # fmt: skip
    return _search(deal, promised, on, scenario or Scenario(), MOST)
