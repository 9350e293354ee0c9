"""The figure of a split default gap: each method and each choice of reference in its own row."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.ticker import FuncFormatter

from abscase.show.exhibit import Exhibit
from abscase.show.figures.panels import finish
from abscase.show.figures.wrap import wrap
from abscase.show.hazards import join, named, points, short_points
from abscase.show.labels import label
from abscase.show.style import CHANNELS, INK

SLOT = {"explained": 0, "endowments": 0, "unexplained": 1, "coefficients": 1, "interaction": 2}
HATCH = ("", "//", "..")
LABEL_WIDTH, HIGH, ROOM = 34, 0.26, 0.6


def split_bars(
    table: pd.DataFrame, gap: float, pair: tuple[str, str],
    grade: str, sources: Sequence[str], lang: str,
) -> Exhibit:  # fmt: skip
    """Draw the parts of a gap in default rates, method by method.

    Parameters
    ----------
    table : DataFrame
        ``row`` (words of the method and its reference), ``part``, ``estimate``, ``lo``, ``hi``:
        rates a month, decimals. A method that could not be estimated is not drawn.
    gap : float
        The whole difference, the second group less the first.
    pair : (str, str)
        Names of the two groups, in words.
    grade, sources, lang
        As in `Exhibit`.
    """
    table = table[table["estimate"].notna()]
    names = list(dict.fromkeys(table["row"]))
    figure, axes = plt.subplots(figsize=(7.4, 1.9 + 0.72 * len(names)))
    for part, group in table.groupby("part", sort=False):
        slot = SLOT[str(part)]
        y = [names.index(name) + HIGH * (slot - 1) for name in group["row"]]
        away = [(group["estimate"] - group["lo"]).clip(lower=0),
                (group["hi"] - group["estimate"]).clip(lower=0)]  # fmt: skip
        axes.barh(
            y, group["estimate"], HIGH, xerr=away, color=CHANNELS[slot].color, hatch=HATCH[slot],
            edgecolor="white", error_kw={"ecolor": INK, "elinewidth": 1, "capsize": 2},
            label=label(f"haz.slot.{slot}", lang),
        )  # fmt: skip
    axes.axvline(0, color=INK, linewidth=1)
    text = label("haz.gap", lang, gap=points(gap), first=pair[0], second=pair[1])
    axes.axvline(gap, color=CHANNELS[5].color, linewidth=1.5, linestyle=(0, (4, 3)), label=text)
    axes.set_yticks(range(len(names)), [wrap(name, LABEL_WIDTH) for name in names], fontsize=9)
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short_points(value)))
    axes.set_xlim(*_reach(table, gap))
    axes.set_xlabel(label("haz.split.x", lang))
    rows = [label("haz.row", lang, name=name, values=_parts(table, name, lang)) for name in names]
    alt = label("haz.split.alt", lang, gap=text, rows=join(rows, lang))
    return finish(figure, "split", alt, grade, sources, lang, first=pair[0], second=pair[1])


def _reach(table: pd.DataFrame, gap: float) -> tuple[float, float]:
    """Return ends of the axis that show all estimates, though not an interval without bounds."""
    low = min(0.0, gap, table["estimate"].min())
    high = max(0.0, gap, table["estimate"].max())
    most = ROOM * (high - low)
    least, largest = table["lo"].fillna(low).min(), table["hi"].fillna(high).max()
    return (max(least, low - most) - 0.05 * (high - low),
            min(largest, high + most) + 0.05 * (high - low))  # fmt: skip


def _parts(table: pd.DataFrame, name: str, lang: str) -> str:
    parts = table[table["row"] == name].to_dict("records")
    says = [f"{named('part', row['part'], lang)} {points(row['estimate'])}" for row in parts]
    return join(says, lang, "haz.and")
