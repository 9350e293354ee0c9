"""The words of figures and pages: both languages, once each, with the same fields."""

import csv
import re
import string
from collections import Counter

import pytest

from abscase.errors import ChoiceError
from abscase.show.labels import FOLDER, LANGS, has_label, label

ROWS = [
    (path.name, row)
    for path in sorted(FOLDER.glob("*.csv"))
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
]


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_file_has_the_three_columns_and_no_more():
    assert ROWS
    assert {tuple(row) for _, row in ROWS} == {("key", "en", "zh")}


def test_every_key_has_both_languages():
    # An axis that needs no name has an empty label, in both languages.
    half = [row["key"] for _, row in ROWS if bool(row["en"].strip()) != bool(row["zh"].strip())]
    assert half == []
    assert all(row["key"].strip() for _, row in ROWS)


def test_no_key_stands_twice():
    counts = Counter(row["key"] for _, row in ROWS)
    assert [key for key, count in counts.items() if count > 1] == []


def test_both_languages_take_the_same_fields():
    assert [row["key"] for _, row in ROWS if fields(row["en"]) != fields(row["zh"])] == []


def test_english_holds_no_chinese_and_chinese_does():
    sign = re.compile("[一-鿿]")
    chinese = {lang: [row["key"] for _, row in ROWS if sign.search(row[lang])] for lang in LANGS}
    assert chinese["en"] == []
    assert len(chinese["zh"]) > 0.8 * len(ROWS)


def test_unknown_names_are_refused_with_the_right_one():
    with pytest.raises(ChoiceError, match=r"did you mean 'grade\.line'"):
        label("grade.lien", "en")
    with pytest.raises(ChoiceError, match="language"):
        label("grade.line", "fr", grade="A")
    with pytest.raises(ChoiceError, match="field of label"):
        label("grade.line", "en", level="A")
    assert has_label("grade.line") and not has_label("grade.lien")


def test_braces_in_a_value_stay_as_they_are():
    assert label("grade.line", "en", grade="{0.__class__}") == "Grade {0.__class__}"
