"""Panels side by side with one title, one legend and one footer: the frame of several figures."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from abscase.show.exhibit import Exhibit
from abscase.show.labels import label
from abscase.show.style import Channel


def canvas(
    rows: int, columns: int, legend: int, height: float = 2.9
) -> tuple[Figure, list[list[Axes]]]:
    """Return a figure of panels with room under them for a legend of so many lines."""
    size = (7.6, height * rows + 0.9 + 0.2 * legend)
    figure, panels = plt.subplots(rows, columns, figsize=size, squeeze=False)
    return figure, [list(row) for row in panels]


def band(axes: Axes, table: pd.DataFrame, value: str, channel: Channel, text: str) -> None:
    """Draw a line with about eight markers, and its limits ``lo`` and ``hi`` as a band."""
    look = channel.line() | {"markersize": 5, "markevery": max(1, len(table) // 8)}
    axes.plot(table["age_months"], table[value], **look, label=text)  # type: ignore[arg-type]
    axes.fill_between(
        table["age_months"], table["lo"].astype(float), table["hi"].astype(float),
        color=channel.color, alpha=0.15, linewidth=0,
    )  # fmt: skip


def ages_below(panels: Sequence[Axes], lang: str) -> None:
    """Name the axis of ages."""
    for axes in panels:
        axes.set_xlabel(label("haz.age", lang))
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))


def finish(
    figure: Figure, key: str, alt: str, grade: str, sources: Sequence[str], lang: str,
    **fields: object,
) -> Exhibit:  # fmt: skip
    """Return the exhibit, titled, with one legend under all panels that names each thing once."""
    title = label(f"haz.{key}.title", lang, **fields)
    figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    held = [axes.get_legend_handles_labels() for axes in figure.axes]
    once = {text: mark for marks, texts in held for mark, text in zip(marks, texts, strict=True)}
    # Anchored by hand, with room kept: cutting the picture to its content moves the rest.
    legend = figure.legend(
        list(once.values()), list(once), loc="lower left", fontsize=9,
        bbox_to_anchor=(0, 0), bbox_transform=figure.transFigure, borderaxespad=0,
    )  # fmt: skip
    taken = (
        legend.get_window_extent(FigureCanvasAgg(figure).get_renderer()).height / figure.bbox.height
    )
    engine = figure.get_layout_engine()
    assert isinstance(engine, ConstrainedLayoutEngine)
    engine.set(rect=(0, taken, 1, 1 - taken))
    return Exhibit(figure, alt, title, grade, sources, lang)
