"""The questionnaire: complete, bilingual, without a network, and safe whatever the text."""

import io
import json
import re

import pandas as pd
import pytest

from abscase.errors import AbscaseError, ChoiceError
from abscase.operating.survey import form
from abscase.operating.survey.answers import check_answers
from abscase.operating.survey.panel import illustrative
from abscase.operating.survey.register import PAIRS, of_case
from abscase.schema import read_text


def data_of(html):
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', html, re.S)
    return json.loads(found[1])


def test_the_page_holds_every_question_in_both_languages(tmp_path):
    html = form.survey_new(tmp_path / "form.html", "zh", "us_subprime").read_text("utf-8")
    data = data_of(html)
    assert [risk["id"] for risk in data["risks"]] == list(of_case("us_subprime")["risk_id"])
    assert data["pairs"] == list(PAIRS) and data["lang"] == "zh" and data["round"] == 1
    for risk in data["risks"]:
        assert risk["en"]["event"] and risk["zh"]["event"]


def test_the_page_needs_no_network(tmp_path):
    html = form.survey_new(tmp_path / "form.html").read_text("utf-8")
    assert not re.search(r"https?:|src=|@import|url\(", html)
    assert "default-src 'none'" in html


def test_the_page_writes_no_text_as_html():
    template = form.TEMPLATE.read_text("utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", template)
    assert template.count(form.PLACE) == 1


def test_both_languages_of_the_page_have_the_same_words():
    template = form.TEMPLATE.read_text("utf-8")
    english, chinese = re.search(r"  en: \{(.*?)\n  \},\n  zh: \{(.*?)\n  \}\n\};", template, re.S).groups()  # noqa: E501  # fmt: skip
    keys = re.compile(r"(\w+): ")
    known = {"title", "told", "count", "save", "left", "code", "saved", "pairs", "choose", "whose"}
    assert known <= set(keys.findall(english)) & set(keys.findall(chinese))
    assert not re.search("[一-鿿]", english.replace("中文", ""))


@pytest.mark.parametrize("text", ["</script><img src=x>", "<!--", "a & b", "\u2028"])
def test_any_text_can_be_embedded(text):
    embedded = form.embedded({"x": text})
    assert json.loads(embedded) == {"x": text}
    assert not set("<>&\u2028") & set(embedded)


def test_the_next_round_tells_what_the_panel_said(tmp_path):
    path = tmp_path / "all.csv"
    illustrative("ant").to_csv(path, index=False)
    data = data_of(form.survey_new(tmp_path / "f.html", answers=path).read_text("utf-8"))
    assert data["round"] == 4
    low, middle, high = data["told"]["RU1"]["impact"]
    assert 1 <= low <= middle <= high <= 5


def test_after_the_last_round_there_is_no_further_form(tmp_path):
    path = tmp_path / "all.csv"
    illustrative("ant").assign(round=4).drop_duplicates(["respondent", "item"]).to_csv(
        path, index=False
    )
    with pytest.raises(AbscaseError, match="round 4, the last one"):
        form.survey_new(tmp_path / "f.html", answers=path)


def test_the_sheet_can_be_filled_in_and_read(tmp_path):
    path = form.survey_new(tmp_path / "sheet.csv", case="ant")
    sheet = pd.read_csv(path, dtype=str, keep_default_na=False)
    pair = sheet["item"].isin(PAIRS)
    sheet["respondent"] = "r1"
    sheet.loc[~pair, ["probability", "impact", "detectability"]] = "3"
    sheet.loc[pair, "ratio"] = "0.333"
    buffer = io.StringIO(sheet.to_csv(index=False))
    path.write_text(buffer.getvalue())
    assert check_answers(read_text(path), "sheet.csv")[1] == []


def test_other_names_are_refused(tmp_path):
    with pytest.raises(AbscaseError, match=r"end it in \.html or \.csv"):
        form.survey_new(tmp_path / "form.docx")
    with pytest.raises(ChoiceError):
        form.survey_new(tmp_path / "form.html", "fr")
    with pytest.raises(ChoiceError):
        form.survey_new(tmp_path / "form.html", case="antt")
    assert not list(tmp_path.iterdir())
