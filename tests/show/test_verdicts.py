from dataclasses import replace

import pandas as pd
import pytest

from abscase.errors import ChoiceError
from abscase.show.labels import LANGS, label
from abscase.show.numbers import in_unit
from abscase.show.verdicts import (
    SECTIONS,
    arguments,
    claim_table,
    conclusions,
    margin_table,
    measurements,
    open_questions,
    overturn,
    prediction_form,
    reading_order,
    shows,
)
from abscase.verdict.claims import REASONS, VERDICTS, ClaimRecord, Margin, scoreboard

HIGH = ClaimRecord(
    "S3a.made", "S3a", "ant", "made", "times", 134.6, 130.0, 140.0, None, "sources",
    "above", 100.0, None, "", None, "supported", "supported", "inside",
    "A", ("s1", "s2"), ("ant/series.csv:2",), "06_leverage",
)  # fmt: skip
LOW = replace(
    HIGH, margin_id="S3a.book", measure="book", estimate=3.3, lo=3.3, hi=3.3, grade="B",
    interval_kind="exact", would_be="contradicted", verdict="contradicted", reason="outside",
)  # fmt: skip
CAUSE = replace(
    HIGH, margin_id="S5.cause", claim_id="S5", estimate=None, lo=None, hi=None,
    interval_kind="none", margin_rule="none", margin_low=None, would_be="not_identifiable",
    verdict="not_identifiable", reason="undecidable", source_ids=(),
)  # fmt: skip
WORDS = {
    "S3a.made": Margin("S3a.made", "S3a", "times", "above", 100.0, None, "Loans made", "发放额")
}


@pytest.fixture
def claims():
    ids = ["S3a", "S5", "S6"]
    texts = {f"{name}_{lang}": [f"{name} {each} {lang}" for each in ids] for lang in LANGS
             for name in ("claim", "refuted", "for", "against")}  # fmt: skip
    return pd.DataFrame({"claim_id": ids, "notebook": "12_policy"} | texts)


@pytest.fixture
def board(claims):
    return scoreboard([HIGH, LOW, CAUSE], claims, WORDS)


@pytest.mark.parametrize("lang", LANGS)
def test_a_sentence_for_each_tested_claim(board, lang):
    found = conclusions(board, lang)
    assert found["claim_id"].tolist() == ["S3a", "S5"]
    assert found["verdict"].tolist() == ["mixed", "not_identifiable"]
    assert found["says"].tolist()[1].startswith(label("verdict.says.not_identifiable", lang))


def test_sentences_follow_the_counts(claims):
    one = conclusions(scoreboard([HIGH, LOW], claims, WORDS), "en")["says"].item()
    assert one.endswith("Measurements: supported: 1, contradicted: 1.")
    other = conclusions(scoreboard([HIGH], claims, WORDS), "en")["says"].item()
    assert other.endswith("Measurements: supported: 1.")
    both = WORDS | {"S3a.book": Margin("S3a.book", "S3a", "times", "above", 100.0, None, "", "")}
    open_part = conclusions(scoreboard([HIGH], claims, both), "en")["says"].item()
    assert open_part.endswith("Measurements: supported: 1, not measured here: 1.")
    left = conclusions(scoreboard([HIGH], claims, both), "en", [LOW])["says"].item()
    assert left.endswith("Measurements: supported: 1, set aside: 1.")


def test_measurements_in_words():
    found = measurements([HIGH, LOW, CAUSE], WORDS, "en")
    first = found.iloc[0]
    low, estimate, high, limit = (in_unit(value, "times") for value in (130, 134.6, 140, 100))
    assert (first["measure"], first["margin"]) == ("Loans made", f"above {limit}")
    assert first["estimate"] == f"{estimate} ({low} to {high})"
    assert found["measure"].tolist()[1] == "book"  # no words known: its key
    assert found["estimate"].tolist()[1:] == [f"{in_unit(3.3, 'times')}, exact", "–"]
    assert found["sources"].tolist() == ["s1, s2", "s1, s2", "–"]
    assert measurements([], WORDS, "en").empty


