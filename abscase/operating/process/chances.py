"""What a fault tree says where the chances of its causes are known only within a range, or not."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from abscase.case import Case, Datum
from abscase.operating.process.fault_tree import (
    Cuts,
    FaultTree,
    birnbaum,
    events_of,
    fussell_vesely,
    probability,
)
from abscase.ranges import require

MOST_EVENTS = 12
"""States of the events are counted one by one, and double with each more."""
Ends = tuple[dict[str, float], dict[str, float]]


def known_chances(rows: pd.DataFrame, tree: FaultTree, per: str = "loan") -> Ends:
    """Return the lower and the upper end of the chance of each basic event of a tree.

    Parameters
    ----------
    rows : DataFrame
        The table ``fault`` of the case. An event without data may have any chance: 0 to 1.
    tree : FaultTree
    per : str
        What the top is counted over. A chance counted over anything else, such as a share of
        lenders among loans, cannot be multiplied with it and counts as unknown.
    """
    ends = rows[_counted(rows, per)].set_index("event_id")[["low", "high"]].reindex(tree.basic)
    low, high = ends["low"].fillna(0.0), ends["high"].fillna(1.0)
    return ({name: float(low[name]) for name in tree.basic},
            {name: float(high[name]) for name in tree.basic})  # fmt: skip


def probability_range(
    cuts: Cuts, lows: Mapping[str, float], highs: Mapping[str, float]
) -> tuple[float, float]:
    """Return the range of the top's probability over ranges of its independent basic events.

    More of any cause never makes the top less likely, so the ends are at the ends.
    """
    return probability(cuts, lows), probability(cuts, highs)


def dependence_range(
    cuts: Cuts, lows: Mapping[str, float], highs: Mapping[str, float]
) -> tuple[float, float]:
    """Return the range of the top's probability whatever the dependence of the basic events.

    A linear program over all states of the events: their joint probabilities are free but for the
    given range of each event. At most 12 events.
    """
    events = events_of(cuts)
    require(**{f"the number of basic events ({len(events)})": (len(events), 1, MOST_EVENTS)})
    states = np.array(list(product((0, 1), repeat=len(events))))
    place = {name: number for number, name in enumerate(events)}
    top = np.any([states[:, [place[name] for name in cut]].all(axis=1) for cut in cuts], axis=0)
    limits = np.concatenate([states.T, -states.T])
    ends = [highs[name] for name in events] + [-lows[name] for name in events]
    least, most = (
        linprog(sign * top, A_ub=limits, b_ub=ends, A_eq=np.ones((1, len(states))), b_eq=[1])
        for sign in (1.0, -1.0)
    )
    return max(0.0, float(least.fun)), min(1.0, float(-most.fun))


def importance_ranges(
    cuts: Cuts, lows: Mapping[str, float], highs: Mapping[str, float]
) -> pd.DataFrame:
    """Return the range of each event's importance over the corners of the ranges of the chances.

    Birnbaum's importance is linear in each chance, so its extremes lie at corners; that of Fussell
    and Vesely is a ratio of two such sums, and its range is that over the corners.

    Returns
    -------
    DataFrame
        event_id, birnbaum_low, birnbaum_high, vesely_low, vesely_high (all in [0, 1]; missing
        where the top cannot happen at any corner); the most important first.
    """
    events = events_of(cuts)
    require(**{f"the number of basic events ({len(events)})": (len(events), 1, MOST_EVENTS)})
    corners = [dict(zip(events, each, strict=True))
               for each in product(*({lows[name], highs[name]} for name in events))]  # fmt: skip
    slopes = pd.DataFrame([birnbaum(cuts, each) for each in corners])
    shares = pd.DataFrame([fussell_vesely(cuts, each) for each in corners
                           if probability(cuts, each) > 0], columns=events)  # fmt: skip
    frame = pd.DataFrame({
        "event_id": events, "birnbaum_low": slopes.min().clip(0, 1).to_numpy(),
        "birnbaum_high": slopes.max().clip(0, 1).to_numpy(),
        "vesely_low": shares.min().clip(0, 1).to_numpy(),
        "vesely_high": shares.max().clip(0, 1).to_numpy(),
    })  # fmt: skip
    return frame.sort_values("birnbaum_high", ascending=False, kind="stable", ignore_index=True)


def _counted(rows: pd.DataFrame, per: str) -> pd.Series:
    return rows["per"].fillna("").eq(per)


def chance_data(case: Case, tree: FaultTree, per: str = "loan") -> list[Datum]:
    """Return the rows of the table ``fault`` that give a basic event of the tree its chance."""
    rows = case.table("fault")
    used = rows["event_id"].isin(tree.basic) & rows["low"].notna() & _counted(rows, per)
    rows = rows[used]
    return [
        Datum(row["low"], "decimal", row["grade"], row["source_id"], row["ref"])
        for row in rows.to_dict("records")
    ]
