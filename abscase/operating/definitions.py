"""Four definitions of leverage, and the joint-loan channel beside ABS.

1. Facilitated: loans that the lender brought about, over capital.
2. On book: assets on its balance sheet, over capital.
3. Recourse-adjusted: on book, and what it may have to take back, over capital.
4. Loss-weighted: loans weighted by the share of expected loss that the lender bears, over capital.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.operating.leverage import INF
from abscase.ranges import Array, require

DEFINITIONS = ("facilitated", "on_book", "recourse", "el_weighted")


def facilitated(credit: npt.ArrayLike, capital: npt.ArrayLike) -> Array:
    """Return the loans brought about over capital, in times, whoever funds them.

    >>> round(float(facilitated(2153.7, 16)), 1)
    134.6
    """
    require(credit=(credit, 0, INF), capital=(capital, 1e-12, INF))
    return np.divide(credit, capital)


def on_book(assets: npt.ArrayLike, capital: npt.ArrayLike) -> Array:
    """Return the assets of the balance sheet over capital, in times."""
    require(assets=(assets, 0, INF), capital=(capital, 1e-12, INF))
    return np.divide(assets, capital)


def recourse_adjusted(
    assets: npt.ArrayLike, moved: npt.ArrayLike, recourse: npt.ArrayLike, capital: npt.ArrayLike
) -> Array:
    """Return on-book assets and the recourse on what was moved off them, over capital, in times.

    Parameters
    ----------
    assets : float or array
        Assets on the balance sheet, K + D.
    moved : float or array
        Loans O that were sold or placed with others, outstanding.
    recourse : float or array
        Chance rho that they are taken back, in [0, 1].
    capital : float or array
        Own capital K, above 0, in the same unit.

    Notes
    -----
    (K + D + rho O) / K. At rho = 0 this is the on-book multiple, at rho = 1 nearly the facilitated.

    >>> float(recourse_adjusted(9, 360, 0.5, 3))
    63.0
    """
    require(moved=(moved, 0, INF), recourse=(recourse, 0, 1))
    return on_book(np.add(assets, np.multiply(recourse, moved)), capital)


def junior_loss_share(
    pool_loss: npt.ArrayLike, junior: npt.ArrayLike, kept: npt.ArrayLike = 1.0
) -> Array:
    """Return the share of a pool's loss that falls on the junior pieces the originator holds.

    Parameters
    ----------
    pool_loss : float or array
        Loss over the pool, in [0, 1].
    junior : float or array
        Size of the junior class over the pool, in [0, 1].
    kept : float or array
        Share of the junior class that the originator holds, in [0, 1].

    Notes
    -----
    kept min(l, d) / l, and its limit at l = 0: ``kept`` where there is a junior class, else 0.
    A thin piece bears the whole of a small loss.

    >>> float(junior_loss_share(0.02, 0.08)), float(junior_loss_share(0.16, 0.08))
    (1.0, 0.5)
    """
    require(pool_loss=(pool_loss, 0, 1), junior=(junior, 0, 1), kept=(kept, 0, 1))
    loss, thick = np.asarray(pool_loss, dtype=float), np.asarray(junior, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(loss > 0, np.minimum(loss, thick) / loss, (thick > 0).astype(float))
    return (share * np.asarray(kept, dtype=float))[()]


def loss_weighted(
    own: npt.ArrayLike, sold: npt.ArrayLike, loss_share: npt.ArrayLike, capital: npt.ArrayLike
) -> Array:
    """Return the loans weighted by the share of expected loss the lender bears, over capital.

    Parameters
    ----------
    own : float or array
        Loans on the own books, its share of joint loans included.
    sold : float or array
        Securitised loans outstanding.
    loss_share : float or array
        Share of their loss that it bears, in [0, 1]; see `junior_loss_share`. The partners' part
        of joint loans ranks equally, so its weight is 0.
    capital : float or array
        Own capital, above 0, in the same unit.

    Notes
    -----
    (own + share sold) / K.
    """
    require(own=(own, 0, INF), loss_share=(loss_share, 0, 1))
    return recourse_adjusted(own, sold, loss_share, capital)


def joint_loans(own_funds: npt.ArrayLike, own_share: npt.ArrayLike) -> Array:
    """Return the joint loans that own funds support, funds / theta, in the unit of the funds.

    Parameters
    ----------
    own_funds : float or array
        Funds the lender puts in, at least 0.
    own_share : float or array
        Its share theta of each loan, in (0, 1].

    >>> float(joint_loans(9, 0.02))
    450.0
    """
    require(own_funds=(own_funds, 0, INF), own_share=(own_share, 1e-6, 1))
    return np.divide(own_funds, own_share)


def channels(
    capital: float,
    bank_ratio: float,
    made: float,
    outstanding: float,
    retained: float,
    own_share: float,
) -> pd.DataFrame:
    """Return what the two channels, and both at once, make of the same own funds.

    Parameters
    ----------
    capital, bank_ratio : float
        Own capital K, and bank debt over it.
    made, outstanding : float
        Loans made (flow) and peak outstanding (stock) through ABS alone, in the same unit.
    retained, own_share : float
        Junior share r kept of ABS; own share theta of joint loans.

    Returns
    -------
    DataFrame
        One row a channel (``own``, ``abs``, ``joint``, ``both``): loans made and outstanding over
        capital, and the exposure that stays with the lender, over capital. In
        ``both`` the ABS are backed by the lender's share theta of joint loans.
    """
    funds = (1 + bank_ratio) * capital
    rows = [
        ("own", funds, funds, funds),
        ("abs", made, outstanding, retained * outstanding),
        ("joint", joint_loans(funds, own_share), joint_loans(funds, own_share), funds),
        ("both", joint_loans(made, own_share), joint_loans(outstanding, own_share),
         retained * outstanding),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["channel", "flow", "stock", "exposure"])
    frame[["flow", "stock", "exposure"]] /= capital
    return frame


def four_definitions(
    inputs: pd.DataFrame, recourse: float, junior: float, kept: float, pool_loss: float
) -> pd.DataFrame:
    """Return the four multiples for each row of balances.

    Parameters
    ----------
    inputs : DataFrame
        Columns ``capital``, ``credit`` (loans brought about), ``assets`` (on book), ``own`` (loans
        on book), ``abs`` (securities outstanding), in one unit; empty where unknown.
    recourse, junior, kept, pool_loss : float
        As in `recourse_adjusted` and `junior_loss_share`.

    Returns
    -------
    DataFrame
        The columns of ``inputs`` and one for each of ``DEFINITIONS``, in times; empty where an
        input is. Where the assets are unknown the own loans stand for them: a lower bound.
    """
    assets = inputs["assets"].fillna(inputs["own"])
    share = float(junior_loss_share(pool_loss, junior, kept))
    moved = inputs["credit"] - inputs["own"]
    return inputs.assign(
        facilitated=inputs["credit"] / inputs["capital"],
        on_book=assets / inputs["capital"],
        recourse=(assets + recourse * moved) / inputs["capital"],
        el_weighted=(inputs["own"] + share * inputs["abs"]) / inputs["capital"],
    )
