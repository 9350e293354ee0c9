"""The published statistics of one pool or product of each case, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from abscase.case import Case, Datum
from abscase.estimate import data_of, rows

STATISTICS = ("loans", "balance_amt", "size_amt", "term_months", "rate", "score", "dti", "ltv")
DAYS = 365


@dataclass(frozen=True)
class Pool:
    """A product or pool whose statistics are published: where in ``series`` they stand."""

    case: str
    secured: bool
    measures: Mapping[str, tuple[str, str]] = field(default_factory=dict)


POOLS = {
    "huabei": Pool("ant", False, {
        "size_amt": ("balance_per_user", "huabei"), "rate": ("daily_rate", "huabei_most")}),
    "jiebei": Pool("ant", False, {
        "size_amt": ("loan_size_mean", "jiebei"), "rate": ("annual_rate", "jiebei")}),
    "cmlti_2006_nc2": Pool("us_subprime", True, {
        "loans": ("loans", "cmlti_2006_nc2"), "size_amt": ("average_loan_amt", "cmlti_2006_nc2"),
        "rate": ("loan_rate_mean", "cmlti_2006_nc2"), "score": ("fico_mean", "cmlti_2006_nc2"),
        "dti": ("dti_mean", "cmlti_2006_nc2")}),
    "hsbc_2006_2": Pool("us_subprime", True, {
        "loans": ("loans", "hsbc_2006_2"), "balance_amt": ("pool_balance", "hsbc_2006_2"),
        "size_amt": ("average_loan_amt", "hsbc_2006_2"), "rate": ("loan_rate_mean", "hsbc_2006_2"),
        "score": ("fico_mean", "hsbc_2006_2"), "ltv": ("cltv_mean", "hsbc_2006_2")}),
    "360": Pool("cn_peers", False, {
        "balance_amt": ("outstanding_balance", "360"), "term_months": ("term_mean", "360")}),
    "lexin": Pool("cn_peers", False, {
        "balance_amt": ("outstanding_balance", "lexin"), "term_months": ("term_mean", "lexin"),
        "rate": ("annual_rate", "lexin")}),
    "capital_one_trust": Pool("us_cards", False, {
        "balance_amt": ("principal_receivables", "capital_one_trust"),
        "rate": ("portfolio_yield", "capital_one_trust")}),
}  # fmt: skip
LAST = {"us_subprime": "2006-09-30", "cn_peers": "2019-12-31", "us_cards": "2007-12-31"}
"""Later rows than these are of another time than the case compared with."""


def pool_summary(cases: Mapping[str, Case], pools: Sequence[str] = tuple(POOLS)) -> pd.DataFrame:
    """Return the statistics that are published of each pool, the latest ones.

    Parameters
    ----------
    cases : mapping of str to Case
    pools : sequence of str
        Names in ``POOLS``.

    Returns
    -------
    DataFrame
        ``pool``, ``case``, ``currency``, ``secured``, the ``STATISTICS`` (amounts in currency
        units, rates decimals a year), ``date`` (of the latest of them), ``grade``, ``source_id``.
        What nobody published is empty.
    """
    found = []
    for name in pools:
        pool, data = POOLS[name], _data(POOLS[name], cases[POOLS[name].case])
        values = {key: data[key].value if key in data else np.nan for key in STATISTICS}
        if "rate" in data and data["rate"].unit == "decimal_pd":
            values["rate"] *= DAYS
        dates = [row.date for row in data.values() if row.date is not None]
        found.append({
            "pool": name, "case": pool.case, "currency": cases[pool.case].currency,
            "secured": pool.secured, **values, "date": max(dates),
            "grade": max(row.grade for row in data.values()),
            "source_id": " ".join(sorted({row.source_id for row in data.values()})),
        })  # fmt: skip
    return pd.DataFrame(found)


def _data(pool: Pool, case: Case) -> dict[str, Datum]:
    series = case.table("series")
    if pool.case in LAST:
        series = series[series["date"] <= pd.Timestamp(LAST[pool.case])]
    return {
        key: data_of(rows(series, measure, segment=segment))[-1]
        for key, (measure, segment) in pool.measures.items()
    }
