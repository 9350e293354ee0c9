"""The figures of the verdict: every test against its margin, and the last step of the argument."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from abscase.show.exhibit import Exhibit
from abscase.show.figures.wrap import wrap
from abscase.show.labels import has_label, label
from abscase.show.numbers import percent, plain, times
from abscase.show.style import CHANNELS, INK, QUIET
from abscase.show.verdicts import measure
from abscase.verdict.claims import ClaimRecord, Margin

ORDER = ("supported", "contradicted", "inconclusive", "not_identifiable")
LOOK = {
    "supported": (CHANNELS[0].color, "o"),
    "contradicted": (CHANNELS[5].color, "X"),
    "mixed": (CHANNELS[3].color, "P"),
    "inconclusive": (CHANNELS[4].color, "D"),
    "not_identifiable": (CHANNELS[4].color, "s"),
    "not_tested": (CHANNELS[4].color, "s"),
}
HOLDS = "#d8eadf"
LOG_FROM = 20.0  # a panel whose largest number is this many times its smallest takes a log scale
WIDE_INCHES, ROW_INCHES, LABEL_WIDTH = 7.7, 0.62, 48


def evidence_map(
    records: Sequence[ClaimRecord], margins: Mapping[str, Margin], lang: str
) -> Exhibit:
    """Draw every record's estimate and interval against its margin, one panel for each unit.

    Parameters
    ----------
    records : sequence of ClaimRecord
        At least one with an interval.
    margins : mapping
        As `verdict.claims.margins` returns it; gives the words of each measure.
    lang : str
        "en" or "zh".
    """
    drawn = [each for each in records if each.lo is not None and each.margin_rule != "none"]
    drawn.sort(key=lambda each: (ORDER.index(each.verdict), each.margin_id))
    units = list(dict.fromkeys(each.unit for each in drawn))
    panels = [[each for each in drawn if each.unit == unit] for unit in units]
    height = ROW_INCHES * len(drawn) + 0.9 * len(panels) + 0.8
    figure, axes = plt.subplots(
        len(panels), 1, figsize=(WIDE_INCHES, height), squeeze=False,
        gridspec_kw={"height_ratios": [len(panel) + 0.4 for panel in panels]},
    )  # fmt: skip
    for panel, place in zip(panels, axes[:, 0], strict=True):
        _panel(place, panel, margins, lang)
    title = label("verdict.map.title", lang)
    axes[0, 0].set_title(title)
    figure.legend(handles=_key(drawn, lang), loc="outside upper left", ncols=3, fontsize=8.5)
    found = Counter(each.verdict for each in drawn)
    counts = [
        label("verdict.map.count", lang, verdict=label(f"verdict.{name}", lang), n=found[name])
        for name in ORDER if found[name]
    ]  # fmt: skip
    alt = label(
        "verdict.map.alt", lang, n=len(drawn), counts=label("list.comma", lang).join(counts)
    )
    sources = sorted({name for each in drawn for name in each.source_ids})
    return Exhibit(figure, alt, title, max(each.grade for each in drawn), sources, lang)


def _panel(
    axes: Axes, records: Sequence[ClaimRecord], margins: Mapping[str, Margin], lang: str
) -> None:
    low, high, log = _limits(records)
    if log:
        axes.set_xscale("log")
    axes.set(xlim=(low, high), ylim=(len(records) - 0.5, -0.5))
    for row, each in enumerate(records):
        _region(axes, row, each, low, high)
        color, marker = LOOK[each.verdict]
        ends, place = np.array([each.lo, each.hi], float), np.array([each.estimate], float)
        axes.plot(ends, [row, row], color=color, linewidth=3, solid_capstyle="butt")
        axes.plot(place, [row], marker, color=color, markersize=9, markeredgecolor="white")
        note = label("verdict.map.note", lang, verdict=label(f"verdict.{each.verdict}", lang),
                     grade=each.grade)  # fmt: skip
        axes.annotate(note, (1.01, row), xycoords=("axes fraction", "data"), va="center",
                      fontsize=8.5, annotation_clip=False)  # fmt: skip
    names = [f"{each.claim_id}  {measure(each, margins, lang)}" for each in records]
    axes.set_yticks(range(len(records)), [wrap(name, LABEL_WIDTH) for name in names])
    axes.tick_params(axis="y", length=0, labelsize=8)
    axes.tick_params(axis="x", labelsize=8.5)
    unit = records[0].unit
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _number(value, unit, lang)))
    if not log:
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=unit in ("days", "count")))
    key = f"verdict.unit.{unit}{'_log' if log else ''}"
    axes.set_xlabel(label(key if has_label(key) else "verdict.unit.other", lang, unit=unit),
                    fontsize=8.5)  # fmt: skip


def _limits(records: Sequence[ClaimRecord]) -> tuple[float, float, bool]:
    """Return the ends of a panel's scale and whether it is logarithmic."""
    numbers = [
        number for each in records
        for number in (each.lo, each.hi, each.margin_low, each.margin_high) if number is not None
    ]  # fmt: skip
    low, high = min(numbers), max(numbers)
    if low > 0 and high > LOG_FROM * low:
        return low / 1.6, high * 1.6, True
    if records[0].unit == "decimal" and low >= 0 and high <= 1:
        return 0, 1.02, False
    room = 0.12 * ((high - low) or abs(high) or 1)
    return min(low, 0) - room, high + room, False


