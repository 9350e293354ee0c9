"""Loss to ruin: the pool loss that wipes out the originator's capital."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from abscase.operating.leverage import INF
from abscase.ranges import Array, require


def borne_loss(
    pool_loss: npt.ArrayLike,
    own: npt.ArrayLike,
    sold: npt.ArrayLike,
    retained: npt.ArrayLike = 0.0,
    recourse: npt.ArrayLike = 0.0,
    excess_spread: npt.ArrayLike = 0.0,
) -> Array:
    """Return the loss that falls on the originator, in the unit of ``own`` and ``sold``.

    Parameters
    ----------
    pool_loss : float or array
        Loss over the loans, in [0, 1].
    own : float or array
        Loans on the own books, its share of joint loans included, in units of money or of capital.
    sold : float or array
        Securitised loans outstanding, same unit.
    retained : float or array
        Junior share r of the sold pools that the originator holds, in [0, 1].
    recourse : float or array
        Chance rho that the originator makes good what passes the junior piece, in [0, 1]: 0 is a
        true sale, 1 full implicit support.
    excess_spread : float or array
        Interest left after funding cost over the life of the exposure, as a share of the loans,
        in [0, 1]. It meets losses first.

    Notes
    -----
    With y = max(0, loss - spread): N = own y + sold [min(y, r) + rho max(0, y - r)].
    """
    require(
        pool_loss=(pool_loss, 0, 1), own=(own, 0, INF), sold=(sold, 0, INF),
        retained=(retained, 0, 1), recourse=(recourse, 0, 1), excess_spread=(excess_spread, 0, 1),
    )  # fmt: skip
    net = np.maximum(0.0, np.asarray(pool_loss, dtype=float) - excess_spread)
    support = np.asarray(recourse) * np.maximum(0.0, net - retained)
    return np.asarray(own) * net + np.asarray(sold) * (np.minimum(net, retained) + support)


def loss_to_ruin(
    capital: npt.ArrayLike,
    own: npt.ArrayLike,
    sold: npt.ArrayLike,
    retained: npt.ArrayLike = 0.0,
    recourse: npt.ArrayLike = 0.0,
    excess_spread: npt.ArrayLike = 0.0,
) -> Array:
    """Return the smallest pool loss that wipes out the capital; infinite where none up to 1 does.

    Parameters
    ----------
    capital : float or array
        Own capital K, at least 0, in the unit of ``own`` and ``sold``.
    own, sold, retained, recourse, excess_spread : float or array
        As in `borne_loss`; arrays broadcast.

    Returns
    -------
    float or array
        Loss over the pool, a decimal in [0, 1] or infinite.

    Notes
    -----
    N in `borne_loss` is two straight lines that meet at y = r, so its root is exact: with
    E = own + sold, y* = K / E where that is at most r, else r + (K - r E) / (own + rho sold); the
    loss to ruin is y* plus the excess spread.

    >>> float(loss_to_ruin(1, 0, 100, recourse=1)), float(loss_to_ruin(1, 0, 100, retained=0))
    (0.01, inf)
    """
    require(
        capital=(capital, 0, INF), own=(own, 0, INF), sold=(sold, 0, INF),
        retained=(retained, 0, 1), recourse=(recourse, 0, 1), excess_spread=(excess_spread, 0, 1),
    )  # fmt: skip
    k, kept = np.asarray(capital, dtype=float), np.asarray(retained, dtype=float)
    exposed: Array = np.add(own, sold)
    tail: Array = np.add(own, np.multiply(recourse, sold))
    with np.errstate(divide="ignore", invalid="ignore"):
        within = k / exposed
        beyond = kept + (k - kept * exposed) / tail
        loss = np.where(within <= kept, within, beyond) + np.asarray(excess_spread)
    return np.where(loss <= 1, loss, INF)[()]


def ruin_by_date(balance: pd.DataFrame, retained: float, excess_spread: float) -> pd.DataFrame:
    """Return the loss to ruin at each date under four readings of what the lender must bear.

    Parameters
    ----------
    balance : DataFrame
        As `balances.balance_sheet` returns it; dates without own loans are left out.
    retained : float
        Junior share kept of securities, in [0, 1].
    excess_spread : float
        As in `borne_loss`.

    Returns
    -------
    DataFrame
        ``date``, ``capital``, ``own``, ``moved`` (credit off the books; securities where the credit
        is unknown), and as decimals ``true_sale`` (own loans only), ``junior_kept``,
        ``junior_spread`` (the same after the spread), ``full_support`` (all that was moved comes
        back). Infinite where no loss ruins; empty where the securities are unknown.
    """
    rows = balance[balance["own"].notna()]
    k, own, securities = (rows[name].to_numpy(dtype=float) for name in ("capital", "own", "abs"))
    moved = (rows["credit"] - rows["own"]).fillna(rows["abs"]).to_numpy(dtype=float)
    known = np.isfinite(securities)
    sold = np.where(known, securities, 0.0)
    return pd.DataFrame({
        "date": rows["date"], "capital": k, "own": own, "moved": moved,
        "true_sale": loss_to_ruin(k, own, 0.0),
        "junior_kept": np.where(known, loss_to_ruin(k, own, sold, retained), np.nan),
        "junior_spread": np.where(
            known, loss_to_ruin(k, own, sold, retained, 0.0, excess_spread), np.nan
        ),
        "full_support": loss_to_ruin(k, own, moved, recourse=1.0),
    })  # fmt: skip
