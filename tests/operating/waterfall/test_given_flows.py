"""Flows from outside fit the run, or are refused; the index has a rate for every payment."""

from dataclasses import replace

import numpy as np
import pytest

from abscase.errors import DataFaults
from abscase.operating.waterfall import Scenario, deal_from, given_flows, run

DEAL = deal_from("""name: x
calendar: {closing: 2006-01-01, first_payment: 2006-02-01}
pool: {balance: 100, rate: 0.07, term_months: 12}
tranches:
  - {name: senior, share: 1.0, kind: floating, margin: 0.01}
states:
  AMORTISING: [pay_interest: senior, pay_principal: senior]
""")


@pytest.mark.parametrize(
    ("amounts", "says"),
    [
        ({"interest": [np.nan, 1]}, "interest: an amount below 0, or no number"),
        ({"interest": [np.inf, 1]}, "interest: an amount below 0, or no number"),
        ({"interest": [1, 1, 1]}, "other payments or scenarios"),
    ],
)
def test_amounts_that_are_none_are_refused(amounts, says):
    with pytest.raises(DataFaults, match=says):
        given_flows(DEAL, 100.0, principal=[50, 50], **amounts)


def test_flows_are_for_one_scenario_or_for_those_of_the_run():
    flows = given_flows(DEAL, 100.0, interest=[[1, 1]] * 2, principal=[[50, 50]] * 2)
    with pytest.raises(DataFaults, match="give 3, or one"):
        run(DEAL, Scenario(index_rate=[[0.01], [0.02], [0.03]]), flows)
    one = given_flows(DEAL, 100.0, interest=[1, 1], principal=[50, 50])
    paid = run(DEAL, Scenario(index_rate=[[0.001], [0.002]]), one).lines["interest"][0, 0]
    assert paid == pytest.approx([100 * 0.011 / 12, 100 * 0.012 / 12])


def test_an_index_may_have_more_payments_than_the_loans_have_months():
    longer = replace(DEAL, calendar=replace(DEAL.calendar, periods=20))
    assert run(longer).lines["balance"].shape[0] == 20
    at_month_end = replace(DEAL, calendar=replace(DEAL.calendar, collection="month_end"))
    assert run(at_month_end).lines["balance"][-1, 0, 0] == pytest.approx(0, abs=1e-9)
