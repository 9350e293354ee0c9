"""The trigger lesson: what a trigger is worth where classes are paid in proportion."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from abscase.operating.waterfall.engine import run
from abscase.operating.waterfall.measures import average_life, pool_loss, principal_loss
from abscase.operating.waterfall.scenario import Scenario
from abscase.operating.waterfall.shipped import shipped_deal

LATE = np.repeat([0.02, 0.15, 0.25], [12, 12, 36])
"""Yearly default rates by month: a calm first year, then losses."""
EARLY = np.repeat([0.25, 0.15, 0.02], [12, 12, 36])


def trigger_lesson() -> pd.DataFrame:
    """Return the lesson's deal with and without its trigger, under late and early losses.

    Returns
    -------
    DataFrame
        ``timing`` ("late", "early"), ``trigger`` (bool), ``pool`` (loss over closing balance),
        ``senior``, ``junior`` (loss over face), ``senior_life``, ``junior_life`` (years),
        ``tripped`` (payment at which the deal changed its state; nan for never).
    """
    deal = shipped_deal("pro_rata_trigger")
    rows = []
    for timing, path in {"late": LATE, "early": EARLY}.items():
        for on in (True, False):
            result = run(deal if on else replace(deal, triggers=()), Scenario(default_rate=path))
            loss, life = principal_loss(result)[0], average_life(result)[0]
            moved = result.lines["state"][:, 0] > 0
            tripped = float(np.argmax(moved)) + 1 if moved.any() else np.nan
            rows.append((timing, on, float(pool_loss(result)[0]), *loss[:2], *life[:2], tripped))
    names = ["timing", "trigger", "pool", "senior", "junior", "senior_life", "junior_life",
             "tripped"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)
