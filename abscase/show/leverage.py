"""The tables of the leverage engine in words: codes, headers and short numbers."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from abscase.show.labels import has_label, label
from abscase.show.numbers import percent, times

CODED = ("account_id", "bound", "channel", "reading", "rule")


def headers(frame: pd.DataFrame, lang: str) -> dict[str, str]:
    """Return the header of each column that has a label ``lev.col.<name>``."""
    names = [str(name) for name in frame if has_label(f"lev.col.{name}")]
    return {name: label(f"lev.col.{name}", lang) for name in names}


def worded(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the frame with its codes of accounts, channels, rules and outcomes in words."""
    prefixes = {str(name): "lev.outcome" if str(name).endswith("_outcome") else f"lev.{name}"
                for name in frame if name in CODED or str(name).endswith("_outcome")}  # fmt: skip
    words = {name: [named(prefix, code, lang) for code in frame[name]]
             for name, prefix in prefixes.items()}  # fmt: skip
    if "binding" in frame:
        words["binding"] = [binding_words(limits, lang) for limits in frame["binding"]]
    return frame.assign(**words)


def binding_words(limits: Sequence[str], lang: str) -> str:
    """Return the limits that bind, in words.

    >>> binding_words(("bank", "abs"), "en"), binding_words((), "en")
    ('binds: bank debt, ABS', 'nothing binds')
    """
    names = label("list.comma", lang).join(label(f"lev.limit.{name}", lang) for name in limits)
    return label("lev.binds", lang, limits=names) if limits else label("lev.binds_not", lang)


def short_times(value: float, lang: str) -> str:
    """Return a multiple with one decimal only where it says something.

    >>> short_times(120.0, "en"), short_times(36.16, "zh")
    ('120×', '36.2倍')
    """
    return times(value, lang, 0 if value >= 1000 or abs(value - round(value)) < 0.05 else 1)


def short_percent(value: float) -> str:
    """Return a share with as many decimals as say something, at most two.

    >>> short_percent(0.08), short_percent(0.015), short_percent(0.0145)
    ('8%', '1.5%', '1.45%')
    """
    digits = next((d for d in (0, 1) if abs(100 * value - round(100 * value, d)) < 0.005), 2)
    return percent(value, digits)


def ruin_words(loss: float, lang: str) -> str:
    """Return a loss to ruin, or that no pool loss ruins.

    >>> ruin_words(0.0096, "en"), ruin_words(float("inf"), "en")
    ('0.96%', 'no pool loss does')
    """
    return (
        label("lev.never", lang) if loss == float("inf") else percent(loss, 1 if loss >= 0.1 else 2)
    )


def join(words: Sequence[str], lang: str) -> str:
    """Return sentences joined by semicolons."""
    return label("lev.join", lang).join(words)


def named(prefix: str, code: str, lang: str) -> str:
    """Return the label of a code, or the code where it has none."""
    return label(f"{prefix}.{code}", lang) if has_label(f"{prefix}.{code}") else code
