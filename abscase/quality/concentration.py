"""Concentration of a pool, and the tail risk that comes from its grains."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import pandas as pd
from narwhals.stable.v2.typing import IntoFrame
from scipy import stats

from abscase.errors import ParameterFaults
from abscase.quality.states import alive
from abscase.quality.tally import grouped, tally
from abscase.ranges import INF, require


def hhi(amounts: npt.ArrayLike) -> float:
    r"""Return the Herfindahl-Hirschman index, :math:`\sum_i w_i^2` of the shares, in [1/n, 1].

    Parameters
    ----------
    amounts : array
        Exposures, at least 0, their sum above 0.

    >>> hhi([1, 1, 1, 1])
    0.25
    """
    sizes = np.asarray(amounts, dtype=float)
    require(amounts=(sizes, 0, INF))
    if not sizes.sum() > 0:
        raise ParameterFaults(["amounts sum to 0; give one above 0"])
    shares = sizes / sizes.sum()
    return float((shares**2).sum())


def effective_number(amounts: npt.ArrayLike) -> float:
    """Return the number of equal exposures with the same index, 1 / HHI.

    >>> effective_number([1, 1, 1, 1, 0])
    4.0
    """
    return 1 / hhi(amounts)


def concentration(
    panel: IntoFrame, by: Sequence[str] = ("date",), of: str | None = None
) -> pd.DataFrame:
    """Return the concentration of the balance of the loans that are there.

    Parameters
    ----------
    panel : frame of any engine
        With ``state`` and ``balance_amt``.
    by : sequence of str
        Columns of the panel to report by.
    of : str, optional
        The column whose values are the exposures, such as "region"; by default each row is one.

    Returns
    -------
    DataFrame
        ``by``; ``exposures`` (number); ``balance_amt``; ``hhi``; ``effective_number``;
        ``largest_share``, of the largest exposure where ``of`` is given.
    """
    keys = [*by, of] if of else list(by)
    columns = [*keys, "state", "balance_amt"]
    square = {"square": nw.col("balance_amt") * nw.col("balance_amt")}
    rows = tally(panel, columns, keys, ["balance_amt", "square"], alive(), square)
    if of:
        rows = rows.assign(loans=1, square=rows["balance_amt"] ** 2, largest=rows["balance_amt"])
        rows = grouped(rows, by).agg(
            {"loans": "sum", "balance_amt": "sum", "square": "sum", "largest": "max"}
        )
        rows = rows.reset_index() if by else rows.reset_index(drop=True)
    total = rows["balance_amt"].where(rows["balance_amt"] > 0)
    found = rows[list(by)].assign(
        exposures=rows["loans"], balance_amt=rows["balance_amt"], hhi=rows["square"] / total**2
    )
    found["effective_number"] = 1 / found["hhi"]
    return found.assign(largest_share=rows["largest"] / total) if of else found


def granularity_adjustment(
    pd_rate: float,
    rho: float,
    index: float,
    lgd: float = 1.0,
    lgd_sd: float = 0.0,
    quantile: float = 0.999,
) -> float:
    r"""Return what a pool of finite grain adds to the loss quantile of an endless one.

    Parameters
    ----------
    pd_rate : float
        Probability of default, in (0, 1).
    rho : float
        Asset correlation (not the loading), in (0, 1).
    index : float
        HHI of the exposures, in [0, 1]; see :func:`hhi`. 0 is an endless pool.
    lgd, lgd_sd : float
        Mean and standard deviation of the loss given default, in [0, 1].
    quantile : float
        In (0, 1).

    Returns
    -------
    float
        Decimal of the pool; proportional to ``index``.

    Notes
    -----
    In the one-factor Gaussian model with factor X, conditional mean
    :math:`\mu(x)=LGD\,p(x)`, :math:`p(x)=\Phi\{(\Phi^{-1}(p)-\sqrt\rho x)/\sqrt{1-\rho}\}`, and
    variance :math:`v(x)=HHI\{LGD^2 p(x)(1-p(x))+\sigma_{LGD}^2 p(x)\}`,

    .. math:: GA = -\frac{1}{2\varphi(x)}\frac{d}{dx}\left(\frac{\varphi(x)v(x)}{\mu'(x)}\right)
              = -\frac12\left(\frac{v'-xv}{\mu'}-\frac{v\mu''}{\mu'^2}\right)

    at :math:`x=\Phi^{-1}(1-q)`. First order in the index: at a few dozen loans it is a guide only.

    References
    ----------
    Gordy, M. B. (2003). A risk-factor model foundation for ratings-based bank capital rules.
    *Journal of Financial Intermediation* 12(3), 199-232.
    Wilde, T. (2001). Probing granularity. *Risk* 14(8), 103-106.

    >>> round(granularity_adjustment(0.01, 0.15, 1 / 1000), 5)
    0.00185
    """
    tiny, below = float(np.nextafter(0, 1)), float(np.nextafter(1, 0))
    require(pd_rate=(pd_rate, tiny, below), rho=(rho, tiny, below), index=(index, 0, 1),
            lgd=(lgd, 0, 1), lgd_sd=(lgd_sd, 0, 1), quantile=(quantile, tiny, below))  # fmt: skip
    if lgd == 0:
        return 0.0
    x = stats.norm.isf(quantile)
    slope = np.sqrt(rho / (1 - rho))
    z = stats.norm.ppf(pd_rate) / np.sqrt(1 - rho) - slope * x
    p, p1 = stats.norm.cdf(z), -slope * stats.norm.pdf(z)
    p2 = -(slope**2) * z * stats.norm.pdf(z)
    v = lgd**2 * p * (1 - p) + lgd_sd**2 * p
    v1 = lgd**2 * p1 * (1 - 2 * p) + lgd_sd**2 * p1
    first = (v1 - x * v) / (lgd * p1) - v * p2 / (lgd * p1**2)
    return float(-0.5 * index * first)
