"""The tables of the common schema.

Units: a rate or share is a decimal (0.05, never 5); money (``_amt``) is in whole units of the row's
``currency``; a date is ISO (YYYY-MM-DD), and a period is named by its last day.
"""

from __future__ import annotations

from functools import partial

from abscase.schema.column import Column, Table

CASES = ("ant", "us_subprime", "us_cards", "us_prime", "cn_peers", "shared")
STATES = {"current": 0, "30": 1, "60": 2, "90": 3, "default": 4, "prepaid": 5, "matured": 6}
UNITS = (
    "decimal", "decimal_pa", "decimal_pm", "decimal_pd", "amt", "count",
    "times", "index", "price", "months", "days", "years", "score", "rating",
)  # fmt: skip

_text = partial(Column, kind="text")
_opt = partial(Column, required=False, nullable=True)
_note = partial(Column, kind="text", required=False, nullable=True)


def _share(name: str, meaning: str, high: float = 1) -> Column:
    return _opt(name=name, kind="float", meaning=meaning, unit="decimal", low=0, high=high)


def _amt(name: str, meaning: str, required: bool = False) -> Column:
    return Column(
        name, "float", meaning, "currency units", low=0, required=required, nullable=not required
    )


def _months(name: str, meaning: str, high: float = 600) -> Column:
    return _opt(name=name, kind="float", meaning=meaning, unit="months", low=0, high=high)


def _rate(name: str, meaning: str) -> Column:
    return _opt(
        name=name, kind="float", meaning=meaning, unit="decimal a year", low=-0.05, high=1.5
    )


CASE = _text(name="case", meaning="the case the row belongs to", choices=CASES)
DEAL = _text(name="deal_id", meaning="short name of the deal")
CURRENCY = Column(
    "currency", "text", "ISO 4217 code of the money columns", choices=("CNY", "USD", "EUR", "TWD")
)
DATE = Column("date", "date", "day, or last day of the period")
PRECISION = _opt(
    name="date_precision", kind="text", meaning="how exactly the source dates the row",
    choices=("day", "month", "quarter", "half", "year", "unknown"),
)  # fmt: skip
EVIDENCE = (
    Column(
        "grade", "text",
        "A measured or published; B simulated but calibrated, computed, or read in a copy; "
        "C assumed or opinion", choices=("A", "B", "C"),
    ),
    _text(name="source_id", meaning="row of the table source"),
    _opt(
        name="how", kind="text", meaning="how the value was had from the source",
        choices=("read", "computed", "inferred", "assumed"),
    ),
    _note(name="note", meaning="what a user of the row must know"),
)  # fmt: skip

_SOURCE = Table(
    "source", "Where a figure was read.", ("source_id",),
    (
        _text(name="source_id", meaning="short name, unique over all folders"),
        _text(name="title", meaning="title, or a description in square brackets"),
        _note(name="publisher", meaning="who published it"),
        _note(name="published", meaning="date as the source gives it"),
        _note(name="address", meaning="where it was read"),
        Column(
            "reliability", "text",
            "primary: filing, law, statistics, paper; press: named press or analyst that quotes it; "
            "copy: repost, aggregator or machine translation; opinion; own: computed or set here",
            choices=("primary", "press", "copy", "opinion", "own"),
        ),
        Column("grade", "text", "the best grade a row may take from this source",
               choices=("A", "B", "C")),
        _note(name="note", meaning="what is known to be wrong or unsure about it"),
    ),
)  # fmt: skip

_DEFINITION = Table(
    "definition", "What a measure counts: never compare two series of different definition.",
    ("definition_id",),
    (
        _text(name="definition_id", meaning="short name"),
        _opt(name="dpd_min", kind="int", meaning="least days past due", unit="days", low=0, high=400),
        Column("kind", "text", "a state at a date, a movement in a period, or a running total",
               choices=("stock", "flow", "cumulative")),
        Column("basis", "text", "by money or by number", choices=("balance", "count", "none")),
        _text(name="numerator", meaning="what is counted"),
        _text(name="denominator", meaning="what it is divided by"),
        _note(name="note", meaning="what a user of the definition must know"),
    ),
)  # fmt: skip

