"""Every published flow into default on one scale: the share of a month's balance."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from abscase.case import Case
from abscase.estimate import Estimate
from abscase.quality.controls import card_flow, card_reports, peer_flows
from abscase.quality.flow import hazard_to_probability, probability_to_hazard
from abscase.quality.published import STATES, ant_flow, deal_flow


def on_one_scale(
    cases: Mapping[str, Case], residence_months: float, growth: float, alpha: float = 0.05
) -> pd.DataFrame:
    """Return the monthly flow of each case, report by report, and what it makes of a year.

    Parameters
    ----------
    cases : mapping of str to Case
        "ant", "us_subprime", "us_cards" and "cn_peers".
    residence_months, growth : float
        Where the estimate for Ant stands within its bounds.
    alpha : float
        1 less the coverage of the bounds of the US deal.

    Returns
    -------
    DataFrame
        ``who`` (a code), ``case``, ``flow``, ``low``, ``high`` (decimal a month), ``yearly`` (share
        gone after twelve such months), ``grade``, ``source_id``.

    Notes
    -----
    The events differ: 90 days past due for the Chinese lenders, charge-off for the cards, a lost
    home for the US deal. Each is later and stricter than the one before, so that the order of the
    list works against Ant.
    """
    series = {name: case.table("series") for name, case in cases.items()}
    found = [_row("ant", "ant", ant_flow(series["ant"], residence_months, growth))]
    peers = peer_flows(series["cn_peers"])
    found += [_row(name, "cn_peers", each) for name, each in peers.items()]
    found += _cards(series["us_cards"])
    found += [
        _row(f"cmlti_{state}", "us_subprime", deal_flow(series["us_subprime"], state, alpha))
        for state in ("all", *STATES)
    ]
    return pd.DataFrame(found)


def _cards(series: pd.DataFrame) -> list[dict[str, object]]:
    every = card_flow(series)
    reports = card_reports(series).drop_duplicates("segment")
    return [
        _row(f"cards_{segment.partition(':')[0]}", "us_cards",
             Estimate(flow, flow, flow, every.data))
        for segment, flow in zip(reports["segment"], reports["flow"], strict=True)
    ]  # fmt: skip


def _row(who: str, case: str, flow: Estimate) -> dict[str, object]:
    yearly = float(hazard_to_probability(probability_to_hazard(flow.value), 12))
    return {"who": who, "case": case, "flow": flow.value, "low": flow.low, "high": flow.high,
            "yearly": yearly, "grade": flow.grade, "source_id": " ".join(flow.sources)}  # fmt: skip
