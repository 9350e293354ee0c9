"""The tables of process, checks and design in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from abscase.case import Case
from abscase.operating.process.design import Design
from abscase.operating.process.fault_tree import Cuts
from abscase.show.labels import has_label, label
from abscase.show.leverage import short_percent
from abscase.show.numbers import MISSING, date, in_unit, money, percent, plain
from abscase.show.waterfall import reason

MOST_SHOWN = 4
"""Different values of the classes that a deal card spells out."""
REFERENCE = re.compile(r" \((?:us|ant|peer)-[\w-]+\)")
UNITS = {
    "revolving_months": "months", "expected_life_months": "months", "clean_up_share": "decimal",
    "oc_target_share": "decimal", "share": "decimal", "subordination_share": "decimal",
    "coupon_rate": "decimal", "margin_rate": "decimal", "loans_count": "count",
    "seniority": "count",
}  # fmt: skip


def headers(frame: pd.DataFrame, lang: str) -> dict[str, str]:
    """Return the header of each column that has a label ``process.col.<name>``."""
    names = [str(name) for name in frame if has_label(f"process.col.{name}")]
    return {name: label(f"process.col.{name}", lang) for name in names}


def case_name(name: str, lang: str) -> str:
    """Return the short name of a case.

    >>> case_name("us_prime", "en")
    'US prime'
    """
    return label(f"column.{name}", lang)


def stage_name(name: str, lang: str) -> str:
    """Return the name of a stage.

    >>> stage_name("sale", "zh")
    '转让给载体'
    """
    return label(f"process.stage.{name}", lang)


def frictions(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the frictions of `stages.friction_table` in words, one row for friction and case."""
    return pd.DataFrame({
        "friction": table["friction"],
        "case": [case_name(name, lang) for name in table["case"]],
        "link": [f"{stage_name(a, lang)} → {stage_name(b, lang)}"
                 for a, b in zip(table["from_stage"], table["to_stage"], strict=True)],
        "what": table[f"what_{lang}"],
        "state": [label(f"process.state_long.{state}", lang) for state in table["state"]],
        "grade": table["grade"],
    })  # fmt: skip


def controls(case: Case, lang: str, stages: Sequence[str]) -> pd.DataFrame:
    """Return the checks of a case at some stages in words, in the order of the stages."""
    rows = case.table("control")
    rows = rows[rows["stage_id"].isin(stages)]
    rows = rows.sort_values("stage_id", key=lambda each: each.map(stages.index), kind="stable")
    return pd.DataFrame({
        "stage_id": [stage_name(name, lang) for name in rows["stage_id"]],
        "checker": rows[f"checker_{lang}"], "check": rows[f"check_{lang}"],
        "exists": [label(f"process.yes.{word}", lang) for word in rows["exists"]],
        "independent": [MISSING if exists == "no" else label(f"process.yes.{word}", lang)
                        for exists, word in zip(rows["exists"], rows["independent"], strict=True)],
        "outcome": rows[f"outcome_{lang}"], "grade": rows["grade"],
    })  # fmt: skip


def cut_table(cuts: Cuts, events: Mapping[str, str], lang: str) -> pd.DataFrame:
    """Return the minimal cut sets in words; ``events`` is the name of each basic event."""
    plus = label("process.join", lang)
    return pd.DataFrame({
        "number": range(1, len(cuts) + 1), "order": [len(cut) for cut in cuts],
        "events": [plus.join(events[name] for name in sorted(cut)) for cut in cuts],
    })  # fmt: skip


def event_names(case: Case, lang: str) -> dict[str, str]:
    """Return the words of each event of the fault tree of a case."""
    rows = case.table("fault")
    return dict(zip(rows["event_id"], rows[f"event_{lang}"], strict=True))


def named_events(frame: pd.DataFrame, events: Mapping[str, str]) -> pd.DataFrame:
    """Return the frame with the column ``event_id`` in words, as ``event``."""
    words = [events[name] for name in frame["event_id"]]
    return frame.drop(columns="event_id").assign(event=words)[["event", *frame.columns[1:]]]


def option(text: str | None, lang: str, kind: str = "nominal") -> str:
    """Return an answer in words: a level, a number, or that it is not known.

    >>> option("special_plan", "zh"), option("0.144", "en", "number"), option(None, "en")
    ('专项计划', '14.4%', 'not known')
    """
    if text is None:
        return label("process.option.open", lang)
    if kind == "number":
        value = float(text)
        return percent(value) if 0 < value < 1 else plain(value)
    return label(f"process.option.{text}", lang)


