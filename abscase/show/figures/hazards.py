"""The figures of hazards: by age, as ratios, as cumulative incidence, and against outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from abscase.show.exhibit import Exhibit
from abscase.show.figures.panels import ages_below, band, canvas, finish
from abscase.show.figures.wrap import wrap
from abscase.show.hazards import join, rate
from abscase.show.labels import label
from abscase.show.numbers import plain
from abscase.show.style import CHANNELS, INK, QUIET

CAUSES = ("default", "prepaid")
CAUSE_CHANNEL = dict(zip(CAUSES, CHANNELS, strict=False))
ROADS = ("discrete", "cox")
RATIO_TICKS = (0.1, 0.2, 0.33, 0.5, 0.7, 1, 1.4, 2, 3, 5, 10, 20)
RATE_TICKS = [size * 10.0**power for power in range(-5, 0) for size in (1, 2, 5)]
WIDE, LABEL_WIDTH = 100, 30


def hazard_by_age(
    curves: Mapping[str, Mapping[str, pd.DataFrame]], observed: Mapping[str, pd.DataFrame],
    period: str, case: str, grade: str, sources: Sequence[str], lang: str,
) -> Exhibit:  # fmt: skip
    """Draw the fitted hazard of each cause by age for several loans, over what was observed.

    Parameters
    ----------
    curves : mapping of cause to mapping of loan to DataFrame
        As `hazard_by_age` of the measures returns it, for each loan by its words.
    observed : mapping of cause to DataFrame
        ``age_months`` and ``rate``: events over loans at risk.
    period : {"month", "quarter"}
        What one hazard is of.
    case : str
        Whose loans, in words.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, panels = canvas(1, len(curves), legend=1 + len(next(iter(curves.values()))))
    rows = []
    for axes, (cause, lines) in zip(panels[0], curves.items(), strict=True):
        seen = observed[cause]
        axes.plot(seen["age_months"], seen["rate"], ".", color=QUIET, markersize=4, zorder=0,
                  label=label("haz.observed", lang))  # fmt: skip
        for channel, (text, curve) in zip(CHANNELS, lines.items(), strict=False):
            band(axes, curve, "hazard", channel, text)
        top = max(curve["hazard"].max() for curve in lines.values())
        top = 1.1 * max(top, seen["rate"].max(), 1e-6)
        axes.set(title=label(f"haz.cause.{cause}", lang), ylim=(0, top))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: rate(value)))
        rows.append(_peaks(cause, lines, lang))
    panels[0][0].set_ylabel(label(f"haz.by_age.y.{period}", lang))
    ages_below(panels[0], lang)
    alt = label("haz.by_age.alt", lang, rows=join(rows, lang))
    return finish(figure, "by_age", alt, grade, sources, lang, case=case)


