"""The tables of the waterfall in words: codes, headers, units, intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd

from abscase.operating.swap import PARTS, RANKS
from abscase.operating.waterfall import Deal, Result, classes, internal_yield
from abscase.operating.waterfall.measures import LOST
from abscase.operating.waterfall.stress import Breakeven
from abscase.show.labels import has_label, keys, label
from abscase.show.numbers import MISSING, in_unit, money, percent, plain, times

CODED = ("tranche", "law", "rank", "term", "travels", "timing", "assumption", "story", "region")
RATED = ("fixed", "floating")
OUTCOME = ("tranche", "face_amt", "enhancement", "life_years", "yield", "loss", "owed",
           "unpaid_interest", "break_loss", "coverage")  # fmt: skip
COMPARED = ("fitch", "ours", "gap", "low", "high", "unhit", "inside")
CELLS = ("cell_00", "cell_01", "cell_10", "cell_11")


def headers(frame: pd.DataFrame, lang: str) -> dict[str, str]:
    """Return the header of each column that has a label ``wf.col.<name>``."""
    names = [str(name) for name in frame if has_label(f"wf.col.{name}")]
    return {name: label(f"wf.col.{name}", lang) for name in names}


def worded(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the frame with its codes and its yes and no in words."""
    words: dict[str, Any] = {
        name: [named(name, code, lang) for code in frame[name]] for name in CODED if name in frame
    }
    flags = [str(name) for name in frame if frame[name].dtype == bool]
    words |= {name: [label(f"wf.{'yes' if each else 'no'}", lang) for each in frame[name]]
              for name in flags}  # fmt: skip
    return frame.assign(**words)


def named(kind: str, code: str, lang: str) -> str:
    """Return the words of a code; the code itself where it has none (a state, a class)."""
    key = f"wf.{kind}.{code}"
    return label(key, lang) if has_label(key) else str(code)


def deal_name(name: str) -> str:
    """Return the short name of a deal, as it stands in the data.

    >>> deal_name("msc_2006_he1")
    'MSC 2006-HE1'
    """
    head, year, *rest = name.split("_")
    return f"{head.upper()} {year}-{'-'.join(rest).upper()}"


def outcome_table(result: Result, found: Sequence[Breakeven]) -> pd.DataFrame:
    """Return the outcome of each class of a run, first scenario: life, yield, loss, coverage.

    Returns
    -------
    DataFrame
        ``tranche``, ``face_amt``, ``enhancement``, ``life_years``, ``yield`` (nan for classes
        without face), ``loss``, ``owed`` (still, where some class is), ``unpaid_interest``,
        ``break_loss`` and ``coverage`` (infinite where nothing breaks the class).
    """
    table = classes(result)
    kept = table["kind"].isin(RATED) | (table["face_amt"] > 0)
    broken = {each.tranche: each for each in found}
    yields = [float(internal_yield(result, name)[0]) if face > 0 else float("nan")
              for name, face in zip(table["tranche"], table["face_amt"], strict=True)]  # fmt: skip
    more: dict[str, Any] = {
        "yield": yields,
        "break_loss": [_unless_never(broken.get(name), "pool_loss") for name in table["tranche"]],
        "coverage": [_unless_never(broken.get(name), "coverage") for name in table["tranche"]],
    }  # fmt: skip
    promised = {name: table[name].where(table["kind"].isin(RATED))
                for name in ("loss", "owed", "unpaid_interest")}  # fmt: skip
    owing = (table["owed"] > LOST).any()
    columns = [name for name in OUTCOME if name != "owed" or owing]
    return table.assign(**more, **promised).loc[kept, columns]


def _unless_never(found: Breakeven | None, name: str) -> float:
    if found is None:
        return float("nan")
    return float(getattr(found, name)) if np.isfinite(found.multiple) else float("inf")


def outcome_formats(table: pd.DataFrame, deal: Deal, lang: str) -> dict[str, Any]:
    """Return how the columns of `outcome_table` are printed."""
    shares = ["enhancement", "loss", "owed", "unpaid_interest", "yield"]
    shown: dict[str, Any] = {name: two_percent for name in shares if name in table}
    coverage = partial(times, lang=lang, digits=1)
    return shown | {"face_amt": partial(money, currency=deal.currency, lang=lang),
                    "life_years": partial(plain, digits=1),
                    "break_loss": partial(_or_never, shown=two_percent, lang=lang),
                    "coverage": partial(_or_never, shown=coverage, lang=lang)}  # fmt: skip


