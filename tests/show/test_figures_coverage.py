import pandas as pd
import pytest

from abscase.show.figures.coverage import FILL, coverage_map
from abscase.show.labels import LANGS, has_label
from abscase.show.style import theme
from abscase.verdict.coverage import FAMILIES, GRADES


@pytest.fixture
def counts():
    return pd.DataFrame({
        "case": ["ant", "ant", "ant", "us_cards"],
        "family": ["quality", "quality", "rules", "quality"],
        "year": [2017, 2019, 2020, 2008], "rows": [2, 3, 26, 17], "grade": ["B", "B", "A", "A"],
    })  # fmt: skip


def cells(exhibit):
    return [text.get_text() for axes in exhibit.figure.axes for text in axes.texts]


@pytest.mark.parametrize("lang", LANGS)
def test_each_cell_shows_number_and_grade(counts, lang):
    theme(lang)
    exhibit = coverage_map(counts, 12, lang)
    assert sorted(cells(exhibit)) == ["17\nA", "2\nB", "26\nA", "3\nB"]
    assert exhibit.png()


def test_one_block_for_each_case_in_the_order_given(counts):
    theme("en")
    titles = [axes.get_title(loc="left") for axes in coverage_map(counts, 12, "en").figure.axes]
    assert titles == ["Ant consumer microloans", "US credit cards (control)"]
    turned = coverage_map(counts[::-1], 12, "en").figure.axes[0].get_title(loc="left")
    assert turned == "US credit cards (control)"


def test_colour_follows_the_grade(counts):
    theme("en")
    axes = coverage_map(counts, 12, "en").figure.axes[1]
    (patch,) = axes.patches
    assert patch.get_facecolor()[:3] == pytest.approx(
        tuple(int(FILL["A"][i : i + 2], 16) / 255 for i in (1, 3, 5))
    )


def test_grade_and_alt_text(counts):
    theme("en")
    exhibit = coverage_map(counts, 12, "en")
    assert exhibit.grade == "B"
    assert "31 rows on 2 subjects, 2017 to 2020" in exhibit.alt


def test_every_family_and_grade_has_its_look():
    assert all(has_label(f"data.family.{name}") for name in FAMILIES)
    assert set(FILL) == set(GRADES)
