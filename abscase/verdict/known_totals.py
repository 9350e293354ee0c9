"""The published totals that the data must give back when they are recomputed."""

from __future__ import annotations

import pandas as pd

from abscase.case import Case, Datum, datum
from abscase.errors import DataFaults, Fault
from abscase.verdict.reconcile import Check, class_shares, credit_enhancement, pool_balance, share

POINT = 0.00005  # half of the last digit of a share printed with two decimals of a percent
CMLTI, DOUBLE_11 = "cmlti_2006_nc2", "ant_d11_2016"
STATES = ("AZ", "CA", "FL", "NV")


def known_totals(ant: Case, us: Case) -> list[Check]:
    """Return every check of a published total that the tables of the two cases allow."""
    return [
        *platform_checks(ant),
        double_11_check(ant),
        *enhancement_checks(us),
        pool_check(us),
        *outcome_checks(us),
        *resecuritisation_checks(us.table("finding")),
    ]


def platform_checks(ant: Case, date: str = "2020-06-30") -> list[Check]:
    """Return the checks of Ant's platform credit: its two parts, and the share on its own books."""
    consumer = best_value(ant, "consumer_credit_balance", date)
    business, own = (
        ant.value("smb_credit_balance", date=date),
        ant.value("own_book_loans", date=date),
    )
    total = consumer.value + business.value
    printed = best_value(ant, "credit_balance", date, of="max")
    own_share = ant.value("own_book_share", date=date)
    moved = best_value(ant, "partner_or_abs_share", date)
    own_part = share(own.value, total)
    parts = (consumer, business, own)
    return [
        Check("platform_credit", "ant", printed.value, total, "amt", 5e9,
              (printed, consumer, business)),
        Check("own_book_share", "ant", own_share.value, own_part, "decimal", POINT,
              (own_share, *parts)),
        Check("moved_share", "ant", moved.value, 1 - own_part, "decimal", 0.005, (moved, *parts)),
    ]  # fmt: skip


def double_11_check(ant: Case) -> Check:
    """Return the check of the size of the deal of November 2016 against its classes.

    The junior class is not printed, it is what the others leave: the sum is right by construction.
    """
    size = datum(_deal(ant, DOUBLE_11), "original_amt")
    rows = [datum(row, "original_amt") for _, row in _classes(ant, DOUBLE_11).iterrows()]
    total = sum(each.value for each in rows)
    return Check("double_11_size", "ant", size.value, total, "amt", 0.5, (size, *rows), True)


def double_11_shares(ant: Case) -> pd.DataFrame:
    """Return the classes of the deal of November 2016 with their shares of it.

    Returns
    -------
    DataFrame
        tranche_id, seniority, original_amt, coupon_rate, share (in [0, 1], sum 1), how, grade,
        source_id.
    """
    rows = _classes(ant, DOUBLE_11)
    columns = ["tranche_id", "seniority", "original_amt", "coupon_rate", "share", "how", "grade",
               "source_id"]  # fmt: skip
    return rows.assign(share=class_shares(rows["original_amt"].to_list()))[columns]


def market_checks(ant: Case, market_definition: str) -> list[Check]:
    """Return the checks of Ant's printed shares in consumer-loan securities to the end of 2017.

    The counts are of several houses: unlike the known totals they need not agree. The share of the
    year is set against the highest count of Ant's issues over the market of ``market_definition``.
    """
    checks = []
    for row in _findings(ant.table("finding"), ("sinotf-ant-issued",)):
        issued, market = (
            ant.value(name) for name in ("abs_issued_cumulative", "consumer_abs_issued_cumulative")
        )
        found = share(issued.value, market.value)
        checks.append(Check("share_to_2017", "ant", row.value, found, "decimal", POINT,
                            (row, issued, market)))  # fmt: skip
    year = "2017-12-31"
    issued = best_value(ant, "abs_issued", year, of="max")
    market = ant.value("consumer_abs_issued", date=year, definition_id=market_definition)
    printed = ant.value("abs_market_share", date=year)
    found = share(issued.value, market.value)
    checks.append(Check("share_in_2017", "ant", printed.value, found, "decimal", 0.005,
                        (printed, issued, market)))  # fmt: skip
    return checks


