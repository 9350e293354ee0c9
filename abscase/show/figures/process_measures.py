"""The figures of the fault trees and of likeness by design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from abscase.case import Case
from abscase.operating.process.design import Array
from abscase.operating.process.fault_tree import FaultTree, cut_sets
from abscase.show.exhibit import Exhibit
from abscase.show.figures.process import legend_below
from abscase.show.figures.wrap import wrap
from abscase.show.labels import label
from abscase.show.numbers import percent, plain
from abscase.show.process import case_name, event_names
from abscase.show.style import CASE_CHANNEL, CHANNELS, INK, QUIET, RULE

WIDE, ROW = 7.2, 0.36
STEP, FIRST = 0.052, 0.03
TREE_WIDTH = 84


@dataclass(frozen=True)
class Line:
    """One line of a tree written as an outline: depth from the top, and the line it hangs on."""

    event: str
    depth: int
    parent: int
    again: bool


def tree_figure(case: Case, tree: FaultTree, lang: str) -> Exhibit:
    """Draw a fault tree as an outline: each event over what causes it.

    Parameters
    ----------
    case : Case
        Gives the words and the known chances of the events.
    tree : FaultTree
    lang : str
        "en" or "zh".
    """
    lines, words = outline(tree), event_names(case, lang)
    chances = _chances(case, lang)
    figure, axes = plt.subplots(figsize=(WIDE, ROW * len(lines) + 1.0))
    axes.set(xlim=(0, 1), ylim=(len(lines) - 0.4, -0.6))
    axes.axis("off")
    for place, line in enumerate(lines):
        x = FIRST + STEP * line.depth
        if line.depth:
            axes.plot([x - STEP, x - STEP, x], [line.parent, place, place], color=QUIET,
                      linewidth=1, zorder=1)  # fmt: skip
        _sign(axes, x, place, tree.gates[line.event][0] if line.event in tree.gates else "", lang)
        text = words[line.event]
        text += " " + label("process.tree.again", lang) if line.again else ""
        text += f"   {chances[line.event]}" if line.event in chances and not line.again else ""
        axes.text(x + 0.03, place, wrap(text, TREE_WIDTH - 6 * line.depth, 2), fontsize=9,
                  va="center", color=QUIET if line.again else INK, linespacing=0.95)  # fmt: skip
    title = label("process.tree.title", lang, case=label(f"data.case.{case.name}", lang))
    axes.set_title(title)
    legend_below(axes, _tree_key(lang), 0.05)
    rows = case.table("fault")
    alt = _tree_alt(case, tree, words, chances, lang)
    return Exhibit(figure, alt, title, rows["grade"].max(), sorted(set(rows["source_id"])), lang)


def _tree_alt(
    case: Case, tree: FaultTree, words: Mapping[str, str], chances: Mapping[str, str], lang: str
) -> str:
    cuts, plus = cut_sets(tree), label("process.join", lang)
    sets = [plus.join(words[each] for each in sorted(cut)) for cut in cuts]
    known = [f"{words[name]} {text}" for name, text in chances.items()]
    return label(
        "process.tree.alt", lang, case=case_name(case.name, lang), events=len(tree.basic),
        n=len(cuts), cuts=label("lev.join", lang).join(sets),
        chances=label("list.comma", lang).join(known) or label("process.tree.none", lang),
    )  # fmt: skip


def outline(tree: FaultTree) -> list[Line]:
    """Return the tree line by line, every event after the one it causes; repeats are marked."""
    lines: list[Line] = []
    seen: set[str] = set()
    waiting = [(tree.top, 0, 0)]
    while waiting:
        event, depth, parent = waiting.pop()
        again = event in seen
        seen.add(event)
        lines.append(Line(event, depth, parent, again))
        if event in tree.gates and not again:
            here = len(lines) - 1
            waiting += [(each, depth + 1, here) for each in reversed(tree.gates[event][1])]
    return lines


def _sign(axes: Axes, x: float, y: float, gate: str, lang: str) -> None:
    color = {"and": CHANNELS[0].color, "or": CHANNELS[5].color}.get(gate, INK)
    if not gate:
        axes.plot(x, y, "o", markersize=7, markerfacecolor="white", markeredgecolor=INK)
        return
    box = {"boxstyle": "round,pad=0.25", "facecolor": color, "edgecolor": color}
    axes.text(x, y, label(f"process.tree.{gate}", lang), fontsize=7.5, color="white", ha="center",
              va="center", bbox=box)  # fmt: skip


def _tree_key(lang: str) -> list[Line2D]:
    signs = [("and", "s", CHANNELS[0].color), ("or", "s", CHANNELS[5].color), ("basic", "o", INK)]
    return [
        Line2D([], [], linestyle="", marker=marker, markersize=8, markeredgecolor=color,
               markerfacecolor="white" if name == "basic" else color,
               label=label(f"process.tree.key_{name}", lang))
        for name, marker, color in signs
    ]  # fmt: skip


def _chances(case: Case, lang: str) -> dict[str, str]:
    """The known chances in words, for example "20% to 42% of loans"."""
    rows = case.table("fault")
    return {
        row["event_id"]: label(f"process.tree.chance_{row['per']}", lang,
                               low=percent(row["low"], 0), high=percent(row["high"], 0))
        for row in rows[rows["low"].notna()].to_dict("records")
    }  # fmt: skip


def neighbours_figure(
    names: Sequence[str], of: Sequence[str], point: Array, draws: Array, least: Array, most: Array,
    grade: str, sources: Sequence[str], lang: str,
) -> Exhibit:  # fmt: skip
    """Draw how far the other cases are from some, by design.

    Parameters
    ----------
    names : sequence of str
        The cases, in the order of the arrays.
    of : sequence of str
        Cases to measure from, one panel each.
    point : array of shape (case, case)
        Distances under the weights of the run, in [0, 1].
    draws : array of shape (draw, case, case)
        Distances under random weights.
    least, most : array of shape (case, case)
        Ends of the distances whatever the unknown choices are.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, panels = plt.subplots(
        len(of), 1, squeeze=False, sharex=True,
        figsize=(WIDE, 0.44 * len(of) * (len(names) - 1) + 0.5 * len(of) + 1.5),
    )  # fmt: skip
    low, high = np.nanquantile(draws, [0.05, 0.95], axis=0)
    said = []
    for axes, start in zip(panels[:, 0], of, strict=True):
        i = names.index(start)
        others = sorted((j for j in range(len(names)) if j != i), key=lambda j: point[i, j])
        for place, j in enumerate(others):
            channel = CASE_CHANNEL[names[j]]
            axes.plot([least[i, j], most[i, j]], [place, place], color=RULE, linewidth=9,
                      solid_capstyle="butt")  # fmt: skip
            axes.plot([low[i, j], high[i, j]], [place, place], color=channel.color, linewidth=3)
            axes.plot(point[i, j], place, channel.marker, color=channel.color, markersize=9,
                      markeredgecolor="white")  # fmt: skip
            said.append(_said(names[i], names[j], lang, point=point[i, j], low=low[i, j],
                              high=high[i, j], least=least[i, j], most=most[i, j]))  # fmt: skip
        axes.set_yticks(range(len(others)), [case_name(names[j], lang) for j in others])
        axes.set(ylim=(len(others) - 0.5, -0.5), xlim=(0, 1))
        axes.tick_params(axis="y", length=0, labelsize=9)
        axes.set_title(label("process.near.of", lang, case=case_name(start, lang)), fontsize=10)
    axes.set_xlabel(label("process.near.x", lang), fontsize=9)
    title = label("process.near.title", lang)
    figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    legend_below(axes, _near_key(lang), 0.62)
    alt = label("process.near.alt", lang, rows=label("lev.join", lang).join(said))
    return Exhibit(figure, alt, title, grade, sources, lang)


def _said(start: str, end: str, lang: str, **numbers: float) -> str:
    words = {name: plain(value, 2) for name, value in numbers.items()}
    names = {"case": case_name(start, lang), "other": case_name(end, lang)}
    return label("process.near.row", lang, **names, **words)


def _near_key(lang: str) -> list[Line2D]:
    return [
        Line2D([], [], linestyle="", marker="o", color=INK, markersize=8,
               label=label("process.near.point", lang)),
        Line2D([], [], color=INK, linewidth=3, label=label("process.near.draws", lang)),
        Line2D([], [], color=RULE, linewidth=9, label=label("process.near.bounds", lang)),
    ]  # fmt: skip
