"""A YAML text as plain values with their lines; what a file of terms cannot hold is a fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from abscase.errors import DataFaults, Fault

Lines = dict[str, int]
"""Place in the file ("tranches[1].rate") to its line."""
MOST_NODES = 50_000
"""Aliases may unfold a small file into billions of values."""
MOST_BYTES = 1_000_000
UNREADABLE = (yaml.YAMLError, ValueError, OverflowError, LookupError, AttributeError, TypeError)
"""What the constructors of YAML raise on a value that does not fit its tag."""


def text_of(path: Path) -> str:
    """Return the text of a file in UTF-8, or raise DataFaults."""
    try:
        if (size := path.stat().st_size) > MOST_BYTES:
            rule = f"is larger than {MOST_BYTES:,} bytes, and so no deal file"
            raise DataFaults([Fault(rule, value=f"{size:,}", file=path.name)])
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        fault = Fault("is not UTF-8 text", line=line, file=path.name, fix="save it as UTF-8")
        raise DataFaults([fault]) from None
    except OSError as error:
        raise DataFaults([Fault(f"cannot be read: {error.strerror}", file=path.name)]) from None


def tree_of(text: str, name: str) -> tuple[dict[str, Any], Lines, list[Fault]]:
    """Return the terms of a YAML text, the line of each place, and the faults of form.

    Parameters
    ----------
    text : str
        Its top level holds "name: ..." terms.
    name : str
        Name of the file, for faults.

    Raises
    ------
    DataFaults
        The text is no YAML, or holds no terms.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except RecursionError:
        rule = "values within values, too many to read"
        raise DataFaults([Fault(rule, line=1, file=name)]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        position = getattr(error, "position", 0)  # of a sign that no text may hold
        line = mark.line + 1 if mark else text.count("\n", 0, position) + 1
        problem = str(getattr(error, "problem", None) or getattr(error, "reason", error))
        raise DataFaults([Fault(f"not YAML: {problem}", line=line, file=name)]) from None
    tree = _Tree()
    found = tree.plain(node, "", ()) if node else None
    if not isinstance(found, dict):
        rule = "a deal file is a list of terms, 'name: ...' first"
        raise DataFaults([Fault(rule, line=1, file=name)])
    return found, tree.lines, tree.faults


def _scalar(node: yaml.Node) -> Any:
    """Return one value; one of :data:`UNREADABLE` is raised where it has none."""
    value = yaml.SafeLoader("").construct_object(node)
    if isinstance(value, int):
        float(value)  # raises where no number of the machine holds it
    return value


class _Tree:
    """The places and faults gathered while a tree of nodes is read."""

    def __init__(self) -> None:
        self.lines: Lines = {}
        self.faults: list[Fault] = []
        self.nodes = 0

    def plain(self, node: yaml.Node, place: str, above: tuple[int, ...]) -> Any:
        """Return a node as plain values; None where it cannot be."""
        self.lines[place] = node.start_mark.line + 1
        self.nodes += 1
        if id(node) in above:
            return self._fault("an alias within what it stands for", place)
        if self.nodes > MOST_NODES:
            if self.nodes == MOST_NODES + 1:
                self._fault(f"more than {MOST_NODES:,} values", place)
            return None
        above = (*above, id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place, above)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(each, f"{place}[{k}]", above) for k, each in enumerate(node.value)]
        try:
            return _scalar(node)
        except UNREADABLE:
            return self._fault("a value that cannot be read", place, str(node.value)[:40])

    def _mapping(
        self, node: yaml.MappingNode, place: str, above: tuple[int, ...]
    ) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, place)
            if key is None:
                continue
            spot = f"{place}.{key}" if place else str(key)
            if key in made:
                self._fault("key given twice", spot, str(key))
            made[key] = self.plain(value_node, spot, above)
            self.lines[spot] = key_node.start_mark.line + 1
        return made

    def _key(self, node: yaml.Node, place: str) -> Any:
        """Return a key; None, with a fault, where it is no plain word or number."""
        key = None
        if isinstance(node, yaml.ScalarNode) and not node.tag.endswith(":merge"):
            try:
                key = _scalar(node)
            except UNREADABLE:
                key = None
        if key is None or (isinstance(key, float) and key != key):
            self._fault("a key must be a plain word or number", place, str(node.value)[:40],
                        node.start_mark.line + 1)  # fmt: skip
            return None
        return key

    def _fault(self, rule: str, place: str, value: str = "", line: int | None = None) -> None:
        self.faults.append(Fault(rule, place, value, line))
