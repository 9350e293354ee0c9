"""The figures and tables of the survey, in both languages; made-up answers are named as such."""

import re
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from abscase.case import load_case
from abscase.operating.survey import answers, claims, methods, ranking, study
from abscase.operating.survey.register import GROUPS, of_case, register
from abscase.show import survey as words
from abscase.show.figures import survey as draw
from abscase.show.labels import LANGS, has_label
from abscase.show.style import theme
from abscase.verdict.claims import record

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PANEL = study.panel(answers.read_answers("illustrative"), "ant", 2)
SCORES = PANEL.scores[2]
RNG = np.random.default_rng(5)
CONCORDANCE = study.concordances(PANEL, 50, 0.05, RNG)
RANKS = ranking.rank_intervals(SCORES, 50, 0.05, RNG)
TABLE = methods.scores(load_case("ant"), -RANKS.set_index("item")["mean_rank"])


def risk_map(on):
    steps = {name: ranking.upper_median(each) for name, each in PANEL.last.items()}
    return draw.risk_map(steps["probability"], steps["impact"], on)


def convergence(on):
    return draw.convergence(study.convergence(PANEL), CONCORDANCE, on)


def rank_intervals(on):
    return draw.rank_intervals(RANKS, on)


def overlap(on):
    return draw.overlap(methods.thirds(TABLE), on)


FIGURES = [risk_map, convergence, rank_intervals, overlap]


@pytest.fixture(params=LANGS)
def lang(request):
    theme(request.param)
    return request.param


@pytest.fixture(params=FIGURES, ids=lambda each: each.__name__)
def figure(request):
    return request.param


def texts(exhibit):
    drawn = exhibit.figure
    found = [*drawn.texts, *(axes._left_title for axes in drawn.axes)]
    found += [drawn._suptitle] if drawn._suptitle else []
    return " ".join(text.get_text() for text in found)


def test_made_up_answers_are_named_in_figure_and_alt_text(figure, lang):
    mark = {"en": "the answers are made up", "zh": "答案为虚拟数据"}[lang]
    exhibit = figure(draw.Ground("C", ["survey-02"], lang, True))
    assert mark in texts(exhibit) and mark in exhibit.alt
    real = figure(draw.Ground("A", ["survey-own"], lang, False))
    assert mark not in texts(real) and mark not in real.alt


def test_alt_text_is_whole_and_in_its_language(figure, lang):
    exhibit = figure(draw.Ground("C", ["survey-02"], lang, True))
    assert exhibit.png()[:4] == b"\x89PNG", "a missing glyph would have warned, which is an error"
    assert not re.search(r"[{}]|\bnan", exhibit.alt) and re.search(r"\d", exhibit.alt)
    assert bool(CHINESE.search(exhibit.alt)) == (lang == "zh")


def test_names_and_legends_do_not_cover_each_other(figure, lang):
    drawn = figure(draw.Ground("C", ["survey-02"], lang, True)).figure
    canvas = FigureCanvasAgg(drawn)
    canvas.draw()
    renderer = canvas.get_renderer()
    for axes in drawn.axes:
        parts = [axes.xaxis.label, axes._left_title, *axes.get_xticklabels(), *axes.texts]
        parts += [axes.get_legend()] if axes.get_legend() else []
        written = [text for text in drawn.texts if text.get_text().strip()]
        boxes = [part.get_window_extent(renderer) for part in [*parts, *written]]
        boxes = [box for box in boxes if box.width > 1]
        assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_every_risk_stands_once_on_the_map():
    theme("en")
    exhibit = risk_map(draw.Ground("C", ["survey-02"], "en", True))
    shown = " ".join(text.get_text() for text in exhibit.figure.axes[0].texts).split()
    assert sorted(shown) == sorted(of_case("ant")["risk_id"])


def test_one_round_and_a_real_panel_can_be_drawn(lang):
    one = study.panel(answers.read_answers("illustrative"), "us_subprime", 1)
    table = study.concordances(one, 50, 0.05, RNG)
    on = draw.Ground("A", ["survey-own"], lang, False)
    assert "1" in draw.convergence(study.convergence(one), table, on).alt


def tables():
    weights, whole = study.group_weights(PANEL, "median", 0.1)
    fmea = ranking.fmea(PANEL.last)
    share = pd.Series(ranking.disagreement(fmea))
    return [
        words.register_table("ant", "en"), CONCORDANCE, study.kappas(PANEL, 20, 0.05, RNG),
        study.convergence(PANEL), weights, study.criteria(PANEL), RANKS, fmea,
        study.ahp.consistency(PANEL.comparisons, GROUPS, 0.1),
        study.evaluations(PANEL, whole.weights), methods.correlations(TABLE),
        pd.DataFrame({"pairs": share.index, "share": share}),
    ]  # fmt: skip


def test_every_column_has_a_header_and_every_cell_a_format(lang):
    for table in tables():
        given = words.shown(table, lang)
        assert [name for name in table if name not in given["headers"] and name != "grade"] == []
        for name, form in given["formats"].items():
            assert all(isinstance(form(value), str) for value in table[name]), name


def test_every_group_and_question_has_words():
    assert all(has_label(f"sur.group.{name}") for name in GROUPS)
    assert set(register()["stage"]) <= {
        name for name in register()["stage"] if has_label(f"process.stage.{name}")
    }


def test_the_operator_of_the_run_stands_first():
    weights = np.full(6, 1 / 6)
    for first in ("weighted", "maxmin"):
        assert study.evaluations(PANEL, weights, first)["operator"].iloc[0] == first


def test_made_up_answers_decide_nothing_and_real_ones_may():
    mean = methods.mean_correlation(TABLE, 20, 0.05, RNG)
    given = claims.estimates(PANEL, load_case("ant"), CONCORDANCE, mean)
    for name, each in given.items():
        found = record(name, case="ant", level=0.95, **each)
        assert (found.grade, found.verdict, found.reason) == ("C", "inconclusive", "assumed")
    own = tuple(study.Datum(1.0, "count", "A", "survey-own", f"a.csv:{n}") for n in (2, 50))
    real = study.Panel("ant", PANEL.ratings, PANEL.comparisons, own)
    sure = CONCORDANCE.assign(w=0.8, low=0.7, high=0.9)
    given = claims.estimates(real, load_case("ant"), sure, mean)
    found = record("S8.agreement", case="ant", level=0.95, **given["S8.agreement"])
    assert (found.grade, found.verdict) == ("A", "supported")
    assert record("S8.methods", case="ant", level=0.95, **given["S8.methods"]).grade == "C"


def test_a_figure_of_another_room_can_be_marked(lang):
    plain = rank_intervals(draw.Ground("C", ["survey-02"], lang, False))
    marked = draw.marked(plain, draw.Ground("C", ["survey-02"], lang, True))
    mark = {"en": "the answers are made up", "zh": "答案为虚拟数据"}[lang]
    assert mark in texts(marked) and mark in marked.alt
    assert draw.marked(plain, draw.Ground("A", ["survey-own"], lang, False)) is plain


def test_a_table_says_what_it_rests_on(lang):
    mark = {"en": "made-up", "zh": "虚拟"}[lang]
    told = words.told(CONCORDANCE, "sur.concordance.caption", draw.Ground("C", [], lang, True))
    assert mark in told["caption"] and (told["frame"]["grade"] == "C").all()
    own = draw.Ground("C", [], lang, False)
    assert mark not in words.told(CONCORDANCE, "sur.concordance.caption", own)["caption"]
