"""The figures of the process: the path of a loan, and who is known to check it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Patch, Rectangle
from matplotlib.transforms import ScaledTranslation

from abscase.case import Case
from abscase.operating.process.stages import stage_states
from abscase.show.exhibit import Exhibit
from abscase.show.figures.wrap import wrap
from abscase.show.labels import label
from abscase.show.process import case_name, stage_name
from abscase.show.style import CASE_CHANNEL, CHANNELS, INK, QUIET, RULE

FILL = {
    "checked": "#0173b2", "partly": "#9ec9e2", "own": "#f3d9a4", "none": "#d55e00",
    "open": "white", "absent": "#ececec",
}  # fmt: skip
TEXT = {"checked": "white", "none": "white"}
SHORT = ("checked", "partly", "own", "none", "open")
WIDE, ROW = 7.2, 0.74
LEFT, RIGHT, HALF, MARK = 0.075, 0.52, 0.33, 0.485
ACTOR_WIDTH, FRICTION_WIDTH, CELL_WIDTH = 44, 44, 12


def flow_chart(case: Case, stages: Sequence[str], lang: str) -> Exhibit:
    """Draw the stages of a case from top to bottom, its side channels, frictions and checks.

    Parameters
    ----------
    case : Case
    stages : sequence of str
        Stages to draw; every case has the same place for each.
    lang : str
        "en" or "zh".
    """
    rows = case.table("stage").set_index("stage_id").loc[list(stages)]
    states = stage_states([case], stages).set_index("stage_id")["state"]
    flows = case.table("flow")
    flows = flows[flows["from_stage"].isin(stages) & flows["to_stage"].isin(stages)]
    figure, axes = plt.subplots(figsize=(WIDE, ROW * len(stages) + 1.0))
    axes.set(xlim=(0, 1), ylim=(len(stages) - 0.45, -0.75))
    axes.axis("off")
    for place, (stage, row) in enumerate(rows.iterrows()):
        _stage(axes, place, str(stage), row, states[str(stage)], lang)
    _chain(axes, list(rows.index), rows["presence"].eq("absent").tolist())
    for each in flows[flows["channel"].notna()].to_dict("records"):
        _channel(axes, stages.index(each["from_stage"]), stages.index(each["to_stage"]),
                 label(f"process.channel.{each['channel']}", lang), case.name)  # fmt: skip
    axes.text(0.55, -0.62, label("process.flow.frictions", lang), fontsize=9, color=QUIET,
              va="center")  # fmt: skip
    for each in flows[flows["friction"].notna()].to_dict("records"):
        _friction(axes, stages.index(each["from_stage"]), stages.index(each["to_stage"]),
                  int(each["friction"]), str(each[f"what_{lang}"]))  # fmt: skip
    title = label("process.flow.title", lang, case=label(f"data.case.{case.name}", lang))
    axes.set_title(title)
    legend_below(axes, _state_key(lang, set(states)), 0.05, 2)
    used = pd.concat([rows.reset_index(), flows, case.table("control")], ignore_index=True)
    alt = _flow_alt(case, rows, states, flows, lang)
    return Exhibit(figure, alt, title, used["grade"].max(), sorted(set(used["source_id"])), lang)


def _stage(axes: Axes, place: int, stage: str, row: pd.Series, state: str, lang: str) -> None:
    gone = row["presence"] == "absent"
    axes.add_patch(FancyBboxPatch(
        (LEFT, place - HALF), RIGHT - LEFT, 2 * HALF, boxstyle="round,pad=0,rounding_size=0.01",
        facecolor="white", edgecolor=RULE if gone else INK, linewidth=1.1,
        linestyle=(0, (3, 3)) if gone else "-",
    ))  # fmt: skip
    color = QUIET if gone else INK
    actor = label("process.absent", lang) if gone else row[f"actor_{lang}"]
    axes.text(LEFT + 0.012, place - 0.17, stage_name(stage, lang), fontsize=10,
              color=color, va="center")  # fmt: skip
    if pd.notna(actor):
        axes.text(LEFT + 0.012, place + 0.1, wrap(str(actor), ACTOR_WIDTH, 2), fontsize=8,
                  color=color, va="center", linespacing=1.05)  # fmt: skip
    if not gone:
        axes.plot(MARK, place - 0.17, "s", markersize=11, markeredgecolor=INK,
                  markerfacecolor=FILL[state], markeredgewidth=0.9)  # fmt: skip
        axes.text(MARK - 0.02, place - 0.17, label(f"process.state.{state}", lang), fontsize=8,
                  color=QUIET, ha="right", va="center")  # fmt: skip


def _chain(axes: Axes, stages: Sequence[object], gone: Sequence[bool]) -> None:
    """Join the stages that follow one another; what the case lacks is passed by a broken line."""
    middle = (LEFT + RIGHT) / 2
    for place in range(len(stages) - 1):
        if stages[place + 1] == "resecuritisation":
            continue
        broken = gone[place] or gone[place + 1]
        axes.annotate(
            "", (middle, place + 1 - HALF), (middle, place + HALF),
            arrowprops={"arrowstyle": "-|>", "color": RULE if broken else INK, "linewidth": 1.2,
                        "shrinkA": 0, "shrinkB": 0,
                        "linestyle": (0, (3, 3)) if broken else "-"},
        )  # fmt: skip


def _channel(axes: Axes, start: int, end: int, text: str, case: str) -> None:
    color = CASE_CHANNEL[case].color
    x = 0.035
    axes.plot([LEFT, x, x], [start, start, end], color=color, linewidth=2.2, linestyle="-")
    look = {"arrowstyle": "-|>", "color": color, "linewidth": 2.2, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (LEFT, end), (x, end), arrowprops=look)
    axes.text(0.012, (start + end) / 2, text, rotation=90, fontsize=8.5, color=color, ha="center",
              va="center")  # fmt: skip


def _friction(axes: Axes, start: int, end: int, number: int, text: str) -> None:
    """Number a friction on its link, its words to the right of the boxes."""
    side = end - start > 3  # a link that runs beside the chain: put it where the link ends
    y = float(end) if side else (start + end) / 2
    axes.plot([RIGHT, 0.55], [y, y], color=CHANNELS[5].color, linewidth=0.9)
    axes.plot(0.55, y, "o", markersize=14, markerfacecolor="white", clip_on=False,
              markeredgecolor=CHANNELS[5].color, markeredgewidth=1.4)  # fmt: skip
    axes.text(0.55, y, str(number), fontsize=9, ha="center", va="center_baseline",
              color=CHANNELS[5].color)  # fmt: skip
    axes.text(0.578, y, wrap(text, FRICTION_WIDTH), fontsize=8, va="center", linespacing=1.1)


def legend_below(
    axes: Axes, handles: Sequence[Line2D | Patch], drop: float, columns: int = 1
) -> None:
    """Put a legend ``drop`` inches under the axes, above the line of grade and sources."""
    below = axes.transAxes + ScaledTranslation(0, -drop, axes.figure.dpi_scale_trans)
    axes.legend(
        handles=list(handles), loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=below,
        borderaxespad=0, ncols=columns, fontsize=8.5,
    )  # fmt: skip


def _state_key(lang: str, states: set[str]) -> list[Line2D | Patch]:
    words = {state: label(f"process.state_long.{state}", lang) for state in SHORT}
    return [
        Patch(facecolor=FILL[state], edgecolor=INK, label=text)
        for state, text in words.items()
        if state in states
    ]


def _flow_alt(
    case: Case, rows: pd.DataFrame, states: pd.Series, flows: pd.DataFrame, lang: str
) -> str:
    comma, stop = label("list.comma", lang), label("lev.join", lang)
    gone = rows["presence"] == "absent"
    names = {stage: stage_name(str(stage), lang) for stage in rows.index}
    nothing = label("process.flow.nothing", lang)
    channels = [label(f"process.channel.{each}", lang) for each in flows["channel"].dropna()]
    checks = [f"{names[stage]} {label(f'process.state.{state}', lang)}"
              for stage, state in states.items() if state != "absent"]  # fmt: skip
    frictions = [
        label("process.flow.friction", lang, n=int(row["friction"]), what=row[f"what_{lang}"],
              start=names[row["from_stage"]], end=names[row["to_stage"]])
        for row in flows[flows["friction"].notna()].to_dict("records")
    ]  # fmt: skip
    return label(
        "process.flow.alt", lang, present=comma.join(names[each] for each in rows.index[~gone]),
        absent=comma.join(names[each] for each in rows.index[gone]) or nothing,
        channels=stop.join(channels) or nothing, states=comma.join(checks),
        frictions=stop.join(frictions) or nothing,
    )  # fmt: skip


def control_map(states: pd.DataFrame, grade: str, sources: Sequence[str], lang: str) -> Exhibit:
    """Draw who is known to check each stage of each case.

    Parameters
    ----------
    states : DataFrame
        As `stages.stage_states` returns it.
    grade, sources, lang
        As in `Exhibit`.
    """
    cases, stages = list(dict.fromkeys(states["case"])), list(dict.fromkeys(states["stage_id"]))
    figure, axes = plt.subplots(figsize=(WIDE, 0.42 * len(stages) + 1.6))
    for row in states.to_dict("records"):
        x, y, state = cases.index(row["case"]), stages.index(row["stage_id"]), row["state"]
        axes.add_patch(Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=FILL[state],
                                 edgecolor=RULE, linewidth=0.8))  # fmt: skip
        text = label(f"process.state.{state}", lang)
        text += f" ({row['grade']})" if row["grade"] else ""
        axes.text(x, y, text, ha="center", va="center", fontsize=8.5, color=TEXT.get(state, INK))
    axes.set(xlim=(-0.5, len(cases) - 0.5), ylim=(len(stages) - 0.5, -0.5))
    axes.set_xticks(range(len(cases)), [wrap(case_name(name, lang), CELL_WIDTH) for name in cases])
    axes.set_yticks(range(len(stages)), [stage_name(name, lang) for name in stages])
    axes.tick_params(length=0, labelsize=9, top=True, labeltop=True, bottom=False,
                     labelbottom=False)  # fmt: skip
    axes.spines[:].set_visible(False)
    title = label("process.map.title", lang)
    axes.set_title(title)
    legend_below(axes, _state_key(lang, set(states["state"])), 0.1)
    words = [_case_words(name, states[states["case"] == name], lang) for name in cases]
    return Exhibit(figure, label("process.map.alt", lang, cases=" ".join(words)), title, grade,
                   sources, lang)  # fmt: skip


def _case_words(name: str, states: pd.DataFrame, lang: str) -> str:
    counts = Counter(states["state"])
    return label(
        "process.map.case", lang, case=case_name(name, lang), n=len(states) - counts["absent"],
        **{state: counts[state] for state in SHORT},
    )  # fmt: skip
