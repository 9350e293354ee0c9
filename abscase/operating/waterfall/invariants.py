"""What must hold in every period of every scenario of every run; it is always tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abscase.errors import AbscaseError
from abscase.ranges import Array

if TYPE_CHECKING:
    from abscase.operating.waterfall.result import Result

TOLERANCE = 1e-9


class Imbalance(AbscaseError):
    """The books of a run do not balance; the message names the law, the period, the scenario."""


def hold(result: Result) -> None:
    """Raise where a run breaks one of the laws.

    Raises
    ------
    Imbalance
        Cash in is not cash out plus what the accounts gained; a balance, account or payment is
        below 0; a balance moved by something other than principal, write-down and deferred
        interest; or write-downs and absorbed losses do not add up to the pool's losses.

    Notes
    -----
    Cash: in(t) + account(t-1) + reserve(t-1) = out(t) + account(t) + reserve(t).
    Loss: for the assets A = pool + collection account, write-down + spread used + cover used =
    loss, with spread used the cash of other origin that paid principal or bought loans.
    Tolerance: 1e-9 of the closing pool, rated classes and reserve together.
    """
    lines = result.lines
    scale = result.opening_pool + result.opening_balance.sum() + result.deal.reserve.initial + 1
    within = TOLERANCE * scale

    def check(law: str, gap: Array) -> None:
        if not (np.abs(gap) <= within).all():
            wrong = ~(np.abs(gap) <= within)
            t, *_, s = np.argwhere(wrong)[0]
            worst = gap[wrong][0]
            raise Imbalance(f"{law}: payment {t + 1}, scenario {s + 1}, off by {worst:.6g}")

    accounts = lines["account"] + lines["reserve"]
    opening = np.full_like(accounts[:1], result.deal.reserve.initial)
    gained = np.diff(accounts, axis=0, prepend=opening)
    check("cash in is not cash out", lines["cash_in"] - lines["cash_out"] - gained)
    for name in ("balance", "interest", "principal", "writedown", "shortfall"):
        check(f"{name} below 0", np.minimum(lines[name], 0))
    for name in ("account", "reserve", "pool"):
        check(f"{name} below 0", np.minimum(lines[name], 0))
    own = [k for k, each in enumerate(result.deal.tranches) if not each.tracks_cover]
    before = np.broadcast_to(result.opening_balance[own, None], lines["balance"][0, own].shape)
    moved = np.diff(lines["balance"][:, own], axis=0, prepend=before[None])
    gone = lines["principal"] + lines["writedown"] - lines["pik"]
    check("a balance moved by itself", moved + gone[:, own])
    absorbed = result.spread_used + result.cover_used
    check(
        "write-downs and absorbed losses are not the losses",
        result.pool_loss - result.writedowns - absorbed,
    )
