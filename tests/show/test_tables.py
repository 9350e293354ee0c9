"""Tables are escaped, named, and readable without colour or a wide screen."""

from html.parser import HTMLParser

import pandas as pd
import pytest
from markupsafe import Markup

from abscase.errors import ChoiceError
from abscase.show.numbers import percent
from abscase.show.tables import badge, html_table

BAD = '<script>alert(1)</script>"\' onload="x'


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.seen = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def named(self, tag):
        return [attrs for name, attrs in self.seen if name == tag]


def test_everything_from_outside_is_escaped():
    frame = pd.DataFrame({BAD: [BAD], "grade": [BAD], "verdict": [BAD], "formatted": [BAD]})
    table = html_table(frame, "en", BAD, {"formatted": str}, {"grade": BAD})
    tags = Tags(table.html)
    assert not tags.named("script")
    assert not any("onload" in attrs for _, attrs in tags.seen)
    assert tags.named("div")[0]["aria-label"] == BAD


def test_only_markup_made_on_purpose_passes():
    frame = pd.DataFrame({"x": ["a&b"]})
    link = Markup('<a href="{}">{}</a>').format("a&b", "a&b")
    assert (
        '<a href="a&amp;b">a&amp;b</a>' in html_table(frame, "en", "t", {"x": lambda _: link}).html
    )


def test_it_is_a_named_region_that_the_keyboard_can_scroll():
    table = html_table(pd.DataFrame({"x": [1]}), "en", "Loans by state")
    tags = Tags(table.html)
    region = {"class": "table", "role": "region", "tabindex": "0", "aria-label": "Loans by state"}
    assert tags.seen[0] == ("div", region)
    assert "<caption>Loans by state</caption>" in table.html
    assert table._repr_html_() == table.html and repr(table) == "Loans by state"


def test_heads_have_a_scope_and_numbers_stand_to_the_right():
    frame = pd.DataFrame({"state": ["AZ", "CA"], "loss": [0.486, None], "flag": [True, False]})
    table = html_table(frame, "en", "Loss", {"loss": percent}, {"loss": "Share lost"})
    heads = Tags(table.html).named("th")
    assert [head.get("scope") for head in heads] == ["col"] * 3 + ["row"] * 2
    assert [head.get("class") for head in heads[:3]] == [None, "number", None]
    assert '<td class="number">48.6%</td>' in table.html
    assert '<td class="number">–</td>' in table.html
    assert "Share lost" in table.html
    assert "<td>yes</td>" in table.html


def test_values_without_a_format():
    frame = pd.DataFrame({"n": [12345, 1], "x": [-1.23456, 98765.4],
                          "day": pd.to_datetime(["2020-06-30", None])})  # fmt: skip
    text = html_table(frame, "zh", "值").html
    assert ">12,345<" in text and ">−1.235<" in text and ">98,765<" in text
    assert ">2020年6月30日<" in text and "<td>–</td>" in text


def test_short_cells_keep_their_line_and_long_ones_get_room():
    frame = pd.DataFrame({"interval": ["29.6倍至40.5倍"], "why": ["整个区间落在论断成立的区域"],
                          "claim": ["word " * 8], "n": [1]})  # fmt: skip
    cells = Tags(html_table(frame, "zh", "值").html).named("td")
    heads = Tags(html_table(frame, "zh", "值").html).named("th")
    assert heads[-1] == {"scope": "row"}
    assert [attrs.get("class") for attrs in cells] == ["words", "text", "number"]


def test_a_known_column_is_headed_in_the_language():
    frame = pd.DataFrame({"claim_id": ["S1"], "grade": ["A"]})
    assert ">证据等级</th>" in html_table(frame, "zh", "论断").html
    assert ">Grade</th>" in html_table(frame, "en", "Claims").html


def test_grades_and_verdicts_are_words_with_their_meaning():
    for lang in ("en", "zh"):
        for grade in "ABC":
            assert f">{grade}</span>" in badge("grade", grade, lang)
            assert 'title=""' not in badge("grade", grade, lang)
    frame = pd.DataFrame({"claim": ["S1", "S2"], "verdict": ["supported", "no such verdict"]})
    text = html_table(frame, "en", "Claims").html
    assert ">supported</span>" in text and "<td>no such verdict</td>" in text


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(ChoiceError, match="did you mean 'loss'"):
        html_table(pd.DataFrame({"loss": [1]}), "en", "t", {"los": percent})


def test_an_empty_frame_is_a_table_without_rows():
    assert "<tbody>\n</tbody>" in html_table(pd.DataFrame({"x": []}), "en", "Nothing").html


def test_the_frame_stays_as_it_was():
    frame = pd.DataFrame({"grade": ["A"], "x": [1.0]})
    before = frame.copy()
    html_table(frame, "en", "t", {"x": percent})
    pd.testing.assert_frame_equal(frame, before)
