"""The parameters of a notebook: what each may be, and the check of what is given."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from abscase.errors import ParameterFaults, did_you_mean

TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,), "int": (int,), "float": (int, float), "str": (str,), "list": (list,)
}  # fmt: skip
WORDS = {
    "bool": "true or false", "int": "a whole number", "float": "a number", "str": "a text",
    "list": "a list",
}  # fmt: skip
FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a notebook.

    ``low`` and ``high`` are allowed values themselves. For a list, ``element`` is the type of its
    elements, and range and choices are theirs.
    """

    name: str
    type: str
    default: Any
    low: float | None = None
    high: float | None = None
    choices: tuple[Any, ...] = ()
    optional: bool = False
    element: str = "str"
    meaning_en: str = ""
    meaning_zh: str = ""

    @property
    def range(self) -> str:
        """What is allowed, as the notebook writes it: "[0, 0.5]", "{en, zh}" or ""."""
        if self.choices:
            return "{" + ", ".join(str(choice) for choice in self.choices) + "}"
        ends = ["" if end is None else f"{end:.12g}" for end in (self.low, self.high)]
        return f"[{', '.join(ends)}]" if any(ends) else ""

    @property
    def allowed(self) -> str:
        """What is allowed, in words, such as "a number in [0, 0.5]"."""
        place = f" of {self.range}" if self.choices else f" in {self.range}" if self.range else ""
        return WORDS[self.type] + place + (" or none" if self.optional else "")

    def meaning(self, lang: str) -> str:
        """Return the meaning in "en" or "zh"."""
        return self.meaning_zh if lang == "zh" else self.meaning_en

    def faults(self, value: Any) -> Iterator[str]:
        """Yield what is wrong with a value, one line each."""
        if value is None and self.optional:
            return
        if not _has_type(value, self.type):
            yield f"{self.name}={value!r} is not {self.allowed}"
            return
        for each in value if self.type == "list" else [value]:
            if fault := self._fault_of_one(each):
                yield f"{self.name}={value!r} {fault}"

    def _fault_of_one(self, value: Any) -> str | None:
        """Return what is wrong with a value of the right type, or with an element of a list."""
        if self.type == "list" and not _has_type(value, self.element):
            return f"holds {value!r}, which is not {WORDS[self.element]}"
        if isinstance(value, str) and not value.isascii():
            return "holds characters that are not ASCII; give a code or a plain path"
        if isinstance(value, int | float) and not abs(value) <= sys.float_info.max:
            return f"is not finite; give {self.allowed}"
        if self.choices and value not in self.choices:
            return f"is not {self.allowed}"
        low, high = self.low, self.high
        inside = (low is None or value >= low) and (high is None or value <= high)
        return None if inside else f"is not {self.allowed}"


def _has_type(value: Any, kind: str) -> bool:
    # In Python True is an int; in a parameter it is not.
    return isinstance(value, TYPES[kind]) and (kind == "bool" or not isinstance(value, bool))


def check(parameters: Sequence[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of every parameter: the given one, or else its default.

    A whole number given for a number becomes a float.

    Raises
    ------
    ParameterFaults
        With a line for every unknown name, wrong type, value out of range, number that is not
        finite and text that is not ASCII.

    >>> check([Parameter("share", "float", 0.1, 0, 1)], {"share": 1})
    {'share': 1.0}
    """
    known = {each.name: each for each in parameters}
    messages: list[str] = []
    for name, value in given.items():
        messages += known[name].faults(value) if name in known else [_unknown(name, known)]
    if messages:
        raise ParameterFaults(messages)
    values = {name: given.get(name, each.default) for name, each in known.items()}
    whole = {name for name in known if known[name].type == "float" and values[name] is not None}
    return values | {name: float(values[name]) for name in whole}


def parse(parameters: Sequence[Parameter], words: Sequence[str]) -> dict[str, Any]:
    """Return the values that words "name=value" give, read by each parameter's declared type.

    A list is written ``a,b``; ``none`` stands for no value where that is allowed.

    Raises
    ------
    ParameterFaults
        With every fault, those of :func:`check` included.

    >>> parse([Parameter("share", "float", 0.1, 0, 1)], ["share=.3"])
    {'share': 0.3}
    """
    known = {each.name: each for each in parameters}
    given: dict[str, Any] = {}
    messages = []
    for word in words:
        name, equals, text = (part.strip() for part in word.partition("="))
        if not (equals and name):
            messages.append(f"{word!r} is not of the form name=value")
        elif name in given:
            messages.append(f"{name} is given twice")
        elif name not in known:
            messages.append(_unknown(name, known))
        else:
            try:
                given[name] = _read(text, known[name])
            except ValueError:
                messages.append(f"{name}={text!r} is not {known[name].allowed}")
    messages += [text for name, value in given.items() for text in known[name].faults(value)]
    if messages:
        raise ParameterFaults(messages)
    return given


def _unknown(name: str, known: Mapping[str, Parameter]) -> str:
    there = ", ".join(known) or "none"
    return f"no parameter {name!r}{did_you_mean(name, known)}; there are: {there}"


def _read(text: str, parameter: Parameter) -> Any:
    if parameter.optional and text.lower() in ("none", "null"):
        return None
    if parameter.type != "list":
        return read_one(text, parameter.type)
    words = [word.strip().strip("'\"") for word in text.strip("[]").split(",")]
    return [read_one(word, parameter.element) for word in words if word]


def read_one(text: str, kind: str) -> Any:
    """Return the value that a text stands for in a declared type; ValueError where it is none."""
    if kind == "bool":
        if text.lower() not in FLAGS:
            raise ValueError(text)
        return FLAGS[text.lower()]
    return {"int": int, "float": float, "str": str}[kind](text)
