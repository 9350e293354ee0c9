"""Our break losses beside Fitch's as tables: class by class, by assumption, by deal."""

from __future__ import annotations

import numpy as np
import pandas as pd

from abscase.operating.break_loss import SENIORS


def comparison(classes: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Return Fitch's break losses beside ours.

    Parameters
    ----------
    classes, found : DataFrame
        As `reviewed` and `ours` return them.

    Returns
    -------
    DataFrame
        The columns of `reviewed`, and ``pool``, ``ours``, ``gap`` (ours less Fitch's), ``low``,
        ``high`` (of ours over those ends at which the class is hit), ``unhit`` (number of ends at
        which it never is), ``inside`` (whether Fitch's lies between the two).
    """
    keys = ["deal", "tranche"]
    base = found[found["assumption"] == "base"].rename(columns={"break_loss": "ours"})
    hit = found.assign(break_loss=found["break_loss"].where(found["reached"]))
    spans = hit.groupby(keys).agg(
        low=("break_loss", "min"), high=("break_loss", "max"),
        unhit=("reached", lambda reached: int((~reached).sum())),
    ).reset_index()  # fmt: skip
    table = classes.merge(base[[*keys, "pool", "ours"]], on=keys).merge(spans, on=keys)
    inside = table["fitch"].between(table["low"], table["high"])
    return table.assign(gap=table["ours"] - table["fitch"], inside=inside)


def by_assumption(found: pd.DataFrame) -> pd.DataFrame:
    """Return how much each assumption moves our break losses, on average over the classes.

    Parameters
    ----------
    found : DataFrame
        As `ours` returns it.

    Returns
    -------
    DataFrame
        ``assumption``, ``value``, ``moves`` (mean change of the break loss over the classes that
        are hit, decimal of the pool).
    """
    keys = ["deal", "tranche"]
    base = found[found["assumption"] == "base"].set_index(keys)["break_loss"]
    ends_ = found[(found["assumption"] != "base") & found["reached"]]
    moves = ends_["break_loss"] - base.loc[pd.MultiIndex.from_frame(ends_[keys])].to_numpy()
    means = moves.groupby([ends_["assumption"], ends_["value"]], sort=False).mean()
    return means.rename("moves").reset_index()


def by_deal(table: pd.DataFrame) -> pd.DataFrame:
    r"""Return the agreement deal by deal, and the pool that Fitch's own figures imply.

    Parameters
    ----------
    table : DataFrame
        As `comparison` returns it.

    Returns
    -------
    DataFrame
        ``deal``, ``classes`` (number), ``gap`` (mean), ``distance`` (mean size of the gap),
        ``slope`` (of ours on Fitch's, over all classes), ``inside`` (share), ``pool`` (assumed
        balance), ``implied`` (balance that the published
        figures imply), ``floor`` (published break loss of the lowest class: what excess interest,
        cover and classes not listed absorb first).

    Notes
    -----
    Where only thickness separates two break losses, :math:`\Delta BL\cdot P` is the balance of the
    class between them: P is the slope of the balances below on the break losses, by least squares
    through the classes under the seniors. No assumption of ours enters it.
    """
    rows_ = []
    for deal, classes in table.groupby("deal", sort=False):
        senior = [name for group in SENIORS[str(deal)] for name in group]
        rest = classes[~classes["tranche"].isin(senior)]
        below = rest["subordination"] * classes["balance"].sum()
        rows_.append((
            deal, len(classes), classes["gap"].mean(), classes["gap"].abs().mean(),
            float(np.polyfit(classes["fitch"], classes["ours"], 1)[0]),
            classes["inside"].mean(), classes["pool"].iloc[0],
            float(np.polyfit(rest["fitch"], below, 1)[0]), float(rest["fitch"].min()),
        ))  # fmt: skip
    names = ["deal", "classes", "gap", "distance", "slope", "inside", "pool", "implied", "floor"]
    return pd.DataFrame(rows_, columns=names)
