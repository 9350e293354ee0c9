import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from abscase.case import load_case
from abscase.operating import break_loss
from abscase.operating.swap import ladder, swap
from abscase.operating.swap_tables import cell_table, split_table
from abscase.operating.waterfall import (
    Scenario,
    breakevens,
    deal_card,
    deal_from,
    payment_stack,
    run,
    shipped,
    shipped_deal,
    trigger_line,
)
from abscase.operating.waterfall.shipped import folder
from abscase.show import waterfall as words
from abscase.show.figures import waterfall as draw
from abscase.show.figures import waterfall_checks, waterfall_swap
from abscase.show.labels import LANGS, has_label
from abscase.show.style import theme
from abscase.verdict.homes import homes
from abscase.verdict.swap_paths import DEALS, PoolAfter, side

CHINESE = re.compile(r"[\u4e00-\u9fff]")
EVIDENCE = ("C", ["us-002"])
SCENARIO = Scenario(0.1, 0.2, 0.5)


@pytest.fixture(scope="module")
def ran():
    deal = shipped_deal("cmlti_2006_nc2")
    result = run(deal, SCENARIO)
    return result, breakevens(deal, "default", SCENARIO)


@pytest.fixture(scope="module")
def sides():
    flows = {"ant": (0.002, 0.01), "us_subprime": (0.02, 0.015)}
    made = {name: np.tile(np.array(pair)[None, :, None], (2, 1, 240)) * [[[1.0]], [[1.1]]]
            for name, pair in flows.items()}  # fmt: skip
    return tuple(
        side(load_case(name), PoolAfter(made[name], made[name], 0.6, ("x",))) for name in DEALS
    )


def titles(exhibit):
    return exhibit.title, exhibit.alt


@pytest.mark.parametrize("lang", LANGS)
def test_figures_of_a_run_say_what_they_show(ran, lang):
    theme(lang)
    result, found = ran
    made = [
        draw.balances(result, "X", *EVIDENCE, lang),
        draw.payments(result, payment_stack(result), "X", *EVIDENCE, lang),
        draw.states(result, trigger_line(result), "X", *EVIDENCE, lang),
        draw.breakeven_bars(result, found, "X", *EVIDENCE, lang),
    ]
    for exhibit in made:
        assert exhibit.png().startswith(b"\x89PNG")
        assert all(bool(CHINESE.search(text)) == (lang == "zh") for text in titles(exhibit))
    assert "M-11" in made[0].alt and "M-11" in made[3].alt
    assert len(made[0].figure.axes[0].collections) == 15
    bars = [patch.get_width() for patch in made[3].figure.axes[0].patches[:15]]
    assert bars == pytest.approx([each.pool_loss for each in found])


def test_names_of_an_own_deal_are_no_formulas(tmp_path):
    """A name with two dollar signs is drawn as it stands; matplotlib would read a formula."""
    theme("en")
    text = (folder() / "pro_rata_trigger.yaml").read_text(encoding="utf-8")
    odd = "$a_1$ <b>b</b> \\frac $\\bad$"
    deal = deal_from(text.replace("senior", f"'{odd}'"))
    result = run(deal, SCENARIO)
    made = [
        draw.balances(result, odd, *EVIDENCE, "en"),
        draw.payments(result, payment_stack(result), odd, *EVIDENCE, "en"),
        draw.states(result, trigger_line(result), odd, *EVIDENCE, "en"),
        draw.breakeven_bars(result, breakevens(deal), odd, *EVIDENCE, "en"),
    ]
    drawn = [text for each in made for text in each.figure.findobj(Text) if odd in text.get_text()]
    assert len(drawn) >= len(made)
    assert not any(text.get_parse_math() for text in drawn)
    assert all(each.svg() for each in made)


@pytest.mark.parametrize("lang", LANGS)
def test_a_class_that_never_breaks_is_drawn_open(lang):
    theme(lang)
    deal = shipped_deal("ant_d11_2016")
    scenario = Scenario(0.05, 0.2, 0.05)
    result = run(deal, scenario)
    exhibit = draw.breakeven_bars(
        result, breakevens(deal, "default", scenario), "X", *EVIDENCE, lang
    )
    assert ("never" if lang == "en" else "始终不受损") in exhibit.alt
    states = draw.states(result, trigger_line(result), "X", *EVIDENCE, lang)
    assert ("revolving" if lang == "en" else "循环购买期") in states.alt


