"""The figures of the swap: losses of the four cells, the split of the gap, the ladder of losses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from abscase.operating.swap import RANKS
from abscase.show.exhibit import Exhibit
from abscase.show.figures.waterfall import legend_below
from abscase.show.labels import label
from abscase.show.leverage import join, short_percent
from abscase.show.numbers import percent
from abscase.show.style import CHANNELS, INK, QUIET
from abscase.show.waterfall import named, with_range

SHOWN = ("assets", "structure", "interaction")
HATCHES = {"assets": "", "structure": "//", "interaction": ".."}
ROUND = 0.001


def swap_matrix(cells: pd.DataFrame, grade: str, sources: Sequence[str], lang: str) -> Exhibit:
    """Draw a 2 x 2 matrix for each rank: whose loans in the rows, whose structure in the columns.

    Parameters
    ----------
    cells : DataFrame
        As `swap.cell_table` returns it.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, panels = plt.subplots(1, 3, figsize=(7.4, 3.3))
    rows = []
    for axes, rank in zip(panels, RANKS, strict=True):
        part = cells[cells["rank"] == rank].set_index(["assets", "structure"])
        values = [[part.loc[(a, s), "loss"] for s in (0, 1)] for a in (0, 1)]
        axes.imshow(values, cmap="Oranges", vmin=0, vmax=1.6, aspect="equal")
        for a in (0, 1):
            for s in (0, 1):
                row = part.loc[[(a, s)]].iloc[0]
                axes.text(s, a - 0.04, percent(row["loss"]), ha="center", fontsize=12, color=INK)
                if a == s:
                    corner = (s - 0.46, a - 0.46)
                    axes.add_patch(
                        Rectangle(corner, 0.92, 0.92, fill=False, edgecolor=INK, linewidth=1.5)
                    )
                axes.text(s, a + 0.25, _span(row, lang), ha="center", fontsize=7.5, color=INK)
                loss = with_range(row["loss"], row["low"], row["high"], lang)
                cell = label("wf.matrix.cell", lang, assets=_side("assets", a, lang),
                             structure=_side("structure", s, lang), loss=loss)  # fmt: skip
                rows.append(f"{named('rank', rank, lang)}{label('wf.colon', lang)}{cell}")
        axes.set_title(named("rank", rank, lang), fontsize=11)
        axes.set_xticks([0, 1], [_side("structure", s, lang) for s in (0, 1)], fontsize=8.5)
        shown = [_side("assets", a, lang) for a in (0, 1)] if rank == RANKS[0] else ["", ""]
        axes.set_yticks([0, 1], shown, fontsize=8.5)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    figure.suptitle(label("wf.matrix.title", lang), x=0.01, ha="left", fontsize=12)
    alt = label("wf.matrix.alt", lang, rows=join(rows, lang))
    return Exhibit(figure, alt, label("wf.matrix.title", lang), grade, sources, lang)


def _side(kind: str, place: int, lang: str) -> str:
    return label(f"wf.{kind}.{place}", lang)


def _span(row: pd.Series, lang: str) -> str:
    if abs(row["high"] - row["low"]) < ROUND / 2:
        return ""
    return label("wf.span", lang, low=percent(row["low"]), high=percent(row["high"]))


