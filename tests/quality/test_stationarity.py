import numpy as np
import pandas as pd
import pytest
from scipy import stats

from abscase.errors import ParameterFaults
from abscase.quality.stationarity import homogeneity, matrix_bands
from abscase.quality.transitions import count_matrix, transition_counts, transition_matrix


def by_period(*tables):
    """Counts in long form from one square list of rows a period."""
    rows = [(t, i, j, n) for t, table in enumerate(tables) for i, row in enumerate(table)
            for j, n in enumerate(row) if n]  # fmt: skip
    return pd.DataFrame(rows, columns=["date", "previous_state", "state", "loans"])


def test_equal_periods_differ_by_nothing():
    found = homogeneity(by_period([[80, 20], [30, 70]], [[160, 40], [15, 35]]))
    assert found.statistic == pytest.approx(0, abs=1e-9)
    assert (found.df, found.distance) == (2, 0)
    assert found.p_value == pytest.approx(1)


def test_a_table_has_the_g_statistic_of_scipy():
    tables = ([[80, 20, 5], [30, 70, 9]], [[120, 60, 2], [20, 30, 14]], [[50, 12, 1], [9, 8, 7]])
    found = homogeneity(by_period(*tables), absorbing=())
    statistic, df = 0.0, 0
    for row in (0, 1):
        part = stats.chi2_contingency(
            [table[row] for table in tables], lambda_="log-likelihood", correction=False
        )
        statistic, df = statistic + part.statistic, df + part.dof
    assert found.statistic == pytest.approx(statistic)
    assert found.df == df
    assert found.p_value == pytest.approx(stats.chi2.sf(statistic, df))


def test_cells_never_seen_take_no_degree_of_freedom():
    # State 1 is occupied in one period only, and nothing goes from 0 to 2.
    found = homogeneity(by_period([[50, 50, 0], [5, 5, 5]], [[60, 40, 0], [0, 0, 0]]))
    assert found.df == 1


def test_distance_is_the_mean_total_variation():
    found = homogeneity(by_period([[90, 10]], [[70, 30]]))
    assert found.distance == pytest.approx(0.1)


def test_absorbing_rows_do_not_count():
    rows = pd.DataFrame({"date": [0, 1, 0, 1], "previous_state": [0, 0, 4, 4],
                         "state": [0, 1, 4, 0], "loans": [5, 5, 9, 9]})  # fmt: skip
    assert homogeneity(rows).df == 1


def test_one_period_cannot_be_compared():
    with pytest.raises(ParameterFaults, match="two or more"):
        homogeneity(by_period([[5, 5]]))


def test_a_stationary_chain_is_rejected_as_often_as_the_level_says():
    rng = np.random.default_rng(3)
    p_values = []
    for _ in range(400):
        draws = rng.multinomial(300, [0.8, 0.15, 0.05], 6)
        p_values.append(homogeneity(by_period(*([list(row)] for row in draws))).p_value)
    assert np.mean(np.array(p_values) < 0.1) == pytest.approx(0.1, abs=0.045)


def test_a_shock_is_seen(random_tape):
    counts = transition_counts(random_tape[1], ["date"])
    calm = homogeneity(counts)
    hit = (counts["date"].dt.month == 6) & (counts["state"] == 1)
    shocked = homogeneity(counts.assign(loans=counts["loans"].where(~hit, counts["loans"] * 2)))
    assert calm.p_value > 0.001
    assert shocked.p_value < 1e-4
    assert shocked.distance > calm.distance
    assert 0 < calm.thin_share < 1


def test_bands_over_loans_have_the_binomial_width():
    rng = np.random.default_rng(5)
    bad = np.arange(1000) < 100
    counts = pd.DataFrame({"loan_id": np.arange(1000), "previous_state": 0,
                           "state": np.where(bad, 4, 0), "loans": 1})  # fmt: skip
    found = matrix_bands(counts, "loan_id", rng, 2000, alpha=0.05).set_index("state").loc[4]
    width = stats.norm.isf(0.025) * np.sqrt(0.1 * 0.9 / 1000)
    assert found["probability"] == 0.1
    assert found["hi"] - found["lo"] == pytest.approx(2 * width, rel=0.08)


def test_bands_over_periods_carry_the_common_shock():
    good, bad = [[90, 10]], [[50, 50]]
    counts = by_period(good, good, good, bad)
    found = matrix_bands(counts, "date", np.random.default_rng(1), 500)
    assert found.set_index("state").loc[1, ["lo", "hi"]].tolist() == [0.1, 0.4]


def test_bands_hold_the_estimate_and_the_seed_fixes_them(random_tape):
    counts = transition_counts(random_tape[1], ["date"])
    first, again = (matrix_bands(counts, "date", np.random.default_rng(2), 200) for _ in "ab")
    pd.testing.assert_frame_equal(first, again)
    assert ((first["lo"] <= first["probability"]) & (first["probability"] <= first["hi"])).all()
    best = transition_matrix(count_matrix(counts)).loc[0:3].to_numpy().ravel()
    assert first["probability"].to_numpy() == pytest.approx(best)


def test_numbers_out_of_range_are_refused():
    with pytest.raises(ParameterFaults) as caught:
        matrix_bands(by_period([[5, 5]]), "date", np.random.default_rng(1), 1, alpha=2)
    assert len(caught.value.messages) == 2
