import numpy as np
import pandas as pd
import pytest

from abscase.operating import accounts


def account(**given):
    row = {"account_id": "x", "who": "someone", "capital_amt": 3e9, "bank_amt": 6e9,
           "rounds": 40.0, "loans_amt": 300e9, "leverage_times": 100.0, "bound": "about",
           "grade": "C", "source_id": "ant-s", "ref": "ant/account.csv:2"}  # fmt: skip
    return pd.DataFrame([row | given])


def test_thirty_sixty_forty():
    """The ends agree (300 / 3), the mechanism gives 120 and so does not lead there."""
    row = accounts.account_table(account()).iloc[0]
    assert (row["ratio"], row["ratio_outcome"]) == (100, "reproduces")
    assert (row["recycled"], row["recycled_outcome"]) == (120, "does_not")


def test_more_than_a_hundred_is_met_by_120():
    given = account(capital_amt=3.8e9, bank_amt=7.6e9, loans_amt=400e9, bound="at_least")
    row = accounts.account_table(given).iloc[0]
    assert row["ratio"] == pytest.approx(105.26, abs=0.01) and row["recycled"] == pytest.approx(120)
    assert row[["ratio_outcome", "recycled_outcome"]].tolist() == ["reproduces"] * 2


@pytest.mark.parametrize("missing", ["capital_amt", "loans_amt", "leverage_times"])
def test_what_is_missing_cannot_be_computed(missing):
    row = accounts.account_table(account(**{missing: np.nan})).iloc[0]
    assert row["ratio_outcome"] == "cannot"


def test_without_rounds_or_bank_debt_the_mechanism_cannot_be_computed():
    for missing in ("rounds", "bank_amt", "capital_amt"):
        row = accounts.account_table(account(**{missing: np.nan})).iloc[0]
        assert row["recycled_outcome"] == "cannot" and np.isnan(row["recycled"])


def test_the_tolerance_follows_the_bound():
    for bound, (low, high) in accounts.TOLERANCE.items():
        top = min(high, 1e6)
        inside = accounts.outcome([low * 100, top * 100], 100, [bound, bound])
        assert inside.tolist() == ["reproduces", "reproduces"], bound
        assert accounts.outcome(low * 100 - 0.1, 100, bound).tolist() == ["does_not"]
    assert accounts.outcome(120, 100, "about").tolist() == ["does_not"]


def test_an_unqualified_multiple_is_read_as_about():
    assert accounts.account_table(account(bound=None))["bound"].tolist() == ["about"]