def split_bars(split: pd.DataFrame, grade: str, sources: Sequence[str], lang: str) -> Exhibit:
    """Draw the Shapley values of assets and structure for each rank, and their interaction.

    Parameters
    ----------
    split : DataFrame
        As `swap.split_table` returns it.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, axes = plt.subplots(figsize=(7.2, 4.4))
    rows = []
    for place, part in enumerate(SHOWN):
        each = split[split["part"] == part].set_index("rank").loc[list(RANKS)]
        at = np.arange(len(RANKS)) + 0.27 * (place - 1)
        value = each["value"].to_numpy()
        spread = np.abs([value - each["low"], each["high"] - value])
        axes.bar(at, value, 0.25, color=CHANNELS[place].color, hatch=HATCHES[part],
                 edgecolor="white", label=label(f"wf.part.{part}", lang))  # fmt: skip
        axes.errorbar(at, value, spread, fmt="none", ecolor=INK, capsize=3, linewidth=1)
        for x, (_, row) in zip(at, each.iterrows(), strict=True):
            top = max(row["value"], row["high"], 0)
            axes.text(x, top + 0.02, percent(row["value"]), ha="center", fontsize=8)
        rows += [label("wf.split.row", lang, rank=named("rank", str(rank), lang),
                       part=label(f"wf.part.{part}", lang),
                       value=with_range(row["value"], row["low"], row["high"], lang))
                 for rank, row in each.iterrows()]  # fmt: skip
    axes.axhline(0, color=QUIET, linewidth=0.8)
    gaps = split[split["part"] == "gap"].set_index("rank")["value"]
    ticks = [label("wf.split.tick", lang, rank=named("rank", rank, lang), gap=percent(gaps[rank]))
             for rank in RANKS]  # fmt: skip
    axes.set_xticks(np.arange(len(RANKS)), ticks)
    axes.set_ylim(min(-0.06, 1.2 * float(split["low"].min())), 1.15)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short_percent(value)))
    axes.set_ylabel(label("wf.split.y", lang))
    return _done(figure, axes, "split", label("wf.split.alt", lang, rows=join(rows, lang)), grade,
                 sources, lang, 3)  # fmt: skip


def loss_ladder(
    ladders: Mapping[int, pd.DataFrame], marks: Mapping[str, float], grade: str,
    sources: Sequence[str], lang: str,
) -> Exhibit:  # fmt: skip
    """Draw the loss of the senior and mezzanine classes of both structures on the same pool.

    Parameters
    ----------
    ladders : mapping
        Structure (0 or 1) to what `swap.ladder` returns for one and the same assets.
    marks : mapping of label key to pool loss
        Pool losses to mark.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, axes = plt.subplots(figsize=(7.2, 4.6))
    rows, place = [], 0
    for rank in ("mezzanine", "senior"):
        for structure, steps in ladders.items():
            channel = CHANNELS[place]
            text = label("wf.ladder.line", lang, rank=named("rank", rank, lang),
                         structure=_side("structure", structure, lang))  # fmt: skip
            axes.plot(steps["pool"], steps[rank], color=channel.color, label=text,
                      linestyle=channel.linestyle, marker=channel.marker, markevery=6,
                      markersize=5)  # fmt: skip
            first = steps.loc[steps[rank] > ROUND, "pool"]
            at = percent(float(first.iloc[0])) if len(first) else label("wf.never", lang)
            rows.append(label("wf.ladder.row", lang, name=text, loss=at))
            place += 1
    for key, value in marks.items():
        axes.axvline(value, color=QUIET, linestyle=(0, (2, 2)), linewidth=1)
        axes.text(value, 1.02, label(key, lang, loss=percent(value)), fontsize=8, ha="center",
                  va="bottom", color=INK)  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: short_percent(value)))
    axes.set(xlim=(0, max(steps["pool"].max() for steps in ladders.values())), ylim=(0, 1.12))
    axes.set_xlabel(label("wf.ladder.x", lang))
    axes.set_ylabel(label("wf.ladder.y", lang))
    return _done(figure, axes, "ladder", label("wf.ladder.alt", lang, rows=join(rows, lang)), grade,
                 sources, lang, 2)  # fmt: skip


def _done(
    figure: Figure, axes: Axes, key: str, alt: str, grade: str, sources: Sequence[str],
    lang: str, columns: int,
) -> Exhibit:  # fmt: skip
    title = label(f"wf.{key}.title", lang)
    axes.set_title(title)
    legend_below(figure, axes, columns)
    return Exhibit(figure, alt, title, grade, sources, lang)
