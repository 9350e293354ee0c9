r"""Two pools through two structures: whose doing is the difference of the losses of their classes?

With the loss :math:`v(a, s)` of a class when the assets of deal a run through the structure of deal
s, the gap between the two deals at home splits exactly:

.. math::

    v(B,B)-v(A,A) = \underbrace{v(B,A)-v(A,A)}_{\text{assets alone}}
        + \underbrace{v(A,B)-v(A,A)}_{\text{structure alone}} + \text{interaction},

and the Shapley value gives each of the two half of the interaction: the mean of what a change does
when it comes first and when it comes second.

References
----------
Shapley, L. S. (1953). A value for n-person games. *Contributions to the Theory of Games* 2, 307-317.
Shorrocks, A. F. (2013). Decomposition procedures for distributional analysis. *Journal of Economic
Inequality* 11(1), 99-126.
"""  # noqa: E501 (the title of a paper)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.errors import ParameterFaults
from abscase.operating.waterfall import Deal, Result, Scenario, pool_loss, principal_loss, run
from abscase.ranges import Array

RANKS = ("senior", "mezzanine", "junior")
PARTS = ("assets", "structure", "interaction")
MOST_PERIODS = 600
Losses = Mapping[str, Array]


@dataclass(frozen=True)
class Side:
    """A deal that lends its pool and its structure to the swap.

    Parameters
    ----------
    deal : Deal
        At home.
    ranks : mapping of str to tuple of str
        The classes of each rank of `RANKS`; the junior one is the residual.
    revolving, static : Scenario
        The pool's months after closing, several scenarios of them, when a structure buys loans and
        when it does not: bought loans are younger than those that are there.
    buys_months : int
        Months of purchases in this structure; 0 for none.
    """

    deal: Deal
    ranks: Mapping[str, tuple[str, ...]]
    revolving: Scenario
    static: Scenario
    buys_months: int = 0


def crossed(structure: Deal, assets: Deal) -> Deal:
    """Return a deal with the structure of one and the loans of another.

    Notes
    -----
    Classes, fees, priorities, triggers, size and closing are those of ``structure``; rate, term,
    amortisation, recovery lag and how arrears count are those of the pool of ``assets``. Loans
    bought later have the term of that pool. The calendar runs until the last of its loans is gone.
    """
    if structure is assets:
        return structure
    size, origin = structure.pool.balance, structure.pool.origin
    pool = replace(assets.pool, balance=size, origin=origin)
    bought = structure.revolving
    if bought is not None:
        bought = replace(bought, term_months=pool.term_months)
    return replace(structure, pool=pool, revolving=bought)


def _long(deal: Deal, buys_months: int) -> Deal:
    """Return the deal with as many payments as its loans can need."""
    months = deal.pool.term_months + deal.pool.recovery_lag_months + buys_months + 2
    return replace(deal, calendar=replace(deal.calendar, periods=min(months, MOST_PERIODS)))


def losses(structure: Side, assets: Side) -> dict[str, Array]:
    """Return what the pool and each rank lose, one number a scenario.

    Returns
    -------
    dict
        "pool" and "bought" (loans bought later) over the closing pool, and each of `RANKS` over
        the face of its classes.

    Notes
    -----
    Senior and mezzanine: principal never paid back. Junior: min(1, (pool loss - loss of the other
    ranks) / share of the junior in the pool): the part of its principal that losses use up, before
    any interest it receives, which may make good for it.
    """
    return _lost(structure, assets, months_of(structure, assets))


def bought(structure: Side, assets: Side) -> float:
    """Return the loans a structure buys for a pool over the closing pool, on average."""
    if not structure.buys_months:
        return 0.0
    result = _run(structure, assets, assets.revolving)
    return float(result.lines["bought"].sum(axis=0).mean() / result.opening_pool)


def months_of(structure: Side, assets: Side) -> Scenario:
    """Return the months that a pool lives through in a structure.

    Those of loans bought over time where the structure buys more than the pool it began with, those
    of the closing pool otherwise: a structure may be free to buy and collect too little for it.
    """
    return assets.revolving if bought(structure, assets) > 1 else assets.static


def _run(structure: Side, assets: Side, scenario: Scenario) -> Result:
    return run(_long(crossed(structure.deal, assets.deal), structure.buys_months), scenario)


