"""Figures in both languages have a glyph for every sign, and a second channel beside colour."""

import csv
import warnings

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from fontTools.ttLib import TTFont
from matplotlib.font_manager import FontProperties, findfont

from abscase.errors import ChoiceError
from abscase.show.fonts import FONT_FILE
from abscase.show.fonts.subset import characters
from abscase.show.labels import FOLDER
from abscase.show.style import CASE_CHANNEL, CHANNELS, chinese_family, theme

GLYPHS = set(TTFont(FONT_FILE).getBestCmap())
DEJAVU = set(TTFont(findfont(FontProperties(family="DejaVu Sans"))).getBestCmap())


@pytest.fixture(autouse=True)
def as_before():
    with mpl.rc_context():
        yield


def test_the_font_holds_gb2312_and_its_licence_lies_beside_it():
    chinese = {sign for sign in characters() if 0x4E00 <= sign <= 0x9FFF}
    assert len(chinese) == 6763
    assert chinese <= GLYPHS
    assert "SIL OPEN FONT LICENSE Version 1.1" in FONT_FILE.with_name("OFL.txt").read_text("utf-8")
    assert FONT_FILE.stat().st_size < 2_000_000


def test_the_font_does_not_take_the_reserved_name():
    names = [
        str(record) for record in TTFont(FONT_FILE)["name"].names if record.nameID in (1, 4, 6)
    ]
    assert names and not any("Source" in name or "Noto" in name for name in names)


def test_every_sign_of_the_labels_has_a_glyph():
    rows = [row for path in FOLDER.glob("*.csv")
            for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]  # fmt: skip
    signs = {sign for row in rows for lang in ("en", "zh") for sign in row[lang]}
    assert {sign for sign in signs if ord(sign) not in GLYPHS | DEJAVU} == set()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_figure_in_either_language_draws_without_a_missing_glyph(lang):
    theme(lang)
    figure, axes = plt.subplots()
    axes.set_title("杠杆：1.73万亿元，“优先级”与次级（−5%）; Ant's 100×")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.canvas.draw()
    plt.close(figure)


def test_the_shipped_font_is_the_one_that_is_found():
    theme("zh")
    assert findfont(FontProperties(family=chinese_family())) == str(FONT_FILE)


def test_no_two_channels_share_colour_line_or_marker():
    for name in ("color", "linestyle", "marker"):
        assert len({getattr(channel, name) for channel in CHANNELS}) == len(CHANNELS)
    assert CASE_CHANNEL["ant"] != CASE_CHANNEL["us_subprime"]


def test_another_language_is_refused():
    with pytest.raises(ChoiceError, match="choose from: en, zh"):
        theme("de")
