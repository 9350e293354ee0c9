"""The figure of the data: what is covered, for which years, by evidence of which grade."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from abscase.show.exhibit import Exhibit
from abscase.show.labels import has_label, label
from abscase.show.style import INK, QUIET

FILL = {"A": "#0173b2", "B": "#9ec9e2", "C": "#e9e4d4"}
TEXT = {"A": "white", "B": INK, "C": INK}
WIDE_INCHES, HIGH_INCHES, NAMES_INCHES = 0.232, 0.33, 1.6


def coverage_map(counts: pd.DataFrame, n_sources: int, lang: str) -> Exhibit:
    """Draw the number of rows for each case, family and year, coloured by the best grade.

    Parameters
    ----------
    counts : DataFrame
        As `verdict.coverage.coverage` returns it; not empty.
    n_sources : int
        Number of sources; too many to print under the figure.
    lang : str
        "en" or "zh".
    """
    cases = list(dict.fromkeys(counts["case"]))
    sizes = [counts.loc[counts["case"] == case, "family"].nunique() for case in cases]
    first, last = int(counts["year"].min()), int(counts["year"].max())
    figure, places = plt.subplots(
        len(cases), 1, squeeze=False, sharex=True, gridspec_kw={"height_ratios": sizes},
        figsize=(NAMES_INCHES + WIDE_INCHES * (last - first + 1),
                 1.1 + HIGH_INCHES * sum(sizes) + 0.7 * len(cases)),
    )  # fmt: skip
    for axes, case in zip(places[:, 0], cases, strict=True):
        _block(axes, counts[counts["case"] == case], lang)
        axes.set_title(label(f"data.case.{case}", lang), fontsize=10.5)
        axes.tick_params(axis="x", labelbottom=True, length=4, color=QUIET)
    axes.set_xlim(first - 0.5, last + 0.5)
    axes.set_xticks([year for year in range(first, last + 1) if year % 5 == 0] or [first])
    axes.xaxis.set_major_formatter("{x:.0f}")
    grades = sorted(counts["grade"].unique())
    handles = [Patch(color=FILL[grade], label=label("data.map.grade", lang, grade=grade))
               for grade in grades]  # fmt: skip
    figure.legend(handles=handles, loc="outside upper left", ncols=3, fontsize=9)
    return _finish(figure, counts, n_sources, lang)


def _block(axes: Axes, counts: pd.DataFrame, lang: str) -> None:
    families = sorted(counts["family"].unique(), key=lambda name: _family(name, lang))
    for row in counts.to_dict("records"):
        place = families.index(row["family"])
        axes.add_patch(Rectangle((row["year"] - 0.48, place - 0.46), 0.96, 0.92,
                                     color=FILL[row["grade"]], linewidth=0))  # fmt: skip
        axes.text(row["year"], place, f"{row['rows']}\n{row['grade']}", ha="center", va="center",
                  linespacing=0.95, fontsize=6.5, color=TEXT[row["grade"]])  # fmt: skip
    axes.set_ylim(len(families) - 0.5, -0.5)
    axes.set_yticks(range(len(families)), [_family(name, lang) for name in families])
    axes.tick_params(axis="both", length=0, labelsize=8.5)
    axes.spines[:].set_visible(False)


def _finish(figure: Figure, counts: pd.DataFrame, n_sources: int, lang: str) -> Exhibit:
    lines = [
        label("data.map.case", lang, case=label(f"data.case.{case}", lang), rows=rows["rows"].sum(),
              families=rows["family"].nunique(), first=rows["year"].min(), last=rows["year"].max())
        for case, rows in counts.groupby("case", sort=False)
    ]  # fmt: skip
    alt = label("data.map.alt", lang, cases=" ".join(lines))
    title = label("data.map.title", lang)
    sources = [label("data.map.sources", lang, n=n_sources)]
    return Exhibit(figure, alt, title, counts["grade"].max(), sources, lang)


def _family(name: str, lang: str) -> str:
    key = f"data.family.{name}"
    return label(key, lang) if has_label(key) else name
