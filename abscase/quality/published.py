"""What published figures say of the monthly flow into default, case by case, on one scale.

The intervals are no sampling error. They run over the time to write-off and the growth that nobody
published, over the reports of several lenders, and over what the rounding of a figure hides.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from abscase.case import Case, Datum
from abscase.estimate import (
    MONTH_DAYS,
    Estimate,
    data_of,
    over,
    ratio,
    rounding,
    rows,
)
from abscase.quality.controls import YEAR_END, card_flow, card_rise, peer_flow
from abscase.quality.flow import CauseHazards, cause_hazards, flow_from_stock, hazard_to_probability
from abscase.ranges import Array

RESIDENCE = (3.0, 24.0)
"""Months between 90 days past due and write-off held possible for Ant: assumed, no source tells."""
STATES = ("AZ", "CA", "FL", "NV")
DEAL = "cmlti_2006_nc2"
LEAST_MONTHS = 3
COVID = ("2020-01-31", "2020-05-31")


def estimates(
    cases: dict[str, Case], residence_months: float = 3.0, growth: float = 0.04
) -> dict[str, Estimate]:
    """Return every estimate on asset quality that published figures allow, by its margin.

    Parameters
    ----------
    cases : dict of str to Case
        "ant", "us_subprime", "us_cards" and "cn_peers".
    residence_months, growth : float
        Where the estimate stands within its bounds; the bounds do not depend on them.
    """
    series = {name: case.table("series") for name, case in cases.items()}
    ant = ant_flow(series["ant"], residence_months, growth)
    cards, peers = card_flow(series["us_cards"]), peer_flow(series["cn_peers"])
    deal = deal_flow(series["us_subprime"])
    return {
        "S9a.flow_vs_cards": ratio(ant, cards, "scale"),
        "S9a.flow_vs_peers": ratio(ant, peers, "scale"),
        "S9a.stress": ratio(arrears_rise(series["ant"]), card_rise(series["us_cards"]), "stress",
                            "sources"),
        "S10a.hazard": ratio(ant, deal, "scale"),
        "S10a.nearer": nearer(ant, deal, cards),
    }  # fmt: skip


def growth_rates(series: pd.DataFrame) -> pd.DataFrame:
    """Return the monthly growth of Ant's consumer credit between any two published balances.

    Parameters
    ----------
    series : DataFrame
        The table ``series`` of Ant. Where a balance is printed for parts only, their sum is taken.

    Returns
    -------
    DataFrame
        ``start``, ``end``, ``start_amt``, ``end_amt``, ``months``, ``growth`` (decimal a month);
        balances less than three months apart are left out.
    """
    points = _balances(series)
    pairs = points.merge(points, how="cross", suffixes=("_start", "_end"))
    months = (pairs["date_end"] - pairs["date_start"]).dt.days / MONTH_DAYS
    pairs = pairs.assign(months=months)[months > LEAST_MONTHS]
    growth = (pairs["value_end"] / pairs["value_start"]) ** (1 / pairs["months"]) - 1
    names = {"date_start": "start", "date_end": "end", "value_start": "start_amt",
             "value_end": "end_amt"}  # fmt: skip
    table = pairs.rename(columns=names).assign(growth=growth, months=pairs["months"].round())
    return table[[*names.values(), "months", "growth"]].reset_index(drop=True)


def _balances(series: pd.DataFrame) -> pd.DataFrame:
    """Published totals of consumer credit by date; parts of one source and date are added up."""
    found = rows(series, "consumer_credit_balance")
    is_whole = found["segment"] == "all"
    whole, parts = found[is_whole], found[~is_whole]
    sums = parts.groupby(["date", "source_id"], as_index=False)["value"].sum()
    every = pd.concat([whole[["date", "value"]], sums[["date", "value"]]])
    return every.drop_duplicates().sort_values(["date", "value"], ignore_index=True)


def ant_stock(series: pd.DataFrame) -> Datum:
    """Return the share of Ant's consumer credit 90 or more days past due at the end of 2019."""
    return data_of(rows(series, "delinquency_90plus_rate", date=str(YEAR_END), segment="all"))[0]


def ant_flow(series: pd.DataFrame, residence_months: float = 3.0, growth: float = 0.04) -> Estimate:
    """Return the monthly flow of Ant's consumer credit into 90 days past due, end of 2019.

    Parameters
    ----------
    series : DataFrame
        The table ``series`` of Ant.
    residence_months, growth : float
        Where the estimate stands; what lies outside the bounds is drawn to them.

    Returns
    -------
    Estimate
        Of grade C at best: the time to write-off is assumed, and the growth that two balances show
        on the mean of months or years need not be that of the months before the date.
    """
    stock, rates = ant_stock(series), growth_rates(series)["growth"]
    _, least, most = rounding(stock)
    span = float(rates.min()), float(rates.max())
    value = flow_from_stock(stock.value, np.clip(residence_months, *RESIDENCE),
                            np.clip(growth, *span))  # fmt: skip
    bounds = [flow_from_stock(least, RESIDENCE[1], span[0]),
              flow_from_stock(most, RESIDENCE[0], span[1])]  # fmt: skip
    data = [stock, *data_of(rows(series, "consumer_credit_balance"))]
    return over([value, *bounds], data, figure="scale", kind="parameters", at_best="C")


