"""The figure of the claims: what happened when, in both cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from abscase.show.exhibit import Exhibit
from abscase.show.figures.wrap import wrap
from abscase.show.labels import label
from abscase.show.numbers import date
from abscase.show.style import CHANNELS, QUIET, RULE

KINDS = ("rule", "deal", "company", "market", "default", "rescue")
LOOK = dict(zip(KINDS, CHANNELS, strict=True))
SLOT_INCHES, TEXT_WIDTH, WIDE_INCHES = 0.37, 92, 7.7
AXIS, TEXT_LEFT = 0.0, 0.1


def timeline(lanes: Mapping[str, pd.DataFrame], lang: str) -> Exhibit:
    """Draw one lane of dated events for each case, time running downward on a true scale.

    Parameters
    ----------
    lanes : mapping
        Case name to its rows, as `verdict.chronology.timeline` returns them; none of them empty.
    lang : str
        "en" or "zh".
    """
    counts = [len(rows) for rows in lanes.values()]
    figure, places = plt.subplots(
        len(lanes), 1, figsize=(WIDE_INCHES, SLOT_INCHES * sum(counts) + 0.6 * len(lanes) + 0.6),
        squeeze=False, gridspec_kw={"height_ratios": counts},
    )  # fmt: skip
    for axes, (case, rows) in zip(places[:, 0], lanes.items(), strict=True):
        _lane(axes, rows.sort_values("date", ignore_index=True), lang)
        axes.set_title(label(f"claims.lane.{case}", lang))
    every = pd.concat(lanes.values(), ignore_index=True)
    kinds = [kind for kind in KINDS if kind in set(every["kind"])]
    handles = [
        Line2D([], [], color=LOOK[kind].color, marker=LOOK[kind].marker, linestyle="none",
               markersize=8, label=label(f"claims.kind.{kind}", lang))
        for kind in kinds
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside upper left", ncols=len(kinds), fontsize=9)
    alt = label("claims.timeline.alt", lang, lanes=" ".join(_summary(lanes, lang)))
    title = label("claims.timeline.title", lang)
    return Exhibit(figure, alt, title, every["grade"].max(), _sources(every), lang)


def _lane(axes: Axes, rows: pd.DataFrame, lang: str) -> None:
    """Mark the events on the scale and write them beside it at even distances."""
    days = mdates.date2num(rows["date"])
    first, last = rows["date"].dt.year.min(), rows["date"].dt.year.max() + 1
    top, bottom = mdates.date2num([pd.Timestamp(first, 1, 1), pd.Timestamp(last, 1, 1)])
    slot = (bottom - top) / len(rows)
    axes.plot([AXIS, AXIS], [top, bottom], color=QUIET, linewidth=2, zorder=1)
    for place, (day, row) in enumerate(zip(days, rows.to_dict("records"), strict=True)):
        beside = top + (place + 0.5) * slot
        look = LOOK[row["kind"]]
        axes.plot([AXIS, 0.05, TEXT_LEFT - 0.006], [day, beside, beside], color=RULE, zorder=0)
        axes.plot(AXIS, day, look.marker, color=look.color, markersize=8, markeredgecolor="white")
        axes.plot(TEXT_LEFT, beside, look.marker, color=look.color, markersize=5)
        when = date(row["date"], lang, row["date_precision"])
        text = wrap(f"{when}  {row[f'text_{lang}']}", TEXT_WIDTH, 2)
        axes.text(TEXT_LEFT + 0.012, beside, text, va="center", fontsize=8.5, linespacing=1.25)
    axes.set(xlim=(-0.02, 1), ylim=(bottom, top))
    axes.yaxis.set_major_locator(mdates.YearLocator())
    axes.yaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    axes.tick_params(axis="y", labelsize=9)
    axes.xaxis.set_visible(False)
    axes.spines[:].set_visible(False)


def _summary(lanes: Mapping[str, pd.DataFrame], lang: str) -> list[str]:
    return [
        label("claims.timeline.lane", lang, case=label(f"claims.lane.{case}", lang), n=len(rows),
              first=date(rows["date"].min(), lang), last=date(rows["date"].max(), lang))
        for case, rows in lanes.items()
    ]  # fmt: skip


def _sources(rows: pd.DataFrame) -> Sequence[str]:
    return sorted(rows["source_id"].unique())
