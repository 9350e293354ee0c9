"""The figures of the leverage engine: build-up, flow beside stock, retention and rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import ScaledTranslation

from abscase.show.exhibit import Exhibit
from abscase.show.labels import label
from abscase.show.leverage import join, short_percent, short_times
from abscase.show.numbers import percent
from abscase.show.style import CHANNELS, INK, QUIET, Channel

Array = npt.NDArray[np.float64]
LEVELS = (1, 3, 10, 30, 100, 300)
TARGET = CHANNELS[5].color
FOOT = 0.035  # of the height, under the contours: room for a sign at the lowest share


def build_up(
    multiples: Mapping[float, Array], target: float, grade: str, sources: Sequence[str], lang: str
) -> Exhibit:
    """Draw loans made over capital, round by round, for each retained share.

    Parameters
    ----------
    multiples : mapping of float to array
        Retained share to the running multiple T_1 / K .. T_n / K, in times.
    target : float
        Multiple of the claim, in times.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, axes = canvas(len(multiples) + 1)
    texts = [
        label("lev.kept", lang, kept=short_percent(kept), end=short_times(path[-1], lang))
        for kept, path in multiples.items()
    ]
    for channel, text, path in zip(CHANNELS, texts, multiples.values(), strict=False):
        line(axes, np.arange(1.0, len(path) + 1), path, channel, text)
    target_line(axes, target, lang)
    axes.set_ylim(bottom=0)
    alt = label(
        "lev.build_up.alt", lang, rounds=max(map(len, multiples.values())),
        ends=join(texts, lang), target=short_times(target, lang),
    )  # fmt: skip
    return finish(figure, "build_up", alt, grade, sources, lang)


def flow_and_stock(
    months: Array, made: Array, held: Mapping[float, Array], target: float,
    grade: str, sources: Sequence[str], lang: str,
) -> Exhibit:  # fmt: skip
    """Draw loans made and loans outstanding over capital, month by month.

    Parameters
    ----------
    months : array of shape (t,)
        Months since the first issue.
    made : array of shape (t,)
        Loans made so far over capital, in times.
    held : mapping of float to array of shape (t,)
        Revolving months to loans outstanding over capital, in times.
    target, grade, sources, lang
        As in `build_up`.
    """
    figure, axes = canvas(len(held) + 2)
    texts = [label("lev.made", lang, end=short_times(made[-1], lang))]
    for revolving, path in held.items():
        peak, key = short_times(path.max(), lang), "lev.held" if revolving else "lev.static"
        texts.append(label(key, lang, months=f"{revolving:g}", peak=peak))
    for channel, text, path in zip(CHANNELS, texts, [made, *held.values()], strict=False):
        line(axes, months, path, channel, text)
    target_line(axes, target, lang)
    axes.set_ylim(bottom=0)
    alt = label(
        "lev.flow_and_stock.alt", lang, months=f"{months[-1]:g}", ends=join(texts, lang),
        target=short_times(target, lang),
    )  # fmt: skip
    return finish(figure, "flow_and_stock", alt, grade, sources, lang)


def contour(
    rounds: Array, retained: Array, multiples: Array, needed: Array, target: float,
    points: Mapping[str, tuple[float, float]], grade: str, sources: Sequence[str], lang: str,
) -> Exhibit:  # fmt: skip
    """Draw the flow multiple over rounds and retained share, and the line of the target.

    Parameters
    ----------
    rounds : array of shape (n,)
        Numbers of loan books.
    retained : array of shape (r,)
        Retained shares.
    multiples : array of shape (r, n)
        T_n / K, in times.
    needed : array of shape (n,)
        Largest retained share that reaches the target in each number of rounds.
    target : float
        In times.
    points : mapping of label key to (rounds, retained share)
        Terms to mark.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, axes = canvas(len(points) + 1)
    norm = LogNorm(LEVELS[0], LEVELS[-1])
    fill = axes.contourf(
        rounds, retained, multiples, LEVELS, cmap="Blues", norm=norm, extend="both"
    )
    axes.contour(rounds, retained, multiples, LEVELS, colors=QUIET, linewidths=0.6)
    bar = figure.colorbar(fill, ax=axes, ticks=LEVELS)
    bar.ax.set_yticklabels([short_times(level, lang) for level in LEVELS])
    bar.ax.minorticks_off()
    shown = short_times(target, lang)
    axes.plot(
        rounds, needed, color=TARGET, linewidth=2.5, label=label("lev.target", lang, target=shown)
    )
    texts = [label(key, lang, kept=short_percent(kept)) for key, (_, kept) in points.items()]
    for channel, text, (count, kept) in zip(CHANNELS[1:], texts, points.values(), strict=False):
        _mark(axes, count, kept, channel, text)
    foot = retained[0] - FOOT * (retained[-1] - retained[0])
    axes.set(xscale="log", xlim=(rounds[0], rounds[-1]), ylim=(foot, retained[-1]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short_percent(value)))
    alt = label(
        "lev.contour.alt", lang, target=shown, rounds=f"{rounds[-1]:g}",
        needed=percent(float(needed[-1]), 2), points=join(texts, lang),
    )  # fmt: skip
    return finish(figure, "contour", alt, grade, sources, lang)


def canvas(legend_lines: int, height: float = 3.2) -> tuple[Figure, Axes]:
    """Return a figure with room under its axes for a legend of so many lines."""
    figure, axes = plt.subplots(figsize=(7.2, height + 0.9 + 0.2 * legend_lines))
    return figure, axes


def line(axes: Axes, x: Array, y: Array, channel: Channel, text: str) -> None:
    """Draw a line with about ten markers."""
    look: dict[str, Any] = channel.line()
    axes.plot(x, y, **look, markevery=max(1, len(x) // 10), label=text)


def target_line(axes: Axes, target: float, lang: str) -> None:
    """Draw the multiple of the claim as a broken line."""
    text = label("lev.target", lang, target=short_times(target, lang))
    axes.axhline(target, color=TARGET, linewidth=1.5, linestyle=(0, (4, 3)), label=text)


def finish(
    figure: Figure,
    key: str,
    alt: str,
    grade: str,
    sources: Sequence[str],
    lang: str,
    drop: float = 0.62,
) -> Exhibit:
    """Return the exhibit, titled, its legend ``drop`` inches under the axes, hiding nothing."""
    axes, title = figure.axes[0], label(f"lev.{key}.title", lang)
    axes.set_title(title)
    axes.set(xlabel=label(f"lev.{key}.x", lang), ylabel=label(f"lev.{key}.y", lang))
    below = axes.transAxes + ScaledTranslation(0, -drop, figure.dpi_scale_trans)
    axes.legend(
        loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=below, borderaxespad=0, fontsize=9
    )
    return Exhibit(figure, alt, title, grade, sources, lang)


def _mark(axes: Axes, x: float, y: float, channel: Channel, text: str) -> None:
    axes.plot(
        x, y, channel.marker, color="white", markeredgecolor=INK, markersize=9,
        markeredgewidth=1.5, clip_on=False, zorder=5, label=text,
    )  # fmt: skip
