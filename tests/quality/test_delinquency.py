import pandas as pd
import pytest

from abscase.errors import DataFaults
from abscase.quality.delinquency import delinquency, net_roll_rates


def row(table, date, state):
    found = table[(table["date"] == date) & (table["state"] == state)]
    return found.iloc[0]


def test_by_hand(hand_panel):
    table = delinquency(hand_panel)
    march = row(table, "2020-03-31", 1)
    assert (march["loans"], march["balance_amt"]) == (1, 90.0)
    assert march["loan_share"] == 0.5
    assert march["balance_share"] == pytest.approx(90 / 240)
    assert row(table, "2020-03-31", 0)["balance_share_plus"] == pytest.approx(1)
    assert row(table, "2020-03-31", 2)["balance_share_plus"] == 0


def test_a_loan_in_default_or_repaid_stands_in_neither_sum(hand_panel):
    table = delinquency(hand_panel)
    april = table[table["date"] == "2020-04-30"]
    assert april["loans"].tolist() == [1, 0, 0, 0]
    assert "2020-05-31" not in table["date"].astype(str).tolist()


def test_plus_adds_the_worse_buckets(random_tape):
    table = delinquency(random_tape[1])
    wide = table.pivot_table("balance_share", "date", "state")
    plus = table.pivot_table("balance_share_plus", "date", "state")
    assert plus[1].to_numpy() == pytest.approx(wide[[1, 2, 3]].sum(axis=1).to_numpy())
    assert plus[3].to_numpy() == pytest.approx(wide[3].to_numpy())
    assert wide.sum(axis=1).to_numpy() == pytest.approx(1)
    assert table["loan_share_plus"].between(0, 1 + 1e-12).all()


def test_no_balance_leaves_the_share_empty(hand_panel):
    table = delinquency(hand_panel.assign(balance_amt=0.0), by=())
    assert table["balance_share"].isna().all()
    assert table["loan_share"].sum() == pytest.approx(1)


def ladder(*rows):
    table = pd.DataFrame(rows, columns=["date", "state", "balance_amt"])
    return table.assign(date=pd.to_datetime(table["date"]))


def test_net_roll_rates_by_hand():
    table = ladder(
        ("2019-12-31", 0, 1000), ("2019-12-31", 1, 50), ("2019-12-31", 2, 20),
        ("2020-01-31", 0, 1100), ("2020-01-31", 1, 30), ("2020-01-31", 2, 25),
        ("2020-01-31", 3, 70), ("2020-03-31", 1, 99),
    )  # fmt: skip
    found = net_roll_rates(table)
    assert found[["from_state", "state"]].to_numpy().tolist() == [[0, 1], [1, 2]]
    assert found["roll_rate"].tolist() == pytest.approx([0.03, 0.5])
    # March has no predecessor; the open bucket mixes old and new unless it is declared closed.
    assert net_roll_rates(table, open_state=None)["roll_rate"].iloc[-1] == pytest.approx(3.5)
    assert net_roll_rates(table, period_months=2)["roll_rate"].tolist() == pytest.approx([0.09])


def test_net_and_counted_rolls_agree_where_nobody_falls_back():
    table = ladder(("2020-01-31", 0, 80), ("2020-02-29", 1, 20), ("2020-03-31", 2, 5))
    assert net_roll_rates(table)["roll_rate"].tolist() == [0.25, 0.25]


def test_two_rows_for_a_bucket_are_refused():
    with pytest.raises(DataFaults, match="two rows"):
        net_roll_rates(ladder(("2020-01-31", 0, 1), ("2020-01-31", 0, 1)))
