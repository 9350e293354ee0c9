import json
import math
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from abscase.case import Datum
from abscase.errors import ChoiceError, DataFaults
from abscase.verdict.claims import (
    REASONS,
    VERDICTS,
    Margin,
    claim_verdict,
    judge,
    margins,
    read_records,
    record,
    scoreboard,
    what_would_overturn,
    write_records,
)

READ = Datum(134.6, "times", "A", "ant-p", "ant/series.csv:2")
COPY = Datum(3.3, "times", "B", "ant-c", "ant/series.csv:9")
GUESS = Datum(2.0, "times", "C", "ant-o", "ant/series.csv:5")
HEAD = (
    "margin_id,claim_id,measure_en,measure_zh,unit,rule,low,high,"
    "reason_en,reason_zh,fixed_on,grade,source_id\n"
)


@pytest.fixture
def root(tmp_path):
    rows = [("S3a.made", "S3a", "above", 100, ""), ("S3a.gap", "S3a", "inside", -0.05, 0.05),
            ("S4.harm", "S4", "none", "", ""), ("S3a.apart", "S3a", "outside", -0.05, 0.05),
            ("S3a.small", "S3a", "below", "", 0.1)]  # fmt: skip
    text = "".join(
        f"{name},{claim},m,量,times,{rule},{low},{high},why,因,2024-01-01,C,own\n"
        for name, claim, rule, low, high in rows
    )
    (tmp_path / "margins.csv").write_text(HEAD + text, encoding="utf-8")
    (tmp_path / "datapackage.json").write_text('{"resources": []}')
    return tmp_path


@pytest.fixture
def make(root):
    def build(margin_id="S3a.made", estimate=134.6, lo=120.0, hi=140.0, **changes):
        given = {
            "data": [READ],
            "case": "ant",
            "interval_kind": "sources",
            "notebook": "06_leverage",
        }
        return record(margin_id, estimate, lo, hi, **(given | changes), root=root)

    return build


def test_margins_come_from_the_file(root):
    found = margins(root)
    assert found["S3a.made"].low == 100
    assert found["S3a.made"].high is None
    assert found["S3a.gap"].measure_zh == "量"
    assert found["S4.harm"].rule == "none"
    assert found["S3a.small"].ref == "./margins.csv:6" or found["S3a.small"].ref == "margins.csv:6"


@pytest.mark.parametrize(
    ("rule", "low", "high", "message"),
    [
        ("above", None, 100, "needs 'low'"),
        ("below", None, None, "needs 'high'"),
        ("inside", 1, 0, "low must be under high"),
        ("none", 0, None, "takes no 'low'"),
        ("over", 0, None, "is not one of"),
    ],
)
def test_a_margin_has_the_ends_its_rule_needs(rule, low, high, message):
    with pytest.raises(DataFaults, match=message):
        Margin("S1.x", "S1", "times", rule, low, high)


def test_a_margin_reports_both_missing_ends():
    with pytest.raises(DataFaults) as caught:
        Margin("S1.x", "S1", "times", "inside")
    assert [fault.column for fault in caught.value.faults] == ["low", "high"]


