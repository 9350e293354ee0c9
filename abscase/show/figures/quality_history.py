"""The figures of US mortgages: what was projected for subprime, and serious arrears with prices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from abscase.show.exhibit import Exhibit
from abscase.show.figures.quality import canvas, draw, finish, join
from abscase.show.labels import label
from abscase.show.numbers import date, percent
from abscase.show.quality import named
from abscase.show.style import CHANNELS, INK, Channel


def projections(
    told: pd.DataFrame, outcomes: pd.DataFrame, grade: str, sources: Sequence[str], lang: str
) -> Exhibit:
    """Draw what agencies projected for each vintage over time, beside the outcome of two deals.

    Parameters
    ----------
    told : DataFrame
        As `projections.agency_projections` returns it.
    outcomes : DataFrame
        As `projections.deal_outcomes` returns it.
    grade, sources, lang
        As in `Exhibit`.
    """
    vintages = sorted(told["vintage"].unique())
    figure, axes = canvas(len(vintages) + len(outcomes))
    rows = []
    for channel, vintage in zip(CHANNELS, vintages, strict=False):
        part = told[told["vintage"] == vintage].sort_values("date")
        rows.append(_ranges(axes, part, vintage, channel, lang))
    row: Any
    for channel, row in zip(CHANNELS[3:], outcomes.itertuples(), strict=False):
        look: dict[str, Any] = channel.line()
        text = label("qa.deal_line", lang, deal=named("deal", row.deal, lang),
                     assumed=percent(row.assumed), realised=percent(row.realised))  # fmt: skip
        axes.plot([row.issued, row.date], [row.assumed, row.realised], **look,
                  linewidth=1.8, markersize=8, label=text)  # fmt: skip
        rows.append(text)
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(mdates.YearLocator())
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, 0)))
    alt = label("qa.projections.alt", lang, rows=join(rows, lang))
    return finish(figure, "projections", alt, grade, sources, lang)


def _ranges(axes: Axes, part: pd.DataFrame, vintage: str, channel: Channel, lang: str) -> str:
    """Draw the ranges of one vintage; return what the legend says."""
    middle = (part["low"] + part["high"]) / 2
    first, last = (date(part["date"].iloc[place], lang, "month") for place in (0, -1))
    text = label("qa.vintage_line", lang, vintage=vintage, first=percent(middle.iloc[0]),
                 first_date=first, last=percent(middle.iloc[-1]), last_date=last)  # fmt: skip
    axes.errorbar(part["date"], middle, yerr=(part["high"] - part["low"]) / 2, capsize=3,
                  color=channel.color, linestyle="none", marker=channel.marker, markersize=7,
                  label=text)  # fmt: skip
    return text


def housing(table: pd.DataFrame, grade: str, sources: Sequence[str], lang: str) -> Exhibit:
    """Draw serious delinquency of subprime and prime mortgages over the house-price index.

    Parameters
    ----------
    table : DataFrame
        As `projections.housing` returns it.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, (axes, below) = plt.subplots(
        2, 1, sharex=True, figsize=(7.2, 6.4), height_ratios=(3, 1.3)
    )
    rows = []
    loans = table[table["what"] != "house_price"]
    for channel, (what, part) in zip(CHANNELS, loans.groupby("what", sort=False), strict=False):
        top: Any = part.iloc[int(part["value"].to_numpy().argmax())]
        when, what_word = date(top["date"], lang, "month"), named("what", str(what), lang)
        rows.append(
            label("qa.housing.row", lang, what=what_word, top=percent(top["value"]), date=when)
        )
        draw(axes, part["date"], part["value"], channel, rows[-1])
    prices = table[table["what"] == "house_price"]
    peak: Any = prices.iloc[int(prices["value"].to_numpy().argmax())]
    least = prices.loc[prices["date"] >= peak["date"], "value"].min()
    text = label("qa.housing.price", lang, date=date(peak["date"], lang, "month"),
                 least=percent(least, 0))  # fmt: skip
    below.plot(prices["date"], prices["value"], color=INK, linewidth=1.8)
    below.set_ylabel(label("qa.housing.y2", lang))
    for each in (axes, below):
        each.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, 0)))
    axes.legend(loc="upper left", fontsize=8.5)
    axes.set_title(label("qa.housing.title", lang))
    axes.set_ylabel(label("qa.housing.y", lang))
    alt = label("qa.housing.alt", lang, rows=join(rows, lang), price=text)
    return Exhibit(figure, alt, label("qa.housing.title", lang), grade, sources, lang)
