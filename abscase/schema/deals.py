"""One securitisation: its terms, classes, fees and holders."""

from __future__ import annotations

from abscase.schema.column import Column, Table
from abscase.schema.shared import (
    CASE,
    CURRENCY,
    DEAL_ID,
    EVIDENCE,
    PRECISION,
    UNITS,
    amt,
    months,
    note,
    opt,
    rate,
    share,
    text,
)

DEAL = Table(
    "deal", "One securitisation.", ("deal_id",),
    (
        CASE, DEAL_ID, text(name="deal_name", meaning="name as published"),
        note(name="sponsor", meaning="sponsor"),
        note(name="originator", meaning="who made the loans"),
        note(name="servicer", meaning="who collects"),
        note(name="manager", meaning="plan manager, arranger or depositor"),
        note(name="trustee", meaning="trustee or custodian"),
        opt(name="closing_date", kind="date", meaning="issue or closing date"), PRECISION,
        CURRENCY, note(name="collateral", meaning="type of loans"),
        amt("original_amt", "size at issue"), amt("pool_amt", "pool at cut-off"),
        opt(name="loans_count", kind="int", meaning="loans at cut-off", unit="count", low=0),
        months("revolving_months", "length of the revolving period"),
        months("term_months", "expected or legal life, as the note says"),
        share("clean_up_share", "pool factor at which the deal may be called"),
        share("oc_target_share", "overcollateralisation target over the original pool"),
        note(name="triggers", meaning="trigger terms in words"),
        *EVIDENCE,
    ),
)  # fmt: skip

TRANCHE = Table(
    "tranche", "One class of a deal.", ("deal_id", "tranche_id"),
    (
        CASE, DEAL_ID, text(name="tranche_id", meaning="class"),
        Column("seniority", "int", "1 is paid first; equal numbers rank equally", low=1, high=60),
        CURRENCY, amt("original_amt", "amount at issue"),
        share("share", "share of the deal at issue"),
        share("subordination_share", "credit enhancement below the class, over the pool"),
        note(name="rating_sp", meaning="rating by Standard & Poor's"),
        note(name="rating_moodys", meaning="rating by Moody's"),
        note(name="rating_other", meaning="rating by another agency, with its name"),
        opt(name="rate_type", kind="text", meaning="how it pays",
             choices=("fixed", "floating", "residual", "unknown")),
        rate("coupon_rate", "fixed coupon, or first coupon of a floater"),
        rate("margin_rate", "margin over the index before the call date"),
        rate("margin_after_rate", "margin over the index after the call date"),
        note(name="index_name", meaning="index of the margin"),
        months("expected_life_months", "expected life or tenor"),
        opt(name="maturity_date", kind="date", meaning="expected maturity"),
        note(name="holder", meaning="who is known to have bought it"),
        *EVIDENCE,
    ),
)  # fmt: skip

FEE = Table(
    "fee", "A fee or price that a party pays.", ("fee_id",),
    (
        CASE, text(name="fee_id", meaning="short name"),
        note(name="deal_id", meaning="deal, where the fee belongs to one"),
        text(name="item", meaning="what is paid for"),
        note(name="payer", meaning="who pays"), note(name="payee", meaning="who receives"),
        opt(name="date", kind="date", meaning="day, or last day of the period"), PRECISION,
        Column("value", "float", "the fee in its unit"),
        Column("unit", "text", "unit of the value", choices=UNITS),
        opt(name="currency", kind="text", meaning="currency of an amount", choices=("CNY", "USD")),
        note(name="base", meaning="what a rate is charged on"),
        *EVIDENCE,
    ),
)  # fmt: skip

HOLDER = Table(
    "holder", "Who holds or bears what.", ("holder_id",),
    (
        CASE, text(name="holder_id", meaning="short name"),
        note(name="deal_id", meaning="deal"), note(name="tranche_id", meaning="class"),
        text(name="holder_name", meaning="name or description"),
        Column("holder_class", "text", "kind of holder",
               choices=("originator", "bank", "gse", "fund", "insurer", "pension", "trust_company",
                        "hedge_fund", "cdo", "retail", "foreign", "partner_bank", "unknown")),
        opt(name="date", kind="date", meaning="as of"), amt("held_amt", "amount held"),
        share("share", "share held of the class or of the case"),
        opt(name="currency", kind="text", meaning="currency", choices=("CNY", "USD")),
        *EVIDENCE,
    ),
)  # fmt: skip