def _or_never(value: float, shown: Callable[[float], str], lang: str) -> str:
    return label("wf.never", lang) if np.isinf(value) else shown(value)


def two_percent(value: float) -> str:
    """Return a share with two decimals."""
    return percent(value, 2)


def card_table(card: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return a deal card with its values as text."""
    values = [MISSING if pd.isna(each) else f"{each:,.10g}" if isinstance(each, int | float)
              else label("wf.see_file", lang) if each == "see the deal file" else str(each)
              for each in card["value"]]  # fmt: skip
    notes = [reason(str(each), lang) if pd.notna(each) else "" for each in card["note"]]
    table = card.assign(value=values, note=notes)
    return table[["term", "value", "grade", "source_id", "note"]]


def reason(text: str, lang: str) -> str:
    """Return why a term of a deal is what it is, in a language; a note of a user's own as it is."""
    key = _reasons().get(text)
    return label(key, lang) if key else text


@cache
def _reasons() -> dict[str, str]:
    return {label(key, "en"): key for key in keys() if key.startswith("wf.note.")}


def in_units(frame: pd.DataFrame, columns: Sequence[str], lang: str) -> pd.DataFrame:
    """Return the frame with some columns in the unit that each row names."""
    texts = {name: [in_unit(value, unit, lang) for value, unit in
                    zip(frame[name], frame["unit"], strict=True)] for name in columns}  # fmt: skip
    return frame.assign(**texts).drop(columns="unit")


def with_range(value: float, low: float, high: float, lang: str) -> str:
    """Return a share with its interval.

    >>> with_range(0.5, 0.4, 0.6, "en")
    '50.0% (40.0% to 60.0%)'
    """
    parts = {"value": percent(value), "low": percent(low), "high": percent(high)}
    return label("wf.range", lang, **parts)


def cells_wide(cells: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the four cells of a swap as columns, one row a rank, each loss with its interval."""
    rows = []
    for rank in ("bought", "pool", *RANKS):
        each = cells[cells["rank"] == rank]
        names = [f"cell_{a}{s}" for a, s in zip(each["assets"], each["structure"], strict=True)]
        rows.append({"rank": rank, **dict(zip(names, _ranges(each, "loss", lang), strict=True))})
    return pd.DataFrame(rows)[["rank", *CELLS]]


def split_wide(split: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the parts of each rank's gap as columns, with intervals."""
    rows = []
    for rank in RANKS:
        each = split[split["rank"] == rank]
        parts = dict(zip(each["part"], _ranges(each, "value", lang), strict=True))
        rows.append({"rank": rank, "gap": parts["gap"], **{name: parts[name] for name in PARTS}})
    return pd.DataFrame(rows)


def _ranges(frame: pd.DataFrame, name: str, lang: str) -> list[str]:
    return [with_range(row[name], row["low"], row["high"], lang) for _, row in frame.iterrows()]


def story_table(stories: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]) -> pd.DataFrame:
    """Return the swap told several times: the four cells and the split of each rank, as shares.

    Parameters
    ----------
    stories : mapping
        Name of a story to its tables of cells and of parts.
    """
    rows = []
    for story, (cells, split) in stories.items():
        for rank in RANKS:
            each = cells[cells["rank"] == rank].set_index(["assets", "structure"])["loss"]
            part = split[split["rank"] == rank].set_index("part")["value"]
            rows.append({
                "story": story, "rank": rank,
                **{f"cell_{a}{s}": each[a, s] for a in (0, 1) for s in (0, 1)},
                "assets": part["assets"], "structure": part["structure"],
                "interaction": part["interaction"],
            })  # fmt: skip
    return pd.DataFrame(rows)


def evidence_of(own: Deal | None, deal: str, card: pd.DataFrame, lang: str) -> tuple[Any, ...]:
    """Return what a figure of a run names: the deal (a user's ``own``), grade, sources, language.

    A run rests on assumed terms whatever the deal, so its grade is C.
    """
    if own:
        return own.name, "C", ["deal_yaml"], lang
    return label(f"wf.deal.{deal}", lang), "C", sources_of(card), lang


def sources_of(card: pd.DataFrame) -> list[str]:
    """Return the sources of a deal card; the thesis whose test it serves where all is assumed."""
    found = [str(each) for each in card["source_id"] if pd.notna(each) and str(each)]
    return sorted(set(found)) or ["thesis-02"]
