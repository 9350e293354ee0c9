from dataclasses import replace

import pytest

from abscase.show.figures.verdict import LOOK, argument_map, evidence_map
from abscase.show.labels import LANGS, label
from abscase.show.style import theme
from abscase.verdict.claims import VERDICTS, ClaimRecord, Margin

HIGH = ClaimRecord(
    "S3a.made", "S3a", "ant", "made", "times", 134.6, 130.0, 140.0, None, "sources",
    "above", 100.0, None, "", None, "supported", "supported", "inside",
    "A", ("s1",), ("ant/series.csv:2",),
)  # fmt: skip
LOW = replace(
    HIGH, margin_id="S3a.book", measure="book", estimate=3.3, lo=3.0, hi=4.0, grade="B",
    would_be="contradicted", verdict="contradicted", reason="outside", source_ids=("s2",),
)  # fmt: skip
GAP = replace(
    HIGH, margin_id="S7.gap", claim_id="S7", measure="gap", unit="decimal", estimate=0.09, lo=0.02,
    hi=0.15, margin_rule="inside", margin_low=-0.1, margin_high=0.1,
    would_be="inconclusive", verdict="inconclusive", reason="straddles",
)  # fmt: skip
CAUSE = replace(
    HIGH, margin_id="S5.cause", claim_id="S5", estimate=None, lo=None, hi=None,
    interval_kind="none", margin_rule="none", margin_low=None, would_be="not_identifiable",
    verdict="not_identifiable", reason="undecidable",
)  # fmt: skip
WORDS = {
    "S3a.made": Margin("S3a.made", "S3a", "times", "above", 100.0, None, "Loans made", "发放额")
}
ALL = ("S10a", "S10b", "S10c", "S10d", "S6")


def texts(exhibit):
    return [text.get_text() for axes in exhibit.figure.axes for text in axes.texts]


def rows(axes):
    return [tick.get_text().split("  ")[0] for tick in axes.get_yticklabels()]


@pytest.mark.parametrize("lang", LANGS)
def test_each_record_is_a_row_that_says_its_verdict(lang):
    theme(lang)
    exhibit = evidence_map([LOW, HIGH, GAP, CAUSE], WORDS, lang)
    names = [label(f"verdict.{each.verdict}", lang) for each in (HIGH, LOW, GAP)]
    assert [text.split(" · ")[0] for text in texts(exhibit)] == names
    assert (exhibit.grade, exhibit.sources) == ("B", ("s1", "s2"))
    assert exhibit.png()


def test_one_panel_for_each_unit_and_a_log_scale_where_needed():
    theme("en")
    wide, narrow = evidence_map([LOW, HIGH, GAP], WORDS, "en").figure.axes
    assert (rows(wide), rows(narrow)) == (["S3a", "S3a"], ["S7"])
    assert (wide.get_xscale(), narrow.get_xscale()) == ("log", "linear")
    assert evidence_map([HIGH], WORDS, "en").figure.axes[0].get_xscale() == "linear"


def test_marker_stands_at_the_estimate_and_line_over_the_interval():
    theme("en")
    (axes,) = evidence_map([HIGH], WORDS, "en").figure.axes
    line, marker, margin = axes.lines[1], axes.lines[2], axes.lines[0]
    assert list(line.get_xdata()) == [130.0, 140.0]
    assert list(marker.get_xdata()) == [134.6]
    assert list(margin.get_xdata()) == [100.0, 100.0]


@pytest.mark.parametrize(
    ("rule", "low", "high", "verdict", "within", "beyond"),
    [("above", 100.0, None, "supported", [134.6], [99]),
     ("below", None, 150.0, "supported", [134.6], [151]),
     ("inside", 100.0, 150.0, "supported", [134.6], [99, 151]),
     ("outside", 10.0, 50.0, "supported", [134.6, 9], [11, 49])],
)  # fmt: skip
def test_the_shade_lies_where_the_claim_holds(rule, low, high, verdict, within, beyond):
    theme("en")
    record = replace(HIGH, margin_rule=rule, margin_low=low, margin_high=high, verdict=verdict)
    (axes,) = evidence_map([record], WORDS, "en").figure.axes
    boxes = [shade.get_paths()[0].get_extents() for shade in axes.collections]
    shaded = lambda x: any(box.x0 <= x <= box.x1 for box in boxes)  # noqa: E731
    assert all(map(shaded, within)) and not any(map(shaded, beyond))


def test_alt_text_counts_the_verdicts():
    theme("en")
    alt = evidence_map([LOW, HIGH, GAP, CAUSE], WORDS, "en").alt
    assert "3 tests" in alt and "supported: 1" in alt and "not identifiable" not in alt


@pytest.mark.parametrize("lang", LANGS)
def test_the_argument_map_changes_with_the_verdicts(lang):
    theme(lang)
    before = argument_map(dict.fromkeys(ALL, "not_tested"), "A", ["s"], lang)
    after = argument_map(dict.fromkeys(ALL, "not_tested") | {"S6": "supported"}, "A", ["s"], lang)
    word = label("verdict.supported", lang)
    assert not any(word in text for text in texts(before))
    assert sum(word in text for text in texts(after)) == 1
    assert word in after.alt and after.png()


def test_every_verdict_has_a_look_of_its_own():
    assert set(VERDICTS) <= set(LOOK)
    assert len({LOOK[name][1] for name in VERDICTS}) == len(VERDICTS)