def deal_hazards(series: pd.DataFrame, alpha: float = 0.05) -> dict[str, CauseHazards]:
    """Return the monthly hazards of a lost home in CMLTI 2006-NC2, by state and for all four.

    Parameters
    ----------
    series : DataFrame
        The table ``series`` of US subprime.
    alpha : float
        1 less the coverage of the bounds, which hold chance among independent loans only.
    """
    counts, months = _outcomes(series)
    total = {"all": tuple(np.sum(list(counts.values()), axis=0))}
    return {
        state: cause_hazards(int(lost), int(made - lost - active), int(active), months, alpha)
        for state, (made, lost, active) in (counts | total).items()
    }


def hazard_table(series: pd.DataFrame, alpha: float = 0.05) -> pd.DataFrame:
    """Return the end state of the US deal by state, and the hazards behind it.

    Returns
    -------
    DataFrame
        ``region`` (a state, or "all"), ``loans``, ``lost``, ``left`` (numbers), ``lost_share``
        (decimal of the loans), ``hazard``, ``low``, ``high`` (intensity a month), ``flow`` (share
        of a month).
    """
    counts, _ = _outcomes(series)
    total = {"all": tuple(np.sum(list(counts.values()), axis=0))}
    found = []
    for region, hazard in deal_hazards(series, alpha).items():
        made, lost, left = (counts | total)[region]
        found.append((region, made, lost, left, lost / made, hazard.lost, hazard.lo, hazard.hi))
    names = ["region", "loans", "lost", "left", "lost_share", "hazard", "low", "high"]
    table = pd.DataFrame(found, columns=names)
    return table.assign(flow=hazard_to_probability(table["hazard"]))


def _outcomes(series: pd.DataFrame) -> tuple[dict[str, tuple[float, ...]], float]:
    found = _outcome_rows(series)
    wide = found.pivot_table("value", "segment", "measure")[["loans", "homes_lost", "still_active"]]
    counts = {state: tuple(wide.loc[f"{DEAL}:{state}"]) for state in STATES}
    span = found["date"].max() - found["date"].min()
    return counts, float(round(span.days / MONTH_DAYS))


def _outcome_rows(series: pd.DataFrame) -> pd.DataFrame:
    segments = [f"{DEAL}:{state}" for state in STATES]
    return rows(series, ["loans", "homes_lost", "still_active"], segment=segments)


def deal_flow(series: pd.DataFrame, state: str = "all", alpha: float = 0.05) -> Estimate:
    """Return the hazard of a lost home in discrete months, of a state or of all four.

    That is the share of homes lost in a month of those still there, :math:`1 - e^{-\\lambda}` of
    the hazard in continuous time; Ant's flow is a share of a month too.
    """
    hazard = deal_hazards(series, alpha)[state]
    shares = hazard_to_probability([hazard.lost, hazard.lo, hazard.hi])
    found = _outcome_rows(series)
    kept = found if state == "all" else found[found["segment"] == f"{DEAL}:{state}"]
    return over(shares, data_of(kept), figure="scale", kind="parameters")


def arrears_rise(series: pd.DataFrame) -> Estimate:
    """Return Ant's 30-day arrears of May over those of January 2020, in times, with rounding."""
    before, after = (
        data_of(rows(series, "delinquency_30plus_rate", date=day, segment="all"))[0]
        for day in COVID
    )
    (low_mid, low, low_top), (high_mid, high, high_top) = (rounding(row) for row in (before, after))
    return over([high_mid / low_mid, high / low_top, high_top / low], [before, after])


def nearer(ant: Estimate, subprime: Estimate, cards: Estimate) -> Estimate:
    """Return the log distance of Ant from subprime less that from cards; negative is nearer.

    Notes
    -----
    The difference is linear between the points where two flows meet, so its extremes lie where each
    flow stands at one of its own bounds or at a bound of another.
    """
    logs = [np.log([each.value, each.low, each.high]) for each in (ant, subprime, cards)]
    ends = np.concatenate([each[1:] for each in logs])
    a, s, c = (np.clip(ends, each[1], each[2]) for each in logs)
    grid = _distance(a[:, None, None], s[None, :, None], c[None, None, :])
    middle = _distance(*(each[0] for each in logs))
    data = (*ant.data, *subprime.data, *cards.data)
    at_best = max(each.at_best for each in (ant, subprime, cards))
    found = [middle, grid.min(), grid.max()]
    return over(found, data, figure="scale", kind="parameters", at_best=at_best)


def _distance(ant: Array, subprime: Array, cards: Array) -> Array:
    return np.abs(ant - subprime) - np.abs(ant - cards)
