"""The figures at a score cutoff: both stages, the density, and false cutoffs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from abscase.quality.density import DensityJump
from abscase.quality.discontinuity import Jump
from abscase.show.exhibit import Exhibit
from abscase.show.figures.panels import canvas, finish
from abscase.show.hazards import chance, join, named, points, rate, short_points
from abscase.show.labels import label
from abscase.show.numbers import plain
from abscase.show.style import CHANNELS, INK, QUIET, RULE

SIDE = {"below": CHANNELS[0], "above": CHANNELS[1]}
Stage = tuple[Jump, pd.DataFrame]
FEWEST_IN_BIN = 20


def stages(
    panels: Mapping[str, Mapping[str, Stage]], grade: str, sources: Sequence[str], lang: str
) -> Exhibit:
    """Draw binned means and local lines on both sides of the cutoff.

    Parameters
    ----------
    panels : mapping of world to mapping of outcome to (Jump, binned means)
        As `jump` and `binned_means` of the measures return them.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, grid = canvas(len(panels), len(next(iter(panels.values()))), legend=3, height=2.7)
    rows = []
    for line, (world, columns) in zip(grid, panels.items(), strict=True):
        for axes, (title, (found, means)) in zip(line, columns.items(), strict=True):
            _stage(axes, found, means, lang)
            name = label("haz.panel", lang, world=named("world", world, lang),
                         what=named("what", title, lang))  # fmt: skip
            axes.set_title(name, fontsize=10)
            rows.append(_says(name, found, lang))
        line[0].set_ylabel(label("haz.stages.y", lang))
    for axes in grid[-1]:
        axes.set_xlabel(label("haz.score", lang))
    alt = label("haz.stages.alt", lang, rows=join(rows, lang))
    return finish(figure, "stages", alt, grade, sources, lang)


def densities(
    found: Mapping[str, DensityJump], grade: str, sources: Sequence[str], lang: str
) -> Exhibit:
    """Draw the density of the score in bins with a local line on each side of the cutoff."""
    figure, grid = canvas(1, len(found), legend=3)
    rows = []
    for axes, (world, test) in zip(grid[0], found.items(), strict=True):
        title = named("world", world, lang)
        bins = test.bins
        axes.fill_between(bins["score"], bins["density"], step="mid", color=RULE, linewidth=0,
                          label=label("haz.bins", lang))  # fmt: skip
        for side, held in (("below", bins[bins["score"] < test.cutoff]),
                           ("above", bins[bins["score"] > test.cutoff])):  # fmt: skip
            look = SIDE[side]
            axes.plot(held["score"], held["fitted"], color=look.color, linestyle=look.linestyle,
                      linewidth=2, label=label(f"haz.line.{side}", lang))  # fmt: skip
        axes.axvline(test.cutoff, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        axes.set_title(title, fontsize=10)
        axes.set(xlabel=label("haz.score", lang), xlim=_middle(bins, test.cutoff))
        rows.append(label("haz.density.row", lang, name=title, jump=_signed(test.estimate),
                          low=_signed(test.lo), high=_signed(test.hi),
                          p=chance(test.p_value)))  # fmt: skip
    grid[0][0].set_ylabel(label("haz.density.y", lang))
    alt = label("haz.density.alt", lang, rows=join(rows, lang))
    return finish(figure, "density", alt, grade, sources, lang)


def placebos(
    found: Mapping[str, pd.DataFrame], true_cutoff: float,
    grade: str, sources: Sequence[str], lang: str,
) -> Exhibit:  # fmt: skip
    """Draw the jump of default at the cutoff and at false ones.

    Parameters
    ----------
    found : mapping of world to DataFrame
        ``cutoff``, ``corrected``, ``lo``, ``hi``; decimals.
    true_cutoff : float
        The one that is not false.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, grid = canvas(1, len(found), legend=2)
    rows = []
    for axes, (world, table) in zip(grid[0], found.items(), strict=True):
        title = named("world", world, lang)
        here = np.isclose(table["cutoff"], true_cutoff)
        for mask, channel, key in ((here, CHANNELS[1], "true"), (~here, CHANNELS[0], "false")):
            part = table[mask]
            away = [part["corrected"] - part["lo"], part["hi"] - part["corrected"]]
            axes.errorbar(part["cutoff"], part["corrected"], yerr=away, fmt=channel.marker,
                          color=channel.color, capsize=3,
                          label=label(f"haz.cutoff.{key}", lang))  # fmt: skip
        axes.axhline(0, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        axes.set_title(title, fontsize=10)
        axes.set_xlabel(label("haz.placebo.x", lang))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short_points(value)))
        rows.append(label("haz.row", lang, name=title, values=_cutoffs(table, lang)))
    low = min(axes.get_ylim()[0] for axes in grid[0])
    high = max(axes.get_ylim()[1] for axes in grid[0])
    for axes in grid[0]:
        axes.set_ylim(low, high)
    grid[0][0].set_ylabel(label("haz.placebo.y", lang))
    alt = label("haz.placebo.alt", lang, rows=join(rows, lang))
    return finish(figure, "placebo", alt, grade, sources, lang)


def _stage(axes: Axes, found: Jump, means: pd.DataFrame, lang: str) -> None:
    shown = means[(means["loans"] >= FEWEST_IN_BIN)
                  & ((means["score"] - found.cutoff).abs() <= 4 * found.bandwidth)]  # fmt: skip
    axes.plot(shown["score"], shown["mean"], ".", color=QUIET, label=label("haz.bin_mean", lang))
    reach = np.linspace(0, found.bandwidth, 2)
    for side, x, y in (
        ("below", found.cutoff - reach, found.below - found.slope_below * reach),
        ("above", found.cutoff + reach, found.above + found.slope_above * reach),
    ):
        axes.plot(x, y, color=SIDE[side].color, linestyle=SIDE[side].linestyle, linewidth=2.5,
                  label=label(f"haz.line.{side}", lang))  # fmt: skip
    axes.axvline(found.cutoff, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: rate(value)))


def _middle(bins: pd.DataFrame, cutoff: float) -> tuple[float, float]:
    """Return the scores that all but one in two hundred loans have, the cutoff inside."""
    share = (bins["density"] / bins["density"].sum()).cumsum()
    low, high = bins["score"][share >= 0.005].iloc[0], bins["score"][share >= 0.995].iloc[0]
    return min(low, cutoff - 5), max(high, cutoff + 5)


def _says(name: str, found: Jump, lang: str) -> str:
    return label(
        "haz.stages.row", lang, name=name, jump=points(found.corrected), low=points(found.lo),
        high=points(found.hi), below=rate(found.below), above=rate(found.above),
    )  # fmt: skip


def _cutoffs(table: pd.DataFrame, lang: str) -> str:
    rows = table.to_dict("records")
    says = [label("haz.placebo.row", lang, cutoff=plain(row["cutoff"]),
                  jump=points(row["corrected"]), low=points(row["lo"]),
                  high=points(row["hi"])) for row in rows]  # fmt: skip
    return join(says, lang, "haz.and")


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{plain(value, 2)}"