def enhancement_checks(us: Case) -> list[Check]:
    """Return one check for each printed level of enhancement of CMLTI 2006-NC2.

    The pool is had from the classes and the overcollateralisation, which is the lowest level: that
    one is right by construction.
    """
    deal, classes = _deal(us, CMLTI), _classes(us, CMLTI)
    rated = classes[classes["subordination_share"].notna() & (classes["subordination_share"] > 0)]
    balances = [datum(row, "original_amt") for _, row in rated.iterrows()]
    pool = datum(deal, "pool_amt")
    found = credit_enhancement(
        [each.value for each in balances], rated["seniority"].to_list(), pool.value
    )
    levels = rated.assign(found=found).drop_duplicates("seniority")
    lowest = levels["tranche_id"].iloc[-1]
    return [
        Check(f"enhancement_{row['tranche_id']}", us.name, float(row["subordination_share"]),
              float(row["found"]), "decimal", POINT,
              (datum(row, "subordination_share"), pool, *balances),
              by_construction=row["tranche_id"] == lowest)
        for _, row in levels.iterrows()
    ]  # fmt: skip


def pool_check(us: Case) -> Check:
    """Return the check of the pool of CMLTI 2006-NC2 against loans times average, within 0.2 %."""
    pool = datum(_deal(us, CMLTI), "pool_amt")
    loans, average = us.value("loans", CMLTI), us.value("average_loan_amt", CMLTI)
    found = pool_balance(loans.value, average.value)
    return Check("cmlti_pool", us.name, pool.value, found, "amt", 0.002 * pool.value,
                 (pool, loans, average))  # fmt: skip


def outcome_checks(us: Case) -> list[Check]:
    """Return the checks of the share of homes lost by state; the source prints only the counts."""
    checks = []
    for state in STATES:
        place = f"{CMLTI}:{state}"
        printed = us.value("homes_lost_share", place)
        lost, loans = us.value("homes_lost", place), us.value("loans", place)
        found = share(lost.value, loans.value)
        checks.append(Check(f"homes_lost_{state}", us.name, printed.value, found, "decimal", POINT,
                            (printed, lost, loans), by_construction=True))  # fmt: skip
    return checks


def resecuritisation_checks(finding: pd.DataFrame) -> list[Check]:
    """Return the check of the share of CDOs written down against the two amounts, where known."""
    names = ("cordell-writedown-share", "cordell-writedown-amount", "cordell-issued")
    rows = _findings(finding, names)
    if len(rows) < len(names):
        return []
    printed, lost, issued = rows
    tolerance = 0.005 + 5e9 / issued.value  # the amount lost is printed to 10 billion
    return [
        Check("cdo_writedown", "us_subprime", printed.value, share(lost.value, issued.value),
              "decimal", tolerance, (printed, lost, issued))
    ]  # fmt: skip


def _findings(finding: pd.DataFrame, names: tuple[str, ...]) -> list[Datum]:
    found = [finding[finding["finding_id"] == name] for name in names]
    return [datum(rows.iloc[0], "effect") for rows in found if len(rows)]


def best_value(
    case: Case, measure: str, date: str, segment: str = "all", of: str = "mode"
) -> Datum:
    """Return one of several values that sources give, the others being roundings of it.

    ``mode`` takes the value most rows give, ``max`` the largest; of equal rows the best grade.
    """
    rows = case.table("series")
    rows = rows[(rows["measure"] == measure) & (rows["segment"] == segment)]
    rows = rows[rows["date"] == pd.Timestamp(date)].sort_values("grade", kind="stable")
    if rows.empty:
        raise DataFaults([Fault(f"{case.name} has no row on {date}", measure)])
    value = rows["value"].max() if of == "max" else rows["value"].mode().iloc[-1]
    return datum(rows[rows["value"] == value].iloc[0])


def _deal(case: Case, deal_id: str) -> pd.Series:
    rows = case.table("deal")
    rows = rows[rows["deal_id"] == deal_id]
    if len(rows) != 1:
        raise DataFaults(
            [Fault(f"{len(rows)} rows, not one", "deal_id", deal_id, file="table deal")]
        )
    return rows.iloc[0]


def _classes(case: Case, deal_id: str) -> pd.DataFrame:
    rows: pd.DataFrame = case.table("tranche")
    return rows[rows["deal_id"] == deal_id].sort_values("seniority", kind="stable")
