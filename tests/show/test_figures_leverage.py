import re
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from abscase.case import load_case
from abscase.operating import accounts, caps, definitions, leverage, ruin, stock
from abscase.show.figures import leverage as draw
from abscase.show.figures import leverage_measures as measures
from abscase.show.labels import LANGS
from abscase.show.leverage import headers, worded
from abscase.show.style import theme

EVIDENCE = ("C", ["ant-langclub-opinion", "ant-ifr-2016-11-28"])
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def build_up(lang):
    n = np.arange(1, 41)
    paths = {r: leverage.flow_multiple(2, leverage.cash_share(r), n) for r in (0.0, 0.08)}
    return draw.build_up(paths, 100, *EVIDENCE, lang)


def flow_and_stock(lang):
    books, months = leverage.loan_books(1, 2, 1.0, 40), np.linspace(0, 50, 501)
    held = {r: stock.stock(months, books, 0.9, r, 2) for r in (0, 12)}
    made = stock.loans_made(months, books, 0.9)
    return draw.flow_and_stock(months, made, held, 100, *EVIDENCE, lang)


def contour(lang):
    n, r = np.arange(1, 201), np.linspace(0, 0.15, 31)
    flows = leverage.flow_multiple(2, leverage.cash_share(r)[:, None], n)
    need = np.array([leverage.retention_needed(100, 2, int(each)) for each in n])
    marks = {"lev.point.parameters": (40, 0.0), "lev.point.cmlti": (40, 0.0145)}
    return draw.contour(n, r, flows, need, 100, marks, *EVIDENCE, lang)


def allowed():
    limits = caps.regimes(load_case("ant").table("rule")) | caps.own_caps(1, 2)
    return caps.apply_all(limits, caps.Plan(2, 44.9, 0.02))


def caps_bars(lang):
    return measures.caps_bars(allowed(), 134.6, *EVIDENCE, lang)


def definitions_by_date(lang):
    inputs = pd.DataFrame({
        "date": pd.to_datetime(["2017-12-04", "2019-12-31", "2020-06-30"]),
        "capital": [3.8e9, 16e9, 16e9], "credit": [np.nan, np.nan, 2153.7e9],
        "assets": [np.nan, 53.498e9, np.nan], "own": [21e9, np.nan, 36.2e9],
        "abs": [373e9, np.nan, np.nan],
    })  # fmt: skip
    four = definitions.four_definitions(inputs, 0.0, 0.08, 1, 0.01)
    return measures.definitions_by_date(four, 100, "CNY", *EVIDENCE, lang)


def ruin_curves(lang):
    multiples = np.union1d(np.geomspace(1, 300, 50), [100])
    terms = [(0.0, 1.0), (0.08, 0.0), (0.0, 0.0)]
    losses = {term: ruin.loss_to_ruin(1, 0, multiples, *term) for term in terms}
    return measures.ruin_curves(multiples, losses, *EVIDENCE, lang)


FIGURES = [build_up, flow_and_stock, contour, caps_bars, definitions_by_date, ruin_curves]
SAYS = {
    "build_up": ["120", "36.2", "100", "40"],
    "flow_and_stock": ["120", "44.9", "100"],
    "contour": ["1.45%", "100", "200"],
    "caps_bars": ["134.6", "2,395", "165", "300", "20"],
    "definitions_by_date": ["103.7", "3.3", "134.6", "2.3"],
    "ruin_curves": ["1.0%", "100"],
}


def painted(exhibit):
    canvas = FigureCanvasAgg(exhibit.figure)
    canvas.draw()
    return exhibit.figure, canvas.get_renderer()


@pytest.fixture(params=LANGS)
def lang(request):
    theme(request.param)
    return request.param


@pytest.fixture(params=FIGURES, ids=lambda each: each.__name__)
def figure(request):
    return request.param


def test_alt_text_says_the_numbers(figure, lang):
    exhibit = figure(lang)
    for number in SAYS[figure.__name__]:
        assert number in exhibit.alt, exhibit.alt
    assert not re.search(r"[{}]|\bnan", exhibit.alt)
    assert bool(CHINESE.search(exhibit.alt)) == (lang == "zh")
    assert bool(CHINESE.search(exhibit.title)) == (lang == "zh")


def test_every_glyph_is_there_and_grade_and_sources_are_printed(figure, lang):
    exhibit = figure(lang)
    assert exhibit.png()[:4] == b"\x89PNG", "a missing glyph would have warned, which is an error"
    printed = " ".join(text.get_text() for text in exhibit.figure.texts)
    assert "C" in printed and "ant-ifr-2016-11-28" in printed


def test_legend_axis_and_footer_stand_apart(figure, lang):
    drawn, renderer = painted(figure(lang))
    axes = drawn.axes[0]
    parts = [axes.get_legend(), axes.xaxis.label, *axes.get_xticklabels(), *drawn.texts]
    boxes = [part.get_window_extent(renderer) for part in parts]
    blocks = [boxes[0], *(box for box in boxes[1:] if box.width > 1)]
    for one, other in combinations(blocks, 2):
        assert not one.overlaps(other)
    assert blocks[0].x1 <= drawn.bbox.x1, "the legend is wider than the figure"


def test_written_points_do_not_cover_each_other(lang):
    drawn, renderer = painted(definitions_by_date(lang))
    boxes = [text.get_window_extent(renderer) for text in drawn.axes[0].texts]
    assert len(boxes) == 6
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_no_loss_ruins_is_said_not_drawn(lang):
    exhibit = ruin_curves(lang)
    assert np.isnan(exhibit.figure.axes[0].lines[-1].get_ydata()).all()
    assert ("no pool loss does" if lang == "en" else "均不会耗尽") in exhibit.alt


def test_every_code_has_words(lang):
    told = accounts.account_table(load_case("ant").table("account"), 0.08)
    for frame in (told, allowed(), definitions.channels(1, 2, 120, 44.9, 0, 0.02)):
        shown = worded(frame, lang)
        for name in {"account_id", "channel", "rule"} & set(frame):
            assert not set(shown[name]) & set(frame[name])
        assert headers(frame, lang)
