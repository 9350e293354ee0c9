"""A figure carries alt text, grade and sources, and the same figure gives the same bytes."""

import base64

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from abscase.errors import AbscaseError, ChoiceError
from abscase.show.exhibit import FOOTER, Exhibit, footer
from abscase.show.style import theme


@pytest.fixture(autouse=True)
def as_before():
    with mpl.rc_context():
        theme("en")
        yield
    plt.close("all")


def drawn(**changes):
    figure, axes = plt.subplots()
    axes.plot([1, 2, 3], [1, 4, 9])
    words = {"alt": "A rising curve", "title": "Curve", "grade": "B", "sources": ("a-1", "a-2")}
    return Exhibit(figure, **(words | changes))


def texts(exhibit):
    return [text.get_text() for text in exhibit.figure.texts if text.get_gid() == FOOTER]


def test_grade_and_sources_are_printed_in_the_language():
    assert texts(drawn()) == ["Grade B. Sources: a-1, a-2"]
    assert texts(drawn(lang="zh")) == ["证据等级 B。来源：a-1、a-2"]


def test_a_source_named_twice_is_printed_once():
    assert texts(drawn(sources=["a-1", "a-1"])) == ["Grade B. Sources: a-1"]


def test_a_figure_shown_a_second_time_has_one_footer():
    first = drawn()
    again = Exhibit(first.figure, "A rising curve", "Curve", "A", ("a-1",))
    assert texts(again) == ["Grade A. Sources: a-1"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_long_footer_stays_within_the_figure(lang):
    exhibit = drawn(sources=[f"ant-source-{n}" for n in range(30)], lang=lang)
    exhibit.figure.canvas.draw()
    text = next(text for text in exhibit.figure.texts if text.get_gid() == FOOTER)
    assert text.get_window_extent().x1 <= exhibit.figure.bbox.x1


def test_dollar_signs_in_a_footer_are_no_formula():
    exhibit = drawn(sources=["us-$1", "us-$2"])
    assert exhibit.png()


@pytest.mark.parametrize("name, value", [("alt", " "), ("title", ""), ("sources", ())])
def test_what_a_reader_needs_is_required(name, value):
    with pytest.raises(AbscaseError, match=name):
        drawn(**{name: value})


def test_an_unknown_grade_is_refused():
    with pytest.raises(ChoiceError, match="choose from: A, B, C"):
        drawn(grade="D")


def test_it_displays_as_a_png_of_double_size_with_alt_text():
    exhibit = drawn()
    data, metadata = exhibit._repr_mimebundle_(include=None, exclude=None)
    png = base64.b64decode(data["image/png"])
    assert png[:4] == b"\x89PNG"
    assert metadata["image/png"]["alt"] == "A rising curve"
    assert metadata["image/png"]["width"] == int.from_bytes(png[16:20], "big") // 2


def test_it_is_closed_so_that_it_is_shown_once():
    drawn()
    assert plt.get_fignums() == []


def test_the_same_figure_gives_the_same_bytes(tmp_path):
    for folder in ("one", "two"):
        paths = drawn().save(tmp_path / folder, "curve")
        assert [path.name for path in paths] == ["curve.png", "curve.svg"]
    for name in ("curve.png", "curve.svg"):
        one, two = ((tmp_path / folder / name).read_bytes() for folder in ("one", "two"))
        assert one == two
    assert b"<dc:date>" not in (tmp_path / "one" / "curve.svg").read_bytes()
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["curve.png", "curve.svg"]


def test_footer_text():
    assert footer("C", ["thesis-01"], "en") == "Grade C. Sources: thesis-01"
