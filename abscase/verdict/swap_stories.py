"""The swap told three times: as it came, under the arrears of the epidemic, as expected in 2007."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from abscase.case import Case
from abscase.estimate import rows
from abscase.operating.swap import Side, multiple_for
from abscase.quality.stress import fintech_rise
from abscase.verdict.swap_paths import PoolAfter, side


def pairs(
    cases: Mapping[str, Case], ant: PoolAfter, subprime: PoolAfter
) -> dict[str, tuple[Side, Side]]:
    """Return the two sides of the swap for each story.

    Parameters
    ----------
    cases : mapping of str to Case
        "ant", "us_subprime" and "cn_peers".
    ant, subprime : PoolAfter
        What the two pools did.

    Returns
    -------
    dict
        "seen"; "epidemic", with Ant's default rate times the published rise of fintech arrears in
        2020; "expected", with the US default rate scaled so that the deal at home loses what was
        expected of its vintage in 2007.
    """
    first, second = side(cases["ant"], ant), side(cases["us_subprime"], subprime)
    risen = side(cases["ant"], ant, fintech_rise(cases["cn_peers"]).value)
    multiple = multiple_for(second, expected_in_2007(cases["us_subprime"]))
    hoped = side(cases["us_subprime"], subprime, multiple)
    return {"seen": (first, second), "epidemic": (risen, second), "expected": (first, hoped)}


def expected_in_2007(case: Case) -> float:
    """Return the loss that S&P expected of subprime loans of 2006 during 2007: its middle."""
    found = _expected(case)
    return float(np.mean([found["value"].min(), found["value"].max()]))


def _expected(case: Case) -> pd.DataFrame:
    return rows(case.table("series"), ["projected_loss_low", "projected_loss_high"],
                segment="subprime:vintage_2006:sp")  # fmt: skip


def swap_sources(case: Case, *pools: PoolAfter) -> list[str]:
    """Return the sources of the pools, and of the loss expected of US subprime (``case``)."""
    return sorted(
        {*_expected(case)["source_id"], *(each for pool in pools for each in pool.sources)}
    )
