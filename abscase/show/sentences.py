"""Coefficients as sentences that say the step, the size, the interval and what is held equal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from abscase.show.hazards import level_words, step_words
from abscase.show.labels import label
from abscase.show.numbers import percent, plain

SCALE = {"logit": "odds", "cloglog": "hazard", "cox": "hazard"}
LARGE = 2.0  # a ratio from which on "times as high" reads better than "per cent higher"


def sentences(
    table: pd.DataFrame, event: str, link: str, period: str, lang: str, *,
    alpha: float = 0.05, references: Mapping[str, str] | None = None,
) -> list[str]:  # fmt: skip
    """Return one sentence for each covariate of a fitted hazard.

    Parameters
    ----------
    table : DataFrame
        As ``HazardFit.table`` or ``CoxFit.table``: kind, term, level, step, ratio, ratio_lo,
        ratio_hi.
    event : {"default", "prepaid"}
        What the hazard is of.
    link : {"logit", "cloglog", "cox"}
        What the ratio is of: the odds, or the hazard.
    period : {"month", "quarter"}
        What one hazard is of.
    lang : str
    alpha : float
        1 minus the confidence level.
    references : mapping of str to str, optional
        Level of reference of each category; needed where the table has categories.
    """
    rows = table[table["kind"] != "age"].to_dict("records")
    return [sentence(row, event, link, period, lang, alpha, references or {}) for row in rows]


def sentence(
    row: Mapping[Any, Any], event: str, link: str, period: str, lang: str,
    alpha: float = 0.05, references: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """Return one coefficient as a sentence; of an interval that holds 1 it says so.

    >>> row = {"kind": "number", "term": "score", "level": "", "step": 20.0,
    ...        "ratio": 0.8, "ratio_lo": 0.75, "ratio_hi": 0.9}
    >>> print(sentence(row, "default", "cloglog", "month", "en"))  # doctest: +NORMALIZE_WHITESPACE
    For each 20 points of credit score more, the hazard of default in a month is 20% lower
    (10% to 25%, 95% interval), other things equal.
    """
    ratio, low, high = (float(row[name]) for name in ("ratio", "ratio_lo", "ratio_hi"))
    what = label(
        f"haz.say.{SCALE[link]}.{period}", lang, event=label(f"haz.say.event.{event}", lang)
    )
    fields = {"who": _who(row, references or {}, lang), "what": what,
              "level": percent(1 - alpha, 0)}  # fmt: skip
    if low <= 1 <= high or ratio >= LARGE:
        key = "haz.say.open" if low <= 1 else "haz.say.times"
        ends = {"low": plain(low, 2), "high": plain(high, 2), "ratio": plain(ratio, 2)}
        return label(key, lang, **fields, **ends)
    sizes = sorted(abs(end - 1) for end in (low, high))
    return label(
        "haz.say.share", lang, **fields, size=_size(abs(ratio - 1)), low=_size(sizes[0]),
        high=_size(sizes[1]), way=label("haz.say.higher" if ratio > 1 else "haz.say.lower", lang),
    )  # fmt: skip


def _who(row: Mapping[Any, Any], references: Mapping[str, str], lang: str) -> str:
    term = str(row["term"])
    if row["kind"] == "category":
        one, other = (level_words(term, str(level), lang)
                      for level in (row["level"], references[term]))  # fmt: skip
        return label("haz.say.category", lang, one=one, other=other)
    step, name = step_words(term, float(row["step"]), lang), label(f"haz.term.{term}", lang)
    return label("haz.say.number", lang, step=step, term=name)


def _size(share: float) -> str:
    return percent(share, 0 if share >= 0.0995 else 1)
