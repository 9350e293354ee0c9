"""The figures that hold the engine to what was published: Fitch's break losses, homes by state."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter

from abscase.show.exhibit import Exhibit
from abscase.show.figures.waterfall import legend_below
from abscase.show.labels import label
from abscase.show.leverage import join, short_percent
from abscase.show.numbers import percent
from abscase.show.style import CHANNELS, INK, QUIET
from abscase.show.waterfall import deal_name, named


def fitch_scatter(table: pd.DataFrame, grade: str, sources: Sequence[str], lang: str) -> Exhibit:
    """Draw our break losses over Fitch's, with the range of our assumptions and the diagonal.

    Parameters
    ----------
    table : DataFrame
        As `break_loss_tables.comparison` returns it.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, axes = plt.subplots(figsize=(7.2, 6.0))
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1, label=label("wf.fitch.equal", lang))
    rows = []
    for channel, (deal, part) in zip(CHANNELS, table.groupby("deal", sort=False), strict=False):
        spread = np.array([part["ours"] - part["low"], part["high"] - part["ours"]])
        axes.errorbar(part["fitch"], part["ours"], np.maximum(spread, 0), fmt=channel.marker,
                      color=channel.color, ecolor=channel.color, elinewidth=0.6, markersize=6,
                      markeredgecolor="white", label=deal_name(str(deal)))  # fmt: skip
        rows.append(label("wf.fitch.row", lang, deal=deal_name(str(deal)), classes=len(part),
                          distance=percent(part["gap"].abs().mean()),
                          inside=int(part["inside"].sum())))  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: short_percent(value)))
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal")
    axes.set_xlabel(label("wf.fitch.x", lang))
    axes.set_ylabel(label("wf.fitch.y", lang))
    title = label("wf.fitch.title", lang)
    axes.set_title(title)
    legend_below(figure, axes, 3)
    alt = label("wf.fitch.alt", lang, rows=join(rows, lang))
    return Exhibit(figure, alt, title, grade, sources, lang)


def homes_and_classes(
    regions: pd.DataFrame, losses: pd.DataFrame, grade: str, sources: Sequence[str], lang: str
) -> Exhibit:  # fmt: skip
    """Draw the homes lost, seen and in the run, and the loss of each class, state by state.

    Parameters
    ----------
    regions, losses : DataFrame
        As `homes.homes` returns them.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.6, 4.8), width_ratios=(1, 1.25))
    names, at = [named("region", each, lang) for each in regions["region"]], np.arange(len(regions))
    for place, (column, hatch) in enumerate((("seen", ""), ("run", "//"))):
        left.bar(at + 0.4 * (place - 0.5), regions[column], 0.38, color=CHANNELS[place].color,
                 hatch=hatch, edgecolor="white",
                 label=label(f"wf.homes.{column}", lang))  # fmt: skip
    left.set_xticks(at, names, fontsize=8.5)
    left.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short_percent(value)))
    left.set_title(label("wf.homes.left", lang), fontsize=10.5)
    left.legend(loc="upper left", fontsize=8, bbox_to_anchor=(0, -0.12), borderaxespad=0)
    right.imshow(losses.to_numpy(), cmap="Oranges", vmin=0, vmax=1.6, aspect="auto")
    for y, (_, row) in enumerate(losses.iterrows()):
        for x, value in enumerate(row):
            right.text(x, y, percent(value, 0), ha="center", va="center", fontsize=7.5, color=INK)
    right.set_xticks(np.arange(len(names)), names, fontsize=8.5)
    right.set_yticks(np.arange(len(losses)), list(losses.index), fontsize=8)
    right.tick_params(length=0)
    right.spines[:].set_visible(False)
    right.set_title(label("wf.homes.right", lang), fontsize=10.5)
    title = label("wf.homes.title", lang)
    figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    rows = [label("wf.homes.row", lang, region=name, seen=percent(row["seen"]),
                  run=percent(row["run"]), loss=percent(row["loss"]),
                  senior=percent(losses[row["region"]].iloc[0]))
            for name, (_, row) in zip(names, regions.iterrows(), strict=True)]  # fmt: skip
    alt = label("wf.homes.alt", lang, rows=join(rows, lang))
    return Exhibit(figure, alt, title, grade, sources, lang)
