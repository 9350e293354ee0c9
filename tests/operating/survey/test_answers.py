"""The register, the reading of answers with all their faults, and the made-up panel."""

import pandas as pd
import pytest

from abscase import catalog
from abscase.errors import ChoiceError, DataFaults
from abscase.operating.survey import answers, panel, study
from abscase.operating.survey.collect import survey_collect
from abscase.operating.survey.register import GROUPS, PAIRS, of_case, register
from abscase.schema.process import STAGES


@pytest.fixture
def write(tmp_path):
    """Write the answers of one made-up respondent, changed, and return the path."""

    def write(name="one.csv", change=None, who="r1", when=1, grade="A"):
        frame = panel.illustrative("ant")
        own = frame[(frame["respondent"] == "sim1") & (frame["round"] == 1)]
        own = own.assign(respondent=who, round=when, grade=grade, source_id="survey-own")
        own = own.astype(object).where(own.notna(), "").reset_index(drop=True)
        path = tmp_path / name
        (own if change is None else change(own)).to_csv(path, index=False)
        return path

    return write


def faults(path):
    with pytest.raises(DataFaults) as caught:
        answers.read_answers(path)
    return [str(each) for each in caught.value.faults]


def test_the_register_is_complete_and_bilingual():
    risks = register()
    assert len(risks) >= 24 and risks["risk_id"].is_unique
    assert set(risks["group"]) == set(GROUPS) and set(risks["stage"]) <= set(STAGES)
    for row in risks.to_dict("records"):
        assert row["risk_id"].startswith(f"R{row['group']}"), row["risk_id"]
        for name in ("name", "cause", "event", "effect", "owner"):
            assert row[f"{name}_en"].isascii(), row["risk_id"]
            assert any("\u4e00" <= sign <= "\u9fff" for sign in row[f"{name}_zh"]), row["risk_id"]
    assert len(of_case("ant")) >= 24 and len(of_case("us_subprime")) >= 24


def test_a_case_without_a_questionnaire_is_named():
    with pytest.raises(ChoiceError, match="did you mean 'us_subprime'"):
        of_case("us_subprim")


def test_a_risk_without_a_source_is_of_grade_c():
    risks = register()
    own = risks["source_id"] == "survey-01"
    assert (risks.loc[own, "grade"] == "C").all() and (risks.loc[~own, "grade"] < "C").all()


def test_the_shipped_answers_are_those_of_the_generator_and_say_so():
    made = pd.concat([panel.illustrative(case) for case in ("ant", "us_subprime")])
    shipped = catalog.read_all("answer")
    for name in made:
        pd.testing.assert_series_equal(
            made[name].reset_index(drop=True), shipped[name], check_dtype=False
        )
    assert (shipped["grade"] == "C").all() and set(shipped["source_id"]) == {"survey-02"}


def test_the_made_up_panel_comes_together_and_holds_one_careless_respondent():
    found = study.panel(catalog.read_all("answer"), "ant", 4)
    w = [study.agreement.kendall_w(scores) for scores in found.scores.values()]
    assert w == sorted(w) and w[-1] > w[0] + 0.1
    ratios = {who: study.ahp.priorities(m).ratio for who, m in found.comparisons.items()}
    assert max(ratios, key=ratios.get) == "sim7" and ratios["sim7"] > 0.1


def test_a_good_file_is_read_with_its_lines(write):
    found = answers.read_answers(write("my answers.csv"))
    assert found["ref"].iloc[0] == "my_answers.csv:2" and len(found) == 33 + 15
    assert answers.comparisons(found, "ant")["r1"].shape == (6, 6)
    assert answers.ratings(found, "ant", "impact", 1).shape == (1, 33)


def test_all_faults_of_a_file_come_at_once(write):
    def spoil(frame):
        frame.loc[frame["item"] == "RU1", "probability"] = 6
        frame.loc[frame["item"] == "RU2", "impact"] = "high"
        frame.loc[frame["item"] == "U/I", "ratio"] = 12
        return frame.assign(more=1)

    found = "\n".join(faults(write(change=spoil)))
    assert "one.csv:17: probability: '6' is not within 1 to 5" in found
    assert "one.csv:18: impact: 'high' is not a whole number" in found
    assert "one.csv:2: ratio: '12' is not within 0.11 to 9" in found
    assert "more: is not a column of answer" in found