@pytest.mark.parametrize(
    ("rule", "low", "high", "lo", "hi", "verdict"),
    [
        ("above", 100, None, 101, 140, "supported"),
        ("above", 100, None, 2, 4, "contradicted"),
        ("above", 100, None, 90, 120, "inconclusive"),
        ("above", 100, None, 100, 100, "contradicted"),
        ("above", 100, None, 100, 120, "inconclusive"),
        ("below", None, 0.1, 0.01, 0.09, "supported"),
        ("below", None, 0.1, 0.1, 0.2, "contradicted"),
        ("below", None, 0.1, 0.05, 0.15, "inconclusive"),
        ("inside", -0.05, 0.05, -0.02, 0.04, "supported"),
        ("inside", -0.05, 0.05, 0.05, 0.09, "contradicted"),
        ("inside", -0.05, 0.05, -0.09, -0.06, "contradicted"),
        ("inside", -0.05, 0.05, 0.02, 0.09, "inconclusive"),
        ("inside", -0.05, 0.05, -0.09, 0.09, "inconclusive"),
        ("outside", -0.05, 0.05, 0.06, 0.09, "supported"),
        ("outside", -0.05, 0.05, -0.09, -0.06, "supported"),
        ("outside", -0.05, 0.05, -0.05, 0.05, "contradicted"),
        ("outside", -0.05, 0.05, -0.09, 0.09, "inconclusive"),
        ("none", None, None, 0, 1, "not_identifiable"),
    ],
)
def test_judge(rule, low, high, lo, hi, verdict):
    assert judge(lo, hi, Margin("S1.x", "S1", "times", rule, low, high)) == verdict


def test_outside_is_the_mirror_of_inside():
    """Off the margins themselves, what supports one rule contradicts the other."""
    opposite = {"supported": "contradicted", "contradicted": "supported",
                "inconclusive": "inconclusive"}  # fmt: skip
    inside = Margin("S1.x", "S1", "times", "inside", -1, 1)
    outside = replace(inside, rule="outside")
    for lo, hi in np.sort(np.random.default_rng(1).normal(0, 1.5, (500, 2)), axis=1):
        assert judge(lo, hi, outside) == opposite[judge(lo, hi, inside)]


def test_a_ninety_percent_interval_inside_the_margin_is_two_one_sided_tests():
    """Second road: the p-value of the two one-sided t tests, from scipy."""
    rng, margin = np.random.default_rng(7), Margin("S1.x", "S1", "times", "inside", -0.5, 0.5)
    seen = set()
    for shift in np.linspace(0, 0.6, 40):
        sample = rng.normal(shift, 1, 50)
        lo, hi = stats.t.interval(0.9, 49, sample.mean(), stats.sem(sample))
        p = max(stats.ttest_1samp(sample, -0.5, alternative="greater").pvalue,
                stats.ttest_1samp(sample, 0.5, alternative="less").pvalue)  # fmt: skip
        assert (judge(lo, hi, margin) == "supported") == (p < 0.05)
        seen.add(p < 0.05)
    assert seen == {True, False}


def test_record_takes_the_worst_grade_and_every_source(make):
    found = make(data=[READ, COPY, COPY])
    assert (found.grade, found.verdict, found.reason) == ("B", "supported", "inside")
    assert found.source_ids == ("ant-c", "ant-p")
    assert found.refs == ("ant/series.csv:2", "ant/series.csv:9")
    assert (found.record_id, found.claim_id, found.measure) == ("S3a.made", "S3a", "made")
    assert make(at_best="B").grade == "B"


def test_assumed_inputs_decide_nothing(make):
    found = make(data=[READ, GUESS])
    assert (found.grade, found.would_be) == ("C", "supported")
    assert (found.verdict, found.reason) == ("inconclusive", "assumed")
    assert "assumed inputs decide nothing" in REASONS[found.reason]


def test_what_no_data_could_decide(make):
    found = make("S4.harm", None, None, None, data=[], interval_kind="none")
    assert (found.verdict, found.reason, found.grade) == ("not_identifiable", "undecidable", "C")


