"""The tables of asset quality in words: codes, headers, small rates, money by currency."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from abscase.show.labels import has_label, label
from abscase.show.numbers import MISSING, money, percent
from abscase.show.style import CASE_CHANNEL

CODED = ("agency", "case", "deal", "kind", "pool", "region", "scenario", "tape", "who")
STATES = ("current", "30", "60", "90", "default", "prepaid", "matured")


def headers(frame: pd.DataFrame, lang: str) -> dict[str, str]:
    """Return the header of each column that has a label ``qa.col.<name>``."""
    names = [str(name) for name in frame if has_label(f"qa.col.{name}")]
    return {name: label(f"qa.col.{name}", lang) for name in names}


def worded(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the frame with its codes of cases, lenders, deals and scenarios in words."""
    words = {name: [named(name, code, lang) for code in frame[name]]
             for name in CODED if name in frame}  # fmt: skip
    for name in ("previous_state", "state"):
        if name in frame:
            words[name] = [state_name(code, lang) for code in frame[name]]
    return frame.assign(**words)


def named(kind: str, code: object, lang: str) -> str:
    """Return the label ``qa.<kind>.<code>``, or the code where it has none."""
    key = f"qa.{kind}.{code}"
    return label(key, lang) if has_label(key) else str(code)


def state_name(code: Any, lang: str) -> str:
    """Return the name of a state of the schema.

    >>> state_name(3, "en"), state_name(0, "zh")
    ('90+', '正常')
    """
    return label(f"qa.state.{STATES[int(code)]}", lang)


def small_percent(value: float | None) -> str:
    """Return a rate with three figures where it is small.

    >>> small_percent(0.0035), small_percent(0.0264), small_percent(0.2486), small_percent(None)
    ('0.350%', '2.64%', '24.9%', '–')
    """
    if value is None or value != value:
        return MISSING
    size = abs(value)
    return percent(value, 3 if size < 0.00995 else 2 if size < 0.0995 else 1)


def in_moments(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the targets of a fit with the names of their moments in words."""
    return frame.assign(moment=[moment_name(name, lang) for name in frame["moment"]])


def moment_name(name: str, lang: str) -> str:
    """Return the name of a moment: ``qa.moment.<kind>``, then its month, year or state.

    >>> moment_name("homes lost, AZ", "en"), moment_name("30+ stock 2017-12", "zh")
    ('homes lost, AZ', '30天以上逾期存量 2017-12')
    """
    found = re.fullmatch(r"(.+?)(,? (?:\d{4}(?:-\d\d)?|[A-Z]{2}|other))?", name)
    kind, field = (found[1], found[2] or "") if found else (name, "")
    key = "qa.moment." + re.sub(r"[^a-z0-9]+", "_", kind.replace("+", "plus").lower())
    if not has_label(key):
        return name
    return label(key, lang) + (field.replace(", ", "，") if lang == "zh" else field)


def p_value(value: float | None) -> str:
    """Return a p value with three decimals.

    >>> p_value(6.9e-86), p_value(0.0421), p_value(None)
    ('<0.001', '0.042', '–')
    """
    if value is None or value != value:
        return MISSING
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def in_own_currency(frame: pd.DataFrame, names: Sequence[str], lang: str) -> pd.DataFrame:
    """Return the frame with amounts as text, each in the ``currency`` of its row."""
    texts = {
        name: [
            money(amount, currency, lang)
            for amount, currency in zip(frame[name], frame["currency"], strict=True)
        ]
        for name in names
    }
    return frame.assign(**texts).drop(columns="currency")


def case_order(names: Sequence[str]) -> list[str]:
    """Return the cases in the order of the legend."""
    return [name for name in CASE_CHANNEL if name in set(names)]


def pool_name(case: str, simulated: bool, lang: str) -> str:
    """Return what a tape is called: its case, and whether its loans are simulated.

    >>> pool_name("ant", True, "en")
    'Ant (simulated)'
    """
    kind = "simulated" if simulated else "real"
    return label(f"qa.name.{kind}", lang, case=named("case", case, lang))


def scenario_name(scenario: str, simulated: bool, lang: str) -> str:
    """Return what a path is called beside others: its scenario, and whether it is simulated.

    >>> scenario_name("covid", True, "en"), scenario_name("baseline", False, "en")
    ('COVID-19 as at Ant (simulated)', 'real loans')
    """
    if not simulated:
        return label("qa.kind.real", lang)
    return label("qa.name.simulated", lang, case=named("scenario", scenario, lang))