_DEAL = Table(
    "deal", "One securitisation.", ("deal_id",),
    (
        CASE, DEAL, _text(name="deal_name", meaning="name as published"),
        _note(name="sponsor", meaning="sponsor"),
        _note(name="originator", meaning="who made the loans"),
        _note(name="servicer", meaning="who collects"),
        _note(name="manager", meaning="plan manager, arranger or depositor"),
        _note(name="trustee", meaning="trustee or custodian"),
        _opt(name="closing_date", kind="date", meaning="issue or closing date"), PRECISION,
        CURRENCY, _note(name="collateral", meaning="type of loans"),
        _amt("original_amt", "size at issue"), _amt("pool_amt", "pool at cut-off"),
        _opt(name="loans_count", kind="int", meaning="loans at cut-off", unit="count", low=0),
        _months("revolving_months", "length of the revolving period"),
        _months("term_months", "expected or legal life, as the note says"),
        _share("clean_up_share", "pool factor at which the deal may be called"),
        _share("oc_target_share", "overcollateralisation target over the original pool"),
        _note(name="triggers", meaning="trigger terms in words"),
        *EVIDENCE,
    ),
)  # fmt: skip

_TRANCHE = Table(
    "tranche", "One class of a deal.", ("deal_id", "tranche_id"),
    (
        CASE, DEAL, _text(name="tranche_id", meaning="class"),
        Column("seniority", "int", "1 is paid first; equal numbers rank equally", low=1, high=60),
        CURRENCY, _amt("original_amt", "amount at issue"),
        _share("share", "share of the deal at issue"),
        _share("subordination_share", "credit enhancement below the class, over the pool"),
        _note(name="rating_sp", meaning="rating by Standard & Poor's"),
        _note(name="rating_moodys", meaning="rating by Moody's"),
        _note(name="rating_other", meaning="rating by another agency, with its name"),
        _opt(name="rate_type", kind="text", meaning="how it pays",
             choices=("fixed", "floating", "residual", "unknown")),
        _rate("coupon_rate", "fixed coupon, or first coupon of a floater"),
        _rate("margin_rate", "margin over the index before the call date"),
        _rate("margin_after_rate", "margin over the index after the call date"),
        _note(name="index_name", meaning="index of the margin"),
        _months("expected_life_months", "expected life or tenor"),
        _opt(name="maturity_date", kind="date", meaning="expected maturity"),
        _note(name="holder", meaning="who is known to have bought it"),
        *EVIDENCE,
    ),
)  # fmt: skip

_FEE = Table(
    "fee", "A fee or price that a party pays.", ("fee_id",),
    (
        CASE, _text(name="fee_id", meaning="short name"),
        _note(name="deal_id", meaning="deal, where the fee belongs to one"),
        _text(name="item", meaning="what is paid for"),
        _note(name="payer", meaning="who pays"), _note(name="payee", meaning="who receives"),
        _opt(name="date", kind="date", meaning="day, or last day of the period"), PRECISION,
        Column("value", "float", "the fee in its unit"),
        Column("unit", "text", "unit of the value", choices=UNITS),
        _opt(name="currency", kind="text", meaning="currency of an amount", choices=("CNY", "USD")),
        _note(name="base", meaning="what a rate is charged on"),
        *EVIDENCE,
    ),
)  # fmt: skip

_LOAN = Table(
    "loan", "One loan as it was made.", ("case", "loan_id"),
    (
        CASE, _text(name="loan_id", meaning="loan or account"),
        _note(name="deal_id", meaning="deal that holds it"),
        _opt(name="orig_date", kind="date", meaning="origination"),
        _opt(name="first_date", kind="date", meaning="first date observed; later than origination "
             "where a loan enters aged"),
        CURRENCY, _amt("original_amt", "amount at origination", required=True),
        _months("term_months", "term at origination"),
        _rate("orig_rate", "interest rate at origination"),
        _opt(name="rate_type", kind="text", meaning="fixed or adjustable",
             choices=("fixed", "adjustable", "unknown")),
        _note(name="product", meaning="product"), _note(name="segment", meaning="grade or segment"),
        _note(name="region", meaning="state or province"),
        _opt(name="secured", kind="flag", meaning="true where there is collateral"),
        _opt(name="score", kind="float", meaning="credit score, US FICO scale", low=250, high=900),
        _opt(name="ltv", kind="float", meaning="loan over house value", unit="decimal", low=0,
             high=2),
        _opt(name="dti", kind="float", meaning="debt payments over income", unit="decimal", low=0,
             high=10),
        _opt(name="income_amt", kind="float", meaning="borrower's yearly income",
             unit="currency units", low=0),
        _opt(name="borrower_age", kind="float", meaning="age", unit="years", low=16, high=110),
        _opt(name="investor", kind="flag", meaning="true where the borrower does not live there"),
        _opt(name="house_index", kind="float", meaning="house-price index at origination", low=0),
        *EVIDENCE,
    ),
)  # fmt: skip

