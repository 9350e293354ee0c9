"""Loans and their history: what a loan tape holds."""

from __future__ import annotations

from abscase.schema.column import Column, Table
from abscase.schema.shared import (
    CASE,
    CURRENCY,
    EVIDENCE,
    STATES,
    amt,
    months,
    note,
    opt,
    rate,
    text,
)

LOAN = Table(
    "loan", "One loan as it was made.", ("case", "loan_id"),
    (
        CASE, text(name="loan_id", meaning="loan or account"),
        note(name="deal_id", meaning="deal that holds it"),
        opt(name="orig_date", kind="date", meaning="origination"),
        opt(name="first_date", kind="date", meaning="first date observed; later than origination "
             "where a loan enters aged"),
        CURRENCY, Column("original_amt", "float", "amount at origination", "currency units", low=0,
                         nullable=True),
        months("term_months", "term at origination"),
        rate("orig_rate", "interest rate at origination"),
        opt(name="rate_type", kind="text", meaning="fixed or adjustable",
             choices=("fixed", "adjustable", "unknown")),
        note(name="product", meaning="product"), note(name="segment", meaning="grade or segment"),
        note(name="region", meaning="state or province"),
        opt(name="secured", kind="flag", meaning="true where there is collateral"),
        opt(name="score", kind="float", meaning="credit score, US FICO scale", low=250, high=900),
        opt(name="ltv", kind="float", meaning="loan over house value", unit="decimal", low=0,
             high=2),
        opt(name="dti", kind="float", meaning="debt payments over income", unit="decimal", low=0,
             high=10),
        opt(name="income_amt", kind="float", meaning="borrower's yearly income",
             unit="currency units", low=0),
        opt(name="borrower_age", kind="float", meaning="age", unit="years", low=16, high=110),
        opt(name="investor", kind="flag", meaning="true where the borrower does not live there"),
        opt(name="house_index", kind="float", meaning="house-price index at origination", low=0),
        *EVIDENCE,
    ),
)  # fmt: skip

PERFORMANCE = Table(
    "performance", "One loan in one period.", ("case", "loan_id", "date"),
    (
        CASE, text(name="loan_id", meaning="loan or account"),
        Column("date", "date", "last day of the period"),
        Column("age_months", "int", "months since origination", "months", low=0, high=600),
        amt("balance_amt", "balance at the end of the period", required=True),
        Column("state", "int", "0 current, 1 30 days past due, 2 60, 3 90 or more, 4 default, "
               "5 prepaid, 6 matured", choices=tuple(STATES.values()), codes=STATES),
        opt(name="previous_state", kind="int", meaning="state one period before; empty in the "
             "first period and after a gap", choices=tuple(STATES.values()), codes=STATES),
        opt(name="days_past_due", kind="int", meaning="days past due", unit="days", low=0,
             high=5000),
        rate("rate", "interest rate in force"),
        opt(name="loss_amt", kind="float", meaning="loss booked, net of recovery",
             unit="currency units"),
        opt(name="recovery_amt", kind="float", meaning="recovery received, net of its costs: "
             "negative where they exceed it", unit="currency units"),
        opt(name="ltv", kind="float", meaning="loan over house value now", unit="decimal", low=0,
             high=5),
        opt(name="house_index", kind="float", meaning="house-price index", low=0),
        *EVIDENCE,
    ),
)  # fmt: skip
