"""Moves between states. The 8 x 8 ladder is a published teaching case of a roll-rate matrix."""

import itertools

import numpy as np
import pandas as pd
import pytest

from abscase.errors import DataFaults, ParameterFaults
from abscase.quality.transitions import (
    count_matrix,
    generator,
    roll_rates,
    transition_counts,
    transition_matrix,
    transitions_after,
)


def moves(table):
    """Counts in long form from a square list of rows."""
    cells = [(i, j, n) for i, row in enumerate(table) for j, n in enumerate(row) if n]
    return pd.DataFrame(cells, columns=["previous_state", "state", "loans"])


def test_by_hand(hand_panel):
    counts = transition_counts(hand_panel)
    assert counts.to_numpy().tolist() == [[0, 0, 1], [0, 1, 1], [0, 5, 1], [1, 4, 1]]
    found = transition_matrix(count_matrix(counts))
    assert found.loc[0].tolist() == pytest.approx([1 / 3, 1 / 3, 0, 1 / 3])
    assert found.loc[1].tolist() == [0, 0, 1, 0]
    assert found.loc[4].tolist() == [0, 0, 1, 0]


def test_every_pair_once_with_the_worst_two_buckets_joined():
    # 64 loans, one for each pair of months past due from 0 to 7, where 7 counts as "6 or more".
    pairs = itertools.product(range(8), repeat=2)
    panel = pd.DataFrame(pairs, columns=["previous_state", "state"]).clip(upper=6)
    found = count_matrix(transition_counts(panel))
    expected = np.ones((7, 7))
    expected[6], expected[:, 6] = 2, 2
    expected[6, 6] = 4
    assert found.to_numpy().tolist() == expected.tolist()
    even = transition_matrix(found, absorbing=())
    assert even.loc[3].tolist() == pytest.approx([1 / 8] * 6 + [2 / 8])


def test_rows_sum_to_one(random_tape):
    found = transition_matrix(count_matrix(transition_counts(random_tape[1])))
    assert found.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-14)
    assert (found >= 0).all(axis=None)
    assert np.diag(found)[4:].tolist() == [1, 1, 1]


def test_the_estimate_finds_the_chain_that_made_the_panel(random_tape):
    found = transition_matrix(count_matrix(transition_counts(random_tape[1])))
    # Two in a hundred live rows are not reported, so that ends are seen a little too often.
    assert found.loc[0].tolist() == pytest.approx([0.93, 0.04, 0, 0, 0, 0.025, 0.005], abs=0.01)
    assert found.loc[3, 4] == pytest.approx(0.385, abs=0.05)


def test_a_live_state_that_nobody_was_in_has_an_empty_row():
    matrix = count_matrix(moves([[8, 2]]), states=range(7))
    found = transition_matrix(matrix)
    assert found.loc[1].isna().all()
    assert found.loc[0, 1] == 0.2
    with pytest.raises(ParameterFaults, match="state 1, 2, 3"):
        transitions_after(generator(matrix), 12)


def test_a_state_outside_the_list_is_refused():
    with pytest.raises(DataFaults, match="'9'"):
        count_matrix(pd.DataFrame({"previous_state": [0], "state": [9], "loans": [1]}), range(7))


def test_two_states_have_a_closed_form():
    matrix = pd.DataFrame([[90, 10], [0, 0]], [0, 4], [0, 4])
    found = generator(matrix, period_months=3)
    assert found.loc[0, 4] == pytest.approx(10 / 95 / 3)
    assert found.sum(axis=1).tolist() == pytest.approx([0, 0])
    quarter = transitions_after(found, 3)
    assert quarter.loc[0, 0] == pytest.approx(np.exp(-10 / 95))
    # The middle of the period is right to the third order: 0.09992 against 0.1.
    assert quarter.loc[0, 4] == pytest.approx(0.1, abs=1e-4)


def test_the_generator_returns_what_made_the_counts():
    true = pd.DataFrame([[-0.03, 0.02, 0.01], [0.05, -0.09, 0.04], [0, 0, 0]], [0, 1, 4], [0, 1, 4])
    start = np.array([7000, 3000, 0])[:, None]
    counts = start * transitions_after(true, 1)
    assert generator(counts).to_numpy() == pytest.approx(true.to_numpy(), abs=3e-3)


def test_the_generator_composes(random_tape):
    found = generator(count_matrix(transition_counts(random_tape[1])))
    year = transitions_after(found, 12).to_numpy()
    month = transitions_after(found, 1).to_numpy()
    assert np.linalg.matrix_power(month, 12) == pytest.approx(year, abs=1e-12)
    assert year.sum(axis=1) == pytest.approx(1)
    assert np.allclose(transitions_after(found, 0), np.eye(7))


def test_roll_rates_by_hand():
    counts = moves([[90, 6, 0, 0, 1, 2, 1], [3, 4, 2, 0, 0, 1, 0], [], [], [5]])
    found = roll_rates(counts).set_index("previous_state")
    assert found.loc[0, ["worse", "same", "better", "ended"]].tolist() == [0.07, 0.9, 0, 0.03]
    assert found.loc[1, ["worse", "same", "better", "ended"]].tolist() == [0.2, 0.4, 0.3, 0.1]
    assert found.index.tolist() == [0, 1]


def test_roll_rates_by_period_sum_to_one(random_tape):
    found = roll_rates(transition_counts(random_tape[1], ["date"]), ["date"])
    assert found[["worse", "same", "better", "ended"]].sum(axis=1).to_numpy() == pytest.approx(1)
    assert found["loans"].sum() == random_tape[1]["previous_state"].count()
