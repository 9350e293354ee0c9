import json
from dataclasses import asdict

import pytest

from abscase.show.labels import LANGS
from abscase.show.tape_report import quality_report, quality_reports, reason
from abscase.sources import abs_ee, generic, histories, lendingclub, uci_card
from abscase.sources.panels import panel_dir, panel_reports
from abscase.sources.tape import LoadReport

REPORT = asdict(LoadReport(
    "dcr", "us_subprime", "dcr.csv", "0", 100, 90, 7, "2000-06-30", "2015-03-31", 3,
    {"current": 80, "default": 10}, {"loan.ltv": 2}, ("loan.dti",),
    {"exact copy of an earlier row": 6, "quarter before the origination": 3,
     "other values for a loan and quarter of an earlier row": 1},
    {"rate outside -0.05 to 1.5: emptied": 4}, 5, 8, 2, 3, 6.0, 0.9, 0.95, 0.99, 0.84645,
    ("quarterly",),
))  # fmt: skip


def test_every_part_of_the_report_is_shown():
    found = quality_report(REPORT, "en").set_index(["part", "item"])["value"]
    assert found["left out", "exact copy of an earlier row"] == "6"
    assert found["left out", "of these, repeats of a row or loan"] == "7"
    assert found["changed", "rate outside -0.05 to 1.5: emptied"] == "4"
    assert found["missing", "loan.ltv"] == "2" and found["states", "default"] == "10"
    assert found["gaps", "periods skipped"] == "8"
    assert found["quality", "product of the three"] == "84.65%"
    assert found["read", "columns not collected"] == "loan.dti"
    assert found["note", "what a user must know"] == "quarterly"


def test_tapes_stand_below_one_another(tmp_path, monkeypatch):
    found = quality_reports({("us_subprime", "dcr"): REPORT, ("ant", "x"): REPORT}, "en")
    assert list(found.columns) == ["case", "tape", "part", "item", "value"]
    assert found["tape"].value_counts().to_dict() == {"dcr": len(found) / 2, "x": len(found) / 2}
    assert quality_reports({}, "en").empty
    monkeypatch.setenv("ABSCASE_HOME", str(tmp_path))
    folder = panel_dir("ant", "x")
    folder.mkdir(parents=True)
    (folder / "provenance.json").write_text("{}")
    (folder / "quality_report.json").write_text(json.dumps(REPORT))
    read = panel_reports(["ant", "us_subprime"])
    assert quality_reports(read, "en").equals(quality_reports({("ant", "x"): REPORT}, "en"))


def test_chinese_has_no_english_left_but_names():
    found = quality_report(REPORT, "zh")
    assert not found["part"].str.contains("[a-z]").any()
    reasons = found.loc[found["part"] == "剔除", "item"]
    assert not reasons.str.contains("[a-z]").any() and len(reasons) == 4
    assert "rate超出-0.05 to 1.5：置空" in set(found["item"])


@pytest.mark.parametrize("lang", LANGS)
def test_a_reason_without_words_stands_as_it_is(lang):
    assert reason("a reason of another package", lang) == "a reason of another package"


def test_the_sources_reasons_have_words():
    words = [*histories._rejects(), histories.NO_KEY, generic.NO_ID, generic.AGAIN,
             abs_ee.OLD_END, lendingclub.FOOTER, lendingclub.NO_DATE, lendingclub.UNKNOWN,
             uci_card.EARLY, uci_card.UNKNOWN, uci_card.CREDIT, uci_card.NO_ID, uci_card.AGAIN,
             *histories._alters()]  # fmt: skip
    assert [each for each in words if reason(each, "zh") == each] == []
