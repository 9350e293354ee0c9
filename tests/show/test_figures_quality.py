"""The figures of asset quality: numbers in the alt text, no glyph missing, nothing on another."""

import re
from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from abscase.case import load_case
from abscase.quality import controls, projections, published, scale, stationarity, tapes, unripe
from abscase.quality.calibration import calibrated
from abscase.quality.calibration.drawn import over_draws
from abscase.quality.flow import flow_grid
from abscase.quality.pool import Pool
from abscase.quality.transitions import transition_counts
from abscase.quality.vintages import vintages
from abscase.show.figures import quality as draw
from abscase.show.figures import quality_history as history
from abscase.show.figures import quality_tapes as of_tapes
from abscase.show.labels import LANGS, has_label
from abscase.show.quality import CODED, headers, named, pool_name, small_percent, worded
from abscase.show.style import theme

EVIDENCE = ("B", ["ant-ww01-prospectus", "card-04"])
CHINESE = re.compile(r"[一-鿿]")
LADDER = np.array([
    [0.93, 0.03, 0, 0, 0, 0.03, 0.01], [0.3, 0.3, 0.35, 0, 0, 0.04, 0.01],
    [0.1, 0.15, 0.2, 0.5, 0.02, 0.03, 0], [0.05, 0.02, 0.05, 0.48, 0.38, 0.02, 0],
])  # fmt: skip


