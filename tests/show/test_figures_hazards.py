import re

import numpy as np
import pandas as pd
import pytest

from abscase.quality import cutoff_world, fit, incidence
from abscase.quality.density import density_jump
from abscase.show.figures import decomposition, discontinuity, hazards
from abscase.show.hazards import headers, printed, roads, split_rows, worded
from abscase.show.labels import LANGS
from abscase.show.sentences import sentence, sentences
from abscase.show.style import theme

EVIDENCE = ("C", ["lit-keys-2010", "lit-bubb-2011"])
CHINESE = re.compile(r"[\u4e00-\u9fff]")
COEFFICIENTS = pd.DataFrame({
    "kind": ["age", "number", "number", "category"],
    "term": ["age_months", "score", "orig_rate", "cohort"], "level": ["12", "", "", "2005"],
    "step": [np.nan, 20.0, 0.01, np.nan], "ratio": [np.nan, 0.9, 1.02, 2.5],
    "ratio_lo": [np.nan, 0.85, 0.97, 2.1], "ratio_hi": [np.nan, 0.95, 1.07, 3.0],
    "p_value": [np.nan, 0.001, 0.4, 0.0001],
})  # fmt: skip


def curve(top):
    at = np.arange(1, 25)
    height = top * np.exp(-((at - 12) ** 2) / 50)
    return pd.DataFrame({
        "age_months": at, "hazard": height, "lo": 0.8 * height, "hi": 1.2 * height,
        "rate": height,
    })  # fmt: skip


def by_age(lang):
    lines = {cause: {"a": curve(0.02), "b": curve(0.03)} for cause in ("default", "prepaid")}
    seen = {cause: curve(0.025) for cause in lines}
    return hazards.hazard_by_age(lines, seen, "month", "X", *EVIDENCE, lang)


def ratios(lang):
    table = roads(COEFFICIENTS, COEFFICIENTS, lang)
    return hazards.ratios(table, "x", "X", *EVIDENCE, lang)


def competing(lang):
    counts = pd.DataFrame({"age_months": [1, 2, 3], "at_risk": [100, 80, 60], "default": [5, 8, 6],
                           "prepaid": [15, 12, 9], "matured": 0})  # fmt: skip
    every = incidence.cumulative_incidence(counts)
    naive = incidence.cumulative_incidence(counts, causes=("default",))
    return hazards.incidence({"X": every}, {"X": naive}, *EVIDENCE, lang)


def calibration(lang):
    rng = np.random.default_rng(1)
    chance = rng.uniform(0.01, 0.2, 4000)
    groups = fit.calibration(rng.random(4000) < chance, chance)
    return hazards.calibration({"fitted": groups, "later": groups}, "X", *EVIDENCE, lang)


def split(lang):
    parts = pd.DataFrame({
        "method": "twofold", "reference": ["first", "first", "first"],
        "part": ["gap", "explained", "unexplained"], "estimate": [0.006, 0.002, 0.004],
        "lo": [0.005, 0.001, -0.9], "hi": [0.007, 0.003, 0.9],
    })  # fmt: skip
    pair = ("A", "B")
    return decomposition.split_bars(split_rows(parts, pair, lang), 0.006, pair, *EVIDENCE, lang)


@pytest.fixture(scope="module")
def drawn():
    return {"planted": cutoff_world.draw(
        cutoff_world.worlds(620)["planted"], 20_000, np.random.default_rng(2)
    )}  # fmt: skip


FIGURES = [by_age, ratios, competing, calibration, split]
SAYS = {
    "by_age": ["2.0%", "3.0%", "12"], "ratios": ["0.90", "2.50", "0.85"], "competing": ["%"],
    "calibration": ["%"], "split": ["+0.60", "+0.20", "+0.40"],
}  # fmt: skip


@pytest.fixture(params=LANGS)
def lang(request):
    theme(request.param)
    return request.param


