"""What a run means for its classes: life, yield, loss, coverage, and who was paid what."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.errors import ChoiceError
from abscase.operating.waterfall.deal import Deal, Groups
from abscase.operating.waterfall.result import Result
from abscase.operating.waterfall.triggers import level_at
from abscase.ranges import Array

STEPS = 80
LOST = 1e-6
"""A class counts as hit, or as still owed, from this share of its face on."""


def average_life(result: Result) -> Array:
    """Return the weighted average life of each class in years, (scenario, tranche).

    Notes
    -----
    WAL = sum of t x principal(t) / sum of principal, t in years from closing (ACT/365); nan for a
    class that was paid none, and for one that is still owed some at the last payment.
    """
    paid = result.lines["principal"]
    total = paid.sum(axis=0)
    weighted = np.tensordot(result.days.elapsed[: len(paid)], paid, axes=1)
    known = (total > 0) & (still_owed(result).T <= LOST)
    return np.divide(weighted, total, out=np.full_like(total, np.nan), where=known).T


def principal_loss(result: Result) -> Array:
    """Return the principal each class lost as a share of its face, (scenario, tranche).

    Notes
    -----
    Write-downs, and what the class is owed at the last payment beyond what the remaining pool and
    the accounts cover, over the face at closing. 0 for classes without a face and for residuals,
    whose face is not promised.
    """
    return _over_face(result, result.lines["writedown"].sum(axis=0) + uncovered(result))


def still_owed(result: Result) -> Array:
    """Return what each class is owed at the last payment and may yet be paid, (scenario, tranche).

    Notes
    -----
    The balance less the part of it that counts as lost in `principal_loss`, over the face at
    closing. Above 0 where the run stops before the pool does.
    """
    return _over_face(result, result.lines["balance"][-1] - uncovered(result))


def _over_face(result: Result, amounts: Array) -> Array:
    faces = result.opening_balance[:, None] * np.ones_like(amounts)
    share = np.divide(amounts, faces, out=np.zeros_like(amounts), where=faces > 0)
    promised = [each.kind != "residual" for each in result.deal.tranches]
    return (share * np.array(promised)[:, None]).T


def uncovered(result: Result) -> Array:
    """Return what no asset stands behind at the last payment, (tranche, scenario), in currency.

    The promised balances beyond pool and accounts, taken from the first class hit upwards.
    """
    lines, names = result.lines, result.deal.names
    owed = lines["balance"][-1]
    assets = lines["pool"][-1] + lines["account"][-1] + lines["reserve"][-1]
    gap = np.maximum(owed[result.rated].sum(axis=0) - assets, 0.0)
    found, promised = np.zeros_like(owed), {names[row] for row in result.rated}
    ordered = [tuple(promised.intersection(group)) for group in loss_order(result.deal)]
    listed = {name for group in ordered for name in group}
    for group in [tuple(promised - listed), *ordered]:
        rows = [names.index(name) for name in group]
        held = owed[rows].sum(axis=0)
        taken = np.minimum(gap, held)
        share = np.divide(taken, held, out=np.zeros_like(held), where=held > 0)
        found[rows] = owed[rows] * share
        gap = gap - taken
    return found


def unpaid_interest(result: Result) -> Array:
    """Return the interest owed and unpaid at the last payment over face, (scenario, tranche)."""
    owed = result.lines["shortfall"][-1]
    faces = result.opening_balance[:, None] * np.ones_like(owed)
    return np.divide(owed, faces, out=np.zeros_like(owed), where=faces > 0).T


def pool_loss(result: Result) -> Array:
    """Return the losses booked in the pool over its closing balance, (scenario,).

    A default whose recovery comes after the last payment is not yet among them.
    """
    return np.asarray(result.pool_in["loss"].sum(axis=0) / result.opening_pool)


def internal_yield(result: Result, tranche: str, price: npt.ArrayLike = 1.0) -> Array:
    """Return the yearly yield of a class bought at closing, (scenario,).

    Parameters
    ----------
    result : Result
        A run.
    tranche : str
        A class with a face.
    price : float or array (scenario,)
        Price over face, above 0.

    Returns
    -------
    array (scenario,)
        Between -0.999 and 10, the bounds of the search; nan where the class is still owed principal
        at the last payment.

    Raises
    ------
    ChoiceError
        There is no such class.

    Notes
    -----
    The y at which sum of cash(t) / (1 + y)^t = price x face, t in years from closing, by bisection.
    """
    if tranche not in result.deal.names:
        raise ChoiceError("tranche", tranche, result.deal.names)
    cash = result.of("interest", tranche) + result.of("principal", tranche)
    row = result.deal.names.index(tranche)
    paid = np.broadcast_to(np.asarray(price, float) * result.opening_balance[row], len(cash))
    times = result.days.elapsed[: cash.shape[1]]
    low, high = np.full(len(cash), -0.999), np.full(len(cash), 10.0)
    for _ in range(STEPS):
        middle = (low + high) / 2
        worth = (cash * (1 + middle[:, None]) ** -times).sum(axis=1)
        low, high = np.where(worth > paid, middle, low), np.where(worth > paid, high, middle)
    return np.where(still_owed(result)[:, row] > LOST, np.nan, (low + high) / 2)


def payment_stack(result: Result, scenario: int = 0) -> pd.DataFrame:
    """Return who received each period's cash in one scenario.

    Returns
    -------
    DataFrame
        One row a period and use: ``period``, ``date``, ``use`` ("fee", "interest", "principal",
        "residual", "swap", "purchase", "kept"), ``name`` of the class or fee, ``amt``; uses of a
        period add up to the cash that came in.
    """
    lines, deal = result.lines, result.deal
    columns: list[tuple[str, str, Array]] = []
    for k, fee in enumerate(deal.fees):
        columns.append(("fee", fee.name, lines["fees"][:, k, scenario]))
    for k, each in enumerate(deal.tranches):
        kind = "residual" if each.kind == "residual" else "interest"
        columns.append((kind, each.name, lines["interest"][:, k, scenario]))
        columns.append(("principal", each.name, lines["principal"][:, k, scenario]))
    columns.append(("swap", "swap", lines["swap_out"][:, scenario]))
    columns.append(("purchase", "loans", lines["cost"][:, scenario]))
    held = lines["account"][:, scenario] + lines["reserve"][:, scenario]
    columns.append(("kept", "accounts", np.diff(held, prepend=deal.reserve.initial)))
    dates = pd.to_datetime(list(result.days.payment[: len(held)]))
    frames = [
        pd.DataFrame({"period": np.arange(1, len(held) + 1), "date": dates, "use": use,
                      "name": name, "amt": amounts})
        for use, name, amounts in columns
        if np.abs(amounts).any()
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def trigger_line(result: Result, scenario: int = 0) -> pd.DataFrame:
    """Return the state and every trigger's measure and level over time, in one scenario.

    Returns
    -------
    DataFrame
        One row a period: ``period``, ``date``, ``state``; for each trigger its measure and, as
        ``<name>_level``, the level in force (nan where there is none).
    """
    periods = len(result.lines["state"])
    states = list(result.deal.priorities)
    numbers = result.lines["state"][:, scenario].astype(int)
    frame = pd.DataFrame({
        "period": np.arange(1, periods + 1),
        "date": pd.to_datetime(list(result.days.payment[:periods])),
        "state": [states[number] for number in numbers],
    })  # fmt: skip
    for trigger in result.deal.triggers:
        levels = [level_at(trigger, t + 1) for t in range(periods)]
        frame[trigger.name] = result.measures[trigger.name][:, scenario]
        frame[f"{trigger.name}_level"] = [np.nan if each is None else each for each in levels]
    return frame


def classes(result: Result) -> pd.DataFrame:
    """Return the mean outcome of each class over all scenarios, one row a class.

    Returns
    -------
    DataFrame
        ``tranche``, ``kind``, ``face_amt``, ``enhancement`` (share of the pool below the class and
        its equals), ``life_years``, ``loss`` (over face), ``hit`` (share of scenarios with a loss),
        ``owed`` (still, at the last payment) and ``unpaid_interest``, both over face.
    """
    loss = principal_loss(result)
    life = average_life(result)
    some = np.isfinite(life)
    mean = np.where(some, life, 0).sum(axis=0) / np.maximum(some.sum(axis=0), 1)
    return pd.DataFrame({
        "tranche": result.deal.names, "kind": [each.kind for each in result.deal.tranches],
        "face_amt": result.opening_balance,
        "enhancement": [enhancement(result.deal)[name] for name in result.deal.names],
        "life_years": np.where(some.any(axis=0), mean, np.nan), "loss": loss.mean(axis=0),
        "hit": (loss > LOST).mean(axis=0),
        "owed": still_owed(result).mean(axis=0),
        "unpaid_interest": unpaid_interest(result).mean(axis=0),
    })  # fmt: skip


def loss_order(deal: Deal) -> Groups:
    """Return the classes from the first hit by losses to the last, equals together.

    The order of write-downs where the deal has them; otherwise the reverse of the order in which
    its last state pays principal.
    """
    every = [step for steps in deal.priorities.values() for step in steps]
    written = [group for step in every if step.name == "write_down" for group in step.classes]
    last = list(deal.priorities.values())[-1]
    paid = [group for step in last if step.name == "pay_principal" for group in step.classes]
    return tuple(dict.fromkeys(written or reversed(paid)))


def enhancement(deal: Deal) -> dict[str, float]:
    """Return the credit enhancement of each rated class at closing, as a share of the pool.

    Notes
    -----
    1 - (the class, its equals, and all that rank before it) / pool; it counts subordinated classes
    and overcollateralisation, not excess interest. nan where the pool has no balance.
    """
    faces = {each.name: deal.face(each) for each in deal.tranches}
    pool = deal.pool.balance or np.nan
    before = 0.0
    found: dict[str, float] = {}
    for group in reversed(loss_order(deal)):
        before += sum(faces[name] for name in group)
        found |= dict.fromkeys(group, 1 - before / pool)
    return {each.name: found.get(each.name, 0.0) for each in deal.tranches}
