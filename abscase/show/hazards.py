"""The tables of hazards in words: codes, headers, short rates, and what a term is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from abscase.quality.pool import Pool
from abscase.show.labels import has_label, label
from abscase.show.numbers import MISSING, percent, plain

CODED = ("event", "part", "term", "factor", "method", "reference", "road", "sample", "side",
         "stage", "world", "case", "tape", "way", "source", "report")  # fmt: skip
PERIODS = {1: "month", 3: "quarter"}


def period_name(months: int) -> str:
    """Return what one period of a tape is called, as the labels have it.

    >>> period_name(3)
    'quarter'
    """
    return PERIODS.get(months, "month")


def headers(frame: pd.DataFrame, lang: str) -> dict[str, str]:
    """Return the header of each column that has a label ``haz.col.<name>``."""
    names = [str(name) for name in frame if has_label(f"haz.col.{name}")]
    return {name: label(f"haz.col.{name}", lang) for name in names}


def worded(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the frame with its codes of causes, parts, methods and terms in words."""
    return frame.assign(**{
        name: [named(name, code, lang) for code in frame[name]] for name in CODED if name in frame
    })  # fmt: skip


def named(kind: str, code: str, lang: str) -> str:
    """Return the label ``haz.<kind>.<code>``, or the code where it has none."""
    return label(f"haz.{kind}.{code}", lang) if has_label(f"haz.{kind}.{code}") else code


def pool_name(pool: Pool, lang: str) -> str:
    """Return what a figure calls a pool: its case, and that it is simulated where it is."""
    case = label(f"haz.case.{pool.case.name}", lang)
    return label("haz.name.simulated", lang, case=case) if pool.simulated else case


def term_words(kind: str, term: str, level: str, step: float, lang: str) -> str:
    """Return what a coefficient is of: a step of a number, or a level of a category.

    >>> term_words("number", "score", "", 20.0, "en")
    'credit score, 20 points more'
    """
    if kind == "category":
        return level_words(term, level, lang)
    return label("haz.step", lang, term=label(f"haz.term.{term}", lang),
                 step=step_words(term, step, lang))  # fmt: skip


def level_words(term: str, level: str, lang: str) -> str:
    """Return what the loans of a level are called.

    >>> level_words("cohort", "2005", "en"), level_words("cohort", "other", "zh")
    ('made in 2005', '其他年份发放')
    """
    if has_label(f"haz.level.{term}.{level}"):
        return label(f"haz.level.{term}.{level}", lang)
    return label(f"haz.level.{term}", lang, level=level)


def step_words(term: str, step: float, lang: str) -> str:
    """Return a step in the unit of its term.

    >>> step_words("orig_rate", 0.01, "en"), step_words("score", 20.0, "zh")
    ('1 percentage point', '20分')
    """
    size = 100 * abs(step) if term in ("ltv", "dti", "orig_rate") else abs(step)
    one = "" if size != 1 or not has_label(f"haz.unit.{term}.one") else ".one"
    return label(f"haz.unit.{term}{one}", lang, value=f"{size:g}")


def rate(value: float | None) -> str:
    """Return a small rate in percent, with as many decimals as say something.

    >>> rate(0.0123), rate(0.00041), rate(0.25), rate(0.0), rate(3e-9)
    ('1.2%', '0.04%', '25%', '0%', '< 0.001%')
    """
    if value is None or value != value:
        return MISSING
    size = abs(100 * float(value))
    if size == 0:
        return percent(0.0, 0)
    if size < 0.0005:
        return f"< {percent(0.00001, 3)}"
    return percent(value, 0 if size >= 9.95 else 1 if size >= 0.995 else 2 if size >= 0.01 else 3)


def points(value: float) -> str:
    """Return a signed difference of rates in percentage points, without the unit.

    >>> points(0.0123), points(-0.0004)
    ('+1.23', '−0.04')
    """
    text = plain(100 * value, 2)
    return f"+{text}" if value > 0 and text.strip("0.") else text


def short_points(value: float) -> str:
    """Return a signed difference in percentage points for an axis.

    >>> short_points(0.02), short_points(-0.0005), short_points(0.0)
    ('+2', '−0.05', '0')
    """
    return f"{100 * value:+.3g}".replace("-", "−") if abs(value) > 1e-12 else "0"


def chance(value: float) -> str:
    """Return a p-value.

    >>> chance(0.0234), chance(0.00001)
    ('0.023', '< 0.001')
    """
    return MISSING if value != value else "< 0.001" if value < 0.001 else plain(value, 3)


def two_digits(value: float) -> str:
    """Return a ratio with two decimals."""
    return plain(value, 2)


def three_digits(value: float) -> str:
    """Return a score with three decimals."""
    return plain(value, 3)


def five_digits(value: float) -> str:
    """Return a small coefficient with five decimals."""
    return plain(value, 5)


def join(words: Sequence[str], lang: str, key: str = "haz.join") -> str:
    """Return texts joined by the separator of the label."""
    return label(key, lang).join(words)


def curve_words(
    curves: Mapping[str, Mapping[tuple[str, str, float], pd.DataFrame]],
    references: Mapping[str, str], lang: str,
) -> dict[str, dict[str, pd.DataFrame]]:  # fmt: skip
    """Return the curves of each cause by the words for the loan that each is of.

    ``references`` are the levels at which its categories stand.
    """
    return {
        cause: {_who(*key, references, lang): curve for key, curve in lines.items()}
        for cause, lines in curves.items()
    }


def roads(discrete: pd.DataFrame, cox: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the ratios of both models below each other, each with its covariate in words."""
    parts = []
    for road, table in (("discrete", discrete), ("cox", cox)):
        held = table[table["kind"] != "age"]
        names = [term_words(row["kind"], row["term"], row["level"], row["step"], lang)
                 for row in held.to_dict("records")]  # fmt: skip
        parts.append(held.assign(name=names, road=road))
    columns = ["name", "road", "ratio", "ratio_lo", "ratio_hi", "p_value"]
    return pd.concat(parts, ignore_index=True)[columns]


def split_rows(table: pd.DataFrame, pair: tuple[str, str], lang: str) -> pd.DataFrame:
    """Return the parts of a split with method and reference as one text, the gap left out."""
    first, second = pair
    names = [
        label("haz.split.row", lang, method=named("method", method, lang),
              reference=label(f"haz.reference.{reference}", lang, first=first, second=second))
        for method, reference in zip(table["method"], table["reference"], strict=True)
    ]  # fmt: skip
    found = table.assign(row=names)
    return found.loc[found["part"] != "gap", ["row", "part", "estimate", "lo", "hi"]]


def printed(row: Mapping[str, float]) -> str:
    """Return the size that a finding prints: one number, a range, or none.

    >>> printed({"effect": float("nan"), "low": 0.1, "high": 0.25})
    '10%–25%'
    """
    ends = [value for value in (row["low"], row["effect"], row["high"]) if value == value]
    texts = [percent(value, 0) for value in (ends[:1] + ends[1:][-1:])]
    return "–".join(texts) if texts else MISSING


def _who(which: str, term: str, value: float, references: Mapping[str, str], lang: str) -> str:
    held = [level_words(name, level, lang) for name, level in references.items()
            if name != "segment" or which != "level"]  # fmt: skip
    if which == "mean":
        who = label("haz.who.mean", lang)
    elif which == "level":
        who = level_words("segment", term, lang)
    else:
        size = f"{value:.0f}" if term in ("score", "term_months") else percent(value, 1)
        who = label(f"haz.who.{which}", lang, term=label(f"haz.term.{term}", lang), value=size)
    return join([who, *held], lang, "haz.and")
