"""Reads the parameters that a notebook declares, without running anything.

A line of the cell tagged ``parameters`` is an annotated literal. Its comment, on the same line or
on the lines below, gives the range or the choices and the meaning in English and Chinese::

    retained: float = 0.08  # [0, 0.5] share kept by the originator | 发起人自留份额
    lang: str = "en"  # {en, zh} language | 语言
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from abscase.errors import AbscaseError, ParameterFaults
from abscase.report.parameter import TYPES, Parameter, read_one

FORM = "name: type = literal  # [low, high] or {a, b} meaning in English | in Chinese"
COMMENT = re.compile(
    r"(?:\[(?P<low>[^,\]]*),(?P<high>[^\]]*)\]|\{(?P<choices>[^}]*)\})?\s*"
    r"(?P<en>[^|]*[^|\s])\s*\|\s*(?P<zh>[^|]*[^|\s])\s*"
)


def read_cells(notebook: Path) -> list[dict[str, Any]]:
    """Return ``id``, ``kind``, ``tags`` and ``source`` of each cell of a notebook file."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return [
            {"id": cell.get("id", f"cell {place}"), "kind": cell["cell_type"],
             "tags": list(cell.get("metadata", {}).get("tags", [])),
             "source": "".join(cell["source"])}
            for place, cell in enumerate(cells, start=1)
        ]  # fmt: skip
    except OSError as error:
        raise AbscaseError(f"cannot read {notebook}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise AbscaseError(f"{notebook} is not a Jupyter notebook of format 4") from None


def read_parameters(notebook: Path) -> tuple[Parameter, ...]:
    """Return the parameters of a notebook, in the order of its cell.

    Raises
    ------
    AbscaseError
        The file is no notebook, or has not exactly one cell tagged ``parameters``.
    ParameterFaults
        Every line of the cell that is not of the form, or whose default its own comment forbids.
    """
    cells = [cell for cell in read_cells(notebook) if "parameters" in cell["tags"]]
    if len(cells) != 1:
        count = f"{len(cells)} cells are tagged 'parameters', exactly one must be"
        raise AbscaseError(f"{notebook.name}: {count}")
    return parse_cell(cells[0]["source"], notebook.name)


def parse_cell(source: str, name: str = "notebook") -> tuple[Parameter, ...]:
    """Return the parameters that the source of a cell declares; ``name`` is for messages.

    >>> parse_cell("n: int = 3  # [1, 9] rounds | 轮数")[0].range
    '[1, 9]'
    """
    try:
        nodes = ast.parse(source).body
    except SyntaxError as error:
        raise ParameterFaults([f"{name}, parameters line {error.lineno}: {error.msg}"]) from None
    comments = _comments(source, [node.lineno for node in nodes])
    found: dict[str, Parameter] = {}
    messages = []
    for node in nodes:
        try:
            each = _parameter(node, comments.get(node.lineno, ""))
            if each.name in found:
                raise ValueError(f"{each.name} stands twice")
            found[each.name] = each
            if faults := list(each.faults(each.default)):
                raise ValueError(f"default {faults[0]}")
        except ValueError as error:
            messages.append(f"{name}, parameters line {node.lineno}: {error}")
    if messages:
        raise ParameterFaults(messages)
    return tuple(found.values())


def _comments(source: str, starts: Sequence[int]) -> dict[int, str]:
    """Join the comments from each statement to the next, keyed by the statement's line."""
    joined: dict[int, str] = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        before = [line for line in starts if line <= token.start[0]]
        if token.type == tokenize.COMMENT and before:
            text = token.string.lstrip("#").strip()
            joined[before[-1]] = f"{joined.get(before[-1], '')} {text}".strip()
    return joined


def _parameter(node: ast.stmt, comment: str) -> Parameter:
    if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
        raise ValueError(f"is not of the form {FORM}")
    name, (kind, optional) = node.target.id, _type(node.annotation)
    try:
        default = ast.literal_eval(node.value or ast.Name("nothing"))
    except ValueError:
        raise ValueError(f"{name} needs a literal, such as 0.08 or 'en'") from None
    match = COMMENT.fullmatch(comment)
    if match is None:
        raise ValueError(f"{name} needs a comment{FORM.partition(' ')[2].partition('#')[2]}")
    element = _element(default) if kind == "list" else kind
    try:
        choices = tuple(read_one(word, element) for word in _words(match["choices"]))
        ends = (end.strip() if end else "" for end in match.group("low", "high"))
        low, high = (float(end) if end else None for end in ends)
    except ValueError:
        raise ValueError(f"{name} has a range or choices that are not of type {element}") from None
    if element in ("bool", "str") and (low, high) != (None, None):
        raise ValueError(f"{name} takes choices {{a, b}}, not a range")
    return Parameter(
        name, kind, default, low, high, choices, optional, element, match["en"], match["zh"]
    )


def _type(annotation: ast.expr) -> tuple[str, bool]:
    """Return the declared type, and whether the value may be None."""
    text = ast.unparse(annotation)
    quoted = re.fullmatch(r"'Optional\[(\w+)\]'", text)
    kind = quoted[1] if quoted else text
    if kind not in TYPES:
        allowed = ", ".join(TYPES)
        raise ValueError(f"type {text} is not one of: {allowed}, 'Optional[...]' in quotes")
    return kind, bool(quoted)


def _element(default: Any) -> str:
    """Return the type of a list's elements; text where it has none, a number for int and float."""
    present = {type(each).__name__ for each in default} if isinstance(default, list) else set()
    return next((kind for kind in ("str", "float", "int", "bool") if kind in present), "str")


def _words(listed: str | None) -> list[str]:
    words = [word.strip().strip("'\"") for word in (listed or "").split(",")]
    return [word for word in words if word]
