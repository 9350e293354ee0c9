"""Which facts of a loan a hazard can be fitted on, cut into cells; and which two tapes share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from narwhals.stable.v2.typing import IntoFrame

from abscase.quality.tally import tally
from abscase.ranges import require

STEPS = {"score": 20.0, "ltv": 0.1, "dti": 0.1, "orig_rate": 0.01, "term_months": 12.0}
"""Facts at origination that do not hang on the currency, and the step that a ratio is for."""
KNOWN = 0.5
FEWEST_EVENTS = 20
OTHER = "other"


def risk_factors(loan: IntoFrame) -> dict[str, float]:
    """Return the facts that a hazard can use, each with the step of its coefficient.

    Parameters
    ----------
    loan : frame of any engine
        The table of that name.

    Returns
    -------
    dict
        Those of ``STEPS`` that at least half of the loans have and in which they differ, so that at
        least one inner edge can be drawn.
    """
    columns = nw.from_native(loan).collect_schema().names()
    counts = {name: _counts(loan, name) for name in STEPS if name in columns}
    return {
        name: STEPS[name] for name, held in counts.items()
        if _known(held) >= KNOWN and _edges(held, 2)
    }  # fmt: skip


def edges(loan: IntoFrame, names: Sequence[str], groups: int = 8) -> dict[str, list[float]]:
    """Return inner edges that cut each column into groups of nearly equal size."""
    require(groups=(groups, 2, 1000))
    return {name: _edges(_counts(loan, name), groups) for name in names}


def lumped(values: pd.Series, events: pd.Series, fewest: int = FEWEST_EVENTS) -> pd.Series:
    """Return categories with those of fewer than ``fewest`` events put together as "other".

    Where that still is too few, they go to the category with the fewest events of the rest.
    """
    sums = events.groupby(values).sum().sort_values(kind="stable")
    small = sums.index[sums < fewest]
    if sums[small].sum() >= fewest or len(small) == len(sums):
        return values.where(~values.isin(small), OTHER)
    return values.where(~values.isin(small), sums.index[len(small)])


def loan_months(frame: pd.DataFrame, period_months: float) -> pd.DataFrame:
    """Return cells with ``at_risk`` in loan-months, whatever the length of the tape's period.

    Events over loan-months is a rate a month, near to the hazard of a month where it is small.
    """
    return frame.assign(at_risk=frame["at_risk"] * period_months)


def support(
    frame: pd.DataFrame, group: str, pair: tuple[str, str], names: Sequence[str]
) -> pd.DataFrame:
    """Return how far two groups overlap in each covariate.

    Parameters
    ----------
    frame : DataFrame
        Cells of both groups with ``at_risk``.
    group, pair
        The column that names the group, and its two values.
    names : sequence of str
        Numeric covariates.

    Returns
    -------
    DataFrame
        ``factor``; ``first_low``, ``first_mid``, ``first_high`` (5, 50 and 95 % of loan-periods of
        the first group) and the same for ``second``; ``common``, the share of the loan-periods of
        the two groups, each counting half, that lie where the ranges from 5 to 95 % of both
        overlap; 0 where a group has no value.
    """
    rows = []
    for name in names:
        sides = [_weighted(frame[frame[group] == one], name) for one in pair]
        if not all(len(value) for value, _ in sides):
            rows.append([name, *np.full(6, np.nan), 0.0])
            continue
        first, second = (_quantiles(*one, (0.05, 0.5, 0.95)) for one in sides)
        low, high = max(first[0], second[0]), min(first[2], second[2])
        inside = [weight[(value >= low) & (value <= high)].sum() / weight.sum()
                  for value, weight in sides]  # fmt: skip
        rows.append([name, *first, *second, float(np.mean(inside))])
    places = [f"{one}_{end}" for one in ("first", "second") for end in ("low", "mid", "high")]
    return pd.DataFrame(rows, columns=["factor", *places, "common"])


def defaulted_within(spells: pd.DataFrame, months: float) -> pd.DataFrame:
    """Return the loans whose fate at an age is known, with ``defaulted`` by then.

    Parameters
    ----------
    spells : DataFrame
        As :func:`abscase.quality.cells.spells` returns them.
    months : float
        The age. A loan still there, but last seen at a younger age, is left out; one that was
        repaid before counts as not defaulted.
    """
    require(months=(months, 1, 600))
    late = spells["exit_months"] > months
    known = late | (spells["event"] > 0) | (spells["exit_months"] == months)
    defaulted = (spells["event"] == 1) & ~late
    return spells.assign(defaulted=defaulted.astype(float))[known].reset_index(drop=True)


def ages(frame: pd.DataFrame, period_months: int, fewest: int = 200) -> np.ndarray:
    """Return the ages, one a period, from the first to the last with ``fewest`` at risk."""
    held = frame.groupby("age_months")["at_risk"].sum()
    thick = held.index[held >= min(fewest, held.max())]
    return np.arange(max(period_months, thick.min()), thick.max() + 1, period_months)


def middles(frame: pd.DataFrame, names: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Return the lower and the upper quarter of each covariate over loan-periods."""
    found = {name: _quantiles(*_weighted(frame, name), (0.25, 0.75)) for name in names}
    return {name: (low, high) for name, (low, high) in found.items()}


def _counts(loan: IntoFrame, name: str) -> pd.DataFrame:
    return tally(loan, [name], [name])


def _known(counts: pd.DataFrame) -> float:
    total = counts["loans"].sum()
    return float(counts["loans"][counts.iloc[:, 0].notna()].sum() / total) if total else 0.0


def _edges(counts: pd.DataFrame, groups: int) -> list[float]:
    held = counts[counts.iloc[:, 0].notna()]
    values, loans = held.iloc[:, 0].to_numpy(dtype=float), held["loans"].to_numpy(dtype=float)
    if len(values) < 2:
        return []
    shares = np.arange(1, groups) / groups
    inner = np.unique(_quantiles(values, loans, shares))
    # A value on an edge belongs above it: an edge at the lowest value would leave nothing below.
    return [float(edge) for edge in inner if edge > values.min()] or [float(np.unique(values)[1])]


def _weighted(frame: pd.DataFrame, name: str) -> tuple[np.ndarray, np.ndarray]:
    held = frame[frame[name].notna() & (frame["at_risk"] > 0)]
    return held[name].to_numpy(dtype=float), held["at_risk"].to_numpy(dtype=float)


def _quantiles(
    values: np.ndarray, weights: np.ndarray, shares: Sequence[float] | np.ndarray
) -> np.ndarray:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    places = np.minimum(np.searchsorted(reached, np.asarray(shares) - 1e-12), len(values) - 1)
    found: np.ndarray = values[order][places]
    return found
