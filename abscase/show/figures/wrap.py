"""Line breaks for text in figures, where a Chinese character is as wide as two letters."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

CHINESE = r"\u2e80-\u9fff\uff00-\uffef\u3000-\u303f"
PIECE = re.compile(rf"[{CHINESE}]\s?|[^\s{CHINESE}]+\s?|\s")
NOT_FIRST = set("，。、；：！？）》”’,.;:!?)%")


def width(text: str) -> int:
    """Return the width of a text in letters; a Chinese character counts as two.

    >>> width("ABS"), width("优先级")
    (3, 6)
    """
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def wrap(text: str, most: int, lines: int | None = None) -> str:
    """Return the text broken into lines of at most ``most`` letters, cut after ``lines`` with "…".

    Breaks at spaces and between Chinese characters, never before closing punctuation.

    >>> wrap("rules before the stop", 12)
    'rules before\\nthe stop'
    >>> wrap("rules before the stop of the listing", 12, lines=2)
    'rules before\\nthe stop…'
    >>> wrap("暂缓上市，次日公布。", 8)
    '暂缓上\\n市，次日\\n公布。'
    """
    found, line = [], ""
    for piece in _pieces(text):
        if line and width(line) + width(piece.rstrip()) > most:
            found.append(line.rstrip())
            line = ""
        line += piece
    found.append(line.rstrip())
    if lines is not None and len(found) > lines:
        found = [*found[: lines - 1], _cut(found[lines - 1])]
    return "\n".join(found)


def _cut(line: str) -> str:
    """Return a line without its last piece, which would not end here, and with "…"."""
    return "".join(_pieces(line)[:-1]).rstrip("，。、；： ,;:") + "…"


def _pieces(text: str) -> list[str]:
    """Split into the parts that must not be broken: words, and characters with what follows."""
    pieces: list[str] = []
    for piece in PIECE.findall(text):
        if pieces and piece.strip() and piece[0] in NOT_FIRST and not pieces[-1].endswith(" "):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces
