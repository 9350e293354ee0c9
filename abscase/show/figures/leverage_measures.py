"""The figures of leverage as measured and as limited: definitions by date, rules, loss to ruin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, NullFormatter

from abscase.operating.definitions import DEFINITIONS
from abscase.show.exhibit import Exhibit
from abscase.show.figures.leverage import TARGET, Array, canvas, finish, line, target_line
from abscase.show.figures.wrap import wrap
from abscase.show.labels import label
from abscase.show.leverage import binding_words, join, named, short_percent, short_times
from abscase.show.numbers import date, money, percent
from abscase.show.style import CHANNELS, INK

BARS = (("own_book", CHANNELS[0].color, ""), ("credit", CHANNELS[1].color, "//"))
WIDE = 0.38
NOTE_WIDTH = 46
PLAIN = {"facecolor": "white", "edgecolor": "none", "pad": 1}


def caps_bars(
    allowed: pd.DataFrame, observed: float, grade: str, sources: Sequence[str], lang: str
) -> Exhibit:
    """Draw what each rule leaves of a plan, name the limits that bind, and mark what was observed.

    Parameters
    ----------
    allowed : DataFrame
        As `caps.apply_all` returns it; a ``rule`` is shown by its label ``lev.rule.<rule>``.
    observed : float
        Multiple of facilitated credit observed, in times.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, axes = canvas(3, height=0.4 + 0.62 * len(allowed))
    names = [named("lev.rule", rule, lang) for rule in allowed["rule"]]
    binding = [binding_words(limits, lang) for limits in allowed["binding"]]
    _bars(axes, allowed, lang)
    seen = label("lev.observed", lang, observed=short_times(observed, lang))
    axes.axvline(observed, color=TARGET, linestyle=(0, (4, 3)), linewidth=1.5, label=seen, zorder=0)
    ticks = [f"{name}\n{limits}" for name, limits in zip(names, binding, strict=True)]
    axes.set_yticks(np.arange(len(allowed)), ticks, fontsize=9)
    axes.set(xscale="log", xlim=(1, 4 * max(allowed["credit"].max(), observed)))
    axes.invert_yaxis()
    _times_axis(axes.xaxis, lang)
    multiples = allowed[["own_book", "credit"]].to_numpy()
    rows = [
        label("lev.caps.row", lang, rule=name, binding=limits, own=short_times(own, lang),
              credit=short_times(credit, lang))
        for name, limits, (own, credit) in zip(names, binding, multiples, strict=True)
    ]  # fmt: skip
    shown = short_times(observed, lang)
    alt = label("lev.caps.alt", lang, rows=join(rows, lang), observed=shown)
    return finish(figure, "caps", alt, grade, sources, lang)


def definitions_by_date(
    multiples: pd.DataFrame, target: float, currency: str,
    grade: str, sources: Sequence[str], lang: str,
) -> Exhibit:  # fmt: skip
    """Draw the four definitions of leverage at each date, on a logarithmic scale.

    Parameters
    ----------
    multiples : DataFrame
        As `definitions.four_definitions` returns it, with a column ``date``.
    target : float
        Multiple of the claim, in times.
    currency : str
        Of the capital, which stands under each date.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, axes = canvas(len(DEFINITIONS) + 1, height=3.6)
    when = [date(day, lang, "month") for day in multiples["date"]]
    capital = [money(amount, currency, lang, 2) for amount in multiples["capital"]]
    days = [
        label("lev.capital", lang, date=day, amount=amount)
        for day, amount in zip(when, capital, strict=True)
    ]
    rows = []
    for place, name in enumerate(DEFINITIONS):
        text, values = label(f"lev.{name}", lang), multiples[name].to_numpy(dtype=float)
        known = _points(axes, values, place, text, lang)
        words = join([f"{days[x]} {shown}" for x, shown in known.items()], lang)
        words = words or label("lev.unknown", lang)
        rows.append(label("lev.definitions.row", lang, name=text, values=words))
    target_line(axes, target, lang)
    top = np.nanmax([target, *multiples[list(DEFINITIONS)].to_numpy(dtype=float).ravel()])
    ticks = [f"{day}\n{amount}" for day, amount in zip(when, capital, strict=True)]
    axes.set_xticks(np.arange(len(days)), ticks, fontsize=8)
    axes.set(yscale="log", ylim=(1, 2.5 * top), xlim=(-0.7, len(days) - 0.4))
    _times_axis(axes.yaxis, lang)
    shown = short_times(target, lang)
    alt = label("lev.definitions.alt", lang, target=shown, rows=join(rows, lang))
    return finish(figure, "definitions", alt, grade, sources, lang, drop=0.8)


def ruin_curves(
    multiples: Array, losses: Mapping[tuple[float, float], Array],
    grade: str, sources: Sequence[str], lang: str,
) -> Exhibit:  # fmt: skip
    """Draw the pool loss that wipes out capital, over the multiple, on logarithmic scales.

    Parameters
    ----------
    multiples : array of shape (m,)
        Sold loans outstanding over capital, in times.
    losses : mapping of (retained share, recourse) to array of shape (m,)
        Loss to ruin, a decimal; infinite where no loss ruins.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, axes = canvas(len(losses))
    rows, at = [], int(np.abs(multiples - 100).argmin())
    for channel, ((kept, back), loss) in zip(CHANNELS, losses.items(), strict=False):
        end = label("lev.never", lang)
        if np.isfinite(loss[at]):
            where = short_times(multiples[at], lang)
            end = label("lev.ruin.at", lang, loss=percent(loss[at]), at=where)
        terms = {"kept": short_percent(kept), "recourse": short_percent(back)}
        rows.append(label("lev.ruin.row", lang, end=end, **terms))
        line(axes, multiples, np.where(np.isfinite(loss), loss, np.nan), channel, rows[-1])
    axes.set(xscale="log", yscale="log", xlim=(multiples[0], multiples[-1]))
    _times_axis(axes.xaxis, lang)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short_percent(value)))
    notes = [wrap(note, NOTE_WIDTH) for note in _unseen(multiples, losses, lang)]
    # No curve runs below that of full recourse: the lower left is free.
    axes.text(0.02, 0.03, "\n".join(notes), transform=axes.transAxes, fontsize=8.5, color=INK)
    alt = label("lev.ruin.alt", lang, rows=join(rows, lang))
    return finish(figure, "ruin", alt, grade, sources, lang)


def _unseen(
    multiples: Array, losses: Mapping[tuple[float, float], Array], lang: str
) -> Iterator[str]:
    """Yield what the eye cannot find: curves that lie on one another, and terms without a curve."""
    words = {
        (kept, back): label(
            "lev.ruin.terms", lang, kept=short_percent(kept), recourse=short_percent(back)
        )
        for kept, back in losses
    }
    for (one, first), (other, second) in combinations(losses.items(), 2):
        same = np.isfinite(first) & np.isclose(first, second)
        if same.any():
            start = short_times(multiples[same][0], lang)
            yield label("lev.ruin.same", lang, one=words[one], other=words[other], start=start)
    for terms, loss in losses.items():
        if not np.isfinite(loss).any():
            yield label("lev.ruin.none", lang, terms=words[terms])


def _bars(axes: Axes, allowed: pd.DataFrame, lang: str) -> None:
    """Two bars a rule: without and with joint loans."""
    for place, (column, color, hatch) in enumerate(BARS):
        bars = axes.barh(
            np.arange(len(allowed)) + WIDE * (place - 0.5), allowed[column], WIDE, color=color,
            hatch=hatch, edgecolor="white", label=label(f"lev.{column}", lang),
        )  # fmt: skip
        texts = [short_times(value, lang) for value in allowed[column]]
        axes.bar_label(bars, texts, padding=3, fontsize=9, bbox=PLAIN)


def _points(axes: Axes, values: Array, place: int, text: str, lang: str) -> dict[int, str]:
    """Draw one definition beside the others at each date; return what is written at the points."""
    channel, where = CHANNELS[place], np.arange(len(values)) + 0.22 * (place - 1.5)
    axes.plot(where, values, channel.marker, color=channel.color, markersize=7, label=text)
    known = {int(x): short_times(values[x], lang) for x in np.flatnonzero(np.isfinite(values))}
    side = 6 if place % 2 == 0 else -13  # neighbours of one value write on different sides
    for x, shown in known.items():
        axes.annotate(
            shown, (where[x], values[x]), (0, side), textcoords="offset points", fontsize=7.5,
            ha="center",
        )  # fmt: skip
    return known


def _times_axis(axis: Axis, lang: str) -> None:
    axis.set_major_formatter(FuncFormatter(lambda value, _: short_times(value, lang)))
    axis.set_minor_formatter(NullFormatter())