def check(exhibit, lang, says):
    for number in says:
        assert number in exhibit.alt, exhibit.alt
    assert not re.search(r"[{}]|\bnan", exhibit.alt)
    assert bool(CHINESE.search(exhibit.alt)) == (lang == "zh")
    assert bool(CHINESE.search(exhibit.title)) == (lang == "zh")
    assert exhibit.png()[:4] == b"\x89PNG", "a missing glyph would have warned, which is an error"
    printed_below = " ".join(text.get_text() for text in exhibit.figure.texts)
    assert "C" in printed_below and "lit-keys-2010" in printed_below


@pytest.mark.parametrize("figure", FIGURES, ids=lambda each: each.__name__)
def test_figures_say_their_numbers_in_both_languages(figure, lang):
    check(figure(lang), lang, SAYS[figure.__name__])


def test_figures_at_the_cutoff(drawn, lang):
    panels = cutoff_world.stage_panels(drawn, 620, 40)
    found = panels["planted"]["securitised"][0]
    check(discontinuity.stages(panels, *EVIDENCE, lang), lang, [f"{100 * found.corrected:.2f}"])
    tests = {name: density_jump(each, cutoff=620) for name, each in drawn.items()}
    check(discontinuity.densities(tests, *EVIDENCE, lang), lang, ["p"])
    jumps = {"planted": cutoff_world.false_cutoffs(drawn["planted"], [590, 620], 620, 40)}
    check(discontinuity.placebos(jumps, 620, *EVIDENCE, lang), lang, ["590", "620"])


def test_an_interval_without_bounds_does_not_squeeze_the_bars(lang):
    low, high = split(lang).figure.axes[0].get_xlim()
    assert high - low < 0.02


def test_legend_stands_under_the_axes_and_above_the_footer(lang):
    exhibit = competing(lang)
    exhibit.figure.draw_without_rendering()
    legend = exhibit.figure.legends[0].get_window_extent()
    assert legend.y1 <= exhibit.figure.axes[0].xaxis.label.get_window_extent().y0 + 1


def test_sentences_say_step_size_interval_and_what_is_not_known():
    score, rate, cohort = sentences(
        COEFFICIENTS, "default", "logit", "month", "en", references={"cohort": "2006"}
    )
    assert score == ("For each 20 points of credit score more, the odds of default in a month are "
                     "10% lower (5.0% to 15%, 95% interval), other things equal.")  # fmt: skip
    assert "the interval holds 1" in rate and "1 percentage point of loan rate" in rate
    assert cohort.startswith("For loans made in 2005, beside those made in 2006,")
    assert "2.50 times as high (2.10 to 3.00 times" in cohort


def test_sentences_in_chinese():
    score, rate, cohort = sentences(
        COEFFICIENTS, "default", "cox", "quarter", "zh", alpha=0.1, references={"cohort": "other"}
    )
    expected = "信用评分每增加20分，每季度违约风险率低10%（90%区间：5.0%至15%），其他条件相同。"
    assert score == expected
    assert "区间包含1" in rate and "2.50倍" in cohort and "其他年份发放" in cohort


def test_a_ratio_above_one_is_higher():
    row = {"kind": "number", "term": "ltv", "level": "", "step": 0.1, "ratio": 1.2,
           "ratio_lo": 1.1, "ratio_hi": 1.3}  # fmt: skip
    assert "20% higher (10% to 30%" in sentence(row, "prepaid", "cloglog", "month", "en")


def test_tables_are_worded(lang):
    table = pd.DataFrame({"part": ["explained"], "method": ["fairlie"], "lo": [0.1]})
    words = worded(table, lang)
    assert bool(CHINESE.search(words["part"].iloc[0])) == (lang == "zh")
    assert set(headers(table, lang)) == {"part", "method", "lo"}
    assert printed({"effect": 0.7, "low": 0.6, "high": np.nan}) == "60%–70%"