def test_what_would_overturn_in_words():
    found = overturn([HIGH, LOW, CAUSE], WORDS, "en")
    assert found["distance"].tolist() == [in_unit(30, "times"), in_unit(96.7, "times")]
    assert found["relative"].tolist() == ["30%", "97%"]


def test_for_and_against_stand_beside_the_verdict(board, claims):
    found = arguments(board, claims, "zh")
    assert found["verdict"].tolist() == ["mixed", "not_identifiable", "not_tested"]
    assert found.loc[2, ["for", "against"]].tolist() == ["for S6 zh", "against S6 zh"]


def test_open_questions_say_why(board, claims):
    found = open_questions(board, [HIGH, LOW, CAUSE], claims, "en")
    assert found["claim_id"].tolist() == ["S5", "S6"]
    assert found["why"].tolist()[0] == label("verdict.reason.undecidable", "en")
    assert "12_policy" in found["why"].tolist()[1]


def test_what_was_set_aside_is_not_called_untested(board, claims):
    weak = replace(LOW, margin_id="S6.weak", claim_id="S6", grade="C", verdict="inconclusive",
                   reason="assumed")  # fmt: skip
    found = open_questions(board, [HIGH, LOW, CAUSE], claims, "en", [weak]).set_index("claim_id")
    assert found.loc["S6", "why"] == label("verdict.reason.aside", "en")
    assert found.loc["S5", "why"] == label("verdict.reason.undecidable", "en")
    part = board.assign(unmeasured=1)
    found = open_questions(part, [HIGH, LOW, CAUSE], claims, "en").set_index("claim_id")
    assert label("verdict.reason.unmeasured", "en") in found.loc["S5", "why"]


def test_who_sees_what():
    assert set(SECTIONS["board"]) < set(SECTIONS["regulator"]) < set(SECTIONS["student"])
    with pytest.raises(ChoiceError, match="no audience named 'bord'"):
        shows("bord", "map")


@pytest.mark.parametrize("lang", LANGS)
def test_every_reason_and_verdict_has_its_words(lang):
    assert all(label(f"verdict.reason.{name}", lang) for name in REASONS)
    assert all(label(f"verdict.says.{name}", lang) for name in (*VERDICTS, "mixed"))


def test_margins_in_words():
    low = Margin("S7.gap", "S7", "decimal", "inside", -0.1, 0.1, "gap", "差距", "why", "理由")
    (row,) = margin_table({"S7.gap": low}, "zh").to_dict("records")
    ends = [in_unit(value, "decimal", "zh") for value in (-0.1, 0.1)]
    assert row["margin"] == label("margin.inside", "zh", low=ends[0], high=ends[1])
    assert (row["measure"], row["because"]) == ("差距", "理由")


@pytest.mark.parametrize("lang", LANGS)
def test_the_form_has_a_box_for_each_verdict(claims, lang):
    found = prediction_form(claims, lang)
    assert len(found) == len(claims)
    assert found["tick"][0].count("☐") == 5


def test_the_chinese_wording_stands_beside_the_english_one(claims):
    claims = claims.assign(hypothesis_en="h", hypothesis_zh="设", notebook="06_leverage 10_spread")
    assert claim_table(claims, "en", True)["claim"][0] == "claim S3a en claim S3a zh"
    assert claim_table(claims, "en", False)["claim"][0] == "claim S3a en"
    assert claim_table(claims, "zh", True)["claim"][0] == "claim S3a zh"
    assert claim_table(claims, "zh", True)["notebook"][0] == "06 10"


def test_records_in_the_order_of_the_claims(claims):
    found = sorted([CAUSE, HIGH, LOW], key=reading_order(claims))
    assert [each.margin_id for each in found] == ["S3a.book", "S3a.made", "S5.cause"]
