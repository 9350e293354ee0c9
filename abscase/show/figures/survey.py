"""The figures of the expert survey: map of risks, rounds, ranks, and the four methods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import ScaledTranslation

from abscase.operating.survey.ranking import frontier
from abscase.schema.survey import GROUPS, STEPS
from abscase.show.exhibit import Exhibit
from abscase.show.figures.wrap import wrap
from abscase.show.labels import label
from abscase.show.numbers import percent, plain
from abscase.show.style import CHANNELS, INK, QUIET, RULE
from abscase.show.survey import Ground, coded, risk_name

GROUP_CHANNEL = dict(zip(GROUPS, CHANNELS, strict=True))
THIRDS = ListedColormap(["#0173b2", "#8ec3e3", "#e6eff5"])
WIDE_INCHES, NAME_WIDTH, CELL_WIDTH = 7.7, 46, 16


def risk_map(chance: pd.Series, impact: pd.Series, on: Ground) -> Exhibit:
    """Draw the risks on the steps of probability and impact, those on the frontier framed.

    Parameters
    ----------
    chance, impact : Series
        The panel's step from 1 to 5 of each risk, by risk.
    on : Ground
    """
    figure, axes = plt.subplots(figsize=(WIDE_INCHES, 6.6))
    best = dict(zip(chance.index, frontier(chance, impact), strict=True))
    for x, y in sorted({*zip(chance, impact, strict=True)}):
        risks = list(chance.index[(chance == x) & (impact == y)])
        _cell(axes, x, y, risks, best[risks[0]])
    axes.set(xlim=(0.5, STEPS + 0.5), ylim=(0.5, STEPS + 0.5), aspect="auto")
    steps = np.arange(1, STEPS + 1)
    for set_ticks, name in ((axes.set_xticks, "probability"), (axes.set_yticks, "impact")):
        set_ticks(steps, [label(f"sur.step.{name}.{n}", on.lang) for n in steps], fontsize=8.5)
    axes.tick_params(length=0)
    for edge in steps[:-1] + 0.5:
        axes.axhline(edge, color=RULE, linewidth=0.8)
        axes.axvline(edge, color=RULE, linewidth=0.8)
    axes.set(ylabel=coded("impact", on.lang, "question"))
    groups = label("list.comma", on.lang).join(
        f"R{group} {coded(group, on.lang, 'group')}" for group in GROUPS
    )
    name = coded("probability", on.lang, "question")
    axes.set_xlabel(f"{name}\n{wrap(groups, 92)}", fontsize=9)
    top = label("list.comma", on.lang).join(risk_name(each, on.lang) for each in best if best[each])
    alt = label("sur.map.alt", on.lang, n=len(chance), top=top)
    return _finish(figure, axes, "map", alt, on)


def _cell(axes: Axes, x: float, y: float, risks: Sequence[str], top: bool) -> None:
    text = wrap(" ".join(risks), CELL_WIDTH)
    frame = {"facecolor": "#fff3df", "edgecolor": CHANNELS[1].color, "pad": 4} if top else None
    axes.text(x, y, text, ha="center", va="center", fontsize=8.5, color=INK, bbox=frame)


def convergence(progress: pd.DataFrame, concordance: pd.DataFrame, on: Ground) -> Exhibit:
    """Draw spread and share settled of each question, and Kendall's W, from round to round.

    Parameters
    ----------
    progress : DataFrame
        As `study.convergence` returns it.
    concordance : DataFrame
        As `study.concordances` returns it.
    on : Ground
    """
    figure, panels = plt.subplots(1, 3, figsize=(WIDE_INCHES, 3.9))
    rounds = sorted(progress["round"].unique())
    for channel, (name, rows) in zip(CHANNELS, progress.groupby("question", sort=False),
                                     strict=False):  # fmt: skip
        words = coded(str(name), on.lang, "question")
        for axes, column in zip(panels, ("mean_iqr", "share_settled"), strict=False):
            axes.plot(rows["round"], rows[column], color=channel.color, marker=channel.marker,
                      linestyle=channel.linestyle, label=words)  # fmt: skip
    w = concordance["w"].to_numpy(float)
    ends = np.vstack([w - concordance["low"], concordance["high"] - w])
    panels[2].errorbar(concordance["round"], w, yerr=ends, color=INK, marker="o",
                       capsize=4)  # fmt: skip
    for axes, key in zip(panels, ("spread", "settled", "w"), strict=True):
        axes.set_title(wrap(label(f"sur.rounds.{key}", on.lang), 26), fontsize=9.5)
        axes.set_xticks(rounds)
        axes.set(xlabel=label("sur.rounds.x", on.lang), xlim=(min(rounds) - 0.3, max(rounds) + 0.3))
    panels[0].set_ylim(bottom=0)
    panels[1].set_ylim(-0.03, 1.03)
    panels[2].set_ylim(0, 1.03)
    panels[1].yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, 0)))
    legend = _legend_under(panels[0], panels[0].get_legend_handles_labels()[0], 0.6)
    legend.set_in_layout(False)  # it may be wider than its panel
    figure.supxlabel(" ", fontsize=18)  # room for it
    last = progress[progress["round"] == rounds[-1]]
    alt = label(
        "sur.rounds.alt", on.lang, n=len(rounds), settled=percent(last["share_settled"].mean(), 0),
        w=label("list.comma", on.lang).join(plain(each, 2) for each in w),
    )  # fmt: skip
    return _finish(figure, None, "rounds", alt, on)


def rank_intervals(ranks: pd.DataFrame, on: Ground) -> Exhibit:
    """Draw the panel's rank of each risk with its interval, the riskiest on top.

    Parameters
    ----------
    ranks : DataFrame
        As `ranking.rank_intervals` returns it.
    on : Ground
    """
    figure, axes = plt.subplots(figsize=(WIDE_INCHES, 1.6 + 0.27 * len(ranks)))
    for place, row in enumerate(ranks.to_dict("records")):
        channel = GROUP_CHANNEL[row["item"][1]]
        axes.plot(
            [row["rank_low"], row["rank_high"]], [place, place], color=channel.color, linewidth=2.5
        )
        axes.plot(row["rank"], place, channel.marker, color=channel.color, markersize=7,
                  markeredgecolor="white")  # fmt: skip
    names = [wrap(risk_name(item, on.lang), NAME_WIDTH, 1) for item in ranks["item"]]
    axes.set_yticks(range(len(ranks)), names, fontsize=8.5)
    axes.set(xlim=(0, len(ranks) + 1), ylim=(len(ranks) - 0.4, -0.6),
             xlabel=wrap(label("sur.ranks.x", on.lang), 52))  # fmt: skip
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    signs = [
        Line2D([], [], color=channel.color, marker=channel.marker, linewidth=2.5,
               markeredgecolor="white", label=coded(group, on.lang, "group"))
        for group, channel in GROUP_CHANNEL.items()
    ]  # fmt: skip
    axes.legend(handles=signs, loc="lower left", fontsize=9)  # no risk is first and last at once
    first, wide = ranks.iloc[0], (ranks["rank_high"] - ranks["rank_low"]).median()
    alt = label(
        "sur.ranks.alt", on.lang, n=len(ranks), first=risk_name(first["item"], on.lang),
        low=plain(first["rank_low"], 1), high=plain(first["rank_high"], 1), wide=plain(wide, 1),
    )  # fmt: skip
    return _finish(figure, axes, "ranks", alt, on)


def overlap(thirds: pd.DataFrame, on: Ground) -> Exhibit:
    """Draw for each risk in which third of its ranking each of the four methods puts it.

    Parameters
    ----------
    thirds : DataFrame
        As `methods.thirds` returns it: risks by methods, 1 to 3 or missing.
    on : Ground
    """
    order = thirds.assign(first=-(thirds == 1).sum(axis=1), sum=thirds.fillna(3).sum(axis=1))
    rows = thirds.loc[order.sort_values(["first", "sum"], kind="stable").index]
    figure, axes = plt.subplots(figsize=(WIDE_INCHES, 1.7 + 0.27 * len(rows)))
    axes.pcolormesh(rows.to_numpy(float), cmap=THIRDS, vmin=0.5, vmax=3.5, edgecolors="white",
                    linewidth=2)  # fmt: skip
    for (y, x), value in np.ndenumerate(rows.to_numpy(float)):
        text, color = ("–", QUIET) if np.isnan(value) else (f"{value:.0f}", INK)
        axes.text(x + 0.5, y + 0.5, text, ha="center", va="center", fontsize=8.5,
                  color="white" if value == 1 else color)  # fmt: skip
    axes.set_yticks(np.arange(len(rows)) + 0.5,
                    [wrap(risk_name(each, on.lang), NAME_WIDTH, 1) for each in rows.index],
                    fontsize=8.5)  # fmt: skip
    heads = [wrap(coded(str(name), on.lang, "method"), 14) for name in rows]
    axes.set_xticks(np.arange(rows.shape[1]) + 0.5, heads, fontsize=9)
    axes.tick_params(length=0)
    axes.invert_yaxis()
    axes.spines[:].set_visible(False)
    signs = [Patch(color=THIRDS(n), label=label(f"sur.third.{n + 1}", on.lang)) for n in range(3)]
    _legend_under(axes, signs, 0.55)
    said = thirds.notna().all(axis=1)
    agreed = (thirds == 1).sum(axis=1)
    alt = label("sur.overlap.alt", on.lang, n=len(thirds), all=int(said.sum()),
                three=int((agreed >= 3).sum()))  # fmt: skip
    return _finish(figure, axes, "overlap", alt, on)


def _legend_under(axes: Axes, signs: Sequence[Any], drop: float) -> Legend:
    """Put a legend of three columns ``drop`` inches under the axes."""
    below = axes.transAxes + ScaledTranslation(0, -drop, axes.figure.dpi_scale_trans)
    return axes.legend(handles=signs, loc="upper left", bbox_to_anchor=(0, 0),
                       bbox_transform=below, borderaxespad=0, ncols=3, fontsize=9)  # fmt: skip


def marked(exhibit: Exhibit, on: Ground) -> Exhibit:
    """Return a finished figure with the mark of made-up answers in its title and alt text."""
    if not on.made_up:
        return exhibit
    mark, axes = label("sur.made_up", on.lang), exhibit.figure.axes[0]
    axes.set_title(f"{exhibit.title}\n{mark}")
    return replace(exhibit, alt=label("sur.said", on.lang, mark=mark, alt=exhibit.alt))


def _finish(figure: Figure, axes: Axes | None, key: str, alt: str, on: Ground) -> Exhibit:
    """Title the figure, and say in title and alt text where the answers are made up."""
    title = label(f"sur.{key}.title", on.lang)
    mark = label("sur.made_up", on.lang) if on.made_up else ""
    text = f"{title}\n{mark}" if mark else title
    if axes is None:
        figure.suptitle(text, x=0.01, ha="left", fontsize=12)
    else:
        axes.set_title(text, x=0 if key == "map" else -0.02)
    said = label("sur.said", on.lang, mark=mark, alt=alt) if mark else alt
    return Exhibit(figure, said, title, on.grade, on.sources, on.lang)
