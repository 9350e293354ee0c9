"""Speeds of prepayment and default: a month, a year, and the market's standard curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.quality.tally import grouped
from abscase.ranges import INF, Array, require

PSA_PEAK, PSA_RAMP_MONTHS = 0.06, 30


def yearly_rate(period_rate: npt.ArrayLike, period_months: float = 1) -> Array:
    r"""Return the yearly rate of a rate per period: CPR of an SMM, CDR of an MDR.

    Parameters
    ----------
    period_rate : float or array
        Share of what is there at the start that goes in one period, in [0, 1].
    period_months : float
        Length of the period, above 0.

    Notes
    -----
    :math:`CPR = 1-(1-SMM)^{12}` for a month; the exponent is 12 over ``period_months``.

    References
    ----------
    Bond Market Association (1999). *Standard Formulas for the Analysis of Mortgage-Backed
    Securities*, chapter SF, section B.

    >>> round(float(yearly_rate(0.005143)), 4)
    0.06
    """
    require(period_rate=(period_rate, 0, 1), period_months=(period_months, np.nextafter(0, 1), INF))
    # log1p and expm1 keep the digits of small rates.
    with np.errstate(divide="ignore"):
        return -np.expm1(np.log1p(-np.asarray(period_rate, dtype=float)) * 12 / period_months)


def monthly_rate(yearly: npt.ArrayLike) -> Array:
    r"""Return the monthly rate of a yearly one: SMM of a CPR, MDR of a CDR; decimals in [0, 1].

    Notes
    -----
    :math:`SMM = 1-(1-CPR)^{1/12}`.

    >>> round(float(monthly_rate(0.06)), 6)
    0.005143
    """
    require(yearly=(yearly, 0, 1))
    with np.errstate(divide="ignore"):
        return -np.expm1(np.log1p(-np.asarray(yearly, dtype=float)) / 12)


smm_to_cpr = mdr_to_cdr = yearly_rate
cpr_to_smm = cdr_to_mdr = monthly_rate


def psa_to_cpr(age_months: npt.ArrayLike, psa: npt.ArrayLike = 1.0) -> Array:
    """Return the CPR of the PSA standard prepayment model at an age.

    Parameters
    ----------
    age_months : int or array
        Months since origination, at least 0; the first payment falls at 1.
    psa : float or array
        Multiple of the model, at least 0: 1.5 is "150 % PSA". A multiple that takes the rate
        above 1 gives 1.

    Notes
    -----
    0.2 % a year in month 1, 0.2 % more every month until 6 % in month 30, level from there.

    References
    ----------
    Bond Market Association (1999). *Standard Formulas for the Analysis of Mortgage-Backed
    Securities*, chapter SF, section B.

    >>> [round(float(psa_to_cpr(age)), 3) for age in (1, 30, 200)]
    [0.002, 0.06, 0.06]
    """
    require(age_months=(age_months, 0, INF), psa=(psa, 0, INF))
    ramp = np.minimum(np.asarray(age_months, dtype=float), PSA_RAMP_MONTHS) / PSA_RAMP_MONTHS
    return np.minimum(np.asarray(psa) * PSA_PEAK * ramp, 1.0)


def cpr_to_psa(cpr: npt.ArrayLike, age_months: npt.ArrayLike) -> Array:
    """Return the multiple of the PSA model that a CPR in [0, 1] is at an age of 1 or more months.

    >>> round(float(cpr_to_psa(0.09, 40)), 6)
    1.5
    """
    require(cpr=(cpr, 0, 1), age_months=(age_months, 1, INF))
    return np.asarray(cpr, dtype=float) / psa_to_cpr(age_months)


def speeds(
    exposed: pd.DataFrame, by: Sequence[str] = ("date",), period_months: float = 1
) -> pd.DataFrame:
    """Return the speeds of default and prepayment of a panel, by number of loans.

    Parameters
    ----------
    exposed : DataFrame
        Result of :func:`~abscase.quality.exposure.exposure` with the columns ``by``.
    by : sequence of str
        Columns to report by.
    period_months : float
        Months from one row of a loan to the next, above 0.

    Returns
    -------
    DataFrame
        ``by``, ``at_risk``, ``default``, ``prepaid``, then the decimals ``mdr`` and ``smm`` a
        month, ``cdr`` and ``cpr`` a year. What matured is no prepayment.

    Notes
    -----
    Of the loans at risk when the period began. Prepayment and default are taken from the same
    base, so the two rates add up to less than 1.
    """
    table = grouped(exposed, by)[["at_risk", "default", "prepaid"]].sum()
    table = table.reset_index() if by else table.reset_index(drop=True)
    for event, monthly, yearly in (("default", "mdr", "cdr"), ("prepaid", "smm", "cpr")):
        share = table[event] / table["at_risk"].where(table["at_risk"] > 0)
        known = share.fillna(0)
        table[yearly] = np.where(share.notna(), yearly_rate(known, period_months), np.nan)
        table[monthly] = np.where(
            share.notna(), monthly_rate(yearly_rate(known, period_months)), np.nan
        )
    return table[[*by, "at_risk", "default", "prepaid", "mdr", "smm", "cdr", "cpr"]]
