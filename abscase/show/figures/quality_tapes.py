"""The figures of loan tapes: arrears over time, roll matrix, vintage curves, chain-ladder fan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from abscase.quality.chain_ladder import ChainLadder
from abscase.show.exhibit import Exhibit
from abscase.show.figures.quality import canvas, draw, finish, join
from abscase.show.labels import label
from abscase.show.numbers import date, percent
from abscase.show.quality import named, small_percent, state_name
from abscase.show.style import CHANNELS, INK, QUIET

DARK = 0.55  # of the largest shade, from which letters are white
MOST = 6  # curves that can still be told apart


def arrears(
    paths: Mapping[str, pd.DataFrame], published: pd.DataFrame, name: str, dpd: int,
    grade: str, sources: Sequence[str], lang: str,
) -> Exhibit:  # fmt: skip
    """Draw the share of the balance in arrears, month by month, under each scenario.

    Parameters
    ----------
    paths : mapping of scenario to DataFrame
        ``date`` and ``share`` (decimal of the balance).
    published : DataFrame
        ``date`` and ``value`` of printed shares of the same bucket; may be empty.
    name : str
        What the tape is of, in words.
    dpd : int
        Days past due from which a loan counts.
    grade, sources, lang
        As in `Exhibit`.
    """
    figure, axes = canvas(len(paths) + 1)
    rows = []
    for channel, (scenario, path) in zip(CHANNELS, paths.items(), strict=False):
        top: Any = path.iloc[int(path["share"].to_numpy().argmax())]
        when, word = date(top["date"], lang, "month"), named("scenario", scenario, lang)
        text = label("qa.arrears.row", lang, scenario=word, top=small_percent(top["share"]),
                     date=when)  # fmt: skip
        draw(axes, path["date"], path["share"], channel, text)
        rows.append(text)
    if len(published):
        values = [small_percent(value) for value in published["value"]]
        text = label("qa.arrears.published", lang, values=label("list.comma", lang).join(values))
        axes.plot(published["date"], published["value"], "*", color=CHANNELS[5].color, zorder=5,
                  markeredgecolor=INK, markersize=11, linestyle="none", label=text)  # fmt: skip
        rows.append(text)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value)))
    alt = label("qa.arrears.alt", lang, name=name, dpd=dpd, rows=join(rows, lang))
    return finish(figure, "arrears", alt, grade, sources, lang, name=name, dpd=dpd)


def roll_matrix(
    bands: pd.DataFrame, name: str, grade: str, sources: Sequence[str], lang: str
) -> Exhibit:
    """Draw a transition matrix as a heat map, each cell with its bootstrap band.

    Parameters
    ----------
    bands : DataFrame
        As `stationarity.matrix_bands` returns it.
    name : str
        What the tape is of, in words.
    grade, sources, lang
        As in `Exhibit`.
    """
    wide = {part: bands.pivot_table(part, "previous_state", "state", dropna=False)
            for part in ("probability", "lo", "hi")}  # fmt: skip
    best = wide["probability"]
    figure, axes = canvas(0, height=0.9 + 0.62 * len(best))
    # A root spreads the shades of small shares, which are those that matter here.
    shades = np.sqrt(best.to_numpy(dtype=float))
    axes.imshow(shades, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in np.ndindex(best.shape):
        value, lo, hi = (float(wide[part].to_numpy()[row, column]) for part in wide)
        text = f"{small_percent(value)}\n{small_percent(lo)}–{small_percent(hi)}" if value else "0"
        axes.text(column, row, text, ha="center", va="center", fontsize=7.5,
                  color="white" if shades[row, column] > DARK else INK)  # fmt: skip
    axes.set_xticks(range(best.shape[1]), [state_name(code, lang) for code in best.columns])
    axes.set_yticks(range(best.shape[0]), [state_name(code, lang) for code in best.index])
    axes.tick_params(length=0)
    cells: list[Any] = list(bands[bands["probability"] > 0].itertuples())
    rows = [label("qa.roll.row", lang, start=state_name(row.previous_state, lang),
                  end=state_name(row.state, lang), value=small_percent(row.probability),
                  lo=small_percent(row.lo), hi=small_percent(row.hi))
            for row in cells]  # fmt: skip
    alt = label("qa.roll.alt", lang, name=name, rows=join(rows, lang))
    return finish(figure, "roll", alt, grade, sources, lang, name=name)


def vintage_curves(
    table: pd.DataFrame, name: str, grade: str, sources: Sequence[str], lang: str
) -> Exhibit:
    """Draw cumulative default of each vintage from the loans at risk, and the naive curve.

    Parameters
    ----------
    table : DataFrame
        As `vintages.vintages` returns it, up to the oldest age to draw.
    name : str
        What the tape is of, in words.
    grade, sources, lang
        As in `Exhibit`.
    """
    # A vintage whose loans all came into view at a later age has nothing to draw.
    seen = table[table["at_risk"] > 0]
    names = largest(seen)
    figure, axes = canvas(len(names) + 1)
    rows = []
    for channel, vintage in zip(CHANNELS, names, strict=False):
        part = seen[seen["vintage"] == vintage]
        last: Any = part.iloc[-1]
        text = label("qa.vintage.row", lang, vintage=vintage, age=f"{last['age_months']:g}",
                     share=small_percent(last["default_share"]),
                     naive=small_percent(last["naive_default_share"]))  # fmt: skip
        draw(axes, part["age_months"], part["default_share"], channel, text)
        axes.plot(part["age_months"], part["naive_default_share"], color=channel.color,
                  linewidth=1, linestyle=(0, (1, 1.5)))  # fmt: skip
        rows.append(text)
    axes.plot([], [], color=QUIET, linewidth=1, linestyle=(0, (1, 1.5)),
              label=label("qa.vintage.naive", lang))  # fmt: skip
    _shares(axes)
    alt = label("qa.vintage.alt", lang, name=name, rows=join(rows, lang))
    return finish(figure, "vintage", alt, grade, sources, lang, name=name)


def fan(
    ladder: ChainLadder | None,
    loans: pd.Series,
    name: str,
    max_age: int,
    grade: str,
    sources: Sequence[str],
    lang: str,
) -> Exhibit:
    """Draw the vintages as far as they are seen, and what the chain ladder makes of the rest.

    Parameters
    ----------
    ladder : ChainLadder or None
        Of counts of default; None where nothing can be projected, which is then said.
    loans : Series
        Loans made in each vintage, by vintage: the base of the shares.
    name : str
        What the tape is of, in words.
    max_age : int
        The age projected to, in months.
    grade, sources, lang
        As in `Exhibit`.
    """
    if ladder is None:
        return _nothing(name, max_age, grade, sources, lang)
    names = _ripe_and_unripe(ladder)
    figure, axes = canvas(len(names) + 1)
    ends: Any = ladder.ultimate.set_index("vintage")
    rows = []
    for channel, vintage in zip(CHANNELS, names, strict=False):
        part = ladder.projection[ladder.projection["vintage"] == vintage]
        base = float(loans[vintage])
        seen = part[part["observed"]]
        end: Any = part.iloc[-1]
        text = label("qa.fan.row", lang, vintage=vintage, age=f"{ends.loc[vintage, 'age']:g}",
                     latest=small_percent(ends.loc[vintage, "latest"] / base),
                     end=small_percent(end["amount"] / base), lo=small_percent(end["lo"] / base),
                     hi=small_percent(end["hi"] / base))  # fmt: skip
        draw(axes, seen["age"], seen["amount"] / base, channel, text)
        ahead = part[part["age"] >= ends.loc[vintage, "age"]]
        axes.plot(ahead["age"], ahead["amount"] / base, color=channel.color, linewidth=1.4,
                  linestyle=(0, (3, 2)))  # fmt: skip
        axes.fill_between(ahead["age"], ahead["lo"] / base, ahead["hi"] / base,
                          color=channel.color, alpha=0.18, linewidth=0)  # fmt: skip
        rows.append(text)
    axes.plot([], [], color=QUIET, linewidth=1.4, linestyle=(0, (3, 2)),
              label=label("qa.fan.projected", lang))  # fmt: skip
    _shares(axes)
    alt = label("qa.fan.alt", lang, name=name, rows=join(rows, lang))
    return finish(figure, "fan", alt, grade, sources, lang, name=name)


def _nothing(name: str, max_age: int, grade: str, sources: Sequence[str], lang: str) -> Exhibit:
    figure, axes = canvas(0, height=2.6)
    text = label("qa.fan.none", lang, age=max_age)
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes)
    axes.set(xticks=[], yticks=[])
    return finish(figure, "fan", f"{name}. {text}", grade, sources, lang, name=name)


def _ripe_and_unripe(ladder: ChainLadder) -> list[str]:
    """The last ripe vintage, and those with something still to come."""
    told = ladder.ultimate
    open_ones = list(told.loc[told["age"] < told["age"].max(), "vintage"])
    ripe = list(told.loc[told["age"] == told["age"].max(), "vintage"])
    return [*ripe[-1:], *spread(open_ones, MOST - 1)]


def largest(table: pd.DataFrame, most: int = MOST) -> list[str]:
    """Return at most so many vintages, those of the most loans, in order.

    >>> largest(pd.DataFrame({"vintage": ["a", "b", "c"], "loans": [9, 1, 5]}), 2)
    ['a', 'c']
    """
    sizes = table.drop_duplicates("vintage").sort_values("loans", ascending=False, kind="stable")
    return sorted(sizes["vintage"].iloc[:most])


def spread(names: Sequence[str], most: int = MOST) -> list[str]:
    """Return at most so many of the names, evenly spaced, the first and the last among them.

    >>> spread(["a", "b", "c", "d", "e"], 3)
    ['a', 'c', 'e']
    """
    if len(names) <= most:
        return list(names)
    return [names[int(place)] for place in np.linspace(0, len(names) - 1, most).round()]


def _shares(axes: Axes) -> None:
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value)))
