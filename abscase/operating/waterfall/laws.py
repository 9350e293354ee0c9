"""The laws of a waterfall, tested on a finished run by another road than while it ran."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from abscase.operating.waterfall.deal import Deal, Step
from abscase.operating.waterfall.engine import run
from abscase.operating.waterfall.measures import principal_loss
from abscase.operating.waterfall.result import Result
from abscase.operating.waterfall.scenario import Scenario
from abscase.operating.waterfall.terms import Tranche
from abscase.operating.waterfall.variants import with_junior
from abscase.ranges import Array

TOLERANCE = 1e-9
JUNIOR_STEPS = (0.0, 0.02, 0.05, 0.1, 0.2)


def laws(result: Result, scenario: Scenario | None = None) -> pd.DataFrame:
    """Return how far each law of a waterfall is from broken in a run.

    Parameters
    ----------
    result : Result
        A run.
    scenario : Scenario, optional
        That it was run under; the deal's own without it.

    Returns
    -------
    DataFrame
        ``law``, ``worst`` (largest breach over all periods, classes and scenarios, over the closing
        pool; the last two over the face) and ``holds``.

    Notes
    -----
    cash: in + accounts before = out + accounts after. losses: write-downs + excess spread and cover
    used = losses of the pool. moves: a balance moves by principal, write-down and deferred interest
    only. negative: no balance, payment or account is below 0. junior: with a larger junior class
    the first class never loses more, the cover still to be built being the same (a cover that is
    full at closing pays interest out before late losses come, and one that is built keeps it).
    one_class: without losses, a single class is paid the same whether in turn or in proportion.
    """
    deal, size = result.deal, result.opening_pool or 1.0
    worst = {
        "cash": np.abs(_cash(result)).max() / size,
        "losses": np.abs(_losses(result)).max() / size,
        "moves": np.abs(_moves(result)).max() / size,
        "negative": max(0.0, -_least(result)) / size,
        "junior": _junior(deal, scenario),
        "one_class": _one_class(deal),
    }
    table = pd.DataFrame({"law": list(worst), "worst": [float(each) for each in worst.values()]})
    return table.assign(holds=table["worst"] <= TOLERANCE)


def _cash(result: Result) -> Array:
    lines = result.lines
    held = lines["account"] + lines["reserve"]
    start = np.full_like(held[:1], result.deal.reserve.initial)
    return np.asarray(lines["cash_in"] - lines["cash_out"] - np.diff(held, axis=0, prepend=start))


def _losses(result: Result) -> Array:
    absorbed = result.writedowns + result.spread_used + result.cover_used
    return np.asarray(result.pool_loss - absorbed)


def _moves(result: Result) -> Array:
    lines, rated = result.lines, result.rated
    start = np.broadcast_to(result.opening_balance[None, rated, None],
                            lines["balance"][:1, rated].shape)  # fmt: skip
    drop = -np.diff(lines["balance"][:, rated], axis=0, prepend=start)
    paid = lines["principal"][:, rated] + lines["writedown"][:, rated] - lines["pik"][:, rated]
    return np.asarray(drop - paid)


def _least(result: Result) -> float:
    names = ("balance", "interest", "principal", "writedown", "account", "reserve", "pool")
    return float(min(result.lines[name].min() for name in names))


def _junior(deal: Deal, scenario: Scenario | None) -> float:
    """Return the largest rise of the first class's loss from a junior to the next larger one."""
    if not any(each.kind == "residual" for each in deal.tranches):
        return 0.0
    rated = [each for each in deal.tranches if each.kind in ("fixed", "floating")]
    held = 1 - sum(deal.face(each) for each in rated) / (deal.pool.balance or 1.0)
    to_build = max(deal.cover.target_share - held, 0.0)
    lost = []
    for share in JUNIOR_STEPS:
        larger = with_junior(deal, share)
        cover = replace(larger.cover, target_share=min(share + to_build, 1.0))
        lost.append(principal_loss(run(replace(larger, cover=cover), scenario))[:, 0])
    return float(max(0.0, np.diff(lost, axis=0).max()))


def _one_class(deal: Deal) -> float:
    """Return the largest difference of one class's balance, in turn and in proportion."""
    one = Tranche("only", share=1.0, rate=0.0)
    steps = [
        (Step("pay_interest", (("only",),)), Step("pay_principal", (("only",),), amount=amount),
         Step("pay_residual", (("rest",),)))
        for amount in ("available", "cover")
    ]  # fmt: skip
    rest = Tranche("rest", kind="residual", tracks_cover=True)
    pool = replace(deal.pool, default_rate=0.0, rate=0.0)
    paths = [
        run(Deal("one", (one, rest), {"PAID": each}, pool, deal.calendar)).lines["balance"][:, 0]
        for each in steps
    ]
    return float(np.abs(paths[0] - paths[1]).max() / (pool.balance or 1.0))