def test_rules_of_a_panel_come_at_once(write):
    def spoil(frame):
        frame.loc[frame["item"] == "RU1", "item"] = "RU99"
        frame.loc[frame["item"] == "RU2", "impact"] = ""
        frame.loc[frame["item"] == "RU3", "ratio"] = 2
        frame.loc[frame["item"] == "U/I", "ratio"] = 2.4
        frame.loc[frame["item"] == "U/C", "probability"] = 3
        frame.loc[frame["item"] == "RC1", "respondent"] = "=1+1"
        return frame

    found = "\n".join(faults(write(change=spoil)))
    assert "item: 'RU99' is neither a risk asked of ant nor a pair" in found
    assert "one.csv:18: impact: must not be empty for a risk" in found
    assert "ratio: '2.0' is not asked of a risk" in found
    assert "ratio: '2.4' is no step of the scale" in found
    assert "probability: '3' is not asked of a pair of groups" in found
    assert "respondent: '=1+1' is not a code" in found


def test_what_is_left_out_is_named(write):
    drop = lambda frame: frame[~frame["item"].isin(["RD2", "S/D"])]  # noqa: E731
    (only,) = faults(write(change=drop))
    assert "'r1' has no answer in round 1 about ant to: RD2, S/D" in only
    no_pairs = lambda frame: frame[~frame["item"].isin(PAIRS)]  # noqa: E731
    assert len(answers.read_answers(write(change=no_pairs))) == 33, "pairs may be left out whole"


def test_a_risk_of_the_other_case_is_refused(write):
    other = lambda frame: frame.assign(  # noqa: E731
        item=frame["item"].replace("RU1", "RU9"))  # fmt: skip
    assert "'RU9' is neither a risk asked of ant" in faults(write(change=other))[0]


@pytest.mark.parametrize("content", ["", "about\n", "a;b\n1;2\n"])
def test_no_file_of_answers(tmp_path, content):
    path = tmp_path / "x.csv"
    path.write_text(content)
    assert faults(path)


def test_answers_about_another_case_are_named(write):
    found = answers.read_answers(write())
    with pytest.raises(DataFaults, match=r"no answers about us_subprime; .* about: ant"):
        study.panel(found, "us_subprime", 2)


def test_collecting_merges_whole_and_in_order(write, tmp_path):
    write("b.csv", who="r2")
    write("a.csv", who="r1")
    write("c.csv", who="r1", when=2)
    out = tmp_path / "all.csv"
    assert survey_collect(tmp_path, out).endswith("2 respondents, 2 rounds, 144 answers, grade A")
    merged = answers.read_answers(out)
    assert merged["respondent"].drop_duplicates().tolist() == ["r1", "r2"]
    before = out.read_bytes()
    survey_collect(tmp_path, out)
    assert out.read_bytes() == before, "the file in the folder is not collected again"


def test_collecting_lists_the_faults_of_all_files_and_writes_nothing(write, tmp_path):
    write("a.csv", change=lambda frame: frame.assign(round=9))
    write("b.csv", change=lambda frame: frame.drop(columns="item"))
    (tmp_path / "c.csv").write_bytes("编号,答案\n".encode("gbk"))
    with pytest.raises(DataFaults) as caught:
        survey_collect(tmp_path, tmp_path / "out" / "all.csv")
    files = {each.file for each in caught.value.faults}
    assert files == {"a.csv", "b.csv", "c.csv"} and not (tmp_path / "out").exists()


def test_a_respondent_who_answers_twice_is_refused(write, tmp_path):
    write("a.csv")
    write("b.csv")
    with pytest.raises(DataFaults, match=r"b\.csv: respondent: 'r1' answered round 1 .* in a\.csv"):
        survey_collect(tmp_path, tmp_path / "all.csv")


def test_made_up_answers_are_not_mixed_with_others_own(write, tmp_path):
    write("a.csv")
    write("b.csv", who="r2", grade="C")
    with pytest.raises(DataFaults, match=r"b\.csv: grade: 'C' holds made-up answers"):
        survey_collect(tmp_path, tmp_path / "all.csv")


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(DataFaults, match="holds no answers"):
        survey_collect(tmp_path, tmp_path / "all.csv")


def test_evidence_takes_the_worst_grade(write):
    found = answers.read_answers(write(change=lambda frame: frame.assign(
        grade=["B"] + ["A"] * (len(frame) - 1))))  # fmt: skip
    assert [each.grade for each in answers.evidence(found, "ant")] == ["B"]


def test_a_note_that_a_spreadsheet_would_run_is_made_text(write, tmp_path):
    write("A.CSV", change=lambda frame: frame.assign(note="=HYPERLINK(1)"))
    out = tmp_path / "out" / "all.csv"
    out.parent.mkdir()
    survey_collect(tmp_path, out)
    text = out.read_text(encoding="utf-8")
    assert ",=HYPERLINK" not in text and "'=HYPERLINK(1)" in text


def test_a_file_in_latin_1_is_not_taken_for_chinese(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("case,respondent\nant,Andr\xe9\n".encode("latin-1"))
    told = " ".join(faults(path))
    assert "UTF-8" in told and "GBK" not in told