def month_end(months):
    return (pd.Timestamp(months // 12, months % 12 + 1, 1) + pd.offsets.MonthEnd(0)).date()


def made_pool(loans=6000, periods=36):
    """Loans of three years that move by one matrix."""
    rng = np.random.default_rng(11)
    made, first = rng.integers(0, 30, loans), 2017 * 12
    state, rows = np.zeros(loans, int), []
    for month in range(1, periods + 1):
        age, before = month - made, state.copy()
        alive = (age >= 1) & (state <= 3)
        drawn = rng.random(loans)[:, None] > np.cumsum(LADDER[np.minimum(state, 3)], axis=1)
        state = np.where(alive, drawn.sum(axis=1).clip(max=6), state)
        at = np.flatnonzero(alive)
        rows.append(pd.DataFrame({
            "loan_id": at.astype(str), "date": month_end(first + month), "age_months": age[at],
            "balance_amt": 100.0, "state": state[at], "previous_state": before[at],
        }))  # fmt: skip
    loan = pl.DataFrame({"loan_id": np.arange(loans).astype(str).tolist(),
                         "orig_date": [month_end(first + each) for each in made],
                         "original_amt": np.full(loans, 100.0)})  # fmt: skip
    panel = pl.from_pandas(pd.concat(rows, ignore_index=True))
    panel = panel.with_columns(pl.col("date").cast(pl.Date))
    return Pool(load_case("ant"), loan.lazy(), panel.lazy(), "B", ("made-up",), True, 1, "made up")


@pytest.fixture(scope="module")
def tape():
    return made_pool()


@pytest.fixture(scope="module")
def cases():
    names = ("ant", "us_subprime", "us_cards", "us_prime", "cn_peers")
    return {name: load_case(name) for name in names}


def stock_to_flow(cases, tape, lang):
    grid = flow_grid(0.0105, range(1, 25), [0.0, 0.04])
    return draw.stock_to_flow(grid, 0.0105, (3, 0.04, 0.004256), *EVIDENCE, lang)


def one_scale(cases, tape, lang):
    return draw.scale(scale.on_one_scale(cases, 3, 0.04), EVIDENCE[1], lang)


def stress(cases, tape, lang):
    rises = controls.card_rises(cases["us_cards"].table("series"))
    return draw.stress(rises, (1.7102, 1.7025, 1.7179), *EVIDENCE, lang)


def agencies(cases, tape, lang):
    series = cases["us_subprime"].table("series")
    told, ended = projections.agency_projections(series), projections.deal_outcomes(series)
    return history.projections(told, ended, *EVIDENCE, lang)


def housing(cases, tape, lang):
    table = projections.housing(
        *(cases[name].table("series") for name in ("us_subprime", "us_prime"))
    )
    return history.housing(table, *EVIDENCE, lang)


def arrears(cases, tape, lang):
    paths = {"baseline": tapes.arrears(tape.performance, 90)}
    told = pd.DataFrame({"date": pd.to_datetime(["2018-12-31"]), "value": [0.0101]})
    return of_tapes.arrears(paths, told, pool_name("ant", True, lang), 90, *EVIDENCE, lang)


def roll_matrix(cases, tape, lang):
    counts = transition_counts(tape.performance, by=["date"])
    bands = stationarity.matrix_bands(counts, "date", np.random.default_rng(1), 50)
    return of_tapes.roll_matrix(bands, pool_name("ant", True, lang), *EVIDENCE, lang)


def vintage_curves(cases, tape, lang):
    table = vintages(tape.performance, tape.loan, "quarter")
    return of_tapes.vintage_curves(table, pool_name("ant", True, lang), *EVIDENCE, lang)


def fan(cases, tape, lang):
    table = vintages(tape.performance, tape.loan, "quarter")
    made = table.drop_duplicates("vintage").set_index("vintage")["loans"]
    ladder = unripe.project(table, 24)
    return of_tapes.fan(ladder, made, pool_name("ant", False, lang), 24, *EVIDENCE, lang)


FIGURES = [stock_to_flow, one_scale, stress, agencies, housing, arrears, roll_matrix,
           vintage_curves, fan]  # fmt: skip
SAYS = {
    "stock_to_flow": ["1.05%", "0.426%", "4.0%"],
    "one_scale": ["2.35%", "0.382%", "3.66%", "0.426%"],
    "stress": ["1.71", "1.36", "1.18", "2009"],
    "agencies": ["38.4%", "5.3%", "15.1%", "24.5%", "6.5%"],
    "housing": ["40.8%", "3.7%", "2006"],
    "arrears": ["1.01%", "90"],
    "roll_matrix": ["90", "92.", "0.9"],
    "vintage_curves": ["2017Q1", "%"],
    "fan": ["%", "2018Q"],
}


@pytest.fixture(params=LANGS)
def lang(request):
    theme(request.param)
    return request.param


@pytest.fixture(params=FIGURES, ids=lambda each: each.__name__)
def figure(request):
    return request.param


def test_alt_text_says_the_numbers(figure, cases, tape, lang):
    exhibit = figure(cases, tape, lang)
    for number in SAYS[figure.__name__]:
        assert number in exhibit.alt, exhibit.alt
    assert not re.search(r"[{}]|\bnan|qa\.", exhibit.alt)
    assert bool(CHINESE.search(exhibit.title)) == (lang == "zh")
    assert exhibit.png()[:4] == b"\x89PNG", "a missing glyph would have warned, which is an error"
    printed = " ".join(text.get_text() for text in exhibit.figure.texts)
    assert re.search(r"(Grade|等级) [BC]", printed) and "card-04" in printed


def test_legend_axis_and_footer_stand_apart(figure, cases, tape, lang):
    drawn = figure(cases, tape, lang).figure
    canvas = FigureCanvasAgg(drawn)
    canvas.draw()
    axes = drawn.axes[-1]
    legend = [axes.get_legend()] if axes.get_legend() else []
    parts = [*legend, axes.xaxis.label, *axes.get_xticklabels(), *drawn.texts]
    boxes = [part.get_window_extent(canvas.get_renderer()) for part in parts]
    for one, other in combinations([box for box in boxes if box.width > 1], 2):
        assert not one.overlaps(other)
    assert all(box.x1 <= drawn.bbox.x1 + 1 for box in boxes[: len(legend)])


def test_written_cells_of_the_matrix_fit(cases, tape, lang):
    drawn = roll_matrix(cases, tape, lang).figure
    canvas = FigureCanvasAgg(drawn)
    canvas.draw()
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in drawn.axes[0].texts]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_every_code_has_words(cases, lang):
    table = worded(scale.on_one_scale(cases, 3, 0.04), lang)
    assert not set(table["who"]) & set(scale.on_one_scale(cases, 3, 0.04)["who"])
    assert headers(table, lang)["flow"]
    for kind in ("covid_high", "hazard_2007", "yours", "tripled", "calm", "2007", "baseline"):
        assert has_label(f"qa.scenario.{kind}") and named("scenario", kind, lang)
    assert {"who", "pool", "scenario"} <= set(CODED)


def test_small_rates_keep_their_figures():
    assert [small_percent(each) for each in (0.0035, 0.02642, 0.5)] == ["0.350%", "2.64%", "50.0%"]
    assert small_percent(float("nan")) == "–"


def test_what_a_tape_shows(tape):
    facts = tapes.tape_facts({"ant": tape}).iloc[0]
    assert facts["kind"] == "simulated" and facts["buckets"] and facts["loans"] == 6000
    test = tapes.one_matrix({"ant": tape}).iloc[0]
    assert test["p_value"] > 0.001, "one matrix made all months"
    early = tapes.as_of(tape, "2018-06-30")
    assert tapes.tape_facts({"ant": early}).iloc[0]["end"] == pd.Timestamp("2018-06-30")
    assert early.loan.select(pl.col("orig_date").max()).collect().item() <= date(2018, 6, 30)


def test_hindsight_sets_projection_beside_outcome(tape):
    whole = vintages(tape.performance, tape.loan, "quarter")
    early = tapes.as_of(tape, "2019-03-31")
    ladder = unripe.project(vintages(early.performance, early.loan, "quarter"), 18)
    table = unripe.hindsight(ladder, whole)
    assert len(table) and (table["latest"] <= table["defaulted"]).all()
    row = table.iloc[0]
    kept = whole[(whole["vintage"] == row["vintage"]) & (whole["age_months"] <= 18)]
    assert row["defaulted"] == pytest.approx(kept["default_count"].sum() / kept["loans"].iloc[0])
    assert table["inside"].mean() > 0.5, "months that are alike are projected well"


def test_nothing_to_project_is_said(tape, lang):
    young = vintages(tape.performance, tape.loan, "quarter")
    assert unripe.project(young, 2) is None
    assert unripe.hindsight(None, young).empty
    exhibit = of_tapes.fan(None, pd.Series(), pool_name("ant", True, lang), 2, *EVIDENCE, lang)
    assert "2" in exhibit.alt and exhibit.png()[:4] == b"\x89PNG"


def test_a_vintage_of_few_loans_does_not_stop_the_ladder(tape):
    table = vintages(tape.performance, tape.loan, "quarter")
    tiny = table[table["vintage"] == table["vintage"].iloc[0]]
    tiny = tiny.assign(vintage="1999Q1", loans=1, default_count=0)
    ladder = unripe.project(pd.concat([tiny, table], ignore_index=True), 24)
    assert ladder is not None and "1999Q1" not in set(ladder.ultimate["vintage"])


def test_spread_keeps_both_ends():
    assert of_tapes.spread(list("abcdefgh"), 3) == ["a", "e", "h"]
    assert published.RESIDENCE == (3.0, 24.0)


def test_a_vintage_that_came_into_view_too_old_is_left_out(tape):
    table = vintages(tape.performance, tape.loan, "quarter")
    late = table[table["vintage"] == table["vintage"].iloc[0]]
    table = pd.concat([table, late.assign(vintage="1999Q1", at_risk=0)], ignore_index=True)
    assert "1999Q1" not in of_tapes.vintage_curves(table, "x", *EVIDENCE, "en").alt


def test_each_card_report_and_each_drawn_measure_has_a_name(cases):
    reports = controls.card_reports(cases["us_cards"].table("series"))["definition_id"]
    assert all(has_label(f"qa.reported.{name}") for name in reports)
    drawn = over_draws([calibrated(cases["ant"], 1)])["measure"]
    assert all(has_label(f"qa.drawn.{name}") for name in drawn)
