"""The figures of one deal's run: balances, who is paid, triggers and states, breakevens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import ScaledTranslation

from abscase.operating.waterfall import Breakeven, Result, enhancement
from abscase.operating.waterfall.triggers import BELOW
from abscase.show.exhibit import Exhibit
from abscase.show.figures.leverage import canvas
from abscase.show.labels import label
from abscase.show.leverage import join, short_percent
from abscase.show.numbers import money, percent, times
from abscase.show.style import CHANNELS, INK, QUIET
from abscase.show.waterfall import named

RANKED = LinearSegmentedColormap.from_list("ranked", ["#08306b", "#6baed6", "#fdd49e", "#d55e00"])
USES = {
    "fee": ("#949494", "xx"), "swap": ("#ca9161", "++"), "interest": ("#0173b2", ""),
    "principal": ("#56b4e9", "//"), "purchase": ("#029e73", "\\\\"), "residual": ("#de8f05", ".."),
    "kept": ("#cc78bc", "--"),
}  # fmt: skip
STATE_COLORS = ("#e8f1f8", "#fdf0dc", "#f8ddd3")
STATE_HATCHES = ("", "..", "//")
SHOWN_UP_TO = 1e-4


def balances(result: Result, name: str, grade: str, sources: Sequence[str], lang: str) -> Exhibit:
    """Draw the balances of the classes on one another, the first in rank lowest, and the pool.

    Parameters
    ----------
    result : Result
        A run; its first scenario is drawn.
    name : str
        The deal, for the title.
    grade, sources, lang
        As in `Exhibit`.
    """
    deal, size = result.deal, result.opening_pool
    rows = [row for row in result.rated if result.opening_balance[row] > 0]
    paths = result.lines["balance"][:, rows, 0].T / size
    start = result.opening_balance[rows] / size
    paths = np.concatenate([start[:, None], paths], axis=1)
    pool = np.concatenate([[1.0], result.lines["pool"][:, 0] / size])
    end = _end(np.maximum(paths.sum(axis=0), pool))
    figure, axes = canvas(1 + (len(rows) + 1) // 6, height=3.2)
    colors = RANKED(np.linspace(0, 1, len(rows)) if len(rows) > 1 else [0.0])
    t, names = np.arange(end), [named("tranche", deal.names[row], lang) for row in rows]
    axes.stackplot(t, paths[:, :end], colors=colors, edgecolor="white", linewidth=0.5,
                   labels=names)  # fmt: skip
    axes.plot(t, pool[:end], color=INK, linestyle="--", linewidth=1.5,
              label=label("wf.balances.pool", lang))  # fmt: skip
    _percent_axis(axes)
    axes.set(xlim=(0, end - 1), ylim=(0, None))
    _months_axis(axes)
    gone = [_gone(path, each, lang) for path, each in zip(paths, names, strict=True)]
    alt = label("wf.balances.alt", lang, deal=name, rows=join(gone, lang), months=end - 1)
    return _finish(figure, axes, "balances", alt, name, grade, sources, lang, columns=5)


def _gone(path: np.ndarray, name: str, lang: str) -> str:
    month = int(np.argmax(path <= 1e-9)) if (path <= 1e-9).any() else 0
    key = "wf.balances.gone" if month else "wf.balances.stays"
    return label(key, lang, name=name, month=month)


def _end(path: np.ndarray) -> int:
    """Return the number of points until nothing is left to be seen."""
    seen = np.flatnonzero(path > SHOWN_UP_TO)
    return int(min(len(path), (seen.max() if len(seen) else 0) + 2))


def payments(
    result: Result, stack: pd.DataFrame, name: str, grade: str, sources: Sequence[str], lang: str
) -> Exhibit:
    """Draw who received the cash of each payment.

    Parameters
    ----------
    result : Result
        The run.
    stack : DataFrame
        As `payment_stack` returns it.
    name : str
        The deal.
    grade, sources, lang
        As in `Exhibit`.
    """
    wide = stack.pivot_table("amt", "period", "use", "sum").fillna(0.0) / result.opening_pool
    wide = wide[[use for use in USES if use in wide]]
    end = max(_end(wide.abs().sum(axis=1).to_numpy()) - 1, 1)
    figure, axes = canvas(1 + len(wide.columns) // 4, height=3.2)
    foot = {1: np.zeros(end), -1: np.zeros(end)}
    t = np.arange(1, end + 1)
    for use, amounts in wide.iloc[:end].items():
        color, hatch = USES[str(use)]
        for sign in (1, -1):
            part = sign * np.maximum(sign * amounts.to_numpy(), 0)
            if not part.any():
                continue
            axes.bar(t, part, 1.0, foot[sign], color=color, hatch=hatch if end < 40 else "",
                     edgecolor="white", linewidth=0.4 if end < 40 else 0)  # fmt: skip
            foot[sign] = foot[sign] + part
    axes.axhline(0, color=QUIET, linewidth=0.8)
    _percent_axis(axes)
    axes.set(xlim=(0.5, end + 0.5))
    _months_axis(axes)
    marks = [Patch(facecolor=USES[use][0], hatch=USES[use][1], edgecolor="white",
                   label=named("use", use, lang)) for use in map(str, wide)]  # fmt: skip
    totals = [label("wf.stack.row", lang, use=named("use", str(use), lang),
                    amount=money(float(total) * result.opening_pool, result.deal.currency, lang))
              for use, total in wide.sum().items()]  # fmt: skip
    alt = label("wf.stack.alt", lang, deal=name, rows=join(totals, lang))
    return _finish(figure, axes, "stack", alt, name, grade, sources, lang, marks=marks, columns=4)


def states(
    result: Result, line: pd.DataFrame, name: str, grade: str, sources: Sequence[str], lang: str
) -> Exhibit:
    """Draw the state of the deal as bands, and each trigger's measure over its level.

    Parameters
    ----------
    result : Result
        The run.
    line : DataFrame
        As `trigger_line` returns it.
    name : str
        The deal.
    grade, sources, lang
        As in `Exhibit`.

    Notes
    -----
    A measure that trips below its level is drawn as level over measure, so that every trigger trips
    at 1 from below.
    """
    pool = result.lines["pool"][:, 0] / result.opening_pool
    end = max(min(_end(pool), len(line)), 2)
    line, t = line.iloc[:end], np.arange(1, end + 1)
    drawn = [each for each in result.deal.triggers
             if each.kind not in ("date", "originator_default")]  # fmt: skip
    figure, axes = canvas(1 + len(drawn) // 2, height=3.2)
    seen = _bands(axes, line, result, lang)
    rows = []
    for channel, each in zip(CHANNELS, drawn, strict=False):
        measure, level = line[each.name].to_numpy(), line[f"{each.name}_level"].to_numpy(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = level / measure if each.kind in BELOW else measure / level
        ratio = np.clip(np.where(np.isfinite(ratio), ratio, np.nan), 0, 3)
        text = named("trigger", each.name, lang)
        axes.plot(t, ratio, color=channel.color, linestyle=channel.linestyle, label=text,
                  marker=channel.marker, markevery=max(1, end // 10), markersize=5)  # fmt: skip
        over = t[np.nan_to_num(ratio) > 1]
        key = "wf.states.trips" if len(over) else "wf.states.holds"
        rows.append(label(key, lang, name=text, month=int(over[0]) if len(over) else 0))
    axes.axhline(1, color=CHANNELS[5].color, linestyle=(0, (4, 3)), linewidth=1.5,
                 label=label("wf.states.level", lang))  # fmt: skip
    axes.set(xlim=(0.5, end + 0.5), ylim=(0, 3.1))
    _months_axis(axes)
    alt = label("wf.states.alt", lang, deal=name, states=join(seen, lang),
                rows=join(rows or [label("wf.states.none", lang)], lang))  # fmt: skip
    return _finish(figure, axes, "states", alt, name, grade, sources, lang, columns=3)


def _bands(axes: Axes, line: pd.DataFrame, result: Result, lang: str) -> list[str]:
    """Shade the states; return which one holds from which payment on."""
    order, seen = list(result.deal.priorities), []
    change = line["state"].ne(line["state"].shift()).cumsum()
    for _, part in line.groupby(change):
        state, first, last = part["state"].iloc[0], part["period"].iloc[0], part["period"].iloc[-1]
        place = order.index(state) % len(STATE_COLORS)
        axes.axvspan(first - 0.5, last + 0.5, facecolor=STATE_COLORS[place],
                     hatch=STATE_HATCHES[place], edgecolor="white", zorder=0)  # fmt: skip
        text = named("state", state, lang)
        axes.text((first + last) / 2, 2.85, text, ha="center", va="center", fontsize=8.5,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5})  # fmt: skip
        seen.append(label("wf.states.from", lang, state=text, month=int(first)))
    return seen


def breakeven_bars(
    result: Result, found: Sequence[Breakeven], name: str, grade: str, sources: Sequence[str],
    lang: str,
) -> Exhibit:  # fmt: skip
    """Draw the pool loss at which each class is first hit, beside its enhancement.

    Parameters
    ----------
    result : Result
        The run whose pool loss is expected.
    found : sequence of Breakeven
        One a class, the first in rank first.
    name : str
        The deal.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, axes = canvas(2, height=1.2 + 0.3 * len(found))
    cover, places = enhancement(result.deal), np.arange(len(found))
    names = [named("tranche", each.tranche, lang) for each in found]
    never = [not np.isfinite(each.multiple) for each in found]
    lost = [each.pool_loss for each in found]
    bars = axes.barh(places, lost, 0.62, color=CHANNELS[0].color)
    for bar, unbroken in zip(bars, never, strict=True):
        if unbroken:
            bar.set(facecolor="white", edgecolor=CHANNELS[0].color, hatch="//")
    axes.plot([cover[each.tranche] for each in found], places, "D", color=CHANNELS[1].color,
              markeredgecolor="white", markersize=7,
              label=label("wf.breakeven.cover", lang))  # fmt: skip
    expected = found[0].expected_loss
    text = label("wf.breakeven.expected", lang, loss=percent(expected, 2))
    axes.axvline(expected, color=CHANNELS[5].color, linestyle=(0, (4, 3)), label=text)
    rows = []
    reach = max([*lost, *(cover[each.tranche] for each in found)])
    for place, each in enumerate(found):
        key = "wf.breakeven.row" if np.isfinite(each.multiple) else "wf.breakeven.never"
        fields = {"loss": percent(each.pool_loss), "coverage": times(each.coverage, lang)}
        shown = label(key, lang, **fields)
        axes.text(max(each.pool_loss, cover[each.tranche]) + 0.02 * reach, place, shown,
                  va="center", fontsize=8.5)  # fmt: skip
        rows.append(label("wf.breakeven.alt_row", lang, name=names[place], text=shown))
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.45 * max(reach, 0.01))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short_percent(value)))
    marks = axes.get_legend_handles_labels()[0]
    if any(never):
        text = label("wf.breakeven.unbroken", lang)
        marks.append(Patch(facecolor="white", edgecolor=CHANNELS[0].color, hatch="//", label=text))
    alt = label("wf.breakeven.alt", lang, deal=name, rows=join(rows, lang),
                expected=percent(expected, 2))  # fmt: skip
    return _finish(figure, axes, "breakeven", alt, name, grade, sources, lang, marks=marks)


