"""Cut the Chinese font of the figures and pages out of Noto Sans CJK SC.

``python -m abscase.show.fonts.subset NotoSansCJK-Regular.ttc`` rewrites the font beside this file.
The family gets a name of its own, so that matplotlib and browsers never take an installed font of
another version in its place, and the same label gives the same picture everywhere.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from abscase.show.fonts import FONT_FILE

FAMILY = "Abscase Sans SC"
SIMPLIFIED = 2  # place of "Noto Sans CJK SC" in the collection
SIGNS = "–—‘’“”…‰′″€™←↑→↓−×÷±√∞∑≈≠≤≥·•①②③④⑤⑥⑦⑧⑨⑩■□▲△▼●○◆★☆✓"


def characters() -> set[int]:
    """Return the code points kept: GB 2312, Latin, full-width forms, CJK punctuation and signs."""
    pairs = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    chinese = {ord(text) for pair in pairs if (text := pair.decode("gb2312", "ignore"))}
    ranges = (range(0x20, 0x7F), range(0xA0, 0x180), range(0x3000, 0x3040), range(0xFF01, 0xFFEF))
    return chinese.union(map(ord, SIGNS), *ranges)


def subset(collection: Path, target: Path) -> None:
    """Write the subset of ``collection`` to ``target``; the same input gives the same bytes."""
    font = TTFont(collection, fontNumber=SIMPLIFIED, recalcTimestamp=False)
    options = Options(layout_features=["kern"], hinting=False, notdef_outline=True)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables = ["GSUB", "vhea", "vmtx", "VORG"]
    cutter = Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    plain = FAMILY.replace(" ", "")
    names = {1: FAMILY, 3: FAMILY, 4: f"{FAMILY} Regular", 6: f"{plain}-Regular"}
    for number, name in names.items():
        font["name"].setName(name, number, 3, 1, 0x409)
    font["CFF "].cff.fontNames = [f"{plain}-Regular"]
    top = font["CFF "].cff.topDictIndex[0]
    top.FamilyName, top.FullName = FAMILY, f"{FAMILY} Regular"
    font.save(target)


if __name__ == "__main__":
    subset(Path(sys.argv[1]), FONT_FILE)
