"""What is published of hidden quality: readings that disagree, and the claims they allow.

The intervals are no sampling error: they run over what papers print, and over what one of them
says against another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from abscase.case import Case, Datum, datum
from abscase.estimate import Estimate, over
from abscase.quality.misreport import Range, with_misreporting
from abscase.quality.screening import calibrated

TOPICS = ("moral hazard", "information asymmetry", "skin in the game")
SIDES = ("for", "against")
NO_PART = "bubb-origination-rule"


@dataclass(frozen=True)
class Misreported:
    """Share of misreported loans and how much more often they default, each low, best, high."""

    share: Range
    effect: Range
    data: tuple[Datum, ...]


def readings(us: Case) -> pd.DataFrame:
    """Return what papers found on hidden quality in the United States, for and against.

    Returns
    -------
    DataFrame
        Rows of the table ``finding`` on moral hazard, asymmetric information and skin in the game
        that take a side, by topic and with those in favour first.
    """
    found = us.table("finding")
    found = found[found["topic"].isin(TOPICS) & found["side"].isin(SIDES)]
    order = {name: place for place, name in enumerate((*TOPICS, *SIDES))}
    return found.sort_values(
        ["topic", "side"], key=lambda words: words.map(order), kind="stable", ignore_index=True
    )


def estimates(us: Case) -> dict[str, Estimate]:
    """Return the two estimates on the United States by the margin that judges each.

    Parameters
    ----------
    us : Case
        The case "us_subprime".

    Notes
    -----
    ``S9b.sold_us``: from 0, where a paper against the claim puts the jump of default at a score
    cutoff down to a rule of originators that has nothing to do with sale (Bubb and Kaufman), else
    from the least excess in print, to the largest (Keys et al.); the number is the middle of the
    range that the latter print. That the former means 0 is read from words, so the grade is B at
    best. ``S9b.misreported_us``: :math:`m \\delta` of
    :func:`abscase.quality.misreport.true_default_rate`, all parts at their low or at their high
    value together.
    """
    return {"S9b.sold_us": _sold(us), "S9b.misreported_us": _misreported(published_parts(us))}


def published_parts(us: Case) -> Misreported:
    """Return the published share of misreported loans and their excess default."""
    low, high = (_value(us, "piskorski-misreported", end) for end in ("low", "high"))
    best = _value(us, "piskorski-draft-share", "effect")
    less, more = (_value(us, "piskorski-default", name) for name in ("low", "effect"))
    share, effect = (low.value, best.value, high.value), (less.value, more.value, more.value)
    return Misreported(share, effect, (low, high, best, less, more))


def adjusted_rates(rate: float, parts: Misreported, share: float, effect: float) -> pd.DataFrame:
    """Return a disclosed default rate adjusted by the published parts and by those given.

    Returns
    -------
    DataFrame
        Rows "published" and "given": ``source``, ``share``, ``effect``, ``disclosed``,
        ``adjusted``, ``adjusted_lo``, ``adjusted_hi``, ``rise``, ``rise_lo``, ``rise_hi``.
    """
    rows = []
    for name, one, more in (("published", parts.share, parts.effect), ("given", share, effect)):
        found = with_misreporting(rate, one, more)
        rows.append({
            "source": name, "share": one[1] if isinstance(one, tuple) else one,
            "effect": more[1] if isinstance(more, tuple) else more, "disclosed": rate,
            "adjusted": found.rate, "adjusted_lo": found.lo, "adjusted_hi": found.hi,
            "rise": found.rise, "rise_lo": found.rise_lo, "rise_hi": found.rise_hi,
        })  # fmt: skip
    return pd.DataFrame(rows)


def published_responses(us: Case) -> list[Datum]:
    """Return the published excess default of loans that are easier to sell, low and high."""
    return [_value(us, "keys-default", end) for end in ("low", "high")]


def retained_rates(rate: float, rises: Sequence[float], retained: Sequence[float]) -> pd.DataFrame:
    """Return the default rate of a lender by what it keeps of the loss, for each rise in print.

    Parameters
    ----------
    rate : float
        Default rate at the largest of the retained shares, decimal.
    rises : sequence of float
        How much more often loans default where half as much is kept.
    retained : sequence of float
        Shares kept, decimal.

    Returns
    -------
    DataFrame
        ``rise``, ``retained``, ``rate``, by rise.
    """
    lines = {rise: calibrated(rate, max(retained), rise) for rise in rises}
    return pd.DataFrame([
        {"rise": rise, "retained": kept, "rate": float(line.default_rate(kept))}
        for rise, line in lines.items() for kept in retained
    ])  # fmt: skip


def _sold(us: Case) -> Estimate:
    low, high = published_responses(us)
    found = us.table("finding")
    against = found[(found["finding_id"] == NO_PART) & (found["side"] == "against")]
    data = [low, high, *(
        Datum(0.0, "decimal", "B", str(row["source_id"]), str(row["ref"]), note="read from words")
        for _, row in against.iterrows()
    )]  # fmt: skip
    middle = (low.value + high.value) / 2
    return over([middle, *(row.value for row in data)], data, "claims")


def _misreported(parts: Misreported) -> Estimate:
    # The rise does not hang on the disclosed rate; any will do.
    found = with_misreporting(0.1, parts.share, parts.effect)
    return Estimate(found.rise, found.rise_lo, found.rise_hi, parts.data, "claims")


def _value(us: Case, finding: str, column: str) -> Datum:
    return datum(_row(us, finding), column)


def _row(us: Case, finding: str) -> pd.Series:
    found = us.table("finding")
    return found[found["finding_id"] == finding].iloc[0]
