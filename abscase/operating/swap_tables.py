"""The swap as tables: the four cells, the split of the gap, and what was moved."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from abscase.operating.swap import RANKS, Losses, Side, given_path, months_of, shapley
from abscase.operating.waterfall import Deal
from abscase.ranges import Array


def cell_table(cells: Mapping[tuple[int, int], Losses], coverage: float = 0.95) -> pd.DataFrame:
    """Return the loss of each rank in each cell.

    Parameters
    ----------
    cells : mapping
        As `swap` returns it. The first scenario is the estimate, the others its uncertainty.
    coverage : float
        Share of the scenarios between ``low`` and ``high``.

    Returns
    -------
    DataFrame
        ``assets``, ``structure`` (0 or 1), ``rank`` ("pool", "bought" or one of `RANKS`), ``loss``,
        ``low``, ``high`` (decimals).
    """
    rows = [
        {"assets": a, "structure": s, "rank": rank, **_with_interval(values, "loss", coverage)}
        for (a, s), found in cells.items() for rank, values in found.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def split_table(cells: Mapping[tuple[int, int], Losses], coverage: float = 0.95) -> pd.DataFrame:
    """Return the split of each rank's gap.

    Returns
    -------
    DataFrame
        ``rank``, ``part`` ("gap", "assets", "structure", "interaction", "assets_first",
        "structure_first"), ``value``, ``low``, ``high`` (decimals of the face).
    """
    rows = [
        {"rank": rank, "part": part, **_with_interval(values, "value", coverage)}
        for rank in RANKS for part, values in shapley(cells, rank).items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _with_interval(values: Array, name: str, coverage: float) -> dict[str, float]:
    drawn = values[1:] if len(values) > 1 else values
    low, high = np.quantile(drawn, [(1 - coverage) / 2, (1 + coverage) / 2])
    return {name: float(values[0]), "low": float(low), "high": float(high)}


def matched(first: Side, second: Side) -> pd.DataFrame:
    """Return the terms on which the two deals differ, and with what each of them travels.

    Returns
    -------
    DataFrame
        ``term``, ``travels`` ("assets" or "structure"), ``unit`` (as in the schema), ``first``,
        ``second``.
    """
    travels = {
        "loan_rate": ("assets", "decimal_pa"), "loan_term": ("assets", "months"),
        "severity": ("assets", "decimal"), "recovery_lag": ("assets", "months"),
        "first_year": ("assets", "decimal"), "purchases": ("structure", "months"),
        "coupon": ("structure", "decimal_pa"),
    } | {f"{rank}_share": ("structure", "decimal") for rank in RANKS}  # fmt: skip
    one, two = _terms(first), _terms(second)
    rows = [(term, *kind, one[term], two[term]) for term, kind in travels.items()]
    return pd.DataFrame(rows, columns=["term", "travels", "unit", "first", "second"])


def _terms(side: Side) -> dict[str, float]:
    deal, pool = side.deal, side.deal.pool
    shares = {
        f"{rank}_share": sum(deal.face(each) for each in deal.tranches
                             if each.name in side.ranks[rank]) / pool.balance
        for rank in RANKS
    }  # fmt: skip
    return {
        "loan_rate": pool.rate, "loan_term": pool.term_months, "recovery_lag":
        pool.recovery_lag_months, "severity": float(np.mean(given_path(side.static.severity))),
        "first_year": _first_year(side), "purchases": side.buys_months, "coupon": _coupon(deal),
        **shares,
    }  # fmt: skip


def _first_year(side: Side) -> float:
    """Return the share of a level pool that defaults in its first twelve months at home."""
    yearly = np.atleast_2d(given_path(months_of(side, side).default_rate))[0, :12]
    return float(1 - np.prod((1 - yearly) ** (1 / 12)))


def _coupon(deal: Deal) -> float:
    """Return the mean coupon of the rated classes at closing, weighted by face."""
    rated = [each for each in deal.tranches if each.kind in ("fixed", "floating")]
    rates = [each.rate if each.kind == "fixed" else deal.index_rate + each.margin for each in rated]
    return float(np.average(rates, weights=[deal.face(each) for each in rated]))