_PERFORMANCE = Table(
    "performance", "One loan in one period.", ("case", "loan_id", "date"),
    (
        CASE, _text(name="loan_id", meaning="loan or account"),
        Column("date", "date", "last day of the period"),
        Column("age_months", "int", "months since origination", "months", low=0, high=600),
        _amt("balance_amt", "balance at the end of the period", required=True),
        Column("state", "int", "0 current, 1 30 days past due, 2 60, 3 90 or more, 4 default, "
               "5 prepaid, 6 matured", choices=tuple(STATES.values()), codes=STATES),
        _opt(name="previous_state", kind="int", meaning="state one period before; empty in the "
             "first", choices=tuple(STATES.values()), codes=STATES),
        _opt(name="days_past_due", kind="int", meaning="days past due", unit="days", low=0,
             high=5000),
        _rate("rate", "interest rate in force"),
        _opt(name="loss_amt", kind="float", meaning="loss booked, net of recovery",
             unit="currency units"),
        _opt(name="recovery_amt", kind="float", meaning="recovery received", unit="currency units",
             low=0),
        _opt(name="ltv", kind="float", meaning="loan over house value now", unit="decimal", low=0,
             high=5),
        _opt(name="house_index", kind="float", meaning="house-price index", low=0),
        *EVIDENCE,
    ),
)  # fmt: skip

_SERIES = Table(
    "series", "One published value of a measure.",
    ("case", "measure", "segment", "definition_id", "date", "value", "source_id"),
    (
        CASE, _text(name="measure", meaning="what is measured"),
        _text(name="segment", meaning="of whom or of which part; 'all' for the whole"),
        _note(name="definition_id", meaning="row of the table definition"),
        _opt(name="date", kind="date", meaning="day, or last day of the period"), PRECISION,
        _opt(name="period_months", kind="float", meaning="length of the period of a flow; empty for "
             "a stock", unit="months", low=0, high=600),
        Column("value", "float", "the value in its unit"),
        Column("unit", "text", "unit of the value", choices=UNITS),
        _opt(name="currency", kind="text", meaning="currency of an amount", choices=("CNY", "USD")),
        *EVIDENCE,
    ),
)  # fmt: skip

_HOLDER = Table(
    "holder", "Who holds or bears what.", ("holder_id",),
    (
        CASE, _text(name="holder_id", meaning="short name"),
        _note(name="deal_id", meaning="deal"), _note(name="tranche_id", meaning="class"),
        _text(name="holder_name", meaning="name or description"),
        Column("holder_class", "text", "kind of holder",
               choices=("originator", "bank", "gse", "fund", "insurer", "pension", "trust_company",
                        "hedge_fund", "cdo", "retail", "foreign", "partner_bank", "unknown")),
        _opt(name="date", kind="date", meaning="as of"), _amt("held_amt", "amount held"),
        _share("share", "share held of the class or of the case"),
        _opt(name="currency", kind="text", meaning="currency", choices=("CNY", "USD")),
        *EVIDENCE,
    ),
)  # fmt: skip

_ENTITY = Table(
    "entity", "A company at a date: capital, assets, licence.",
    ("entity_id", "date", "source_id"),
    (
        CASE, _text(name="entity_id", meaning="short name"),
        _text(name="entity_name", meaning="name"), _note(name="role", meaning="role in the chain"),
        _note(name="licence", meaning="licence"),
        _opt(name="date", kind="date", meaning="as of, or last day of the period"), PRECISION,
        CURRENCY, _amt("capital_amt", "registered or paid-in capital"),
        _amt("net_assets_amt", "net assets"), _amt("assets_amt", "total assets"),
        _amt("loans_amt", "loans on the books"),
        _opt(name="net_profit_amt", kind="float", meaning="net profit of the period",
             unit="currency units"),
        _opt(name="period_months", kind="float", meaning="length of the period of the profit",
             unit="months", low=0, high=60),
        *EVIDENCE,
    ),
)  # fmt: skip

_RULE = Table(
    "rule", "One parameter of one rule.", ("rule_id", "parameter", "source_id"),
    (
        CASE, _text(name="rule_id", meaning="short name of the rule"),
        _text(name="rule_name", meaning="name of the rule, in English"),
        _note(name="rule_name_zh", meaning="name of the rule, in Chinese"),
        _text(name="jurisdiction", meaning="country or city"),
        Column("date", "date", "issued"), PRECISION,
        _opt(name="effective_date", kind="date", meaning="in force from"),
        _opt(name="status", kind="text", meaning="draft or final",
             choices=("draft", "final", "requirement", "fact")),
        _text(name="parameter", meaning="what is limited"),
        _opt(name="value", kind="float", meaning="the limit in its unit"),
        _opt(name="unit", kind="text", meaning="unit of the value", choices=UNITS),
        _opt(name="currency", kind="text", meaning="currency", choices=("CNY", "USD")),
        *EVIDENCE,
    ),
)  # fmt: skip

