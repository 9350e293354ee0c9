"""What was projected for US subprime loss, vintage by vintage, and what became of it."""

from __future__ import annotations

import pandas as pd

from abscase.estimate import rows

PROJECTED = ("projected_loss", "projected_loss_low", "projected_loss_high")
SECTOR = r"subprime:vintage_(?P<vintage>\d{4}):(?P<agency>\w+)"
DEALS = {"newcastle_2006": "2006", "newcastle_2007": "2007"}
"""Deals with an assumption at issue and a realised loss, and the year they were issued."""
EVIDENCE = ["grade", "source_id", "ref"]


def agency_projections(series: pd.DataFrame) -> pd.DataFrame:
    """Return the loss that rating agencies expected for each vintage of subprime deals, by date.

    Parameters
    ----------
    series : DataFrame
        The table ``series`` of US subprime.

    Returns
    -------
    DataFrame
        ``vintage``, ``agency``, ``date``, ``low``, ``high`` (decimal of the original balance, over
        life; equal where one number was given), ``grade``, ``source_id``, ``ref``. What two sources
        give for one day and agency stands in two rows; hearsay of grade C is left out.
    """
    found = rows(series, PROJECTED)
    names = found["segment"].str.extract(f"^{SECTOR}$")
    found = found.assign(vintage=names["vintage"], agency=names["agency"])
    found = found.dropna(subset=["vintage"])
    keys = ["vintage", "agency", "date", "source_id"]
    groups = found.groupby(keys, as_index=False)
    table = groups.agg(
        low=("value", "min"), high=("value", "max"), grade=("grade", "max"), ref=("ref", "first")
    )
    return table[["vintage", "agency", "date", "low", "high", *EVIDENCE]]


def revisions(projections: pd.DataFrame) -> pd.DataFrame:
    """Return the first and the last projection of each vintage and how many times it grew.

    Each agency is compared with itself only, where it gave two at different dates.

    Returns
    -------
    DataFrame
        ``vintage``, ``agency``, ``first_date``, ``first`` (middle of the range), ``last_date``,
        ``last``, ``times`` (last over first), ``grade``.
    """
    keys = ["vintage", "agency"]
    ordered = projections.sort_values([*keys, "date"], kind="stable")
    ordered = ordered.assign(middle=(ordered["low"] + ordered["high"]) / 2)
    table = ordered.groupby(keys, as_index=False).agg(
        first_date=("date", "first"), first=("middle", "first"), last_date=("date", "last"),
        last=("middle", "last"), grade=("grade", "max"),
    )  # fmt: skip
    table.insert(6, "times", table["last"] / table["first"])
    return table[table["first_date"] < table["last_date"]].reset_index(drop=True)


def deal_outcomes(series: pd.DataFrame) -> pd.DataFrame:
    """Return the loss assumed when a deal was sold and the loss realised by the last report.

    Returns
    -------
    DataFrame
        ``deal``, ``vintage``, ``issued``, ``assumed``, ``date`` (of the last report), ``realised``,
        ``late_share`` (60 or more days late of what is left then), ``times`` (realised over
        assumed), ``grade``, ``source_id``.
    """
    found = []
    for deal, vintage in DEALS.items():
        assumed = rows(series, "assumed_cumulative_loss", segment=deal).iloc[0]
        lost = rows(series, "cumulative_loss", segment=deal).iloc[-1]
        late = rows(series, "delinquency_60plus", segment=deal).iloc[-1]
        found.append({
            "deal": deal, "vintage": vintage, "issued": assumed["date"],
            "assumed": assumed["value"], "date": lost["date"], "realised": lost["value"],
            "late_share": late["value"], "times": lost["value"] / assumed["value"],
            "grade": max(each["grade"] for each in (assumed, lost, late)),
            "source_id": " ".join(sorted({each["source_id"] for each in (assumed, lost, late)})),
        })  # fmt: skip
    return pd.DataFrame(found)


def housing(series: pd.DataFrame, prime: pd.DataFrame) -> pd.DataFrame:
    """Return serious delinquency of subprime and prime mortgages, and house prices, long.

    Parameters
    ----------
    series, prime : DataFrame
        The tables ``series`` of US subprime and US prime. Of a date with two sources the better
        graded one counts.

    Returns
    -------
    DataFrame
        ``what`` ("subprime_arm", "subprime", "prime_arm", "prime", "house_price"), ``date``,
        ``value`` (decimal of loans; the index of ten cities over its largest value), ``grade``,
        ``source_id``.
    """
    definitions = ["us_mba_serious", "us_mba_serious_sum"]
    wanted = {"subprime_arm": series, "subprime": series, "prime_arm": prime, "prime": prime}
    parts = [
        rows(table, "serious_delinquency", segment=segment, definition_id=definitions)
        for segment, table in wanted.items()
    ]
    prices = rows(series, "house_price_index", segment="ten_city")
    prices = prices.assign(segment="house_price", value=prices["value"] / prices["value"].max())
    every = pd.concat([*parts, prices]).rename(columns={"segment": "what"})
    every = every.drop_duplicates(["what", "date"])
    return every[["what", "date", "value", "grade", "source_id"]].reset_index(drop=True)
