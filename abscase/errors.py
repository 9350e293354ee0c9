"""The exceptions of abscase.

AbscaseError
├── ChoiceError       a name that is not among those allowed
├── DataFaults        a table or file with faults, all of them listed
├── ParameterFaults   notebook parameters with faults, all of them listed
└── RunError          a notebook that failed while it ran

A message says what was given, what is allowed, and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class AbscaseError(Exception):
    """Base of every error that abscase raises on purpose."""


class ChoiceError(AbscaseError):
    """A name that is not among those allowed.

    >>> print(ChoiceError("case", "antt", ["ant", "us_prime"]))
    no case named 'antt' (did you mean 'ant'?); choose from: ant, us_prime
    """

    def __init__(self, what: str, given: str, allowed: Iterable[str]) -> None:
        self.given, self.allowed = given, sorted(allowed)
        choices = ", ".join(self.allowed) or "(none)"
        super().__init__(
            f"no {what} named {given!r}{did_you_mean(given, self.allowed)}; choose from: {choices}"
        )


@dataclass(frozen=True)
class Fault:
    """One fault in a file or table: where it is, what stands there, which rule it breaks."""

    rule: str
    column: str = ""
    value: str = ""
    line: int | None = None
    file: str = ""
    fix: str = ""

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.line or "")) if part)
        words = [place + ":" if place else "", f"{self.column}:" if self.column else ""]
        words += [f"{self.value!r}" if self.value else "", self.rule]
        text = " ".join(word for word in words if word)
        return printable(f"{text} ({self.fix})" if self.fix else text)


class DataFaults(AbscaseError):
    """A table or file with faults; ``faults`` holds all of them, one line each in the message."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ParameterFaults(AbscaseError):
    """Notebook parameters with faults; one line each in the message."""

    def __init__(self, messages: Sequence[str]) -> None:
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


class NotEstimable(AbscaseError):
    """What the data hold is too little for an estimate: no event, one cluster, no variation."""


class RunError(AbscaseError):
    """A notebook that failed while it ran."""


def printable(text: str) -> str:
    """Return ``text`` with every sign that a terminal could obey written as its escape.

    >>> print(printable("a\x1b[2J"))
    a\\x1b[2J
    """
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def did_you_mean(given: str, allowed: Iterable[str]) -> str:
    """Return " (did you mean 'x'?)" for the nearest allowed name, or "".

    >>> did_you_mean("retaned", ["retained", "rounds"])
    " (did you mean 'retained'?)"
    """
    near = difflib.get_close_matches(given, list(allowed), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
