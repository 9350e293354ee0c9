"""How US credit cards are calibrated: all banks' arrears and charge-offs, one trust's ladder."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import expit

from abscase.case import Case
from abscase.quality.calibration.moments import Bucket, Flow, Moment
from abscase.quality.calibration.plan import Open, Plan, path_through
from abscase.quality.calibration.rows import (
    each_row,
    mean_value,
    moment,
    months_of,
    rows_of,
    stock,
)
from abscase.ranges import Array
from abscase.sources.simulate import Process, Segment

CHARGE_OFF_WAIT = 3
"""Months from 90 to 180 days past due, when US banks charge open-end credit off.

Uniform Retail Credit Classification and Account Management Policy, 65 FR 36903 (12 June 2000)."""
NEVER = -30.0
"""Log-odds of the closing of an account: no source tells it, and what is paid is bought again."""


def cards_plan(case: Case) -> Plan:
    """Return the plan of cards: stocks and charge-offs of all banks, the ladder of one trust."""
    late = rows_of(case, "delinquency_30plus", "all_banks", since="2003-12", until="2012-12-31")
    late = late[late["date"].dt.month == 12].reset_index(drop=True)
    off = rows_of(case, "charge_off_rate", "all_banks", "card_fed_charge_off_nsa",
                  since="2003-12", until="2012-12-31")  # fmt: skip
    off = off[off["date"].dt.month == 12].reset_index(drop=True)
    recovered = rows_of(case, "recoveries_amt", None)["value"].sum()
    charged = rows_of(case, "charge_offs_amt", None, "card_citi_gross_amt")["value"].sum()
    lgd = float(1 - recovered / charged)
    first, months = 2003 * 12, 120
    segment = _card_segment(case)
    until = months_of(late, first)
    cohorts = 36

    def build(theta: Array, fixed: Mapping[str, float]) -> Process:
        number = len(until)
        roll = expit(theta[number : number + 2])
        return Process(
            case.name, case.currency, f"simulated-{case.name}", first, months, 3,
            np.full(cohorts, 1 / cohorts), (segment,), path_through(theta[:number], until, months),
            np.full(months + 1, NEVER), np.zeros(cohorts), np.zeros(cohorts),
            np.zeros(months + 1), np.zeros(months + 1), (float(roll[0]), float(roll[1])),
            (float(1 - roll[0]), float(1 - roll[1]), fixed["cure_90"]), CHARGE_OFF_WAIT, 1.0,
            lgd=np.full(cohorts, lgd),
        )  # fmt: skip

    moments = [stock("30+ stock, all banks", row, 1) for row in each_row(late)]
    moments += [_charge_off(row, 1 - recovered / charged) for row in each_row(off)]
    moments += _card_ladder(case)
    cure = Open(0.0, 0.02, 0.1, "chance a month that an account 90 days late is cured")
    start = np.array([-4.1, -4.4, -4.6, -4.5, -4.3, -4.1, -4.0, -4.4, -4.7, -4.9, 1.4, 1.6])
    return Plan(build, start, tuple(moments), {"cure_90": cure})


def _card_segment(case: Case) -> Segment:
    """One account of the trust: mean balance of its accounts 30 to 59 days late, and its yield."""
    amount = rows_of(case, "delinquent_30_59_amt", "capital_one_trust")
    number = rows_of(case, "accounts_30_59", "capital_one_trust")
    size = amount["value"].sum() / number["value"].sum()
    rate = mean_value(rows_of(case, "portfolio_yield", "capital_one_trust"))
    return Segment("revolving account", 1.0, float(size), rate, None, product="credit card")


def _charge_off(row: pd.DataFrame, net_of: float) -> Moment:
    """The banks print charge-offs net of recoveries: gross is the same over the loss rate."""
    date, value = row["date"].iloc[0], float(row["value"].iloc[0])
    gross = value / net_of
    return moment(
        f"charge-offs, gross, year's rate {date:%Y-%m}", row, Flow(date, 3), gross,
        (value, gross * 1.05),
    )  # fmt: skip


def _card_ladder(case: Case) -> list[Moment]:
    found = []
    rows = {
        name: rows_of(case, f"delinquency_{name}", "capital_one_trust",
                      "card_capone_trust_bucket", until="2008-12-31")
        for name in ("30_59", "60_89", "90plus")
    }  # fmt: skip
    for state, over, new, old in ((2, 1, "60_89", "30_59"), (3, 2, "90plus", "60_89")):
        both = rows[new].merge(rows[old], on="date", suffixes=("", "_before"))
        if both.empty:
            continue
        ratio = both["value"] / both["value_before"]
        found.append(moment(
            f"{new} over {old} days, one trust", both, Bucket(pd.Timestamp("2006-12-31"), state,
            over), float(ratio.mean()), (float(ratio.min()), float(ratio.max())),
        ))  # fmt: skip
    return found
