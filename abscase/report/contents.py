"""Reads ``reports.yml``: which notebooks make the report, in which order, with which parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

from abscase.errors import AbscaseError, DataFaults, Fault, did_you_mean
from abscase.place import notebooks, share_dir

SET_BY_RUNNER = ("lang", "out_dir", "claims_dir")


@dataclass(frozen=True)
class Entry:
    """A notebook of the report: which ones it runs after, and parameters that are not defaults."""

    name: str
    after: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)


def read_reports(path: Path | None = None, known: Mapping[str, Path] | None = None) -> list[Entry]:
    """Return the entries of ``reports.yml`` in an order that respects ``after``.

    Parameters
    ----------
    path : Path, optional
        By default the file that comes with abscase.
    known : mapping of name to path, optional
        The notebooks there are; by default those that come with abscase.

    Raises
    ------
    DataFaults
        With every unknown key, unknown notebook, name that stands twice, and cycle.
    """
    path, known = path or share_dir() / "reports.yml", notebooks() if known is None else known
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AbscaseError(f"cannot read {path}: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise AbscaseError(f"{path} is not YAML: {error}") from None
    if faults := list(_faults(content, known)):
        raise DataFaults([Fault(text, file=path.name) for text in faults])
    entries = {
        item["name"]: Entry(item["name"], tuple(item.get("after", ())), item.get("parameters", {}))
        for item in content["notebooks"]
    }
    try:
        order = TopologicalSorter({name: entries[name].after for name in entries}).static_order()
        return [entries[name] for name in order]
    except CycleError as error:
        circle = " after ".join(reversed(error.args[1]))
        raise DataFaults([Fault(f"notebooks wait in a circle: {circle}", file=path.name)]) from None


def _faults(content: Any, known: Mapping[str, Path]) -> Iterator[str]:
    if not isinstance(content, dict):
        yield "must be a mapping with 'title' and 'notebooks'"
        return
    yield from _unknown_keys(content, ("title", "notebooks"), "the file")
    title, items = content.get("title"), content.get("notebooks")
    if not isinstance(title, dict) or not all(
        isinstance(title.get(lang), str) for lang in ("en", "zh")
    ):
        yield "title must give a text for 'en' and for 'zh'"
    if not isinstance(items, list) or not items:
        yield "notebooks must be a list of '- name: ...'"
        return
    names = [item.get("name") if isinstance(item, dict) else None for item in items]
    for place, (name, item) in enumerate(zip(names, items, strict=True), start=1):
        if not isinstance(name, str):
            yield f"notebook {place} must be of the form '- name: 06_leverage'"
            continue
        yield from _unknown_keys(item, ("name", "after", "parameters"), name)
        if name not in known:
            yield f"no notebook {name!r}{did_you_mean(name, known)}"
        if names.index(name) != place - 1:
            yield f"{name} stands twice"
        yield from _value_faults(name, item, names)


def _unknown_keys(found: Mapping[str, Any], allowed: Sequence[str], where: str) -> Iterator[str]:
    for each in sorted(found.keys() - set(allowed), key=str):
        near = did_you_mean(str(each), allowed)
        yield f"unknown key {each!r} in {where}{near}; allowed: {', '.join(allowed)}"


def _value_faults(name: str, item: Mapping[str, Any], names: Sequence[Any]) -> Iterator[str]:
    after, parameters = item.get("after", []), item.get("parameters", {})
    if not isinstance(after, list):
        yield f"{name}: after must be a list of names, such as [00_claims]"
        after = []
    for each in after:
        if each not in names:
            near = did_you_mean(str(each), [other for other in names if isinstance(other, str)])
            yield f"{name}: after names {each!r}, which is not listed{near}"
    if not isinstance(parameters, dict):
        yield f"{name}: parameters must be a mapping of name to value"
    elif reserved := [each for each in SET_BY_RUNNER if each in parameters]:
        yield f"{name}: {', '.join(reserved)} cannot be set here; the runner sets them"
