"""Break losses that Fitch published in 2008 beside those of a generic deal of the same classes.

A class's break loss is the loss of the pool, over its balance at the review, at which the class
takes its first loss. Nothing here is fitted to Fitch's figures: the deal is built of the balances
that stand beside them, of one printed loan rate, and of assumptions with a range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from abscase.case import Case
from abscase.estimate import rows
from abscase.operating.waterfall import (
    Calendar,
    Cover,
    Deal,
    Fee,
    Pool,
    Scenario,
    Step,
    Tranche,
    break_losses,
)

SENIORS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "msc_2006_he1": (("A-2",), ("A-3",), ("A-4",)),
    "sabr_2007_br1": (("A-1", "A-2A", "A-2B", "A-2C"),),
    "ace_2005_rm2": (("A-1A", "A-1B"),),
    "msac_2005_wmc1": (),
}
"""Deals of which the lowest class stands in the data, with their senior classes in order of payment
(assumed: in turn, but equal where loan groups or halves of one class have one each). The seniors of
msac_2005_wmc1 are taken as paid off, for none was reviewed. msac_2005_wmc2 is left out: the classes
below its last do not stand in the data, so that no enhancement is known."""
COLUMNS = {"class_balance": "balance", "break_loss": "fitch", "loss_coverage": "coverage"}
TERM = 336
"""Months to go of thirty-year loans two years old."""
QUARTER = 3
"""Months between payments; monthly ones move a break loss by less than half a point."""


@dataclass(frozen=True)
class Assumed:
    """What no row gives of a deal at its review; rates are yearly decimals.

    A steady default rate is raised until the class is hit. ``severity`` is 1: a published break
    loss of almost the whole pool shows that it was the losses that were scaled, without a limit by
    what homes would still fetch. ``cover`` is the overcollateralisation in times of what the target
    of CMLTI 2006-NC2, a share of the first balance, comes to on the balance left; ``coupon`` is
    what the classes cost on average.
    """

    severity: float = 1.0
    speed: float = 0.10
    coupon: float = 0.045
    cover: float = 1.0
    lag_months: float = 12
    fee: float = 0.0052


RANGES: Mapping[str, tuple[float, float]] = {
    "severity": (0.5, 1.0), "speed": (0.04, 0.25), "coupon": (0.03, 0.06), "cover": (0.0, 2.0),
    "lag_months": (0, 24),
}  # fmt: skip
"""Each assumption at either end, one at a time. Severity: from the most Moody's assumed in 2007;
coupon: from the index of mid-2008 to an index swapped at the level of 2006."""
POOL_FACTOR = 0.5
"""Taken where no row gives the share of the first balance that is left."""
MULTIPLES = np.geomspace(1, 50, 16)
BASE_RATE = 0.02
FIRST = date(2000, 1 + QUARTER, 1)


def reviewed(series: pd.DataFrame) -> pd.DataFrame:
    """Return the classes that Fitch reviewed in the deals of `SENIORS`, the first paid first.

    Parameters
    ----------
    series : DataFrame
        The table ``series`` of US subprime.

    Returns
    -------
    DataFrame
        ``deal``, ``tranche``, ``balance`` (currency), ``fitch`` (break loss, decimal of the pool),
        ``coverage`` (break loss over expected loss, times), ``subordination`` (balances below over
        all balances), ``grade``, ``source_id``.
    """
    found = rows(series, list(COLUMNS))
    places = found["segment"].str.split(":", n=1, expand=True)
    found = found.assign(deal=places[0], tranche=places[1])
    found = found[found["deal"].isin(list(SENIORS))]
    wide = found.pivot_table("value", ["deal", "tranche"], "measure", sort=False)
    table = wide.rename(columns=COLUMNS).reset_index().dropna(subset=["fitch", "balance"])
    first = found.drop_duplicates("deal").set_index("deal")
    table = table.assign(grade=table["deal"].map(first["grade"]),
                         source_id=table["deal"].map(first["source_id"]))  # fmt: skip
    parts = [_ordered(table[table["deal"] == deal], deal) for deal in SENIORS]
    return pd.concat(parts, ignore_index=True)


def _ordered(classes: pd.DataFrame, deal: str) -> pd.DataFrame:
    seniors = [name for group in SENIORS[deal] for name in group]
    rest = [name for name in classes["tranche"] if name not in seniors]
    table = classes.set_index("tranche").loc[[*seniors, *sorted(rest, key=_rank)]].reset_index()
    below = table["balance"].sum() - table["balance"].cumsum()
    for group in SENIORS[deal]:
        inside = table["tranche"].isin(group)
        below[inside] = below[inside].min()
    return table.assign(subordination=below / table["balance"].sum())


def _rank(name: str) -> tuple[bool, int]:
    """Return the place of a class below the seniors: M before B, then by number."""
    return name.startswith("B"), int(name.lstrip("MB-"))


def remaining_deal(classes: pd.DataFrame, cover: float, rate: float, assumed: Assumed) -> Deal:
    """Return a generic subprime deal of some classes as they stood at the review.

    Parameters
    ----------
    classes : DataFrame
        The rows of one deal of `reviewed`.
    cover : float
        Overcollateralisation over the pool, decimal in [0, 1).
    rate : float
        Of the loans, a year.
    assumed : Assumed

    Notes
    -----
    Every trigger has failed, as arrears of a quarter to two fifths of the pools make likely:
    principal goes to one class after the other to the end, and excess interest fills the cover up
    to its size at the review and otherwise leaves.
    """
    deal, names = str(classes["deal"].iloc[0]), list(classes["tranche"])
    seniors = tuple(name for group in SENIORS[deal] for name in group)
    below = tuple((name,) for name in names if name not in seniors)
    order, interest = (*SENIORS[deal], *below), (*((seniors,) if seniors else ()), *below)
    size = float(classes["balance"].sum()) / (1 - cover)
    pool = Pool(
        size, rate, TERM, default_rate=BASE_RATE, prepayment_rate=assumed.speed,
        severity=assumed.severity, recovery_lag_months=int(assumed.lag_months),
        count_defaulted=True,
    )  # fmt: skip
    steps = (
        Step("pay_fee", (("servicing",),)), Step("pay_interest", interest, source="interest"),
        Step("pay_principal", order, amount="cover"), Step("write_down", tuple(reversed(order))),
        Step("pay_residual", (("residual",),)),
    )  # fmt: skip
    tranches = [
        Tranche(name, balance=float(face), rate=assumed.coupon, funds_cap=True)
        for name, face in zip(names, classes["balance"], strict=True)
    ]
    residual = Tranche("residual", kind="residual", tracks_cover=True)
    calendar = Calendar(first_payment=FIRST, months=QUARTER)
    fees = (Fee("servicing", rate=assumed.fee),)
    return Deal(deal, (*tranches, residual), {"AMORTISING": steps}, pool, calendar, fees,
                cover=Cover(cover))  # fmt: skip


def ours(case: Case, assumed: Assumed | None = None) -> pd.DataFrame:
    """Return our break losses under the base and under each assumption at either end.

    Parameters
    ----------
    case : Case
        US subprime.
    assumed : Assumed, optional
        The base; `RANGES` are laid around it.

    Returns
    -------
    DataFrame
        ``deal``, ``tranche``, ``assumption`` ("base" or a name), ``value`` (of the assumption),
        ``pool`` (balance), ``break_loss`` (decimal of it), ``reached`` (False: the class never
        broke, and the break loss is the largest pool loss run).
    """
    assumed = assumed or Assumed()
    rate = case.value("loan_rate_mean", "cmlti_2006_nc2").value
    named = [("base", np.nan, assumed), *ends(assumed)]
    parts = []
    for deal, classes in reviewed(case.table("series")).groupby("deal", sort=False):
        share = first_cover(case, str(deal))
        for name, value, each in named:
            remaining = remaining_deal(classes, share * each.cover, rate, each)
            breaks = break_losses(remaining, Scenario(default_rate=BASE_RATE), MULTIPLES)
            parts.append(breaks.assign(
                deal=deal, assumption=name, value=value, pool=remaining.pool.balance,
            ))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def first_cover(case: Case, deal: str) -> float:
    """Return the target of CMLTI 2006-NC2 over the pool factor of a deal at its review."""
    series, deals = case.table("series"), case.table("deal")
    printed = deals.loc[deals["deal_id"] == "cmlti_2006_nc2", "oc_target_share"]
    target = float(printed.iloc[0])
    known = series[(series["measure"] == "pool_factor") & (series["segment"] == deal)]["value"]
    return target / (float(known.iloc[0]) if len(known) else POOL_FACTOR)


def ends(assumed: Assumed) -> list[tuple[str, float, Assumed]]:
    """Return each assumption at either end of its range, with its name and value."""
    return [
        (name, end, replace(assumed, **{name: end})) for name, both in RANGES.items()
        for end in both if end != getattr(assumed, name)
    ]  # fmt: skip