@pytest.mark.parametrize("lang", LANGS)
def test_figures_of_the_swap(sides, lang):
    theme(lang)
    cells = swap(*sides)
    four, parts = cell_table(cells), split_table(cells)
    steps = {k: ladder(each, sides[1], np.linspace(0, 2, 9)) for k, each in enumerate(sides)}
    made = [
        waterfall_swap.swap_matrix(four, *EVIDENCE, lang),
        waterfall_swap.split_bars(parts, *EVIDENCE, lang),
        waterfall_swap.loss_ladder(steps, {"wf.mark.expected": 0.065}, *EVIDENCE, lang),
    ]
    for exhibit in made:
        assert exhibit.svg()
        assert all(bool(CHINESE.search(text)) == (lang == "zh") for text in titles(exhibit))
    assert len(made[0].figure.axes) == 3
    wide = words.cells_wide(four, lang)
    assert wide["rank"].tolist() == ["bought", "pool", "senior", "mezzanine", "junior"]
    assert words.split_wide(parts, lang).shape == (3, 5)
    story = words.story_table({"seen": (four, parts)})
    assert story["cell_11"].tolist() == pytest.approx(
        [cells[1, 1][rank][0] for rank in ("senior", "mezzanine", "junior")]
    )


@pytest.mark.parametrize("lang", LANGS)
def test_figures_beside_what_was_published(lang):
    theme(lang)
    us = load_case("us_subprime")
    table = break_loss.reviewed(us.table("series"))
    table = table.assign(ours=table["fitch"] + 0.02, low=0.1, high=1.0, gap=0.02, inside=True)
    exhibit = waterfall_checks.fitch_scatter(table, *EVIDENCE, lang)
    assert "MSC 2006-HE1" in exhibit.alt and "2.0%" in exhibit.alt
    found = homes(us, 0.45)
    exhibit = waterfall_checks.homes_and_classes(found.regions, found.losses, *EVIDENCE, lang)
    assert "67.3%" in exhibit.alt and exhibit.png()


@pytest.mark.parametrize("lang", LANGS)
def test_tables_in_words(ran, lang):
    result, found = ran
    table = words.outcome_table(result, found)
    assert table["tranche"].tolist() == list(result.deal.names)
    assert set(words.headers(table, lang)) == set(table)
    coverage = dict(zip(table["tranche"], table["coverage"], strict=True))
    assert coverage["A-1"] == pytest.approx(found[0].coverage)
    card = deal_card(result.deal)
    shown = words.card_table(card, lang)
    assert shown["value"].map(type).eq(str).all() and "note" in shown
    assert words.sources_of(card) and words.sources_of(card.iloc[:0]) == ["thesis-02"]
    flags = words.worded(pd.DataFrame({"law": ["cash"], "holds": [True]}), lang)
    assert flags["holds"][0] == ("yes" if lang == "en" else "是")
    assert bool(CHINESE.search(flags["law"][0])) == (lang == "zh")


def test_every_trigger_and_state_of_the_deals_has_a_name():
    names = ("ant_d11_2016", "alibaba_2013", "jd_baitiao_2015", "cmlti_2006_nc2", "saxon_2006_3",
             "gsamp_2006_s5", "agency_passthrough")  # fmt: skip
    for name in names:
        deal = shipped_deal(name)
        assert has_label(f"wf.deal.{name}")
        assert all(has_label(f"wf.trigger.{each.name}") for each in deal.triggers)
        assert all(has_label(f"wf.state.{state}") for state in deal.priorities)


@pytest.mark.parametrize("name", shipped())
def test_every_note_of_a_shipped_card_has_chinese(name):
    notes = deal_card(shipped_deal(name))["note"].dropna()
    assert [note for note in notes if note and words.reason(note, "zh") == note] == []
