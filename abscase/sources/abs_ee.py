"""Asset-level data that US issuers of public asset-backed securities file each month (Form ABS-EE).

One XML file (exhibit 102) holds every loan of a pool as it stood at the end of a month; give one,
or a folder of the files of several months of one pool, which then make a history. Read are the
schemas of auto loans and of residential mortgages; few public deals in mortgages have filed any.

Issuers differ. Some keep an ended loan in later files: its row is left out there. Some give rates
in percent and some as fractions: a file whose median rate is above 1 is taken to be in percent.

References
----------
SEC, *Regulation AB*, Item 1125, Schedule AL (17 CFR 229.1125), Items 1 and 3; *EDGAR ABS XML
Technical Specification*.
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from abscase.errors import DataFaults, Fault
from abscase.schema import STATES
from abscase.sources.codes import decoded, filled
from abscase.sources.delimited import readable
from abscase.sources.histories import REMOVED, History, history, month_end, months_between, tape
from abscase.sources.registry import Source, own_files
from abscase.sources.tape import Tape
from abscase.sources.xml_records import namespace, scan

EVIDENCE = {"grade": "A", "source_id": "panel-abs_ee", "how": "read"}
RECORD = "assets"
SCHEMA = re.compile(r"/absee/(\w+)/assetdata")
PRODUCTS = {"autoloan": "auto loan", "rmbs": "residential mortgage"}
FIELDS = {
    "loan_id": ("assetNumber",),
    "period": ("reportingPeriodEndingDate", "reportingPeriodEndDate"),
    "origination": ("originationDate",),
    "original": ("originalLoanAmount",),
    "term": ("originalLoanTerm", "originalTermLoanNumber", "originalAmortizationTermNumber"),
    "orig_rate": ("originalInterestRatePercentage",),
    "rate_code": ("originalInterestRateTypeCode",),
    "score": ("obligorCreditScore", "originalObligorCreditScore"),
    "region": ("obligorGeographicLocation", "propertyGeographicLocation", "propertyState"),
    "used": ("vehicleNewUsedCode",),
    "value": ("vehicleValueAmount", "originalPropertyValueAmount"),
    "opening": ("reportingPeriodBeginningLoanBalanceAmount",),
    "balance": ("reportingPeriodActualEndBalanceAmount", "reportPeriodEndActualBalanceAmount"),
    "rate": ("reportingPeriodInterestRatePercentage", "reportPeriodInterestRatePercentage"),
    "late": ("currentDelinquencyStatus",),
    "left": ("remainingTermToMaturityNumber",),
    "code": ("zeroBalanceCode",),
    "ended": ("zeroBalanceEffectiveDate",),
    "lost": ("chargedoffPrincipalAmount",),
    "recovered": ("recoveredAmount",),
    "sold": ("repossessedProceedsAmount",),
}  # fmt: skip
"""Elements that a column is read from: the first that a record has."""
TEXT = {"loan_id", "period", "origination", "rate_code", "region", "used", "code", "ended"}
NEEDED = ("loan_id", "period", "balance")
ENDS = {"1": STATES["prepaid"], "2": REMOVED, "3": REMOVED, "4": STATES["default"], "5": REMOVED,
        "98": REMOVED, "99": REMOVED}  # fmt: skip
"""Codes of zero balance: 1 prepaid or matured, 2 sold to a third party, 3 repurchased or replaced,
4 charged off, 5 servicing transferred, 98 other, 99 unknown."""
RATES, USED = {"1": "fixed", "2": "adjustable"}, {"1": "new vehicle", "2": "used vehicle"}
OLD_END = "loan that ended in an earlier month, listed again"
NOTES = (
    "default is the month of charge-off (code 4 of zero balance); what is recovered in later "
    "months is not in the tape",
    "the original loan-to-value of an auto loan is the amount over the vehicle's value",
)


def read(path: Path, case: str) -> Tape:
    """Read a file, plain or gzip, or a folder of files of one pool, as a tape of ``case``.

    Raises :class:`~abscase.errors.DataFaults` for a file with a document type or entities, of
    another schema, not sound, or without assets.
    """
    files = own_files(path)
    if not files:
        raise DataFaults([Fault("is an empty folder", file=str(path))])
    parts = [_typed(file) for file in files]
    with readable(path):
        rows = pl.concat(parts)
        loans = _loans(rows.unique("loan_id", keep="first", maintain_order=True))
        return tape([loans], [_history(rows)], EVIDENCE | {"case": case}, NOTES)


def _typed(path: Path) -> pl.LazyFrame:
    """Return the columns of one file in their types, rates as fractions."""
    found = SCHEMA.search(namespace(path, RECORD))
    kind = found.group(1) if found else ""
    if kind not in PRODUCTS:
        rule = f"holds {kind}, which is not read" if kind else "is no asset data file (exhibit 102)"
        fix = f"read are {', '.join(PRODUCTS)}"
        raise DataFaults([Fault(rule, file=path.name, fix=fix)])
    names = [name for elements in FIELDS.values() for name in elements]
    cells = scan(path, RECORD, names).select(
        _column(name, elements) for name, elements in FIELDS.items()
    )
    facts = cells.select(
        pl.len(), pl.col("orig_rate").median(), *(pl.col(name).count() for name in NEEDED)
    ).collect(engine="streaming").row(0, named=True)  # fmt: skip
    _check(facts, path.name)
    unit = 0.01 if (facts["orig_rate"] or 0) > 1 else 1.0
    return cells.with_columns(
        pl.col("orig_rate", "rate") * unit, product=pl.lit(PRODUCTS[kind]),
        month=month_end("period", "%m-%d-%Y"),
        orig_month=pl.coalesce(month_end("origination", "%m/%Y"),
                               month_end("origination", "%m-%d-%Y")),
    )  # fmt: skip


def _column(name: str, elements: tuple[str, ...]) -> pl.Expr:
    text = filled(pl.coalesce(elements), "-")
    return (text if name in TEXT else text.cast(pl.Float64, strict=False)).alias(name)


def _check(facts: dict[str, float], file: str) -> None:
    if not facts["len"]:
        raise DataFaults([Fault("has no assets", RECORD, file=file)])
    absent = [name for name in NEEDED if not facts[name]]
    if absent:
        raise DataFaults([
            Fault("no asset has this element", " or ".join(FIELDS[name]), file=file)
            for name in absent
        ])  # fmt: skip


def _history(rows: pl.LazyFrame) -> History:
    ended = rows.with_columns(ended_month=month_end("ended", "%m/%Y"))
    old = (pl.col("code").is_not_null() & (months_between("month", "ended_month") > 1)).fill_null(
        False
    )  # fmt: skip
    counts = ended.select(pl.len(), old=old.sum()).collect(engine="streaming").row(0)
    settled = pl.any_horizontal(pl.col("recovered", "sold").is_not_null())
    made = ended.filter(~old).with_columns(
        days_late=pl.col("late").cast(pl.Int32, strict=False), months_left="left",
        original_amt="original",
        left_amt=pl.when(pl.col("lost") > 0).then("lost").otherwise("opening"),
        recovery_amt=pl.when(settled).then(pl.sum_horizontal("recovered", "sold")),
    )  # fmt: skip
    return history(made, ENDS, counts[0], rejected={OLD_END: counts[1]})


def _loans(first: pl.LazyFrame) -> pl.LazyFrame:
    car = pl.col("product") == PRODUCTS["autoloan"]
    return first.filter(pl.col("loan_id").is_not_null()).select(
        "loan_id", "orig_rate", "product", "region", orig_date="orig_month",
        currency=pl.lit("USD"), original_amt="original", term_months="term",
        rate_type=decoded("rate_code", RATES, "unknown"),
        segment=pl.when(car).then(decoded("used", USED)),
        secured=pl.lit(True), score=pl.when(pl.col("score") > 0).then("score"),
        ltv=pl.when(pl.col("value") > 0).then(pl.col("original") / pl.col("value")),
    )  # fmt: skip


SOURCE = Source(
    "abs_ee", "Asset-level data of public US deals (Form ABS-EE): auto loans, mortgages",
    ("us_cards", "us_prime", "us_subprime"), read, folders=True,
)  # fmt: skip
