"""The gap in default between two groups, split by every method beside each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from abscase.errors import NotEstimable
from abscase.quality.gap import REFERENCES, fairlie, threefold, twofold
from abscase.quality.risk_factors import loan_months, support
from abscase.quality.study import Study

AGE, BAND = "age_months", 6
LEAST_COMMON = 0.1
BOOT_SHARE = 5
"""The nonlinear split is that many times as slow, and gets so many times fewer resamples."""
COLUMNS = ["method", "reference", "part", "estimate", "lo", "hi"]


def shared_cells(studies: Mapping[str, Study]) -> pd.DataFrame:
    """Return the cells of several tapes on the facts that all of them have, in loan-months.

    Returns
    -------
    DataFrame
        ``case``, ``vintage``, ``age_months`` (mean of a band of half a year), each shared fact,
        ``at_risk`` (loan-months) and ``default``.
    """
    shared = [name for name in next(iter(studies.values())).numbers
              if all(name in each.numbers for each in studies.values())]  # fmt: skip
    parts = [_merged(loan_months(each.cells, each.pool.period_months), shared).assign(case=case)
             for case, each in studies.items()]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def early_and_late(done: Study) -> pd.DataFrame:
    """Return one tape's cells as two groups, "early" and "late" cohorts, halved by loan-months."""
    frame = _merged(loan_months(done.cells, done.pool.period_months), list(done.numbers))
    year = frame["vintage"] // 10
    held = frame.groupby(year)["at_risk"].sum().cumsum()
    middle = held.index[held >= held.iloc[-1] / 2][0]
    middle = min(middle, held.index[-2]) if len(held) > 1 else middle
    return frame.assign(cohorts=np.where(year <= middle, "early", "late"))


def usable(frame: pd.DataFrame, group: str, pair: tuple[str, str]) -> pd.DataFrame:
    """Return the overlap of each covariate in both groups, and whether a split may use it.

    Returns
    -------
    DataFrame
        As :func:`abscase.quality.risk_factors.support` returns it, with ``used``: it varies in both
        groups, and at least a tenth of the loan-months lie where both have loans. Elsewhere the
        split would price what it never saw.
    """
    names = [str(name) for name in frame
             if name not in (group, "vintage", "at_risk", "default")]  # fmt: skip
    found = support(frame, group, pair, names)
    values = frame.groupby(group)[names].nunique().reindex(list(pair), fill_value=0)
    varies = (values > 1).all().to_numpy()
    return found.assign(used=varies & (found["common"] >= LEAST_COMMON))


def overlapping(
    frame: pd.DataFrame, group: str, pair: tuple[str, str], names: Sequence[str]
) -> pd.DataFrame:
    """Return the rows that lie, in each covariate, where both groups have loans (5 to 95 %)."""
    if not names:
        return frame
    found = support(frame, group, pair, names).set_index("factor")
    low = found[["first_low", "second_low"]].max(axis=1)
    high = found[["first_high", "second_high"]].min(axis=1)
    inside = np.all([frame[name].between(low[name], high[name]) for name in names], axis=0)
    return frame[inside].reset_index(drop=True)


def splits(
    frame: pd.DataFrame,
    group: str,
    pair: tuple[str, str],
    covariates: Sequence[str],
    rng: np.random.Generator,
    n_boot: int = 1000,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Return the parts of the gap by each method and each choice of reference.

    Parameters
    ----------
    frame : DataFrame
        As :func:`shared_cells` or :func:`early_and_late` returns it.
    group, pair, covariates, rng, n_boot, alpha
        As in :func:`abscase.quality.gap.twofold`; cohorts are resampled whole.

    Returns
    -------
    DataFrame
        ``method`` ("twofold", "fairlie", "threefold"), ``reference``, ``part``, ``estimate``,
        ``lo``, ``hi``; the whole gap with every method. A method whose reference cannot be
        estimated from these rows has one row, of the part "none", without numbers; so have all
        where no covariate is left to split by.
    """
    given: dict[str, Any] = {
        "group": group, "pair": pair, "covariates": list(covariates), "cluster": "vintage",
        "alpha": alpha, "rng": rng,
    }  # fmt: skip
    fewer = n_boot // BOOT_SHARE
    ways: list[tuple[str, str, Callable[[], pd.DataFrame]]] = [
        *(("twofold", name, partial(twofold, frame, reference=name, n_boot=n_boot, **given))
          for name in REFERENCES),
        *(("fairlie", name, partial(fairlie, frame, reference=name, n_boot=fewer, **given))
          for name in REFERENCES[:2]),
        ("threefold", "seen", partial(threefold, frame, n_boot=n_boot, **given)),
    ]  # fmt: skip
    parts = [_tried(way if covariates else None).assign(method=method, reference=reference)
             for method, reference, way in ways]  # fmt: skip
    table = pd.concat(parts, ignore_index=True)
    return table.loc[table["term"] == "all", COLUMNS].reset_index(drop=True)


def whole(parts: pd.DataFrame) -> float | None:
    """Return the whole gap of what :func:`splits` returns, None where no method gives one."""
    gaps = parts.loc[parts["part"] == "gap", "estimate"].dropna()
    return float(gaps.iloc[0]) if len(gaps) else None


def _tried(way: Callable[[], pd.DataFrame] | None) -> pd.DataFrame:
    none = pd.DataFrame({"part": ["none"], "term": "all", "estimate": np.nan, "lo": np.nan,
                         "hi": np.nan})  # fmt: skip
    try:
        return way() if way else none
    except NotEstimable:
        return none


def _merged(cells: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return cells merged over all but vintage, band of age and the groups of the facts."""
    whole = cells[cells[list(names)].notna().all(axis=1) & (cells["at_risk"] > 0)]
    keys = {"vintage": whole["vintage"], "band": whole[AGE] // BAND}
    keys |= {f"{name}_bin": whole[f"{name}_bin"] for name in names}
    means = [AGE, *names]
    weighted = whole[means].mul(whole["at_risk"], axis=0)
    sums = pd.concat([weighted, whole[["at_risk", "default"]]], axis=1).groupby(list(keys.values()))
    found = sums.sum()
    found.index.names = list(keys)
    found[means] = found[means].div(found["at_risk"], axis=0)
    return found.reset_index()[["vintage", *means, "at_risk", "default"]]
