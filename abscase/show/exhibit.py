"""A figure with what a reader needs beside it: alt text, evidence grade and sources."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from abscase.errors import AbscaseError, ChoiceError
from abscase.show.figures.wrap import wrap
from abscase.show.labels import label
from abscase.show.style import QUIET, SETTINGS

GRADES = ("A", "B", "C")
SCALE = 2  # pixels of the picture for each pixel on the page
FOOTER = "footer"
LETTERS_PER_INCH = 15  # of the footer's 8 point type


@dataclass(frozen=True)
class Exhibit:
    """A finished figure; making one prints its grade and sources under it and closes it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Drawn under ``style.theme``; its axes carry their own titles.
    alt : str
        What the figure shows, for who cannot see it; required.
    title : str
        Name of the figure in lists.
    grade : str
        Worst evidence grade of what is drawn, "A", "B" or "C".
    sources : sequence of str
        Source ids of what is drawn; at least one.
    lang : str
        Language of the footer.

    Raises
    ------
    AbscaseError
        If alt text, title or sources are empty.
    ChoiceError
        If the grade is unknown.
    """

    figure: Figure
    alt: str
    title: str
    grade: str
    sources: Sequence[str]
    lang: str = "en"

    def __post_init__(self) -> None:
        empty = [name for name in ("alt", "title") if not getattr(self, name).strip()]
        empty += [] if self.sources else ["sources"]
        if empty:
            raise AbscaseError(f"a figure needs its {', '.join(empty)}: say what it shows")
        if self.grade not in GRADES:
            raise ChoiceError("grade", self.grade, GRADES)
        object.__setattr__(self, "sources", tuple(dict.fromkeys(self.sources)))
        _print_footer(self.figure, footer(self.grade, self.sources, self.lang))
        plt.close(self.figure)

    def png(self) -> bytes:
        """Return the picture in PNG, at twice the size it has on the page."""
        return self._png

    @cached_property
    def _png(self) -> bytes:
        return _render(self.figure, "png", {"Software": None})

    def svg(self) -> bytes:
        """Return the picture in SVG, its letters as paths."""
        return _render(self.figure, "svg", {"Date": None, "Creator": None})

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, dict[str, object]]]:
        png = self.png()
        width = int.from_bytes(png[16:20], "big") // SCALE
        data = {"image/png": base64.b64encode(png).decode("ascii"), "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt, "width": width}}

    def save(self, folder: Path, name: str) -> list[Path]:
        """Write ``name.png`` and ``name.svg`` into ``folder``; the same figure, the same bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{name}.png", folder / f"{name}.svg"]
        for path, content in zip(paths, (self.png(), self.svg()), strict=True):
            draft = path.with_name(path.name + ".tmp")
            draft.write_bytes(content)
            draft.replace(path)
        return paths


def footer(grade: str, sources: Sequence[str], lang: str) -> str:
    """Return the line that names evidence grade and sources.

    >>> footer("B", ["ant-prospectus", "ant-nifd"], "en")
    'Grade B. Sources: ant-prospectus, ant-nifd'
    >>> footer("B", ["ant-prospectus", "ant-nifd"], "zh")
    '证据等级 B。来源：ant-prospectus、ant-nifd'
    """
    names = label("list.comma", lang).join(sources)
    return label("figure.footer", lang, grade=label("grade.line", lang, grade=grade), sources=names)


def _print_footer(figure: Figure, text: str) -> None:
    for old in [text for text in figure.texts if text.get_gid() == FOOTER]:
        old.remove()
    text = wrap(text, int(figure.get_figwidth() * LETTERS_PER_INCH))
    figure.text(
        0.01, -0.01, text, ha="left", va="top", fontsize=8, color=QUIET, gid=FOOTER,
        parse_math=False,
    )  # fmt: skip


def _render(figure: Figure, kind: str, metadata: dict[str, None]) -> bytes:
    drawing = {key: SETTINGS[key] for key in SETTINGS if key.startswith(("svg.", "savefig."))}
    buffer = io.BytesIO()
    with plt.rc_context(drawing):
        figure.savefig(buffer, format=kind, metadata=metadata)
    return buffer.getvalue()
