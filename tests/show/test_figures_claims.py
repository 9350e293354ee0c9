from itertools import pairwise

import pandas as pd
import pytest

from abscase.show.figures.claims import KINDS, timeline
from abscase.show.figures.wrap import width, wrap
from abscase.show.labels import LANGS, label
from abscase.show.style import theme


@pytest.fixture
def lanes():
    dates = pd.to_datetime(["2017-12-01", "2020-11-02", "2020-11-02", "2020-11-03"])
    rows = pd.DataFrame({
        "date": dates, "date_precision": ["day", "month", "day", "day"],
        "kind": ["rule", "deal", "rule", "market"],
        "text_en": [f"event {n}" for n in range(4)], "text_zh": [f"事件{n}" for n in range(4)],
        "grade": ["A", "B", "A", "A"], "source_id": ["s1", "s2", "s1", "s1"],
    })  # fmt: skip
    return {"ant": rows, "us_subprime": rows[:2].reset_index(drop=True)}


def texts(exhibit):
    return [text.get_text() for axes in exhibit.figure.axes for text in axes.texts]


@pytest.mark.parametrize("lang", LANGS)
def test_every_event_is_written_once(lanes, lang):
    theme(lang)
    exhibit = timeline(lanes, lang)
    written = texts(exhibit)
    assert len(written) == 6
    word = {"en": "event", "zh": "事件"}[lang]
    assert sum(f"{word} 1" in text or f"{word}1" in text for text in written) == 2
    assert exhibit.png()  # a glyph that is missing would warn, and a warning is an error


def test_a_month_is_not_shown_as_a_day(lanes):
    theme("en")
    first, second = texts(timeline({"ant": lanes["ant"]}, "en"))[:2]
    assert first == "1 Dec 2017  event 0"
    assert second == "Nov 2020  event 1"


def test_labels_do_not_overlap_and_time_runs_down(lanes):
    theme("en")
    (axes,) = timeline({"ant": lanes["ant"]}, "en").figure.axes
    heights = [text.get_position()[1] for text in axes.texts]
    steps = [later - sooner for sooner, later in pairwise(heights)]
    assert min(steps) == pytest.approx(max(steps)) and min(steps) > 0
    assert axes.yaxis_inverted()


def test_grade_sources_and_alt_text(lanes):
    theme("en")
    exhibit = timeline(lanes, "en")
    assert (exhibit.grade, exhibit.sources) == ("B", ("s1", "s2"))
    assert "4 events, 1 Dec 2017 to 3 Nov 2020" in exhibit.alt
    assert "2 events" in exhibit.alt


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_word(kind):
    assert label(f"claims.kind.{kind}", "en") and label(f"claims.kind.{kind}", "zh")


def test_wrapped_lines_are_no_wider_than_asked():
    text = "上交所决定暂缓蚂蚁集团科创板上市，港股上市同步暂缓。 The Shanghai exchange halts it."
    lines = wrap(text, 20).split("\n")
    assert max(map(width, lines)) <= 20
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line.startswith(("，", "。")) for line in lines)
