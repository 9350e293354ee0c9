"""The thesis as claims, the margins that decide them, and what others found."""

from __future__ import annotations

from abscase.schema.column import Column, Table
from abscase.schema.shared import CASE, CURRENCY, EVIDENCE, PRECISION, UNITS, amt, opt, text

FINDING = Table(
    "finding", "What a paper or authority found.", ("finding_id",),
    (
        CASE, text(name="finding_id", meaning="short name"),
        text(name="topic", meaning="topic"), text(name="paper", meaning="authors, year, outlet"),
        text(name="finding_en", meaning="the finding in our words, in English"),
        text(name="finding_zh", meaning="the finding in our words, in Chinese"),
        opt(name="effect", kind="float", meaning="effect size in its unit"),
        opt(name="low", kind="float", meaning="lower end"),
        opt(name="high", kind="float", meaning="upper end"),
        opt(name="unit", kind="text", meaning="unit of the effect", choices=UNITS),
        opt(name="claim_id", kind="text", meaning="claim of the thesis it bears on"),
        opt(name="side", kind="text", meaning="which way it points",
             choices=("for", "against", "both", "context")),
        *EVIDENCE,
    ),
)  # fmt: skip

ACCOUNT = Table(
    "account", "One person's account of the leverage arithmetic.", ("account_id",),
    (
        CASE, text(name="account_id", meaning="short name"),
        text(name="who", meaning="who gives the account"),
        opt(name="date", kind="date", meaning="as of"), PRECISION, CURRENCY,
        amt("capital_amt", "own capital"), amt("bank_amt", "bank loans"),
        opt(name="rounds", kind="float", meaning="issues or cycles", unit="count", low=0,
            high=1000),
        opt(name="span_years", kind="float", meaning="over how many years", low=0, high=50),
        amt("loans_amt", "loans that result"),
        opt(name="loans_kind", kind="text", meaning="what the loans are: made over the span, "
             "outstanding at its end, or not said", choices=("flow", "stock", "unsaid")),
        opt(name="leverage_times", kind="float", meaning="leverage as stated", unit="times", low=0),
        opt(name="bound", kind="text", meaning="how the account qualifies the leverage",
             choices=("about", "at_least", "exact")),
        *EVIDENCE,
    ),
)  # fmt: skip

CLAIM = Table(
    "claim", "One claim of the thesis, as a hypothesis that data can refute.", ("claim_id",),
    (
        text(name="claim_id", meaning="short name, as S3a"),
        text(name="claim_en", meaning="the claim in our words"),
        text(name="claim_zh", meaning="the claim in our words, in Chinese"),
        text(name="hypothesis_en", meaning="what would have to be true"),
        text(name="hypothesis_zh", meaning="the same in Chinese"),
        text(name="refuted_en", meaning="what would refute it"),
        text(name="refuted_zh", meaning="the same in Chinese"),
        text(name="for_en", meaning="the best argument for it"),
        text(name="for_zh", meaning="the same in Chinese"),
        text(name="against_en", meaning="the best argument against it"),
        text(name="against_zh", meaning="the same in Chinese"),
        text(name="notebook", meaning="notebooks that test it, separated by spaces"),
        *EVIDENCE,
    ),
)  # fmt: skip

MARGINS = Table(
    "margins", "The margin that turns an interval into a verdict, fixed before the run.",
    ("margin_id",),
    (
        text(name="margin_id", meaning="short name, as S3a.on_book"),
        text(name="claim_id", meaning="row of the table claim"),
        text(name="measure_en", meaning="what is measured"),
        text(name="measure_zh", meaning="the same in Chinese"),
        Column("unit", "text", "unit of the measure", choices=UNITS),
        Column("rule", "text", "where the interval must lie for the claim to hold; none where no "
               "data could decide",
               choices=("above", "below", "inside", "outside", "none")),
        opt(name="low", kind="float", meaning="lower margin; empty for below and none"),
        opt(name="high", kind="float", meaning="upper margin; empty for above and none"),
        text(name="reason_en", meaning="why this margin"),
        text(name="reason_zh", meaning="the same in Chinese"),
        Column("fixed_on", "date", "when the margin was fixed"),
        *EVIDENCE,
    ),
)  # fmt: skip