def _percent_axis(axes: Axes) -> None:
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short_percent(value)))


def _months_axis(axes: Axes) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _finish(
    figure: Figure, axes: Axes, key: str, alt: str, name: str, grade: str,
    sources: Sequence[str], lang: str, marks: Sequence[Artist] | None = None, columns: int = 1,
) -> Exhibit:  # fmt: skip
    """Return the exhibit, titled, with its legend below."""
    title = label(f"wf.{key}.title", lang, deal=name)
    axes.set_title(title)
    axes.set(xlabel=label(f"wf.{key}.x", lang), ylabel=label(f"wf.{key}.y", lang))
    legend_below(figure, axes, columns, marks)
    return Exhibit(figure, alt, title, grade, sources, lang)


def legend_below(
    figure: Figure, axes: Axes, columns: int, marks: Sequence[Artist] | None = None,
    drop: float = 0.62,
) -> None:  # fmt: skip
    """Put the legend ``drop`` inches under the axes, where it hides nothing."""
    below = axes.transAxes + ScaledTranslation(0, -drop, figure.dpi_scale_trans)
    found = list(marks) if marks is not None else axes.get_legend_handles_labels()[0]
    axes.legend(
        handles=found, loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=below,
        borderaxespad=0, fontsize=8.5, ncols=columns,
    )  # fmt: skip
