"""Published figures and facts, and the sources they were read in."""

from __future__ import annotations

from abscase.schema.column import Column, Table
from abscase.schema.shared import (
    CASE,
    CURRENCY,
    DATE,
    EVIDENCE,
    PRECISION,
    UNITS,
    amt,
    note,
    opt,
    text,
)

SOURCE = Table(
    "source", "Where a figure was read.", ("source_id",),
    (
        text(name="source_id", meaning="short name, unique over all folders"),
        text(name="title", meaning="title, or a description in square brackets"),
        note(name="publisher", meaning="who published it"),
        note(name="published", meaning="date as the source gives it"),
        note(name="address", meaning="where it was read"),
        Column(
            "reliability", "text",
            "primary: filing, law, statistics, paper; press: named press or analyst that quotes "
            "it; copy: repost, aggregator or machine translation; opinion; own: computed or "
            "set here",
            choices=("primary", "press", "copy", "opinion", "own"),
        ),
        Column("grade", "text", "the best grade a row may take from this source",
               choices=("A", "B", "C")),
        note(name="note", meaning="what is known to be wrong or unsure about it"),
    ),
)  # fmt: skip

DEFINITION = Table(
    "definition", "What a measure counts: never compare two series of different definition.",
    ("definition_id",),
    (
        text(name="definition_id", meaning="short name"),
        opt(name="dpd_min", kind="int", meaning="least days past due", unit="days", low=0,
            high=400),
        Column("kind", "text", "a state at a date, a movement in a period, or a running total",
               choices=("stock", "flow", "cumulative")),
        Column("basis", "text", "by money or by number", choices=("balance", "count", "none")),
        text(name="numerator", meaning="what is counted"),
        text(name="denominator", meaning="what it is divided by"),
        opt(name="grade", kind="text", meaning="A as published; B inferred; C assumed",
            choices=("A", "B", "C")),
        note(name="source_id", meaning="row of the table source that defines it"),
        note(name="note", meaning="what a user of the definition must know"),
    ),
)  # fmt: skip

SERIES = Table(
    "series", "One published value of a measure.",
    ("case", "measure", "segment", "definition_id", "date", "value", "source_id"),
    (
        CASE, text(name="measure", meaning="what is measured"),
        text(name="segment", meaning="of whom or of which part; 'all' for the whole"),
        note(name="definition_id", meaning="row of the table definition"),
        opt(name="date", kind="date", meaning="day, or last day of the period"), PRECISION,
        opt(name="period_months", kind="float", meaning="length of the period of a flow; empty for "
             "a stock", unit="months", low=0, high=600),
        Column("value", "float", "the value in its unit"),
        Column("unit", "text", "unit of the value", choices=UNITS),
        opt(name="currency", kind="text", meaning="currency of an amount", choices=("CNY", "USD")),
        *EVIDENCE,
    ),
)  # fmt: skip

ENTITY = Table(
    "entity", "A company at a date: capital, assets, licence.",
    ("entity_id", "date", "source_id"),
    (
        CASE, text(name="entity_id", meaning="short name"),
        text(name="entity_name", meaning="name"), note(name="role", meaning="role in the chain"),
        note(name="licence", meaning="licence"),
        opt(name="date", kind="date", meaning="as of, or last day of the period"), PRECISION,
        CURRENCY, amt("capital_amt", "registered or paid-in capital"),
        amt("net_assets_amt", "net assets"), amt("assets_amt", "total assets"),
        amt("loans_amt", "loans on the books"),
        opt(name="net_profit_amt", kind="float", meaning="net profit of the period",
             unit="currency units"),
        opt(name="period_months", kind="float", meaning="length of the period of the profit",
             unit="months", low=0, high=60),
        *EVIDENCE,
    ),
)  # fmt: skip

RULE = Table(
    "rule", "One parameter of one rule.", ("rule_id", "parameter", "source_id"),
    (
        CASE, text(name="rule_id", meaning="short name of the rule"),
        text(name="rule_name", meaning="name of the rule, in English"),
        note(name="rule_name_zh", meaning="name of the rule, in Chinese"),
        text(name="jurisdiction", meaning="country or city"),
        Column("date", "date", "issued"), PRECISION,
        opt(name="effective_date", kind="date", meaning="in force from"),
        opt(name="status", kind="text", meaning="draft or final",
             choices=("draft", "final", "requirement", "fact")),
        text(name="parameter", meaning="what is limited"),
        opt(name="value", kind="float", meaning="the limit in its unit"),
        opt(name="unit", kind="text", meaning="unit of the value", choices=UNITS),
        opt(name="currency", kind="text", meaning="currency", choices=("CNY", "USD")),
        *EVIDENCE,
    ),
)  # fmt: skip

EVENT = Table(
    "event", "A dated event.", ("event_id",),
    (
        CASE, text(name="event_id", meaning="short name"), DATE, PRECISION,
        text(name="event_en", meaning="what happened, in English"),
        text(name="event_zh", meaning="what happened, in Chinese"),
        Column("kind", "text", "kind of event",
               choices=("rule", "market", "company", "default", "rescue", "deal")),
        *EVIDENCE,
    ),
)  # fmt: skip