def test_an_estimate_without_an_interval_is_inconclusive(make):
    found = make(lo=None, hi=None, interval_kind="none")
    assert (found.verdict, found.reason) == ("inconclusive", "no_interval")


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"lo": 135.0}, "estimate"),
        ({"hi": 130.0}, "estimate"),
        ({"estimate": math.nan}, "estimate"),
        ({"hi": math.inf}, "hi"),
        ({"interval_kind": "exact"}, "lo"),
        ({"interval_kind": "guess"}, "interval_kind"),
        ({"interval_kind": "sampling"}, "level"),
        ({"level": 0.9}, "level"),
        ({"interval_kind": "sampling", "level": 90.0}, "level"),
        ({"p_value": 1.2}, "p_value"),
        ({"case": "antt"}, "case"),
        ({"data": []}, "refs"),
        ({"data": [replace(READ, ref="somewhere")]}, "refs"),
        ({"lo": None, "hi": None}, "estimate"),
        ({"estimate": None, "lo": None, "hi": None, "interval_kind": "none"}, "estimate"),
    ],
)
def test_record_refuses(make, changes, column):
    with pytest.raises(DataFaults) as caught:
        make(**changes)
    assert column in [fault.column for fault in caught.value.faults]


def test_a_record_lists_all_of_its_faults(make):
    with pytest.raises(DataFaults) as caught:
        make(case="antt", lo=math.nan, p_value=-1.0, data=[replace(READ, ref="x", grade="B")])
    assert {fault.column for fault in caught.value.faults} == {"case", "lo", "p_value", "refs"}


def test_a_verdict_cannot_be_written_by_hand(make):
    with pytest.raises(DataFaults, match="does not follow"):
        replace(make(), verdict="contradicted")
    with pytest.raises(DataFaults, match="does not follow"):
        replace(make(data=[GUESS]), verdict="supported", reason="inside")
    with pytest.raises(FrozenInstanceError):
        make().verdict = "mixed"


def test_an_unknown_margin_is_named(make):
    with pytest.raises(ChoiceError, match=r"did you mean 'S3a\.made'"):
        make("S3a.maed")


def test_records_survive_the_file(make, tmp_path):
    records = [make(parameters={"retained": 0.08}), make("S3a.gap", 0.0, -0.01, 0.01),
               make("S4.harm", None, None, None, data=[], interval_kind="none")]  # fmt: skip
    path = write_records(tmp_path / "claims" / "06.json", records)
    assert read_records(path.parent) == records
    assert [each.name for each in path.parent.iterdir()] == ["06.json"]


def test_a_failed_write_leaves_nothing(make, tmp_path):
    with pytest.raises(DataFaults, match="must name the notebook"):
        write_records(tmp_path / "c" / "06.json", [make(notebook="")])
    with pytest.raises(DataFaults, match="written 2 times"):
        write_records(tmp_path / "c" / "06.json", [make(), make()])
    assert not (tmp_path / "c").exists()


def break_file(change):
    def apply(content):
        change(content)
        return json.dumps(content)

    return apply


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (break_file(lambda c: c.update(version=0)), "another version"),
        (break_file(lambda c: c.pop("version")), "'version' and 'records' only"),
        (break_file(lambda c: c["records"][0].pop("grade")), "grade: field is missing"),
        (break_file(lambda c: c["records"][0].update(mood="good")), "mood: field is unknown"),
        (break_file(lambda c: c["records"][0].update(estimate="134")), "is not a number"),
        (break_file(lambda c: c["records"][0].update(refs="ant")), "is not a tuple"),
        (break_file(lambda c: c["records"][0].update(verdict="contradicted")), "does not follow"),
        (break_file(lambda c: c["records"].append(3)), "is not a record"),
        (lambda content: json.dumps(content)[:-9], "is not JSON"),
        (lambda content: json.dumps(content).replace("134.6", "NaN"), "not a finite number"),
    ],
)
def test_reading_is_strict(make, tmp_path, change, message):
    path = write_records(tmp_path / "claims" / "06.json", [make()])
    path.write_text(change(json.loads(path.read_text())))
    with pytest.raises(DataFaults, match=message):
        read_records(path.parent)


def test_reading_lists_the_faults_of_all_files(make, tmp_path):
    for name in ("01", "06"):
        path = write_records(tmp_path / "claims" / f"{name}.json", [make()])
        path.write_text(path.read_text().replace('"grade": "A"', '"grade": "D"'))
    with pytest.raises(DataFaults) as caught:
        read_records(tmp_path / "claims")
    assert sum(fault.column == "grade" for fault in caught.value.faults) == 2


