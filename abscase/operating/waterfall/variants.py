"""Other versions of a deal: another order of payment, no triggers, another cover or junior."""

from __future__ import annotations

from dataclasses import replace

from abscase.errors import ChoiceError
from abscase.operating.waterfall.deal import Deal, Groups, Step
from abscase.operating.waterfall.measures import loss_order
from abscase.ranges import require

STRUCTURES = ("native", "sequential", "prorata", "turbo")
PROTECTIVE = {
    "cumulative_loss", "cumulative_default", "delinquency", "default_rate", "oc", "ic",
    "excess_spread", "purchase_shortfall", "originator_default",
}  # fmt: skip
"""Kinds of trigger that change who is paid because something went wrong."""


def with_structure(deal: Deal, structure: str) -> Deal:
    """Return the deal with another order of principal once it no longer buys loans.

    Parameters
    ----------
    deal : Deal
        The terms.
    structure : {"native", "sequential", "prorata", "turbo"}
        The deal's own; one class after the other; all in proportion to their balances, whatever
        happens; one after the other and with all the cash left, so that the residual waits.

    Raises
    ------
    ChoiceError
        There is no such structure.

    Notes
    -----
    Classes that share losses still share principal. In "sequential" and "prorata" the residual
    takes what is above the cover target in a deal that has one. States that buy loans stay.
    """
    if structure not in STRUCTURES:
        raise ChoiceError("structure", structure, STRUCTURES)
    if structure == "native":
        return deal
    order = tuple(group for group in reversed(loss_order(deal)) if _rated(deal, group))
    groups: Groups = (tuple(name for group in order for name in group),)
    if structure != "prorata":
        groups = order
    amount = "cover" if structure != "turbo" and _covered(deal) else "available"
    payment = Step("pay_principal", groups, amount=amount, lockout=False)
    states = {
        state: steps if any(step.name == "buy_loans" for step in steps) else _paid(steps, payment)
        for state, steps in deal.priorities.items()
    }
    return replace(deal, priorities=states)


def _paid(steps: tuple[Step, ...], payment: Step) -> tuple[Step, ...]:
    """Return the steps with one payment of principal, where the first one stood."""
    places = [place for place, step in enumerate(steps) if step.name == "pay_principal"]
    if not places:
        return steps
    kept = [payment if place == places[0] else step for place, step in enumerate(steps)
            if place not in places[1:]]  # fmt: skip
    return tuple(kept)


def _rated(deal: Deal, group: tuple[str, ...]) -> bool:
    kinds = {each.name: each.kind for each in deal.tranches}
    return all(kinds[name] in ("fixed", "floating") for name in group)


def _covered(deal: Deal) -> bool:
    """Whether the residual of a deal stands for what the pool exceeds the rated classes by."""
    return any(each.tracks_cover for each in deal.tranches)


def without_triggers(deal: Deal) -> Deal:
    """Return the deal without the triggers that protect: those of losses, arrears and events.

    Dates, pool factors and the level of enhancement stay. A step taken only where such a trigger
    holds is left out.
    """
    gone = {each.name for each in deal.triggers if each.kind in PROTECTIVE}
    states = {
        state: tuple(
            replace(step, unless=_without(step.unless, gone))
            for step in steps
            if not gone & set(step.when)
        )
        for state, steps in deal.priorities.items()
    }
    cover = deal.cover
    cover = replace(cover, when=() if gone & set(cover.when) else cover.when,
                    unless=_without(cover.unless, gone))  # fmt: skip
    triggers = tuple(each for each in deal.triggers if each.name not in gone)
    return replace(deal, triggers=triggers, priorities=states, cover=cover)


def _without(names: tuple[str, ...], gone: set[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in gone)


def with_target(deal: Deal, share: float) -> Deal:
    """Return the deal with a cover target, as a share of the closing pool in [0, 1].

    A deal without cover keeps its terms: nothing in it aims at a target.
    """
    require(oc_target=(share, 0, 1))
    if not _covered(deal):
        return deal
    return replace(deal, cover=replace(deal.cover, target_share=share))


def with_junior(deal: Deal, share: float) -> Deal:
    """Return the deal with a residual of another size, the other classes scaled to make room.

    Parameters
    ----------
    deal : Deal
        Its residual is the lowest class.
    share : float
        Of the closing pool, in [0, 1). A cover target below it is raised to it, or the new cover
        would be paid out at once.
    """
    require(junior=(share, 0, 0.99))
    size = deal.pool.balance
    residuals = [each for each in deal.tranches if each.kind == "residual"]
    rated = sum(deal.face(each) for each in deal.tranches if each.kind in ("fixed", "floating"))
    if not residuals or not rated:
        return deal
    factor = (1 - share) * size / rated
    tranches = tuple(
        replace(each, share=None, balance=share * size) if each is residuals[-1]
        else replace(each, share=None, balance=deal.face(each) * factor)
        if each.kind in ("fixed", "floating") else each
        for each in deal.tranches
    )  # fmt: skip
    cover = deal.cover
    if _covered(deal):
        cover = replace(cover, target_share=max(cover.target_share, share))
    return replace(deal, tranches=tranches, cover=cover)


def variant(
    deal: Deal, structure: str = "native", triggers: bool = True, oc_target: float | None = None,
    junior: float | None = None,
) -> Deal:  # fmt: skip
    """Return the deal with all of these changes; what is None stays the deal's own."""
    if not triggers:
        deal = without_triggers(deal)
    if oc_target is not None:
        deal = with_target(deal, oc_target)
    if junior is not None:
        deal = with_junior(deal, junior)
    return with_structure(deal, structure)
