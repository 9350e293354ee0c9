"""Cumulative default and loss of each vintage by age, from the loans at risk and the naive way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from narwhals.stable.v2.typing import IntoFrame

from abscase.errors import ChoiceError, DataFaults, Fault
from abscase.quality.delinquency import month_index
from abscase.quality.exposure import ends_wide
from abscase.quality.incidence import ratio
from abscase.quality.states import ENDS, at_risk, end
from abscase.quality.tally import grouped, tally

Width = Literal["year", "quarter", "month"]
MONTHS = {"year": 12, "quarter": 3, "month": 1}
COUNTS = ("at_risk", *ENDS, "default_count")
COLUMNS = [
    "age_months", "complete", "loans", "original_amt", *COUNTS, "default_amt", "loss_amt",
    "survival", "default_share", "default_amt_share", "loss_share", "naive_default_share",
    "naive_default_amt_share", "naive_loss_share",
]  # fmt: skip
AMOUNTS = ("default_amt", "loss_amt", "default_seen_amt", "loss_seen_amt")


def vintages(
    panel: IntoFrame,
    loan: IntoFrame,
    width: Width = "year",
    by: Sequence[str] = (),
    entry_row: bool = False,
) -> pd.DataFrame:
    r"""Return the vintage curves of default and loss.

    Parameters
    ----------
    panel, loan : frames of any engine
        In the columns of the tables ``performance`` and ``loan``. ``age_months`` must count from
        ``orig_date``; ``loss_amt`` may be absent, then the losses are empty.
    width : {"year", "quarter", "month"}
        Originations that make one vintage.
    by : sequence of str
        Columns of both frames to report by.
    entry_row : bool
        As in :func:`~abscase.quality.exposure.exposure`.

    Returns
    -------
    DataFrame
        One row for each group, ``vintage`` ("2006", "2006Q1", "2006-01") and ``age_months`` that
        its oldest loan can have reached.

        ``complete``: its youngest loan can have reached the age too.
        ``loans``, ``original_amt``: of the vintage, in the table ``loan``; a loan without an amount
        counts with the mean of the others.
        ``at_risk``, ``default``, ``prepaid``, ``matured``: loans at risk and their ends at the age.
        ``default_count``, ``default_amt``, ``loss_amt``: every default and loss the panel holds at
        the age, of loans at risk or not; the amount in default is the balance in its row.
        ``survival``, ``default_share``, ``default_amt_share``, ``loss_share``: cumulative, from the
        loans at risk; decimals of the loans or of the original amount.
        ``naive_default_share``, ``naive_default_amt_share``, ``naive_loss_share``: cumulative sums
        over all that was originated.

    Raises
    ------
    ChoiceError
        ``width`` is none of the three.
    DataFaults
        The panel holds a vintage in which no loan was originated.

    Notes
    -----
    With :math:`Y(u)` at risk at age u, :math:`d(u)` defaults and :math:`D(u)` their amount,

    .. math:: F(a) = \sum_{u\le a} S(u^-)\frac{d(u)}{Y(u)}, \qquad
              F^{amt}(a) = \frac{1}{\bar B_0}\sum_{u\le a} S(u^-)\frac{D(u)}{Y(u)},

    S the share neither defaulted nor repaid and :math:`\bar B_0` the mean original amount; losses
    likewise. The naive curve :math:`\sum_{u\le a} D(u)/B_0` holds loans in its base before they are
    observed and after they no longer are, so that it is too low at young ages where loans enter
    aged, and everywhere where the vintage is not complete. Yet the loans that ended before the
    panel began are not in its base: at old ages it may be too high as well. The curves agree where
    all loans are seen from the start to the age. Where none is at risk at young ages, the shares
    from the loans at risk are of those still there at the first age that has any: look at
    ``at_risk``. A loss booked in a row after the default is in the naive curve only.
    """
    if width not in MONTHS:
        raise ChoiceError("width of a vintage", width, MONTHS)
    cells = _cells(panel, width, by, entry_row)
    sizes = _sizes(loan, width, by)
    keys = [*by, "vintage"]
    unknown = cells[keys].drop_duplicates().merge(sizes, on=keys, how="left")
    if (strange := unknown[unknown["loans"].isna()]).size:
        raise DataFaults([
            Fault("holds loans of a vintage in which none was originated", "age_months",
                  " ".join(str(row[name]) for name in keys), fix="count age from orig_date")
            for _, row in strange.iterrows()
        ])  # fmt: skip
    if cells.empty:
        return pd.DataFrame(columns=[*keys, *COLUMNS])
    last = int(month_index(cells["date"]).max())
    table = _by_age(cells, sizes, keys, last)
    table = pd.concat([_curves(group) for _, group in grouped(table, keys)], ignore_index=True)
    if "loss_amt" not in nw.from_native(panel).collect_schema().names():
        table[["loss_amt", "loss_share", "naive_loss_share"]] = np.nan
    return table[[*keys, *COLUMNS]]


def triangle(table: pd.DataFrame, value: str, first_age: int = 0) -> pd.DataFrame:
    """Return cumulative amounts by vintage and age, empty where a vintage is not complete.

    Parameters
    ----------
    table : DataFrame
        Result of :func:`vintages` for one group.
    value : str
        What to add up: "default_count", "default_amt" or "loss_amt".
    first_age : int
        The youngest age to keep; what came before is in the sums.

    Returns
    -------
    DataFrame
        Vintages down, ages across; a vintage not complete at ``first_age`` is left out.
    """
    sums = table.assign(sum=table.groupby("vintage")[value].cumsum())
    kept = sums[sums["complete"] & (sums["age_months"] >= first_age)]
    return kept.pivot_table("sum", index="vintage", columns="age_months")


def _cells(panel: IntoFrame, width: Width, by: Sequence[str], entry_row: bool) -> pd.DataFrame:
    """The panel by date and age, with what is at risk and what is not side by side."""
    has_loss = "loss_amt" in nw.from_native(panel).collect_schema().names()
    sums = ["balance_amt", "loss_amt"] if has_loss else ["balance_amt"]
    keys = [*by, "date", "age_months", "seen", "end"]
    # Vintages come from date and age, both stored, and not from a join with the loans.
    cells = tally(
        panel, [*by, "date", "age_months", "state", "previous_state", *sums], keys, sums,
        made={"seen": at_risk(entry_row).cast(nw.Int64),
              "end": nw.when(at_risk(True)).then(end()).otherwise(nw.lit(0))},
    )  # fmt: skip
    cells["vintage"] = _label(month_index(cells["date"]) - cells["age_months"], width)
    seen, default = cells["seen"] == 1, cells["end"] == ENDS["default"]
    cells["default_count"] = cells["loans"].where(default, 0)
    cells["default_amt"] = cells["balance_amt"].where(default, 0)
    cells["loss_amt"] = cells["loss_amt"] if has_loss else 0.0
    cells["default_seen_amt"] = cells["default_amt"].where(seen, 0)
    cells["loss_seen_amt"] = cells["loss_amt"].where(seen, 0)
    cells["loans"] = cells["loans"].where(seen, 0)
    return cells


def _label(months: pd.Series, width: Width) -> pd.Series:
    year, month = (months // 12).astype("str"), months % 12
    if width == "quarter":
        return year + "Q" + (month // 3 + 1).astype("str")
    return year if width == "year" else year + "-" + (month + 1).astype("str").str.zfill(2)


def _sizes(loan: IntoFrame, width: Width, by: Sequence[str]) -> pd.DataFrame:
    columns = [*by, "orig_date", "original_amt"]
    made = {"amounts": (~nw.col("original_amt").is_null()).cast(nw.Int64)}
    rows = tally(loan, columns, columns[:-1], ["original_amt", "amounts"], made=made)
    rows = rows.dropna(subset="orig_date")
    rows["month"] = month_index(rows["orig_date"])
    rows["vintage"] = _label(rows["month"], width)
    table = grouped(rows, [*by, "vintage"]).agg(
        loans=("loans", "sum"), original_amt=("original_amt", "sum"), amounts=("amounts", "sum"),
        first_month=("month", "min"), last_month=("month", "max"),
    ).reset_index()  # fmt: skip
    known = table.pop("amounts").where(lambda count: count > 0)
    return table.assign(original_amt=table["original_amt"] / known * table["loans"])


def _by_age(
    cells: pd.DataFrame, sizes: pd.DataFrame, keys: Sequence[str], last: int
) -> pd.DataFrame:
    """One row for each vintage and reachable age, nothing at risk where the panel has no row."""
    extra = ["default_count", *AMOUNTS]
    ends = cells[cells["seen"] == 1]
    counted = ends_wide(ends, [*keys, "age_months"], "loans", "at_risk")
    amounts = grouped(cells, [*keys, "age_months"])[extra].sum().reset_index()
    grid = sizes.merge(amounts[["age_months"]].drop_duplicates(), how="cross")
    grid = grid[grid["age_months"] <= last - grid["first_month"]]
    table = grid.merge(counted, how="left").merge(amounts, how="left")
    filled = dict.fromkeys([*COUNTS, *AMOUNTS], 0)
    table = table.fillna(filled).astype(dict.fromkeys(COUNTS, "int64"))
    table["complete"] = table["age_months"] <= last - table["last_month"]
    return table.sort_values([*keys, "age_months"], ignore_index=True)


def _curves(group: pd.DataFrame) -> pd.DataFrame:
    number = {name: group[name].to_numpy(dtype=float) for name in ("at_risk", *ENDS, *AMOUNTS)}
    ended = sum(number[name] for name in ENDS)
    survival = np.cumprod(1 - ratio(np.asarray(ended), number["at_risk"]))
    before = np.concatenate([[1.0], survival[:-1]])
    loans, original = group["loans"].iloc[0], group["original_amt"].iloc[0]

    def cumulate(name: str) -> np.ndarray:
        return np.cumsum(before * ratio(number[name], number["at_risk"]))

    return group.assign(
        survival=survival,
        default_share=cumulate("default"),
        default_amt_share=cumulate("default_seen_amt") * loans / original,
        loss_share=cumulate("loss_seen_amt") * loans / original,
        naive_default_share=group["default_count"].cumsum() / loans,
        naive_default_amt_share=group["default_amt"].cumsum() / original,
        naive_loss_share=group["loss_amt"].cumsum() / original,
    )
