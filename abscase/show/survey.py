"""The tables of the expert survey in words: headers, names of risks, steps and small numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import pandas as pd

from abscase.operating.survey.register import of_case, register
from abscase.show.labels import has_label, label
from abscase.show.numbers import MISSING, percent, plain
from abscase.show.tables import Format


@dataclass(frozen=True)
class Ground:
    """What an exhibit stands on: grade, sources, language, and whether the answers are made up."""

    grade: str
    sources: Sequence[str]
    lang: str
    made_up: bool


def told(frame: pd.DataFrame, key: str, on: Ground, **fields: object) -> dict[str, Any]:
    """Return what ``Session.table`` needs of a table that rests on the answers of a panel.

    Parameters
    ----------
    frame : DataFrame
        Gets a column ``grade``, so that its file says what it rests on, too.
    key : str
        Label of the caption, filled with ``fields``; made-up answers are named in it.
    on : Ground
    """
    lang = on.lang
    graded, caption = frame.assign(grade=on.grade), label(key, lang, **fields)
    if on.made_up:
        mark = label("sur.made_up_short", lang)
        caption = label("sur.caption", lang, caption=caption, mark=mark)
    return {"frame": graded, "caption": caption, **shown(graded, lang)}


def shown(frame: pd.DataFrame, lang: str) -> dict[str, Mapping[str, Any]]:
    """Return the headers and the formats of a table of the survey, as ``Session.table`` takes them.

    A column's header is the label ``sur.col.<name>``; its format follows from its name.
    """
    names = [str(name) for name in frame]
    headers = {name: label(f"sur.col.{name}", lang) for name in names if _has_header(name)}
    formats: dict[str, Format] = {
        name: partial(_FORMATS[name], lang=lang) for name in names if name in _FORMATS
    }
    return {"headers": headers, "formats": formats}


def _has_header(name: str) -> bool:
    return has_label(f"sur.col.{name}")


def register_table(case: str, lang: str) -> pd.DataFrame:
    """Return the register of a case in one language: who could act on which chain of events."""
    risks = of_case(case).rename(columns={"risk_id": "item"})
    words = {name: risks[f"{name}_{lang}"] for name in ("cause", "event", "effect", "owner")}
    return risks[["item", "group", "stage"]].assign(**words, grade=risks["grade"])


def risk_name(risk: str, lang: str) -> str:
    """Return a risk's identifier with its name.

    >>> risk_name("RU1", "en"), risk_name("RU1", "zh")
    ('RU1 borrowing from several lenders', 'RU1 多头借贷')
    """
    return f"{risk} {_names(lang).get(risk, '')}".rstrip()


@cache
def _names(lang: str) -> dict[str, str]:
    risks = register()
    return dict(zip(risks["risk_id"], risks[f"name_{lang}"], strict=True))


def coded(value: str, lang: str, prefix: str) -> str:
    """Return the label of a code of the survey.

    >>> coded("U", "en", "group"), coded("impact", "zh", "question")
    ('underlying assets', '影响程度')
    """
    return label(f"sur.{prefix}.{value}", lang)


def stage_name(stage: str, lang: str) -> str:
    """Return the name of a stage of the process.

    >>> stage_name("pooling", "zh")
    '组建资产池'
    """
    return label(f"process.stage.{stage}", lang)


def pair_words(pair: str | float, lang: str) -> str:
    """Return the names of two groups that are compared.

    >>> pair_words("U/I", "en"), pair_words(float("nan"), "en")
    ('underlying assets / information', '–')
    """
    if not isinstance(pair, str):
        return MISSING
    return " / ".join(coded(name, lang, "group") for name in pair.split("/"))


def saaty_step(ratio: float, lang: str = "en") -> str:
    """Return a step of the comparison scale as a whole number or a fraction.

    >>> saaty_step(7), saaty_step(1 / 3), saaty_step(float("nan"))
    ('7', '1/3', '–')
    """
    if pd.isna(ratio):
        return MISSING
    return f"{ratio:.0f}" if ratio >= 1 else f"1/{1 / ratio:.0f}"


def p_value(p: float, lang: str = "en") -> str:
    """Return a p-value, not below what its reader needs.

    >>> p_value(0.0321), p_value(1e-9)
    ('0.032', '< 0.001')
    """
    return "< 0.001" if p < 0.001 else plain(p, 3)


def _decimals(value: float, lang: str, digits: int) -> str:
    return plain(value, digits)


def _rank(value: float, lang: str) -> str:
    return plain(value, 0 if float(value).is_integer() else 1)


def _share(value: float, lang: str) -> str:
    return percent(value)


_two, _three = partial(_decimals, digits=2), partial(_decimals, digits=3)
_FORMATS: dict[str, Callable[..., str]] = {
    **dict.fromkeys(("w", "low", "high", "kappa", "rho", "score", "mean_iqr", "chi2"), _two),
    **dict.fromkeys(("ratio", "ratio_after", "entropy", "largest"), _three),
    **dict.fromkeys(("p_chi2", "p_permutation"), p_value),
    **dict.fromkeys(("given", "fitting"), saaty_step),
    **dict.fromkeys(
        ("weight", "weight_consistent", "share_settled", "mean_change", "first_share", "share",
         "step_1", "step_2", "step_3", "step_4", "step_5"), _share,
    ),
    **dict.fromkeys(("rank", "rank_low", "rank_high", "rpn_rank", "dominance_rank", "probability",
                     "impact", "detectability", "rpn", "dominance"), _rank),
    "item": risk_name,
    "pair": pair_words,
    "mean_rank": partial(_decimals, digits=1),
    "theme": partial(coded, prefix="group"),
    "group": partial(coded, prefix="group"),
    "stage": stage_name,
    "question": partial(coded, prefix="question"),
    "operator": partial(coded, prefix="operator"),
    "one": partial(coded, prefix="method"),
    "other": partial(coded, prefix="method"),
    "pairs": partial(coded, prefix="pairs"),
}  # fmt: skip
