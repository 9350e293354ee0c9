"""What published figures say of Ant's leverage: estimates with an interval and the rows behind.

The intervals are no sampling error. They run over published values that disagree, over the junior
shares of published deals, over the registered capital before and after an increase, or over terms
that nobody published.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.case import Case, Datum, datum
from abscase.estimate import Estimate, over
from abscase.operating import balances, definitions, leverage, stock

YEAR_END, BOOKS, MID_2020 = "2017-12-04", "2019-12-31", "2020-06-30"
LOSS_DATE = "2017-12-31"
PROGRAMME = "ant_ali_programme"
"""The only plans of Ant whose revolving period could be read: loans to merchants, of 2013."""
MONTH_DAYS = 365.25 / 12


def estimates(ant: Case, recourse: float = 0.0) -> dict[str, Estimate]:
    """Return every estimate on Ant's leverage by the margin that judges it.

    Parameters
    ----------
    ant : Case
        The case "ant".
    recourse : float
        Chance of support at which ``S3a.recourse`` is estimated, in [0, 1]; its interval runs from
        0 to 1 whatever is given.
    """
    account, entity, series = (ant.table(name) for name in ("account", "entity", "series"))
    shares = list(junior_shares(ant.table("tranche")).values())
    securities = balances.printed(series, "abs_outstanding", YEAR_END)
    assets = balances.assets_at(entity, BOOKS)
    return {
        "S2a.flow_no_retention": _flow(account, [], "build_up"),
        "S2a.flow_published_retention": _flow(account, shares, "contour"),
        "S2a.stock_published": _stock(account, shares, ant.table("deal"), series),
        "S2a.observed_stock": _over_capital(securities, entity, YEAR_END),
        "S3a.facilitated": _facilitated(entity, series),
        "S3a.on_book": _over_capital(assets, entity, BOOKS),
        "S3a.recourse": _recourse(entity, series, recourse),
        "S3a.el_weighted": _loss_weighted(entity, series, shares),
        "S3b.nominal": _outside(series),
    }


def junior_shares(tranches: pd.DataFrame) -> dict[str, Datum]:
    """Return the size of the residual class over its deal, a decimal, by deal.

    Parameters
    ----------
    tranches : DataFrame
        The table ``tranche`` of one case. A class without a printed share is divided by the classes
        of its deal, where all their amounts are known.
    """
    amounts = tranches.groupby("deal_id")["original_amt"].agg(lambda each: each.sum(skipna=False))
    share = tranches["original_amt"] / tranches["deal_id"].map(amounts)
    known = tranches.assign(share=tranches["share"].fillna(share))
    known = known[(known["rate_type"] == "residual") & known["share"].notna()]
    return {row["deal_id"]: datum(row, "share", "decimal") for _, row in known.iterrows()}


def typical_share(shares: Iterable[Datum]) -> float:
    """Return the median of the distinct retained shares, a decimal."""
    return float(np.median(np.unique([row.value for row in shares])))


def yearly_spread(ant: Case) -> Estimate:
    """Return the loan rate less the coupon of the dearest class of consumer deals, a year.

    Servicing, fees and the platform's share are not published, so it is an upper bound of what a
    year of interest leaves to meet losses.
    """
    deals, classes = ant.table("deal"), ant.table("tranche")
    consumer = deals.loc[deals["collateral"].str.startswith("consumer").fillna(False), "deal_id"]
    rows = classes[classes["deal_id"].isin(consumer) & classes["coupon_rate"].notna()]
    rows = rows.sort_values("coupon_rate", ascending=False)
    coupons = [datum(row, "coupon_rate", "decimal_pa") for _, row in rows.iterrows()]
    rate = balances.select(ant.table("series"), "annual_rate", segment="jiebei")[0]
    return over([rate.value - row.value for row in coupons], [rate, *coupons], "ruin")


def _rounds(account: pd.DataFrame) -> tuple[npt.NDArray[np.float64], list[Datum]]:
    """Bank debt over capital and the number of rounds, where an account gives both."""
    told = account[account[["capital_amt", "bank_amt", "rounds"]].notna().all(axis=1)]
    pairs = np.column_stack([told["bank_amt"] / told["capital_amt"], told["rounds"]])
    return pairs.astype(float), [datum(row, "rounds", "count") for _, row in told.iterrows()]


def _kept(shares: Sequence[Datum]) -> npt.NDArray[np.float64]:
    """The retained shares to run over, the typical one first; 0 where none is given."""
    if not shares:
        return np.zeros(1)
    return np.array([typical_share(shares), *(row.value for row in shares)])


def _flow(account: pd.DataFrame, shares: Sequence[Datum], figure: str) -> Estimate:
    pairs, data = _rounds(account)
    q = leverage.cash_share(_kept(shares))[:, None]
    return over(leverage.flow_multiple(pairs[:, 0], q, pairs[:, 1]), [*data, *shares], figure)


def _stock(
    account: pd.DataFrame, shares: Sequence[Datum], deal: pd.DataFrame, series: pd.DataFrame
) -> Estimate:
    """The peak of loans outstanding, on the published revolving period and loan life."""
    pairs, data = _rounds(account)
    (programme,) = deal.index[deal["deal_id"] == PROGRAMME]
    revolving = datum(deal.loc[programme], "revolving_months", "months")
    life = balances.select(series, "loan_life_days")[0]
    years = float(account["span_years"].max())
    peaks = [
        stock.peak_stock(
            leverage.loan_books(1, bank, float(leverage.cash_share(kept)), int(rounds)),
            12 * years / rounds, revolving.value, life.value / MONTH_DAYS,
        )
        for kept in _kept(shares) for bank, rounds in pairs
    ]  # fmt: skip
    return over(peaks, [*data, *shares, revolving, life], "flow_and_stock")


def _over_capital(parts: Sequence[Datum], entity: pd.DataFrame, date: str) -> Estimate:
    """A sum of parts over the registered capital around the date, that in force first."""
    capital = balances.capital_around(entity, date)
    rows = [row for each in capital for row in each.rows]
    total = sum(row.value for row in parts)
    return over([total / each.value for each in capital], [*parts, *rows], "definitions")


def _facilitated(entity: pd.DataFrame, series: pd.DataFrame) -> Estimate:
    """All credit of mid-2020 over the capital of the two lenders, down to consumer credit alone.

    Who lent to small firms is not known: their credit may stand on other companies' capital.
    """
    everything = _total(series)
    consumer = _sound(balances.select(series, "consumer_credit_balance", date=MID_2020))
    (capital,) = balances.capital_around(entity, MID_2020)
    credit = np.array([row.value for row in (*everything, *consumer)])
    data = [*everything, *consumer, *capital.rows]
    return over(credit / capital.value, data, "definitions")


def _total(series: pd.DataFrame) -> list[Datum]:
    """All credit of mid-2020 as printed, the best graded first."""
    return _sound(balances.select(series, "credit_balance", date=MID_2020))


def _sound(rows: Iterable[Datum]) -> list[Datum]:
    return [row for row in rows if row.grade != "C"]


def _recourse(entity: pd.DataFrame, series: pd.DataFrame, recourse: float) -> Estimate:
    """From no support to certain support of all that was moved off the books."""
    own, credit = balances.own_at(series, MID_2020), balances.credit_at(series, MID_2020)
    (capital,) = balances.capital_around(entity, MID_2020)
    moved = sum(row.value for row in credit) - own.value
    chances = np.array([recourse, 0.0, 1.0])
    multiples = definitions.recourse_adjusted(own.value, moved, chances, capital.value)
    data = [*own.rows, *credit, *capital.rows]
    return over(multiples, data, "definitions", kind="parameters", at_best="C")


def _loss_weighted(entity: pd.DataFrame, series: pd.DataFrame, shares: Sequence[Datum]) -> Estimate:
    """At the end of 2017, from all of the junior classes kept to none: who held them is unknown."""
    own = balances.own_at(series, YEAR_END)
    securities = balances.printed(series, "abs_outstanding", YEAR_END)
    loss = balances.select(series, "delinquency_30plus_rate", date=LOSS_DATE)[0]
    capital = balances.capital_around(entity, YEAR_END)
    borne = definitions.junior_loss_share(loss.value, min(row.value for row in shares), [1.0, 0.0])
    multiples = definitions.loss_weighted(
        own.value, sum(row.value for row in securities), borne,
        np.array([[each.value] for each in capital]),
    )  # fmt: skip
    data = [*own.rows, *securities, loss, *shares, *(row for each in capital for row in each.rows)]
    return over(multiples, data, "definitions", kind="parameters", at_best="C")


def _outside(series: pd.DataFrame) -> Estimate:
    """Share of all credit off the lenders' books: computed, and as the sources print it."""
    own, credit = balances.own_at(series, MID_2020), _total(series)
    shares = balances.select(series, "own_book_share", date=MID_2020)
    outside = balances.select(series, "partner_or_abs_share", date=MID_2020)
    computed = [1 - own.value / row.value for row in credit]
    values = [*computed, *(1 - row.value for row in shares), *(row.value for row in outside)]
    return over(values, [*own.rows, *credit, *shares, *outside])
