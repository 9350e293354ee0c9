"""The figures of published asset quality: stock to flow, one scale, the stress of 2020."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter
from matplotlib.transforms import ScaledTranslation

from abscase.show.exhibit import Exhibit
from abscase.show.labels import label
from abscase.show.numbers import date, percent, times
from abscase.show.quality import named, small_percent
from abscase.show.style import CASE_CHANNEL, CHANNELS, INK, QUIET, Channel

MARK = CHANNELS[5].color


def stock_to_flow(
    grid: pd.DataFrame, stock: float, point: tuple[float, float, float],
    grade: str, sources: Sequence[str], lang: str,
) -> Exhibit:  # fmt: skip
    """Draw the monthly flow that one and the same stock allows.

    Parameters
    ----------
    grid : DataFrame
        As `flow.flow_grid` returns it.
    stock : float
        The 90+ stock, a decimal of the balance: the naive ratio.
    point : (float, float, float)
        Months in the bucket, monthly growth and flow of this run.
    grade, sources, lang
        As in `Exhibit`.
    """
    lines = grid["growth"].unique()
    figure, axes = canvas(len(lines) + 2)
    ends = []
    for channel, growth in zip(CHANNELS, lines, strict=False):
        part = grid[grid["growth"] == growth]
        first, last = part["flow"].iloc[0], part["flow"].iloc[-1]
        text = label("qa.growth", lang, growth=percent(growth), most=small_percent(first),
                     least=small_percent(last))  # fmt: skip
        draw(axes, part["residence_months"], part["flow"], channel, text)
        ends.append(text)
    naive = label("qa.naive", lang, stock=small_percent(stock))
    axes.axhline(stock, color=QUIET, linewidth=1.5, linestyle=(0, (4, 3)), label=naive)
    months, growth, flow = point
    here = label("qa.point", lang, months=f"{months:g}", growth=percent(growth),
                 flow=small_percent(flow))  # fmt: skip
    axes.plot(months, flow, "*", color=MARK, markersize=13, markeredgecolor=INK, zorder=5,
              linestyle="none", label=here)  # fmt: skip
    axes.set(yscale="log")
    percent_axis(axes)
    span = {
        "from": f"{grid['residence_months'].min():g}",
        "to": f"{grid['residence_months'].max():g}",
    }
    alt = label("qa.stock_to_flow.alt", lang, naive=naive, ends=join(ends, lang), point=here,
                first=span["from"], last=span["to"])  # fmt: skip
    return finish(figure, "stock_to_flow", alt, grade, sources, lang)


def scale(table: pd.DataFrame, sources: Sequence[str], lang: str) -> Exhibit:
    """Draw every published monthly flow into default on one logarithmic scale.

    Parameters
    ----------
    table : DataFrame
        As `scale.on_one_scale` returns it.
    sources, lang
        As in `Exhibit`.
    """
    cases = list(dict.fromkeys(table["case"]))
    figure, axes = canvas(len(cases), height=0.9 + 0.3 * len(table))
    names = [named("who", who, lang) for who in table["who"]]
    place = np.arange(len(table))
    for case in cases:
        kept, channel = (table["case"] == case).to_numpy(), CASE_CHANNEL[case]
        part = table[kept]
        span = np.array([part["flow"] - part["low"], part["high"] - part["flow"]])
        axes.errorbar(part["flow"], place[kept], xerr=span, fmt=channel.marker, markersize=7,
                      color=channel.color, capsize=3, label=named("event", case, lang))  # fmt: skip
    rows = []
    told: list[Any] = list(table.itertuples())
    for where, name, row in zip(place, names, told, strict=True):
        axes.annotate(small_percent(row.flow), (row.high, where), (7, 0), va="center",
                      textcoords="offset points", fontsize=8.5)  # fmt: skip
        rows.append(label("qa.scale.row", lang, who=name, flow=small_percent(row.flow),
                          low=small_percent(row.low), high=small_percent(row.high)))  # fmt: skip
    axes.set_yticks(place, names, fontsize=9)
    axes.set(xscale="log", xlim=(table["low"].min() / 1.4, table["high"].max() * 2.2))
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(axis="x", linewidth=0.5)
    alt = label("qa.scale.alt", lang, rows=join(rows, lang))
    return finish(figure, "scale", alt, str(table["grade"].max()), sources, lang)


def stress(
    rises: pd.DataFrame, seen: tuple[float, float, float], grade: str, sources: Sequence[str],
    lang: str,
) -> Exhibit:  # fmt: skip
    """Draw the rise of card arrears quarter by quarter, and Ant's rise of 2020 across it.

    Parameters
    ----------
    rises : DataFrame
        As `controls.card_rises` returns it.
    seen : (float, float, float)
        Ant's rise, in times, and its bounds by rounding.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, axes = canvas(3)
    texts = []
    for channel, (quarters, part) in zip(CHANNELS[2:], rises.groupby("quarters"), strict=False):
        top: Any = part.iloc[int(part["rise"].to_numpy().argmax())]
        text = label(f"qa.rise.{quarters}", lang, top=times(top["rise"], lang, 2),
                     date=date(top["date"], lang, "quarter"))  # fmt: skip
        draw(axes, part["date"], part["rise"], channel, text)
        texts.append(text)
    ant = label("qa.ant_rise", lang, rise=times(seen[0], lang, 2))
    axes.axhline(
        seen[0], color=CASE_CHANNEL["ant"].color, linewidth=2, linestyle=(0, (4, 3)), label=ant
    )
    axes.axhspan(seen[1], seen[2], color=CASE_CHANNEL["ant"].color, alpha=0.25, linewidth=0)
    axes.axhline(1, color=QUIET, linewidth=0.8)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: times(value, lang, 1)))
    alt = label("qa.stress.alt", lang, ant=ant, rows=join(texts, lang))
    return finish(figure, "stress", alt, grade, sources, lang)


def canvas(legend_lines: int, height: float = 3.2) -> tuple[Figure, Axes]:
    """Return a figure with room under its axes for a legend of so many lines."""
    figure, axes = plt.subplots(figsize=(7.2, height + 0.9 + 0.2 * legend_lines))
    return figure, axes


def draw(axes: Axes, x: pd.Series, y: pd.Series, channel: Channel, text: str) -> None:
    """Draw a line with about ten markers."""
    look: dict[str, Any] = channel.line()
    axes.plot(x, y, **look, markersize=5, linewidth=1.7, markevery=max(1, len(x) // 10), label=text)


def percent_axis(axes: Axes) -> None:
    """Write the y axis in per cent, on a logarithmic scale as well."""
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def join(words: Sequence[str], lang: str) -> str:
    """Return sentences joined by semicolons."""
    return label("qa.join", lang).join(words)


def finish(
    figure: Figure, key: str, alt: str, grade: str, sources: Sequence[str], lang: str,
    drop: float = 0.62, **fields: object,
) -> Exhibit:  # fmt: skip
    """Return the exhibit, titled, its legend ``drop`` inches under the axes, hiding nothing."""
    axes, title = figure.axes[0], label(f"qa.{key}.title", lang, **fields)
    axes.set_title(title)
    axes.set(
        xlabel=label(f"qa.{key}.x", lang, **fields), ylabel=label(f"qa.{key}.y", lang, **fields)
    )
    if axes.get_legend_handles_labels()[0]:
        below = axes.transAxes + ScaledTranslation(0, -drop, figure.dpi_scale_trans)
        axes.legend(loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=below,
                    borderaxespad=0, fontsize=9)  # fmt: skip
    return Exhibit(figure, alt, title, grade, sources, lang)
