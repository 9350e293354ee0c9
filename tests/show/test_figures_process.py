import re
from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from abscase.case import TITLES, load_case
from abscase.catalog import read_all
from abscase.operating.process import chances, design, fault_tree, likeness, stages
from abscase.show import process as words
from abscase.show.figures import process as draw
from abscase.show.figures import process_measures as measures
from abscase.show.labels import LANGS, label
from abscase.show.style import theme
from abscase.verdict.completeness import TERMS

CHINESE = re.compile(r"[\u4e00-\u9fff]")
EVIDENCE = ("B", ["us-001", "ant-ifr-2016-11-28"])
CASES = [load_case(name) for name in TITLES]
ANT, US, PEERS = CASES[0], CASES[1], CASES[-1]


def flow_ant(lang):
    return draw.flow_chart(ANT, stages.SETS["full"], lang)


def flow_us(lang):
    return draw.flow_chart(US, stages.SETS["full"], lang)


def flow_short(lang):
    return draw.flow_chart(US, stages.SETS["short"], lang)


def control_map(lang):
    return draw.control_map(stages.stage_states(CASES), *EVIDENCE, lang)


def tree_ant(lang):
    return measures.tree_figure(ANT, fault_tree.fault_tree(ANT.table("fault")), lang)


def tree_us(lang):
    return measures.tree_figure(US, fault_tree.fault_tree(US.table("fault")), lang)


def neighbours(lang):
    built = design.design(CASES)
    unlike, size = built.unlike(), len(built.scales)
    weights = np.full(size, 1 / size)
    some = design.random_weights(size, 50, np.random.default_rng(1))
    bounds = likeness.pair_bounds(built, weights)
    arrays = (design.gower(unlike, weights), design.gower(unlike, some), *bounds)
    return measures.neighbours_figure(built.cases, ["ant", "us_subprime"], *arrays, *EVIDENCE, lang)


FIGURES = [flow_ant, flow_us, flow_short, control_map, tree_ant, tree_us, neighbours]
SAYS = {
    "flow_ant": ["1", "7"], "flow_us": ["CDO", "7"], "flow_short": ["CDO"],
    "control_map": ["11", "5"], "tree_ant": ["10", "5"], "tree_us": ["20%", "42%", "48%"],
    "neighbours": ["0.12", "0.73"],
}  # fmt: skip


@pytest.fixture(params=LANGS)
def lang(request):
    theme(request.param)
    return request.param


@pytest.fixture(params=FIGURES, ids=lambda each: each.__name__)
def figure(request):
    return request.param


def painted(exhibit):
    canvas = FigureCanvasAgg(exhibit.figure)
    canvas.draw()
    return exhibit.figure, canvas.get_renderer()


def test_alt_text_says_what_is_drawn(figure, lang):
    exhibit = figure(lang)
    for text in SAYS[figure.__name__]:
        assert text in exhibit.alt, exhibit.alt
    assert not re.search(r"[{}]|\bnan|None", exhibit.alt)
    assert bool(CHINESE.search(exhibit.alt)) == (lang == "zh")
    assert bool(CHINESE.search(exhibit.title)) == (lang == "zh")


def test_every_glyph_is_there_and_grade_and_sources_are_printed(figure, lang):
    exhibit = figure(lang)
    assert exhibit.png()[:4] == b"\x89PNG", "a missing glyph would have warned, which is an error"
    printed = " ".join(text.get_text() for text in exhibit.figure.texts)
    assert exhibit.grade in printed and exhibit.sources[0] in printed


def test_legend_and_footer_stand_apart_within_the_width(figure, lang):
    drawn, renderer = painted(figure(lang))
    legend = next(axes.get_legend() for axes in drawn.axes if axes.get_legend())
    footer = next(text for text in drawn.texts if text.get_gid() == "footer")
    box = legend.get_window_extent(renderer)
    assert not box.overlaps(footer.get_window_extent(renderer))
    assert box.x1 <= drawn.bbox.x1


