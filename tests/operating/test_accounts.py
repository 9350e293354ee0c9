import numpy as np
import pandas as pd
import pytest

from abscase.case import load_case
from abscase.operating import accounts


def account(**given):
    row = {"account_id": "x", "who": "someone", "capital_amt": 3e9, "bank_amt": 6e9,
           "rounds": 40.0, "loans_amt": 300e9, "leverage_times": 100.0, "bound": "about",
           "grade": "C", "source_id": "ant-s", "ref": "ant/account.csv:2"}  # fmt: skip
    return pd.DataFrame([row | given])


def test_thirty_sixty_forty():
    """The ends agree (300 / 3), the mechanism gives 120 and so does not lead there."""
    row = accounts.account_table(account(), 0.08).iloc[0]
    assert (row["ratio"], row["ratio_outcome"]) == (100, "reproduces")
    assert (row["recycled"], row["recycled_outcome"]) == (120, "does_not")


def test_the_thesis_states_what_its_own_ends_give():
    table = load_case("ant").table("account")
    thesis = table[table["account_id"] == "thesis"].iloc[0]
    assert accounts.claimed_multiple(table) == thesis["loans_amt"] / thesis["capital_amt"]


def test_more_than_a_hundred_is_met_by_120():
    given = account(capital_amt=3.8e9, bank_amt=7.6e9, loans_amt=400e9, bound="at_least")
    row = accounts.account_table(given, 0.08).iloc[0]
    assert row["ratio"] == pytest.approx(105.26, abs=0.01) and row["recycled"] == pytest.approx(120)
    assert row[["ratio_outcome", "recycled_outcome"]].tolist() == ["reproduces"] * 2


@pytest.mark.parametrize("missing", ["capital_amt", "loans_amt", "leverage_times"])
def test_what_is_missing_cannot_be_computed(missing):
    row = accounts.account_table(account(**{missing: np.nan}), 0.08).iloc[0]
    assert row["ratio_outcome"] == "cannot"


def test_without_rounds_or_bank_debt_the_mechanism_cannot_be_computed():
    for missing in ("rounds", "bank_amt", "capital_amt"):
        row = accounts.account_table(account(**{missing: np.nan}), 0.08).iloc[0]
        assert row["recycled_outcome"] == "cannot" and np.isnan(row["recycled"])


def test_the_tolerance_follows_the_bound():
    for bound, (low, high) in accounts.TOLERANCE.items():
        top = min(high, 1e6)
        inside = accounts.outcome([low * 100, top * 100], 100, [bound, bound])
        assert inside.tolist() == ["reproduces", "reproduces"], bound
        assert accounts.outcome(low * 100 - 0.1, 100, bound).tolist() == ["does_not"]
    assert accounts.outcome(120, 100, "about").tolist() == ["does_not"]


def test_an_unqualified_multiple_is_read_as_about():
    assert accounts.account_table(account(bound=None), 0.08)["bound"].tolist() == ["about"]


def test_an_account_without_a_multiple_must_lead_to_its_own_end():
    """38 + 76 forty times is 456, its own end "nearly 400": 120 against 105."""
    given = account(capital_amt=3.8e9, bank_amt=7.6e9, loans_amt=400e9, leverage_times=np.nan)
    row = accounts.account_table(given, 0.08).iloc[0]
    assert (row["ratio_outcome"], row["recycled_outcome"]) == ("cannot", "does_not")


def test_retention_is_the_third_road():
    row = accounts.account_table(account(), 0.08).iloc[0]
    assert row["recycled_kept"] == pytest.approx(36.2, abs=0.05)
    assert row["recycled_kept_outcome"] == "does_not"


def test_every_account_in_the_data_is_decided():
    told = load_case("ant").table("account")
    found = accounts.account_table(told, 0.08)
    assert found["account_id"].tolist() == told["account_id"].tolist()
    roads = [name for name in found if name.endswith("_outcome")]
    assert len(roads) == 3 and found[roads].isin(accounts.OUTCOMES).all().all()
    known = found.set_index("account_id")
    assert known.loc["huang_a", "recycled"] == 120 and known.loc["thesis", "ratio"] == 100
    assert not (found["recycled_kept_outcome"] == "reproduces").any()