def ratios(
    table: pd.DataFrame, step: str, case: str, grade: str, sources: Sequence[str], lang: str
) -> Exhibit:
    """Draw ratios with their intervals, each by two roads, on a logarithmic scale.

    Parameters
    ----------
    table : DataFrame
        ``name`` (words of the covariate), ``road`` ("discrete", "cox"), ``ratio``, ``ratio_lo``,
        ``ratio_hi``.
    step : str
        Words for the axis: the ratio of what.
    case : str
        Whose loans, in words.
    grade, sources, lang
        As in `Exhibit`.
    """
    names = list(dict.fromkeys(table["name"]))
    figure, axes = plt.subplots(figsize=(7.2, 1.5 + 0.5 * len(names)))
    rows = []
    for place, road in enumerate(ROADS):
        part = table[table["road"] == road]
        if part.empty:
            continue
        y = np.array([names.index(name) for name in part["name"]]) + 0.26 * place - 0.13
        channel, text = CHANNELS[place], label(f"haz.road.{road}", lang)
        away = [part["ratio"] - part["ratio_lo"], part["ratio_hi"] - part["ratio"]]
        axes.errorbar(part["ratio"], y, xerr=away, fmt=channel.marker, color=channel.color,
                      capsize=3, label=text)  # fmt: skip
        says = join([_interval(row, lang) for row in part.to_dict("records")], lang)
        rows.append(label("haz.row", lang, name=text, values=says))
    axes.axvline(1, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_yticks(range(len(names)), [wrap(name, LABEL_WIDTH) for name in names], fontsize=9)
    axes.invert_yaxis()
    _ratio_axis(axes, table)
    axes.set_xlabel(step)
    alt = label("haz.ratios.alt", lang, rows=join(rows, lang))
    return finish(figure, "ratios", alt, grade, sources, lang, case=case)


def incidence(
    curves: Mapping[str, pd.DataFrame], naive: Mapping[str, pd.DataFrame],
    grade: str, sources: Sequence[str], lang: str,
) -> Exhibit:  # fmt: skip
    """Draw the cumulative incidence of default and prepayment, and what 1 - KM would say.

    Parameters
    ----------
    curves : mapping of panel title to DataFrame
        As `cumulative_incidence` returns it.
    naive : mapping of panel title to DataFrame
        The same with default as the only cause, which is 1 less the Kaplan-Meier curve.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, panels = canvas(1, len(curves), legend=3)
    rows = []
    for axes, (title, table) in zip(panels[0], curves.items(), strict=True):
        says = []
        for cause in CAUSES:
            part, name = table[table["cause"] == cause], label(f"haz.cause.{cause}", lang)
            band(axes, part, "incidence", CAUSE_CHANNEL[cause], name)
            says.append(_end(name, part["incidence"], lang))
        wrong, name = naive[title], label("haz.naive", lang)
        axes.plot(wrong["age_months"], wrong["incidence"], color=QUIET, linewidth=1.5,
                  linestyle=(0, (1, 1)), label=name)  # fmt: skip
        says.append(_end(name, wrong["incidence"], lang))
        axes.set(title=title, ylim=(0, None))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: rate(value)))
        rows.append(label("haz.row", lang, name=title, values=join(says, lang, "haz.and")))
    panels[0][0].set_ylabel(label("haz.incidence.y", lang))
    ages_below(panels[0], lang)
    alt = label("haz.incidence.alt", lang, rows=join(rows, lang))
    return finish(figure, "incidence", alt, grade, sources, lang)


def calibration(
    groups: Mapping[str, pd.DataFrame], case: str, grade: str, sources: Sequence[str], lang: str
) -> Exhibit:
    """Draw observed against predicted rates by group of prediction, on logarithmic scales.

    Parameters
    ----------
    groups : mapping of sample to DataFrame
        As `calibration` of the measures returns it, for "fitted" and "later" periods.
    case : str
        Whose loans, in words.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, axes = plt.subplots(figsize=(5.8, 4.9))
    rows, ends = [], []
    for channel, (sample, table) in zip(CHANNELS, groups.items(), strict=False):
        text = label(f"haz.sample.{sample}", lang)
        held = table[(table["observed"] > 0) & (table["predicted"] > 0)]
        away = [held["observed"] - held["lo"], held["hi"] - held["observed"]]
        axes.errorbar(held["predicted"], held["observed"], yerr=away, fmt=channel.marker,
                      color=channel.color, capsize=2, label=text)  # fmt: skip
        ends += [held["predicted"], held["observed"]]
        low, high = table.iloc[0], table.iloc[-1]
        rows.append(label(
            "haz.calibration.row", lang, name=text, low=rate(low["predicted"]),
            low_seen=rate(low["observed"]), high=rate(high["predicted"]),
            high_seen=rate(high["observed"]),
        ))  # fmt: skip
    every = np.concatenate(ends)
    reach = [0.6 * float(every.min()), 1.6 * float(every.max())]
    wide = reach[1] > WIDE * reach[0]
    ticks = FixedLocator([10.0**power for power in range(-6, 1)] if wide else RATE_TICKS)
    axes.plot(reach, reach, color=INK, linewidth=1, linestyle=(0, (4, 3)),
              label=label("haz.diagonal", lang))  # fmt: skip
    axes.set(xscale="log", yscale="log", xlim=reach, ylabel=label("haz.calibration.y", lang),
             xlabel=label("haz.calibration.x", lang))  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(ticks)
        axis.set_major_formatter(FuncFormatter(lambda value, _: rate(value)))
        axis.set_minor_locator(NullLocator())
    alt = label("haz.calibration.alt", lang, rows=join(rows, lang))
    return finish(figure, "calibration", alt, grade, sources, lang, case=case)


def _ratio_axis(axes: Axes, table: pd.DataFrame) -> None:
    low, high = min(0.8, table["ratio_lo"].min()), max(1.25, table["ratio_hi"].max())
    axes.set(xscale="log", xlim=(0.9 * low, 1.1 * high))
    axes.xaxis.set_major_locator(FixedLocator(RATIO_TICKS))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _interval(row: Mapping[Any, Any], lang: str) -> str:
    ratio, low, high = (plain(row[name], 2) for name in ("ratio", "ratio_lo", "ratio_hi"))
    return label("haz.interval", lang, name=row["name"], value=ratio, low=low, high=high)


def _end(name: str, values: pd.Series, lang: str) -> str:
    return label("haz.end", lang, name=name, value=rate(float(values.iloc[-1])))


def _peaks(cause: str, lines: Mapping[str, pd.DataFrame], lang: str) -> str:
    says = []
    for text, curve in lines.items():
        top = curve.iloc[int(curve["hazard"].to_numpy().argmax())]
        says.append(label("haz.peak", lang, name=text, value=rate(top["hazard"]),
                          age=plain(top["age_months"])))  # fmt: skip
    name = label(f"haz.cause.{cause}", lang)
    return label("haz.row", lang, name=name, values=join(says, lang, "haz.and"))
