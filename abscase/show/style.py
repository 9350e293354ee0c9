"""The look of every figure: palette, fonts, and a second channel beside colour."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.font_manager import FontProperties, fontManager

from abscase.errors import ChoiceError
from abscase.show.fonts import FONT_FILE
from abscase.show.labels import LANGS

INK, QUIET, RULE = "#1f2328", "#57606a", "#d0d7de"
SETTINGS: dict[Any, Any] = {
    "figure.dpi": 96, "savefig.dpi": 192, "savefig.bbox": "tight", "savefig.pad_inches": 0.12,
    "svg.hashsalt": "abscase", "svg.fonttype": "path", "axes.unicode_minus": True,
    "figure.figsize": (7.2, 4.2), "figure.constrained_layout.use": True,
    "figure.max_open_warning": 0, "text.parse_math": False,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": QUIET, "grid.color": RULE,
    "axes.titlelocation": "left", "axes.titlesize": 12, "axes.titlepad": 10,
    "legend.frameon": False, "axes.spines.top": False, "axes.spines.right": False,
}  # fmt: skip


@dataclass(frozen=True)
class Channel:
    """How one series is drawn: a colour and, for who cannot see it, a line style and a marker."""

    color: str
    linestyle: str | tuple[int, tuple[int, ...]]
    marker: str

    def line(self) -> dict[str, object]:
        """Return the keywords of ``Axes.plot``."""
        return {"color": self.color, "linestyle": self.linestyle, "marker": self.marker}


# Blue and orange stand for the two cases on the pages as well (report/page.css).
CHANNELS = (
    Channel("#0173b2", "-", "o"),
    Channel("#de8f05", "--", "s"),
    Channel("#029e73", "-.", "^"),
    Channel("#cc78bc", ":", "D"),
    Channel("#949494", (0, (5, 1, 1, 1, 1, 1)), "v"),
    Channel("#d55e00", (0, (1, 1)), "P"),
)
CASE_CHANNEL = dict(
    zip(("ant", "us_subprime", "us_cards", "us_prime", "cn_peers"), CHANNELS, strict=False)
)


def theme(lang: str) -> None:
    """Set palette, fonts and saving for figures in ``lang`` ("en" or "zh").

    Chinese glyphs come from the shipped subset of Noto Sans CJK SC, Latin ones from DejaVu Sans.

    Raises
    ------
    ChoiceError
        If ``lang`` is no language of abscase.
    """
    if lang not in LANGS:
        raise ChoiceError("language", lang, LANGS)
    sns.set_theme(context="notebook", style="ticks", palette="colorblind", font_scale=0.9)
    mpl.rcParams.update(SETTINGS | {"font.family": ["DejaVu Sans", chinese_family()]})


@cache
def chinese_family() -> str:
    """Return the family name of the shipped Chinese font, after making it known to matplotlib."""
    fontManager.addfont(FONT_FILE)
    return FontProperties(fname=FONT_FILE).get_name()