def design_table(design: Design, decisions: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the choices of the cases in words, one row for each decision."""
    asked = decisions.set_index("decision_id").loc[design.choices.index]
    table = pd.DataFrame({
        "decision": asked[f"question_{lang}"],
        "theme": [label(f"process.theme.{name}", lang) for name in asked["theme"]],
    })  # fmt: skip
    for name in design.cases:
        pairs = zip(design.choices[name], asked["kind"], strict=True)
        table[name] = [option(text, lang, kind) for text, kind in pairs]
    return table.reset_index(drop=True)


def pair_table(pairs: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the distances of `likeness.neighbours` with the cases in words."""
    words = {name: [case_name(each, lang) for each in pairs[name]] for name in ("case", "other")}
    return pairs.assign(**words)


def out_table(
    left_out: pd.DataFrame, decisions: pd.DataFrame, lang: str, most: int = 5
) -> pd.DataFrame:
    """Return the decisions that move the gap most when left out, in words."""
    asked = decisions.set_index("decision_id")[f"question_{lang}"]
    middle = left_out["gap"].median()
    order = (left_out["gap"] - middle).abs().sort_values(ascending=False, kind="stable").index
    table = left_out.loc[order[:most]].reset_index(drop=True)
    return table.assign(
        decision_id=[asked[name] for name in table["decision_id"]],
        nearest=[case_name(name, lang) for name in table["nearest"]],
    )


def deal_cards(
    deals: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]],
    terms: Mapping[str, Sequence[str]], lang: str,
) -> pd.DataFrame:  # fmt: skip
    """Return the term sheets of deals side by side.

    Parameters
    ----------
    deals : mapping of deal to (deal, tranche)
        The tables of the schema that hold it.
    terms : mapping of term to columns ("table.column")
        As `verdict.completeness.TERMS`.
    lang : str

    Returns
    -------
    DataFrame
        term, and one column for each deal; empty text where nothing was read.
    """
    table = pd.DataFrame({"term": [label(f"data.term.{name}", lang) for name in terms]})
    for name, (deal, tranche) in deals.items():
        frames = {"deal": deal, "tranche": _with_support(tranche)}.items()
        own = {which: frame[frame["deal_id"] == name] for which, frame in frames}
        title = str(own["deal"]["deal_name"].iloc[0])
        table[title] = [_term(own, columns, lang) for columns in terms.values()]
    return table


def _with_support(tranche: pd.DataFrame) -> pd.DataFrame:
    """The classes, their enhancement worked out where all amounts of the deal are known."""
    amounts, ranks = tranche["original_amt"], tranche["seniority"]
    found = tranche["subordination_share"].copy()
    for _, own in tranche.groupby("deal_id"):
        sizes = amounts[own.index]
        if sizes.notna().all():
            below = [sizes[ranks[own.index] > rank].sum() for rank in ranks[own.index]]
            found[own.index] = found[own.index].fillna(pd.Series(below, own.index) / sizes.sum())
    return tranche.assign(subordination_share=found)


def _term(own: Mapping[str, pd.DataFrame], columns: Iterable[str], lang: str) -> str:
    """The best filled column of a term; of the classes, the first few different values."""
    best = max(columns, key=lambda column: _known(own, column).notna().sum())
    table, _, name = best.partition(".")
    rows = own[table][_known(own, best).notna()]
    if rows.empty:
        return label("process.not_read", lang)
    texts = list(dict.fromkeys(_value(row, name, lang) for row in rows.to_dict("records")))
    joined = " / ".join(texts[:MOST_SHOWN])
    if len(texts) <= MOST_SHOWN:
        return joined
    return label("process.card.classes", lang, shown=joined, n=len(own[table]))


def _known(own: Mapping[str, pd.DataFrame], column: str) -> pd.Series:
    table, _, name = column.partition(".")
    frame = own[table]
    return frame[name] if name in frame else pd.Series(index=frame.index, dtype=object)


def _value(row: Mapping[Any, Any], name: str, lang: str) -> str:
    value = row[name]
    if name.endswith("_amt"):
        return money(float(value), str(row["currency"]), lang)
    if isinstance(value, pd.Timestamp):
        return date(value, lang, str(row.get("date_precision") or "day"))
    if name not in UNITS:
        return reason(REFERENCE.sub("", str(value)), lang)
    if UNITS[name] == "decimal":
        return short_percent(float(value))
    return in_unit(float(value), UNITS[name], lang)


def chance_rows(ranges: Mapping[str, tuple[float, float]], lang: str) -> pd.DataFrame:
    """Return ranges of a chance, each with how it reads the dependence of the causes."""
    return pd.DataFrame([
        {"reading": label(f"process.reading.{name}", lang), "low": low, "high": high}
        for name, (low, high) in ranges.items()
    ])  # fmt: skip
