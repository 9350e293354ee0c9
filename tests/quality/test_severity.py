import numpy as np
import pandas as pd
import pytest

from abscase.quality.severity import severity


def defaults(loss, balance, recovery=None):
    frame = pd.DataFrame({"state": 4, "previous_state": 0, "balance_amt": balance,
                          "loss_amt": loss, "date": pd.Timestamp("2020-01-31")})  # fmt: skip
    return frame if recovery is None else frame.assign(recovery_amt=recovery)


def test_by_hand(hand_panel):
    found = severity(hand_panel).iloc[0]
    assert (found["loans"], found["unknown"]) == (1, 0)
    assert found[["default_amt", "loss_amt", "recovery_amt"]].tolist() == [90, 50, 40]
    assert found["severity"] == pytest.approx(50 / 90)
    assert found["recovery_rate"] == pytest.approx(40 / 90)
    assert np.isnan(found["se"])


def test_the_error_is_that_of_a_ratio():
    loss, balance = np.array([50.0, 20.0, 90.0]), np.array([100.0, 80.0, 100.0])
    found = severity(defaults(loss, balance)).iloc[0]
    rest = loss - 160 / 280 * balance
    assert found["severity"] == pytest.approx(160 / 280)
    assert found["se"] == pytest.approx(np.sqrt(3 / 2 * (rest**2).sum()) / 280)
    assert found["hi"] - found["severity"] == pytest.approx(1.959964 * found["se"])
    assert np.isnan(found["recovery_rate"])


def test_the_error_is_that_of_the_bootstrap():
    rng = np.random.default_rng(1)
    balance = rng.lognormal(10, 0.8, 400)
    loss = balance * rng.beta(2, 2, 400)
    draws = rng.integers(0, 400, (2000, 400))
    expected = np.std(loss[draws].sum(axis=1) / balance[draws].sum(axis=1))
    assert severity(defaults(loss, balance))["se"].iloc[0] == pytest.approx(expected, rel=0.06)


def test_a_loss_not_yet_known_is_left_out_and_counted():
    found = severity(defaults([50.0, np.nan], [100.0, 1000.0], [np.nan, 10.0])).iloc[0]
    assert (found["loans"], found["unknown"]) == (2, 1)
    assert found["severity"] == 0.5
    assert found["recovery_rate"] == 0.01


def test_a_loan_already_in_default_does_not_default_again():
    twice = pd.concat(
        [defaults([50.0], [100.0]), defaults([7.0], [100.0]).assign(previous_state=4)]
    )
    assert severity(twice, ())["loss_amt"].tolist() == [50]


def test_it_is_the_loss_over_the_balance(random_tape):
    _, panel = random_tape
    found = severity(panel, ["region"])
    rows = panel.filter((panel["state"] == 4) & panel["loss_amt"].is_not_null()).to_pandas()
    sums = rows.groupby("region", dropna=False)[["loss_amt", "balance_amt"]].sum()
    expected = (sums["loss_amt"] / sums["balance_amt"]).to_numpy()
    assert found["severity"].to_numpy() == pytest.approx(expected)
    assert (found["severity"] + found["recovery_rate"]).to_numpy() == pytest.approx(1)