_EVENT = Table(
    "event", "A dated event.", ("event_id",),
    (
        CASE, _text(name="event_id", meaning="short name"), DATE, PRECISION,
        _text(name="event_en", meaning="what happened, in English"),
        _text(name="event_zh", meaning="what happened, in Chinese"),
        Column("kind", "text", "kind of event",
               choices=("rule", "market", "company", "default", "rescue", "deal")),
        *EVIDENCE,
    ),
)  # fmt: skip

_FINDING = Table(
    "finding", "What a paper or authority found.", ("finding_id",),
    (
        CASE, _text(name="finding_id", meaning="short name"),
        _text(name="topic", meaning="topic"), _text(name="paper", meaning="authors, year, outlet"),
        _text(name="finding_en", meaning="the finding in our words, in English"),
        _text(name="finding_zh", meaning="the finding in our words, in Chinese"),
        _opt(name="effect", kind="float", meaning="effect size in its unit"),
        _opt(name="low", kind="float", meaning="lower end"),
        _opt(name="high", kind="float", meaning="upper end"),
        _opt(name="unit", kind="text", meaning="unit of the effect", choices=UNITS),
        _opt(name="claim_id", kind="text", meaning="claim of the thesis it bears on"),
        _opt(name="side", kind="text", meaning="which way it points",
             choices=("for", "against", "both", "context")),
        *EVIDENCE,
    ),
)  # fmt: skip

_ACCOUNT = Table(
    "account", "One person's account of the leverage arithmetic.", ("account_id",),
    (
        CASE, _text(name="account_id", meaning="short name"),
        _text(name="who", meaning="who gives the account"),
        _opt(name="date", kind="date", meaning="as of"), PRECISION, CURRENCY,
        _amt("capital_amt", "own capital"), _amt("bank_amt", "bank loans"),
        _opt(name="rounds", kind="float", meaning="issues or cycles", unit="count", low=0, high=1000),
        _opt(name="span_years", kind="float", meaning="over how many years", low=0, high=50),
        _amt("loans_amt", "loans that result"),
        _opt(name="loans_kind", kind="text", meaning="what the loans are: made over the span, "
             "outstanding at its end, or not said", choices=("flow", "stock", "unsaid")),
        _opt(name="leverage_times", kind="float", meaning="leverage as stated", unit="times", low=0),
        _opt(name="bound", kind="text", meaning="how the account qualifies the leverage",
             choices=("about", "at_least", "exact")),
        *EVIDENCE,
    ),
)  # fmt: skip

_CLAIM = Table(
    "claim", "One claim of the thesis, as a hypothesis that data can refute.", ("claim_id",),
    (
        _text(name="claim_id", meaning="short name, as S3a"),
        _text(name="claim_en", meaning="the claim in our words"),
        _text(name="claim_zh", meaning="the claim in our words, in Chinese"),
        _text(name="hypothesis_en", meaning="what would have to be true"),
        _text(name="hypothesis_zh", meaning="the same in Chinese"),
        _text(name="refuted_en", meaning="what would refute it"),
        _text(name="refuted_zh", meaning="the same in Chinese"),
        _text(name="for_en", meaning="the best argument for it"),
        _text(name="for_zh", meaning="the same in Chinese"),
        _text(name="against_en", meaning="the best argument against it"),
        _text(name="against_zh", meaning="the same in Chinese"),
        _text(name="notebook", meaning="notebooks that test it, separated by spaces"),
        *EVIDENCE,
    ),
)  # fmt: skip

_MARGINS = Table(
    "margins", "The margin that turns an interval into a verdict, fixed before the run.",
    ("margin_id",),
    (
        _text(name="margin_id", meaning="short name, as S3a.on_book"),
        _text(name="claim_id", meaning="row of the table claim"),
        _text(name="measure_en", meaning="what is measured"),
        _text(name="measure_zh", meaning="the same in Chinese"),
        Column("unit", "text", "unit of the measure", choices=UNITS),
        Column("rule", "text", "where the interval must lie for the claim to hold; none where no "
               "data could decide",
               choices=("above", "below", "inside", "outside", "none")),
        _opt(name="low", kind="float", meaning="lower margin"),
        _opt(name="high", kind="float", meaning="upper margin"),
        _text(name="reason_en", meaning="why this margin"),
        _text(name="reason_zh", meaning="the same in Chinese"),
        Column("fixed_on", "date", "when the margin was fixed"),
        *EVIDENCE,
    ),
)  # fmt: skip

TABLES = {
    table.name: table
    for table in (
        _DEAL, _TRANCHE, _FEE, _LOAN, _PERFORMANCE, _SERIES, _DEFINITION, _HOLDER, _ENTITY, _RULE,
        _EVENT, _FINDING, _ACCOUNT, _CLAIM, _MARGINS, _SOURCE,
    )
}  # fmt: skip
