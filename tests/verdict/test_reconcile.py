import numpy as np
import pytest

from abscase.case import Datum
from abscase.errors import DataFaults
from abscase.verdict.reconcile import (
    Check,
    as_frame,
    class_shares,
    credit_enhancement,
    pool_balance,
    require,
    share,
)


def datum(grade="A", source_id="s1"):
    return Datum(1.0, "decimal", grade, source_id, "ant/series.csv:2")


ROWS = (datum(),)


def check(recomputed, tolerance=0.005, data=ROWS):
    return Check("G", "ant", 1.0, recomputed, "decimal", tolerance, data)


def test_enhancement_by_hand():
    # classes of equal rank share one enhancement; 5 of 100 is overcollateralisation
    found = credit_enhancement([40, 30, 15, 10], [1, 1, 2, 3], 100)
    assert found == pytest.approx([0.30, 0.30, 0.15, 0.05])


def test_enhancement_does_not_hang_on_the_order_of_rows():
    balance, rank = np.array([40, 30, 15, 10]), np.array([1, 1, 2, 3])
    turned = credit_enhancement(balance[::-1], rank[::-1], 100)
    assert turned[::-1] == pytest.approx(credit_enhancement(balance, rank, 100))


@pytest.mark.parametrize("seed", range(5))
def test_enhancement_falls_with_rank_to_the_overcollateralisation(seed):
    balance = np.random.default_rng(seed).random(8)
    pool = balance.sum() * 1.02
    found = credit_enhancement(balance, range(8), pool)
    assert (np.diff(found) < 0).all()
    assert found[-1] == pytest.approx(1 - 1 / 1.02)


def test_shares_add_up():
    assert class_shares([3, 5, 8]).sum() == pytest.approx(1)


@pytest.mark.parametrize("call", [lambda: credit_enhancement([1], [1], 0), lambda: share(1, 0)])
def test_nothing_is_no_denominator(call):
    with pytest.raises(DataFaults, match="must be above 0"):
        call()


def test_pool_is_number_times_average():
    assert pool_balance(3, 2.5) == 7.5


def test_the_tolerance_is_the_last_that_agrees():
    assert check(1.005).agrees and check(0.995).agrees
    assert not check(1.0051).agrees and not check(0.9949).agrees
    assert not check(float("nan")).agrees


def test_a_check_is_as_weak_as_its_weakest_row():
    mixed = check(1.0, data=(datum("A", "s2"), datum("B", "s1")))
    assert (mixed.grade, mixed.source_ids) == ("B", ("s1", "s2"))
    row = as_frame([mixed]).iloc[0]
    assert (row["grade"], row["source_ids"], row["difference"]) == ("B", "s1 s2", 0)


def test_require_lists_every_check_that_fails():
    require([check(1.0)])
    with pytest.raises(DataFaults) as caught:
        require([check(1.0), check(2.0), check(3.0)])
    assert len(caught.value.faults) == 2
