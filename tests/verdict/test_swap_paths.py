from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from abscase.case import load_case
from abscase.operating.swap import losses
from abscase.operating.waterfall import shipped_deal
from abscase.sources.simulate import Process, Segment
from abscase.verdict import swap_paths, swap_stories
from abscase.verdict.homes import homes, monthly_shares
from abscase.verdict.swap_paths import PoolAfter, monthly_flows, ranks_of, severity_of


def process(late=-20.0, prepay=-3.0, **more):
    """One cohort a month of bullet-like accounts that never fall late unless told."""
    months = 60
    zero = np.zeros(months + 1)
    return Process(
        "ant", "CNY", "simulated-ant", 2016 * 12, months, 1, np.full(months + 1, 1 / (months + 1)),
        (Segment("all", 1.0, 100.0, 0.0, None),), zero + late, zero + prepay, zero, zero, zero,
        zero, (1.0, 1.0), (0.0, 0.0, 0.0), 3, 1.0, **more,
    )  # fmt: skip


def test_prepayment_is_the_chance_of_the_process():
    chance = np.exp(-3) / (1 + np.exp(-3))
    default, prepaid = monthly_flows(process(), date(2016, 12, 15), 0)
    assert prepaid[1:30] == pytest.approx(np.full(29, chance), rel=1e-6)
    assert default.max() < 1e-8


def test_a_late_loan_is_a_default_at_90_days_whenever_it_is_written_off():
    soon = monthly_flows(process(-4.0, -20.0), date(2016, 12, 15), 0)[0]
    later = monthly_flows(replace(process(-4.0, -20.0), wait=24), date(2016, 12, 15), 0)[0]
    assert soon[:40] == pytest.approx(later[:40], rel=1e-9)
    chance = np.exp(-4) / (1 + np.exp(-4))
    assert soon[25] == pytest.approx(chance, rel=0.1)


def test_paths_hold_their_last_share_and_count_purchases():
    static = monthly_flows(process(-4.0), date(2016, 12, 15), 0)
    bought = monthly_flows(process(-4.0), date(2016, 12, 15), 12)
    assert static.shape == bought.shape == (2, swap_paths.MONTHS)
    assert (static[:, 60:] == static[:, [60]]).all()
    assert bought[0, 1:12].mean() < static[0, 1:12].mean()


def test_severity_is_that_of_the_year_or_everything():
    assert severity_of(process(), date(2016, 11, 1)) == 1.0
    lgd = np.where(np.arange(61) < 12, 0.3, 0.5)
    assert severity_of(process(lgd=lgd), date(2016, 11, 1)) == pytest.approx(0.3)


def test_scenarios_are_yearly_rates_times_a_multiple():
    flows = np.full((3, 2, swap_paths.MONTHS), 0.01)
    after = PoolAfter(flows, flows, 0.5, ("x",))
    once, twice = after.scenario(False), after.scenario(True, 2.0)
    assert once.default_rate == pytest.approx(np.full((3, swap_paths.MONTHS), 1 - 0.99**12))
    assert twice.default_rate[0, 0] == pytest.approx(2 * (1 - 0.99**12))
    assert twice.prepayment_rate[0, 0] == pytest.approx(1 - 0.99**12)
    assert once.count == 3


def test_ranks_come_from_the_rows():
    ranks = ranks_of(shipped_deal("cmlti_2006_nc2"), load_case("us_subprime"))
    assert ranks["senior"] == ("A-1", "A-2A", "A-2B", "A-2C") and ranks["junior"] == ("CE",)
    assert len(ranks["mezzanine"]) == 11


def test_what_was_expected_in_2007():
    assert swap_stories.expected_in_2007(load_case("us_subprime")) == pytest.approx(0.065)


def test_the_expected_story_loses_what_was_expected():
    flows = np.full((1, 2, swap_paths.MONTHS), 0.015)
    after = PoolAfter(flows, flows, 0.5, ("x",))
    cases = {name: load_case(name) for name in ("ant", "us_subprime", "cn_peers")}
    _, hoped = swap_stories.pairs(cases, after, after)["expected"]
    assert losses(hoped, hoped)["pool"][0] == pytest.approx(0.065, abs=1e-3)


def test_competing_hazards_add_up():
    class Both:
        lost, other = 0.03, 0.02

    lost, other = monthly_shares(Both)
    assert lost + other * (1 - lost) == pytest.approx(-np.expm1(-0.05))
    assert lost / (lost + other * (1 - lost)) == pytest.approx(0.6)


def test_the_run_gives_back_the_homes_it_was_made_of():
    found = homes(load_case("us_subprime"), 0.45)
    regions = found.regions.set_index("region")
    assert regions["seen"].to_dict() == pytest.approx(
        {"AZ": 88 / 181, "CA": 494 / 912, "FL": 197 / 556, "NV": 76 / 113, "all": 855 / 1762}
    )
    assert (regions["run"] - regions["seen"]).abs().max() < 0.005
    assert regions["loss"].idxmax() == "NV" and regions["loss"].idxmin() == "FL"
    assert (found.losses.diff().dropna() >= -1e-9).to_numpy().all()
    assert homes(load_case("us_subprime"), 0.0).losses.to_numpy().max() == 0
