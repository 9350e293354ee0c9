"""Published stresses of credit, put on the monthly flow of Ant's loans."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from abscase.case import Case, datum
from abscase.errors import DataFaults, Fault
from abscase.estimate import Estimate, over
from abscase.quality.flow import hazard_to_probability, probability_to_hazard
from abscase.quality.published import arrears_rise, deal_flow

TRIPLED = "bao-fintech-delinquency"


def fintech_rise(case: Case) -> Estimate:
    """Return how many times the arrears of Chinese fintech loans grew in the epidemic."""
    findings = case.table("finding")
    fits = findings[findings["finding_id"] == TRIPLED]
    if fits.empty:
        raise DataFaults([Fault("no published finding has this name", "finding_id", TRIPLED)])
    row = datum(fits.iloc[0], "effect", "times")
    return over([row.value], [row])


def stressed(cases: Mapping[str, Case], flow: Estimate, multiple: float = 1.0) -> pd.DataFrame:
    """Return the flow of Ant's loans under each stress, a month and a year.

    Parameters
    ----------
    cases : mapping of str to Case
        "ant", "us_subprime" and "cn_peers".
    flow : Estimate
        Of a calm month: :func:`~abscase.quality.published.ant_flow`.
    multiple : float
        A stress of your own, in times, above 0.

    Returns
    -------
    DataFrame
        ``scenario`` ("calm", "yours", "covid", "tripled", "hazard_2007"), ``multiple`` (over the
        calm flow), ``flow``, ``low``, ``high`` (decimal a month), ``yearly``, ``yearly_low``,
        ``yearly_high`` (share gone after twelve such months), ``grade``. Under "hazard_2007" the
        flow is that of the US deal, not a multiple of Ant's.

    Notes
    -----
    A rise of the *stock* is taken for a rise of the flow; the stock lags, so at the peak the flow
    may have risen more, or for a shorter time.
    """
    covid, tripled = arrears_rise(cases["ant"].table("series")), fintech_rise(cases["cn_peers"])
    deal = deal_flow(cases["us_subprime"].table("series"))
    table = pd.DataFrame([
        _row("calm", over([1.0], ()), flow, flow.grade),
        _row("yours", over([multiple], ()), flow, "C"),
        _row("covid", covid, flow, max(flow.grade, covid.grade)),
        _row("tripled", tripled, flow, max(flow.grade, tripled.grade)),
        _row("hazard_2007", over([deal.value / flow.value], ()), flow, max(flow.grade, deal.grade)),
    ])  # fmt: skip
    table.loc[table["scenario"] == "hazard_2007", ["low", "high"]] = deal.low, deal.high
    for name, yearly in {"flow": "yearly", "low": "yearly_low", "high": "yearly_high"}.items():
        table[yearly] = hazard_to_probability(probability_to_hazard(table[name]), 12)
    return table[["scenario", "multiple", "flow", "low", "high", "yearly", "yearly_low",
                  "yearly_high", "grade"]]  # fmt: skip


def _row(name: str, times: Estimate, flow: Estimate, grade: str) -> dict[str, object]:
    """One stress; where the multiple has bounds, those of the flow widen by them."""
    return {
        "scenario": name, "multiple": times.value, "flow": times.value * flow.value,
        "low": times.low * flow.low, "high": times.high * flow.high, "grade": grade,
    }  # fmt: skip
