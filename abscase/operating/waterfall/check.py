"""The faults of a deal's terms, all of them, each with its place in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from abscase.errors import Fault, did_you_mean
from abscase.operating.waterfall.deal import Deal, Step
from abscase.operating.waterfall.steps import STEPS
from abscase.operating.waterfall.terms import INF, limits
from abscase.operating.waterfall.triggers import MEASURES, NEEDS_CLASSES, level_at

EVENTS = {"scheduled", "default", "prepayment"}
NO_CLASSES = {"pay_swap", "buy_loans", "fill_reserve"}
SUM = 1 + 1e-9
MOST_OVER = 1.1
"""Classes may exceed the pool a little where excess interest is to make up for it, not by more."""


def faults(deal: Deal) -> list[Fault]:
    """Return every fault of a deal; ``column`` is the place of each ("tranches[1].rate")."""
    found: list[Fault] = []
    for rule in RULES:
        found += rule(deal)
    return found


def _ranges(term: Any, place: str = "") -> Iterator[Fault]:
    """Yield each value outside its range or choices, wherever in the terms it stands."""
    for each in fields(term):
        value, spot = getattr(term, each.name), f"{place}{each.name}"
        limit = limits(type(term))[each.name]
        if limit.get("choices") and value not in limit["choices"]:
            allowed = ", ".join(limit["choices"])
            near = did_you_mean(str(value), limit["choices"])
            yield Fault(f"not one of: {allowed}{near}", spot, str(value))
        elif limit and isinstance(value, int | float) and not isinstance(value, bool):
            endless = value in (INF, -INF) and each.default != value
            if value != value or endless or not limit["low"] <= value <= limit["high"]:
                yield Fault(f"outside {limit['low']:g} to {limit['high']:g}", spot, str(value))
        elif is_dataclass(value):
            yield from _ranges(value, f"{spot}.")
        elif isinstance(value, tuple):
            for number, item in enumerate(value):
                if is_dataclass(item):
                    yield from _ranges(item, f"{spot}[{number}].")


def _step_ranges(deal: Deal) -> Iterator[Fault]:
    """Yield each value of a step outside its choices."""
    for place, step in _lines(deal):
        yield from _ranges(step, f"{place}.")


def _names(deal: Deal) -> Iterator[Fault]:
    """Yield names that stand twice."""
    for kind in ("tranches", "fees", "triggers"):
        seen: set[str] = set()
        for number, each in enumerate(getattr(deal, kind)):
            if each.name in seen:
                yield Fault("name given twice", f"{kind}[{number}].name", each.name)
            if not each.name.strip():
                yield Fault("a name without letters", f"{kind}[{number}].name")
            seen.add(each.name)


def _unknown(names: Iterable[str], known: Iterable[str], place: str, what: str) -> Iterator[Fault]:
    known = list(known)
    for name in names:
        if name not in known:
            near = did_you_mean(name, known)
            choices = f"known: {', '.join(known) or 'none'}"
            yield Fault(f"no {what} of that name{near}", place, name, fix=choices)


def _lines(deal: Deal) -> Iterator[tuple[str, Step]]:
    for state, steps in deal.priorities.items():
        for number, step in enumerate(steps):
            yield f"states.{state}[{number}]", step


def _steps(deal: Deal) -> Iterator[Fault]:
    """Yield unknown steps, and names in steps that stand for nothing."""
    flags = [each.name for each in deal.triggers]
    for place, step in _lines(deal):
        yield from _unknown([step.name], STEPS, place, "step")
        yield from _unknown([*step.when, *step.unless], flags, place, "trigger")
        fee = step.name == "pay_fee"
        known = [each.name for each in deal.fees] if fee else deal.names
        yield from _unknown(step.names, known, place, "fee" if fee else "tranche")
        if step.name in STEPS and step.name not in NO_CLASSES and not step.names:
            yield Fault("names nobody to pay", place, step.name)
        doubles = {name for name in step.names if step.names.count(name) > 1}
        yield from (Fault("named twice in one step", place, name) for name in sorted(doubles))
        if step.name == "buy_loans" and deal.revolving is None:
            yield Fault("buys loans, but the deal has no terms 'revolving'", place, step.name)
        if step.name == "pay_residual" and len(step.names) > 1:
            yield Fault("pays several classes; name one", place, step.name)
    yield from _unknown([*deal.cover.when, *deal.cover.unless], flags, "cover", "trigger")
    for number, each in enumerate(deal.tranches):
        named = [each.step_up_on] if each.step_up_on else []
        yield from _unknown(named, flags, f"tranches[{number}].step_up_on", "trigger")


def _states(deal: Deal) -> Iterator[Fault]:
    """Yield states without a priority list, and cycles of states."""
    if not deal.priorities:
        yield Fault("no state with a priority list", "states")
    for state, steps in deal.priorities.items():
        if not steps:
            yield Fault("a state without priority list", f"states.{state}", state)
    order = list(deal.priorities)
    moves: dict[str, list[tuple[str, str]]] = {}
    for number, trigger in enumerate(deal.triggers):
        if trigger.to is None:
            continue
        spot = f"triggers[{number}]"
        for state in (trigger.to, *trigger.sources):
            if state not in order:
                yield Fault("a state without priority list", spot, state, fix=", ".join(order))
        own = trigger.sources or order[: order.index(trigger.to)] if trigger.to in order else ()
        for source in own:
            moves.setdefault(source, []).append((trigger.to, spot))
    yield from _cycles(moves)


def _cycles(moves: dict[str, list[tuple[str, str]]]) -> Iterator[Fault]:
    """Yield a fault for each way back to a state that was left."""
    found: set[frozenset[str]] = set()

    def walk(state: str, path: list[str]) -> Iterator[Fault]:
        for target, spot in moves.get(state, []):
            if target in path and (ring := frozenset(path[path.index(target) :])) not in found:
                found.add(ring)
                way = " -> ".join([*path[path.index(target) :], target])
                yield Fault("a cycle of states", spot, way, fix="states only move forward")
            if target not in path:
                yield from walk(target, [*path, target])

    for start in list(moves):
        yield from walk(start, [start])


def _payments(deal: Deal) -> Iterator[Fault]:
    """Yield classes that no step pays."""
    if not deal.tranches:
        yield Fault("no tranches", "tranches")
    paid = {kind: {name for _, step in _lines(deal) if step.name == kind for name in step.names}
            for kind in ("pay_interest", "pay_principal", "pay_residual", "pay_fee")}  # fmt: skip
    anyhow = paid["pay_interest"] | paid["pay_principal"] | paid["pay_residual"]
    for number, each in enumerate(deal.tranches):
        spot = f"tranches[{number}]"
        if each.name not in anyhow:
            yield Fault("a tranche without payment", spot, each.name, fix="name it in a step")
            continue
        coupon = each.kind != "residual" and (each.rate or each.margin or each.kind == "floating")
        if coupon and not each.pik and each.name not in paid["pay_interest"]:
            yield Fault("a coupon that no step pays", spot, each.name, fix="add pay_interest")
        owed = each.kind in ("fixed", "floating") and deal.face(each) > 0
        if owed and each.name not in paid["pay_principal"]:
            yield Fault("principal that no step pays", spot, each.name, fix="add pay_principal")
    for number, fee in enumerate(deal.fees):
        if fee.name not in paid["pay_fee"]:
            yield Fault("a fee without payment", f"fees[{number}]", fee.name)


def _shares(deal: Deal) -> Iterator[Fault]:
    """Yield shares that add up to more than the whole, and balances that are not given once."""
    total = sum(each.share or 0 for each in deal.tranches)
    if total > SUM:
        yield Fault("shares over 100 %", "tranches", f"{total:.6g}")
    promised = sum(deal.face(each) for each in deal.tranches if each.kind in ("fixed", "floating"))
    if deal.pool.balance and total <= SUM and promised > MOST_OVER * deal.pool.balance:
        rule = f"classes of more than {MOST_OVER:g} times the pool"
        yield Fault(rule, "tranches", f"{promised:.6g}", fix=f"the pool is {deal.pool.balance:g}")
    for number, each in enumerate(deal.tranches):
        # A residual's face may stand for the whole pool, as a notional; never for more.
        if each.kind == "residual" and 0 < deal.pool.balance * MOST_OVER < deal.face(each):
            rule = f"a residual of more than {MOST_OVER:g} times the pool"
            yield Fault(rule, f"tranches[{number}].balance", f"{deal.face(each):.6g}")
        given = [each.balance is not None, each.share is not None]
        free = each.kind == "io" or each.tracks_cover
        if all(given) or (not any(given) and not free):
            yield Fault("give balance or share, one of them", f"tranches[{number}]", each.name)
        if each.cap < each.floor:
            yield Fault(f"a cap below the floor of {each.floor:g}", f"tranches[{number}].cap",
                        f"{each.cap:g}")  # fmt: skip
        names = each.notional_of
        yield from _unknown(names, deal.names, f"tranches[{number}].notional_of", "tranche")
    held: dict[tuple[str, str], float] = {}
    for number, item in enumerate(deal.pool.holdings):
        key = (item.deal, item.tranche)
        held[key] = held.get(key, 0) + item.share
        if held[key] > SUM:
            yield Fault("shares over 100 %", f"pool.holdings[{number}]", f"{held[key]:.6g}")


def _triggers(deal: Deal) -> Iterator[Fault]:
    """Yield triggers of unknown kind, without a level, or without the classes they need."""
    for number, each in enumerate(deal.triggers):
        spot = f"triggers[{number}]"
        yield from _unknown([each.kind], MEASURES, f"{spot}.kind", "kind of trigger")
        yield from _unknown(each.classes, deal.names, f"{spot}.classes", "tranche")
        if each.kind in NEEDS_CLASSES and not each.classes:
            yield Fault("needs classes", spot, each.name)
        if each.kind == "date" and each.period is None:
            yield Fault("needs a period", spot, each.name)
        if each.kind in MEASURES and not each.levels and level_at(each, 1) is None:
            yield Fault("needs a level or levels", spot, each.name)
        for period, level in each.levels.items():
            if period < 1 or not 0 <= level < INF:
                rule = "a level from a period on: {1: 0.05}, both at least 0, the period from 1"
                yield Fault(rule, f"{spot}.levels", f"{period}: {level:g}")


def _pool(deal: Deal) -> Iterator[Fault]:
    """Yield orders of events that miss one, and dates that run backwards."""
    if set(deal.pool.order) != EVENTS or len(deal.pool.order) != len(EVENTS):
        allowed = ", ".join(sorted(EVENTS))
        yield Fault(f"must name each once: {allowed}", "pool.order", ", ".join(deal.pool.order))
    if deal.calendar.first_payment <= deal.calendar.closing:
        day = str(deal.calendar.first_payment)
        yield Fault("not after closing", "calendar.first_payment", day)
    if deal.revolving is not None and deal.calendar.periods is None:
        yield Fault("a revolving deal needs its number of payments", "calendar.periods")


RULES: tuple[Callable[[Deal], Iterable[Fault]], ...] = (
    _ranges, _step_ranges, _names, _steps, _states, _payments, _shares, _triggers, _pool,
)  # fmt: skip