def _region(axes: Axes, row: int, record: ClaimRecord, low: float, high: float) -> None:
    """Shade where the claim holds and mark the margin."""
    given = [limit for limit in (record.margin_low, record.margin_high) if limit is not None]
    left, right = given[0], given[-1]
    bands = {
        "above": [(left, high)], "below": [(low, right)], "inside": [(left, right)],
        "outside": [(low, left), (right, high)],
    }[record.margin_rule]  # fmt: skip
    for start, end in bands:
        axes.fill_between([start, end], row - 0.38, row + 0.38, color=HOLDS, linewidth=0)
    for limit in given:
        axes.plot([limit, limit], [row - 0.38, row + 0.38], color=INK, linewidth=1.2)


def _number(value: float, unit: str, lang: str) -> str:
    if unit.startswith("decimal"):
        return percent(value, 0)
    digits = 0 if value == round(value) else 1
    return times(value, lang, digits) if unit == "times" else plain(value, digits)


def _key(records: Sequence[ClaimRecord], lang: str) -> list[Line2D | Patch]:
    seen = {each.verdict for each in records}
    signs: list[Line2D | Patch] = [Patch(color=HOLDS, label=label("verdict.map.holds", lang))]
    signs.append(Line2D([], [], color=INK, linewidth=1.2, label=label("verdict.map.margin", lang)))
    for name in (name for name in ORDER if name in seen):
        color, marker = LOOK[name]
        signs.append(Line2D(
            [], [], color=color, marker=marker, linewidth=3, markersize=8,
            markeredgecolor="white", label=label(f"verdict.{name}", lang),
        ))  # fmt: skip
    return signs


@dataclass(frozen=True)
class Box:
    """One statement of an argument: centre in the unit square, text, and claim it rests on."""

    x: float
    y: float
    key: str
    claim_id: str = ""


LIKE = (Box(0.17, 0.84, "verdict.arg.S10a", "S10a"), Box(0.17, 0.56, "verdict.arg.S10b", "S10b"),
        Box(0.17, 0.28, "verdict.arg.S10c", "S10c"))  # fmt: skip
ALIKE = Box(0.53, 0.56, "verdict.arg.alike")
HELPS = Box(0.53, 0.12, "verdict.arg.S6", "S6")
REGULATE = Box(0.86, 0.36, "verdict.arg.S10d", "S10d")
WIDE, HIGH = 0.25, 0.2


def argument_map(
    verdicts: Mapping[str, str], grade: str, sources: Sequence[str], lang: str
) -> Exhibit:
    """Draw the step from likeness to regulation, with the verdict on each premise.

    Parameters
    ----------
    verdicts : mapping
        Claim to verdict, as `verdict.synthesis.verdict_of` returns it.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, axes = plt.subplots(figsize=(WIDE_INCHES, 4.4))
    axes.set(xlim=(0.03, 1), ylim=(0, 1))
    axes.axis("off")
    for start in LIKE:
        _arrow(axes, start, ALIKE, "-")
    _arrow(axes, ALIKE, REGULATE, (0, (4, 3)), CHANNELS[5].color)
    _arrow(axes, HELPS, REGULATE, "-")
    axes.text(0.7, 0.49, "✕", color=CHANNELS[5].color, fontsize=15, ha="center", va="center")
    axes.text(0.735, 0.66, wrap(label("verdict.arg.gap", lang), 34), color=CHANNELS[5].color,
              fontsize=9, va="center")  # fmt: skip
    for box in (*LIKE, ALIKE, HELPS, REGULATE):
        _box(axes, box, verdicts, lang)
    title = label("verdict.arg.title", lang)
    axes.set_title(title)
    states = [f"{box.claim_id} {label('verdict.' + verdicts[box.claim_id], lang)}"
              for box in (*LIKE, HELPS, REGULATE)]  # fmt: skip
    alt = label("verdict.arg.alt", lang, states=label("list.comma", lang).join(states))
    return Exhibit(figure, alt, title, grade, sources, lang)


def _box(axes: Axes, box: Box, verdicts: Mapping[str, str], lang: str) -> None:
    verdict = verdicts.get(box.claim_id, "")
    edge = LOOK[verdict][0] if verdict else INK
    axes.add_patch(FancyBboxPatch(
        (box.x - WIDE / 2, box.y - HIGH / 2), WIDE, HIGH, boxstyle="round,pad=0.01", linewidth=1.6,
        facecolor="white", edgecolor=edge,
    ))  # fmt: skip
    text = wrap(" ".join(part for part in (box.claim_id, label(box.key, lang)) if part), 27)
    if verdict:
        text += f"\n[{label(f'verdict.{verdict}', lang)}]"
    axes.text(box.x, box.y, text, ha="center", va="center", fontsize=8.5)


def _arrow(
    axes: Axes, start: Box, end: Box, line: str | tuple[int, tuple[int, ...]], color: str = QUIET
) -> None:
    axes.annotate(
        "", (end.x - WIDE / 2 - 0.012, end.y), (start.x + WIDE / 2 + 0.012, start.y),
        arrowprops={"arrowstyle": "-|>", "color": color, "linestyle": line, "linewidth": 1.6},
    )  # fmt: skip