def _lost(structure: Side, assets: Side, scenario: Scenario) -> dict[str, Array]:
    result = _run(structure, assets, scenario)
    deal = result.deal
    lost, faces = principal_loss(result), result.opening_balance
    row = {name: place for place, name in enumerate(deal.names)}
    purchases = np.maximum(result.lines["bought"].sum(axis=0), 0) / result.opening_pool
    found = {"pool": pool_loss(result), "bought": purchases}
    for rank in ("senior", "mezzanine"):
        places = [row[name] for name in structure.ranks[rank]]
        found[rank] = lost[:, places] @ faces[places] / faces[places].sum()
    share = faces[[row[name] for name in structure.ranks["junior"]]].sum() / result.opening_pool
    rest = found["pool"] - lost @ faces / result.opening_pool
    found["junior"] = np.clip(rest / share, 0.0, 1.0)
    return found


def swap(first: Side, second: Side) -> dict[tuple[int, int], dict[str, Array]]:
    """Return the losses of the four cells by (assets, structure); 0 is the first deal, 1 the other.

    Raises
    ------
    ParameterFaults
        The two deals come with different numbers of scenarios.
    """
    counts = {each.revolving.count for each in (first, second)}
    counts |= {each.static.count for each in (first, second)}
    if len(counts) > 1:
        given = ", ".join(str(count) for count in sorted(counts))
        raise ParameterFaults([f"scenarios of the two deals are {given} in number; give as many"])
    sides = (first, second)
    return {(a, s): losses(sides[s], sides[a]) for a in (0, 1) for s in (0, 1)}


def ladder(structure: Side, assets: Side, multiples: npt.ArrayLike) -> pd.DataFrame:
    """Return the losses of one cell as the default rate of its loans is multiplied.

    Parameters
    ----------
    structure, assets : Side
        The first scenario of ``assets`` is taken.
    multiples : array
        At least 0.

    Returns
    -------
    DataFrame
        ``multiple``, ``pool``, ``bought`` and each of `RANKS` (decimals, as in `losses`).
    """
    months = months_of(structure, assets)
    default, prepayment = (np.atleast_2d(given_path(each))[:1]
                           for each in (months.default_rate, months.prepayment_rate))  # fmt: skip
    first = replace(months, default_rate=default, prepayment_rate=prepayment)
    grid = np.asarray(multiples, dtype=float)
    found = _lost(structure, assets, first.scaled(assets.deal, "default", grid))
    return pd.DataFrame({"multiple": grid, **found})


def given_path(values: npt.ArrayLike | None) -> Array:
    if values is None:
        raise ParameterFaults(["a side of the swap needs paths of default and prepayment"])
    return np.asarray(values, dtype=float)


def multiple_for(side: Side, loss: float) -> float:
    """Return the multiple of the default rate at which a pool at home loses a given share.

    Raises
    ------
    ParameterFaults
        No multiple up to 8 reaches the loss.
    """
    low, high = 0.0, 8.0
    for _ in range(3):
        steps = ladder(side, side, np.linspace(low, high, 33))
        if not loss <= steps["pool"].max():
            most = steps["pool"].max()
            raise ParameterFaults([f"loss is {loss:g}; the pool loses at most {most:.3g}"])
        place = max(int(np.argmax(steps["pool"] >= loss)), 1)
        low, high = steps["multiple"].iloc[place - 1], steps["multiple"].iloc[place]
    return float(high)


def shapley(cells: Mapping[tuple[int, int], Losses], rank: str) -> dict[str, Array]:
    """Return how the gap of a rank's loss between the two homes splits, by scenario.

    Returns
    -------
    dict
        "gap", "assets" and "structure" (Shapley values; they add up to the gap), "interaction"
        (what both changes do together beyond each alone; half of it is in either value), and
        "assets_first", "structure_first" (each change made alone).
    """
    home, other = cells[0, 0][rank], cells[1, 1][rank]
    assets, structure = cells[1, 0][rank] - home, cells[0, 1][rank] - home
    gap = other - home
    both = gap - assets - structure
    return {"gap": gap, "assets": assets + both / 2, "structure": structure + both / 2,
            "interaction": both, "assets_first": assets, "structure_first": structure}  # fmt: skip
