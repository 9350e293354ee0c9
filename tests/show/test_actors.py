import pandas as pd

from abscase.show.actors import companies, dated, parties


def test_a_company_shows_its_latest_known_figures():
    rows = pd.DataFrame({
        "entity_id": ["xiaowei", "xiaowei", "new"], "entity_name": ["X", "X", "New"],
        "role": ["r", "r", "lender"], "currency": "CNY", "date_precision": "day",
        "date": pd.to_datetime(["2019-12-31", "2020-06-30", "2020-06-30"]),
        "capital_amt": [1e9, 12e9, None], "assets_amt": [32.82e9, None, None],
        "grade": ["A", "B", "A"], "source_id": ["s1", "s2", "s1"],
    })  # fmt: skip
    first, second = companies(rows, "en").to_dict("records")
    assert first["capital"] == "CNY 12.0 bn (30 Jun 2020)"
    assert first["assets"] == "CNY 32.8 bn (31 Dec 2019)"
    assert (first["grade"], first["sources"]) == ("B", "s2, s1")
    assert (second["company"], second["role"], second["capital"]) == ("New", "lender", "–")


def test_parties_by_role():
    deals = {"one": pd.Series({"sponsor": "bank", "trustee": None})}
    found = parties(deals, "zh").set_index("role")["one"]
    assert found["发起人"] == "bank" and found["受托人或托管人"] == "–"


def test_a_dated_row_keeps_the_precision_of_its_source():
    rows = pd.DataFrame({
        "date": pd.to_datetime(["2020-11-02", "2020-11-30"]), "date_precision": ["day", "month"],
        "days_before": [28.0, 0.0], "kind": ["rule", "market"], "text_en": ["draft", "halt"],
        "grade": "A", "source_id": "s",
    })  # fmt: skip
    found = dated(rows, "en")
    assert found["date"].tolist() == ["2 Nov 2020", "Nov 2020"]
    assert found["days_before"].tolist() == [28, 0]