@pytest.mark.parametrize("each", [flow_ant, flow_us, tree_ant, tree_us, control_map])
def test_no_text_covers_another_or_leaves_the_picture(each, lang):
    drawn, renderer = painted(each(lang))
    axes = drawn.axes[0]
    boxes = [text.get_window_extent(renderer) for text in axes.texts if text.get_text()]
    boxes += [text.get_window_extent(renderer) for text in axes.get_xticklabels()
              if text.get_text() and axes.axison]  # fmt: skip
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other)
    assert all(box.x1 <= drawn.bbox.x1 + 1 for box in boxes)


def test_both_machines_have_the_same_places():
    theme("en")
    names = [words.stage_name(stage, "en") for stage in stages.SETS["full"]]
    for exhibit in (flow_ant("en"), flow_us("en")):
        found = {text.get_text(): text.get_position() for text in exhibit.figure.axes[0].texts}
        assert [found[name][1] for name in names] == pytest.approx([
            place - 0.17 for place in range(len(names))
        ])  # fmt: skip


def test_a_line_of_the_tree_for_each_event_and_repeats_are_marked():
    tree = fault_tree.fault_tree(US.table("fault"))
    lines = measures.outline(tree)
    first = [line.event for line in lines if not line.again]
    assert sorted(first) == sorted([*tree.gates, *tree.basic])
    assert [line.event for line in lines if line.again] == ["originator_gone"]
    for line in lines[1:]:
        assert line.event in tree.gates[lines[line.parent].event][1]
        assert line.depth == lines[line.parent].depth + 1


def test_every_table_is_in_words(lang):
    frictions = words.frictions(stages.friction_table([ANT, US]), lang)
    assert len(frictions) == 14 and frictions.notna().all(axis=None)
    names = words.event_names(US, lang)
    tree = fault_tree.fault_tree(US.table("fault"))
    cuts = fault_tree.cut_sets(tree)
    table = words.cut_table(cuts, names, lang)
    assert list(table["order"]) == [len(cut) for cut in cuts]
    assert all(names[event] in table["events"][0] for event in cuts[0])
    named = words.named_events(fault_tree.importance(cuts), names)
    assert set(named["event"]) == {names[event] for event in tree.basic}
    branch = tree.below("faulty_pool")
    ends = chances.known_chances(US.table("fault"), branch)
    span = chances.probability_range(fault_tree.cut_sets(branch), *ends)
    assert words.chance_rows({"independent": span}, lang)["high"].tolist() == [pytest.approx(0.42)]
    for case in CASES:
        checks = words.controls(case, lang, stages.SETS["full"])
        assert len(checks) == len(case.table("control"))


def test_every_choice_has_words(lang):
    decisions = read_all("decision")
    for row in decisions.to_dict("records"):
        levels = row["levels"].split() if isinstance(row["levels"], str) else []
        assert all(words.option(level, lang) for level in levels)
    table = words.design_table(design.design(CASES), decisions, lang)
    assert len(table) == len(decisions)
    blank = label("process.option.open", lang)
    assert (table["ant"] == blank).sum() == design.design(CASES).choices["ant"].isna().sum()


def test_a_deal_card_says_what_was_read(lang):
    deals = {"ant_d11_2016": ANT, "cmlti_2006_nc2": US}
    frames = {name: (case.table("deal"), case.table("tranche")) for name, case in deals.items()}
    card = words.deal_cards(frames, TERMS, lang).set_index("term")
    ours, theirs = card.iloc[:, 0], card.iloc[:, 1]
    enhancement = label("data.term.enhancement", lang)
    assert ours[enhancement] == "14.4% / 8% / 0%", "worked out from the amounts"
    assert theirs[enhancement].startswith("22.15% / 18%") and "16" in theirs[enhancement]
    assert theirs[label("data.term.overcollateral", lang)] == "1.45%"
    assert ours[label("data.term.rate", lang)] == "3.35% / 3.55% / 4%"
    assert ours[label("data.term.servicer", lang)] == label("process.not_read", lang)
    assert "us-002" not in theirs[label("data.term.holder", lang)]