def test_one_margin_is_recorded_once(make, tmp_path):
    for name in ("01", "06"):
        write_records(tmp_path / "claims" / f"{name}.json", [make()])
    with pytest.raises(DataFaults, match="written 2 times"):
        read_records(tmp_path / "claims")


def test_a_missing_folder_of_claims_is_said(tmp_path):
    with pytest.raises(DataFaults, match="no such folder"):
        read_records(tmp_path / "none")


@pytest.fixture
def of(make):
    return {
        "supported": make(),
        "contradicted": make(estimate=3.0, lo=2.0, hi=4.0),
        "inconclusive": make(lo=90.0),
        "assumed": make(data=[GUESS]),
        "not_identifiable": make("S4.harm", None, None, None, data=[], interval_kind="none"),
    }


@pytest.mark.parametrize(
    ("names", "verdict"),
    [
        ("", "not_tested"),
        ("supported supported", "supported"),
        ("contradicted", "contradicted"),
        ("supported contradicted", "mixed"),
        ("supported contradicted inconclusive", "mixed"),
        ("supported inconclusive", "inconclusive"),
        ("contradicted not_identifiable", "inconclusive"),
        ("supported not_identifiable", "not_identifiable"),
        ("not_identifiable not_identifiable", "not_identifiable"),
        ("supported assumed", "inconclusive"),
        ("assumed", "inconclusive"),
        ("not_identifiable assumed", "not_identifiable"),
    ],
)
def test_claim_verdict(of, names, verdict):
    assert claim_verdict([of[name] for name in names.split()]) == verdict


def test_a_margin_without_a_record_leaves_the_claim_open(of):
    assert claim_verdict([of["supported"]], unmeasured=1) == "inconclusive"
    assert claim_verdict([of["contradicted"]], unmeasured=1) == "inconclusive"
    assert claim_verdict([of["supported"], of["contradicted"]], unmeasured=1) == "mixed"
    assert claim_verdict([], unmeasured=1) == "not_tested"


def test_scoreboard_has_one_row_for_every_claim(of):
    claims = pd.DataFrame(
        {"claim_id": ["S1", "S3a", "S4"], "claim_en": list("abc"), "claim_zh": list("甲乙丙")}
    )
    records = [of["supported"], of["assumed"], of["not_identifiable"]]
    board = scoreboard(records, claims, {})
    assert list(board["verdict"]) == ["not_tested", "inconclusive", "not_identifiable"]
    assert list(board["unmeasured"]) == [0, 0, 0]
    assert list(board["grade"]) == ["", "C", "C"]
    assert list(board["tests"]) == [0, 2, 1]
    assert list(board["source_ids"]) == ["", "ant-o ant-p", ""]
    assert (board[list(VERDICTS)].sum(axis=1) == board["tests"]).all()
    with pytest.raises(DataFaults, match="not in the table claim"):
        scoreboard([of["supported"]], claims.iloc[:1], {})


@pytest.mark.parametrize(
    ("margin_id", "estimate", "lo", "hi", "distance"),
    [
        ("S3a.made", 134.6, 120.0, 140.0, 20.0),
        ("S3a.made", 3.0, 2.0, 4.0, 96.0),
        ("S3a.made", 105.0, 98.0, 110.0, 2.0),
        ("S3a.gap", 0.0, -0.02, 0.04, 0.01),
        ("S3a.gap", 0.08, 0.07, 0.2, 0.02),
    ],
)
def test_what_would_overturn(make, margin_id, estimate, lo, hi, distance):
    assert what_would_overturn(make(margin_id, estimate, lo, hi)) == pytest.approx(distance)


def test_nothing_overturns_what_was_not_judged(of):
    assert what_would_overturn(of["not_identifiable"]) is None
