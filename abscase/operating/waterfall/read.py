"""Read a deal from YAML; every fault of the file is listed at once, with its line."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import yaml

from abscase.errors import DataFaults, Fault, did_you_mean
from abscase.operating.waterfall.deal import Deal, Step

Lines = dict[str, int]
"""Place in the file ("tranches[1].rate") to its line."""
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
    return deal_from(path.read_text(encoding="utf-8"), path.name)


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
    found: list[Fault] = []
    lines: Lines = {}
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        problem = str(getattr(error, "problem", error))
        raise DataFaults([Fault(f"not YAML: {problem}", line=line, file=name)]) from None
    tree = _plain(node, "", lines, found) if node else None
    if not isinstance(tree, dict):
        raise DataFaults([Fault("a deal file is a list of terms, 'name: ...' first", file=name)])
    given = _under(tree, rows or {})
    if "states" in given:
        given["priorities"] = _priorities(given.pop("states"), found)
    deal: Deal | None = None
    try:
        deal = _build(Deal, given, "", found)
    except DataFaults as error:
        found += error.faults
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
    return replace(fault, line=lines.get(place, 1), file=name)


def _plain(node: yaml.Node, place: str, lines: Lines, found: list[Fault]) -> Any:
    """Return a YAML node as plain values, and note the line of every place."""
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        made: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = yaml.SafeLoader("").construct_object(key_node)
            spot = f"{place}.{key}" if place else str(key)
            if key in made:
                found.append(Fault("key given twice", spot, str(key)))
            made[key] = _plain(value_node, spot, lines, found)
            lines[spot] = key_node.start_mark.line + 1
        return made
    if isinstance(node, yaml.SequenceNode):
        return [_plain(n, f"{place}[{k}]", lines, found) for k, n in enumerate(node.value)]
    return yaml.SafeLoader("").construct_object(node)


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
    groups = terms.pop("classes", None)
    groups = [groups] if isinstance(groups, str) else groups or []
    terms["classes"] = tuple(tuple(g) if isinstance(g, list) else (str(g),) for g in groups)
    built: Step | None = _build(Step, {"name": str(name), **terms}, place, found)
    return built


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
        if key not in known:
            near = did_you_mean(str(key), known)
            found.append(Fault(f"no such term{near}", f"{dot}{key}", str(key)))
        elif key in ("priorities",) or (kind is Step and key == "classes"):
            made[key] = value
        elif value is not None:
            made[key] = _value(hints[key], value, f"{dot}{key}", found)
    for name, each in known.items():
        if made.get(name) is None and each.default is MISSING and each.default_factory is MISSING:
            found.append(Fault("must be given", f"{dot}{name}" if name in given else place, name))
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
    if get_origin(wanted) is tuple:
        items = value if isinstance(value, list) else [value]
        inner = get_args(wanted)[0]
        return tuple(_value(inner, item, f"{place}[{k}]", found) for k, item in enumerate(items))
    if wanted in (str, bool, int, date) and isinstance(value, wanted):
        return value
    if wanted is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if get_origin(wanted) is not None and isinstance(value, dict):
        return value
    words = {str: "text", bool: "true or false", int: "a whole number", float: "a number",
             date: "a date as 2021-04-15"}  # fmt: skip
    found.append(Fault(f"must be {words.get(wanted, 'a list of terms')}", place, str(value)))
    return None
