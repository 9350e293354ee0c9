"""Read a deal from YAML; every fault of the file is listed at once, with its line."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from abscase.errors import DataFaults, Fault, did_you_mean
from abscase.operating.waterfall.deal import Deal, Step
from abscase.operating.waterfall.yaml_tree import Lines, text_of, tree_of

STEP_KEYS = {"from": "source"}
TRIGGER_KEYS = {"from": "sources"}


def read_deal(path: Path | str) -> Deal:
    """Return the deal of a YAML file.

    Raises
    ------
    DataFaults
        Every fault of the file, each with its line.
    """
    path = Path(path)
    return deal_from(text_of(path), path.name)


def deal_from(text: str, name: str = "deal", rows: Mapping[str, Any] | None = None) -> Deal:
    """Return the deal of a YAML text.

    Parameters
    ----------
    text : str
        Keys are the terms of `Deal`; ``states`` holds the priority list of each state.
    name : str
        Name of the file, for faults.
    rows : mapping, optional
        Terms known from elsewhere, laid under those of the file: {"pool": terms, "tranches":
        {class: terms}}.
    """
    tree, lines, found = tree_of(text, name)
    given = _under(tree, rows or {})
    if "states" in given:
        given["priorities"] = _priorities(given.pop("states"), found)
    deal: Deal | None = None
    try:
        deal = _build(Deal, given, "", found)
    except DataFaults as error:
        # A term that could not be read stands for nothing: what follows from that is no fault.
        unread = {fault.column for fault in found if not fault.column.startswith("states.")}
        found += [fault for fault in error.faults if fault.column not in unread]
    read = all(fault.column != "pool.balance" for fault in found)
    if deal and read and not deal.pool.balance and not deal.pool.holdings:
        rule = "must be above 0, or the pool must hold classes of other deals"
        found.append(Fault(rule, "pool.balance", f"{deal.pool.balance:g}"))
    if found:
        unique = list(dict.fromkeys(found))
        raise DataFaults(sorted((_placed(f, lines, name) for f in unique), key=_line))
    assert deal is not None  # without a fault it was built
    return deal


def _line(fault: Fault) -> int:
    return fault.line or 0


def _placed(fault: Fault, lines: Lines, name: str) -> Fault:
    """Return a fault with the line of its place, or of the nearest place around it."""
    place = fault.column.replace("priorities.", "states.")
    while place and place not in lines:
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    return replace(fault, line=fault.line or lines.get(place, 1), file=name)


def _under(tree: dict[str, Any], rows: Mapping[str, Any]) -> dict[str, Any]:
    """Return the terms of a file over those of rows."""
    made = dict(tree)
    for key, terms in rows.items():
        own = made.get(key)
        if key == "tranches" and isinstance(own, list):
            made[key] = [
                {**terms.get(each.get("name"), {}), **each} if isinstance(each, dict) else each
                for each in own
            ]
        elif isinstance(terms, Mapping):
            made[key] = {**terms, **(own or {})}
        else:
            made.setdefault(key, terms)
    return made


def _priorities(states: Any, found: list[Fault]) -> dict[str, tuple[Step, ...]]:
    """Return the priority list of each state."""
    if not isinstance(states, dict):
        found.append(Fault("must be states, each with a list of steps", "states"))
        return {}
    made = {}
    for state, steps in states.items():
        items = steps if isinstance(steps, list) else []
        if steps is not None and not isinstance(steps, list):
            found.append(Fault("must be a list of steps", f"states.{state}"))
        read = (_step(item, f"states.{state}[{k}]", found) for k, item in enumerate(items))
        made[str(state)] = tuple(step for step in read if step)
    return made


def _step(item: Any, place: str, found: list[Fault]) -> Step | None:
    """Return a step: "name", {name: classes} or {name: {classes, from, amount, when, unless}}."""
    if isinstance(item, str):
        return Step(item)
    if not isinstance(item, dict) or len(item) != 1:
        found.append(Fault("a step is a name, or one name with its terms", place))
        return None
    name, terms = next(iter(item.items()))
    terms = terms if isinstance(terms, dict) else {"classes": terms}
    terms = {STEP_KEYS.get(key, key): value for key, value in terms.items()}
    terms["classes"] = _groups(terms.pop("classes", None), place, found)
    built: Step | None = _build(Step, {"name": str(name), **terms}, place, found)
    return built


def _groups(given: Any, place: str, found: list[Fault]) -> tuple[tuple[str, ...], ...]:
    """Return the classes of a step in order of payment: names, or lists of names that are equal."""
    listed = given if isinstance(given, list) else [given] if given is not None else []
    groups = [each if isinstance(each, list) else [each] for each in listed]
    for name in [name for group in groups for name in group]:
        if not _is_name(name):
            found.append(Fault("must be names of classes or fees", place, str(name)))
    return tuple(tuple(str(name) for name in group if _is_name(name)) for group in groups)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))


def _build(kind: Any, given: Any, place: str, found: list[Fault]) -> Any:
    """Return a dataclass made of plain values; faults of shape are noted, and the rest goes on."""
    if not isinstance(given, Mapping):
        found.append(Fault("must be a list of terms", place, str(given)))
        given = {}
    dot = f"{place}." if place else ""
    hints, known = get_type_hints(kind), {each.name: each for each in fields(kind)}
    made: dict[str, Any] = {}
    renamed = TRIGGER_KEYS if kind.__name__ == "Trigger" else {}
    for key, value in given.items():
        key = renamed.get(key, key)
        if not isinstance(key, str):
            found.append(Fault("no such term", f"{dot}{key}", str(key)))
            continue
        if key not in known:
            near = did_you_mean(str(key), known)
            found.append(Fault(f"no such term{near}", f"{dot}{key}", str(key)))
        elif key in ("priorities",) or (kind is Step and key == "classes"):
            made[key] = value
        elif value is not None:
            made[key] = _value(hints[key], value, f"{dot}{key}", found)
    for name, each in known.items():
        if made.get(name) is None and each.default is MISSING and each.default_factory is MISSING:
            word = "states" if name == "priorities" else name
            known_place = name in given or not place
            found.append(Fault("must be given", f"{dot}{word}" if known_place else place, word))
            made[name] = {} if name == "priorities" else () if name == "tranches" else "?"
    return kind(**{name: value for name, value in made.items() if value is not None})


def _value(hint: Any, value: Any, place: str, found: list[Fault]) -> Any:
    """Return a plain value as the type its term wants."""
    options = [hint]
    if get_origin(hint) in (types.UnionType,):
        options = [each for each in get_args(hint) if each is not type(None)]
    wanted = options[0]
    if is_dataclass(wanted):
        return _build(wanted, value, place, found)
    if wanted is str and _is_name(value):
        return str(value)
    if get_origin(wanted) is tuple:
        items = value if isinstance(value, list) else [value]
        inner = get_args(wanted)[0]
        made = [_value(inner, item, f"{place}[{k}]", found) for k, item in enumerate(items)]
        return tuple(item for item in made if item is not None)
    if wanted in (bool, int, date) and type(value) is wanted:
        return value
    if wanted is float and type(value) in (int, float):
        return float(value)
    if get_origin(wanted) is not None and isinstance(value, dict):
        of_key, of_item = get_args(wanted)
        keys = [_value(of_key, key, f"{place}.{key}", found) for key in value]
        items = list(value.values())
        if of_item is not Any:
            items = [_value(of_item, item, f"{place}.{key}", found) for key, item in value.items()]
        return {key: item for key, item in zip(keys, items, strict=True)
                if key is not None and item is not None}  # fmt: skip
    words = {str: "text", bool: "true or false", int: "a whole number", float: "a number",
             date: "a date as 2021-04-15"}  # fmt: skip
    found.append(Fault(f"must be {words.get(wanted, 'a list of terms')}", place, str(value)))
    return None
