"""Loss given default over time: what was lost and recovered of the balance in default."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from narwhals.stable.v2.typing import IntoFrame
from scipy import stats

from abscase.quality.states import ENDS, at_risk
from abscase.quality.tally import tally
from abscase.ranges import require


def severity(panel: IntoFrame, by: Sequence[str] = ("date",), alpha: float = 0.05) -> pd.DataFrame:
    r"""Return the loss severity of the loans that default in each period.

    Parameters
    ----------
    panel : frame of any engine
        In the columns of the table ``performance``. Loss and recovery of a default stand in the
        row in which it defaults, whenever they were settled; ``recovery_amt`` may be absent.
    by : sequence of str
        Columns of the panel to report by.
    alpha : float
        1 less the coverage, in [0.001, 0.5].

    Returns
    -------
    DataFrame
        ``by``; ``loans`` in default; ``unknown``, those of them without a loss, which are left out
        of the rest; ``default_amt``, their balance; ``loss_amt``; ``recovery_amt``; ``severity``
        and ``recovery_rate``, decimals of the balance; ``se``, ``lo``, ``hi`` of the severity.
        Severity may pass 1, for costs add to the loss. The bounds need two loans.

    Notes
    -----
    :math:`\hat s=\sum_i L_i/\sum_i D_i`, a ratio of sums, with
    :math:`se^2 = \frac{n}{n-1}\sum_i (L_i-\hat s D_i)^2/(\sum_i D_i)^2`. It takes the loans of a
    group as independent: what they share, the house prices of the period, is not in it.

    References
    ----------
    Cochran, W. G. (1977). *Sampling Techniques*, 3rd ed., section 6.4.
    """
    require(alpha=(alpha, 0.001, 0.5))
    has_recovery = "recovery_amt" in nw.from_native(panel).collect_schema().names()
    amounts = ["balance_amt", "loss_amt", *(["recovery_amt"] if has_recovery else [])]
    loss, recovery = nw.col("loss_amt"), nw.col("recovery_amt")
    # The balance counts only beside a loss (or recovery) that is known.
    due = nw.when(~loss.is_null()).then(nw.col("balance_amt"))
    made = {"unknown": loss.is_null().cast(nw.Int64), "default_amt": due, "due2": due * due,
            "loss2": loss * loss, "cross": loss * due}  # fmt: skip
    if has_recovery:
        made["recovered_of"] = nw.when(~recovery.is_null()).then(nw.col("balance_amt"))
    sums = [*made, *amounts[1:]]
    defaulted = at_risk(True) & (nw.col("state") == ENDS["default"])
    columns = [*by, "state", "previous_state", *amounts]
    table = tally(panel, columns, by, sums, defaulted, made)
    total = table["default_amt"].where(table["default_amt"] > 0)
    share = table["loss_amt"] / total
    known = table["loans"] - table["unknown"]
    squares = table["loss2"] - 2 * share * table["cross"] + share**2 * table["due2"]
    se = np.sqrt(squares.clip(lower=0) * known / (known - 1).where(known > 1)) / total
    width = stats.norm.isf(alpha / 2) * se
    recovered = table["recovery_amt"] if has_recovery else pd.Series(np.nan, table.index)
    base = table["recovered_of"].where(lambda amt: amt > 0) if has_recovery else 1.0
    return table[[*by, "loans"]].assign(
        unknown=table["unknown"].astype("int64"), default_amt=table["default_amt"],
        loss_amt=table["loss_amt"], recovery_amt=recovered, severity=share,
        recovery_rate=recovered / base, se=se, lo=share - width, hi=share + width,
    )  # fmt: skip
