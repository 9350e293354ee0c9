import math

import pytest

from abscase.errors import ParameterFaults
from abscase.operating.growth import decompose, users_at_even_split


def test_all_from_users_or_all_from_credit_per_user():
    assert decompose(100, 300, 10, 30).users_share == pytest.approx(1)
    assert decompose(100, 300, 10, 10).intensity_share == pytest.approx(1)


def test_the_shares_add_up_and_rebuild_the_growth():
    found = decompose(26e9, 170e9, 129_000, 700_000)
    assert found.users_share + found.intensity_share == pytest.approx(1)
    per_user = (170e9 / 700_000) / (26e9 / 129_000)
    assert found.intensity_share * found.growth_log == pytest.approx(math.log(per_user))


def test_turned_in_time_the_shares_stay():
    forth, back = decompose(100, 250, 7, 12), decompose(250, 100, 12, 7)
    assert forth.users_share == pytest.approx(back.users_share)
    assert forth.growth_log == pytest.approx(-back.growth_log)


def test_a_part_that_shrank_has_a_negative_share():
    assert decompose(100, 200, 20, 10).users_share == pytest.approx(-1)


def test_even_split_is_where_both_shares_are_half():
    start = users_at_even_split(600e9, 1732e9, 500e6)
    assert decompose(600e9, 1732e9, start, 500e6).users_share == pytest.approx(0.5)
    assert decompose(600e9, 1732e9, 1.1 * start, 500e6).intensity_share > 0.5


def test_every_bad_number_is_named():
    with pytest.raises(ParameterFaults) as caught:
        decompose(0, -1, 0, 1)
    assert len(caught.value.messages) == 3
    with pytest.raises(ParameterFaults, match="change_of_credit"):
        decompose(5, 5, 1, 2)
    with pytest.raises(ParameterFaults, match="users_end"):
        users_at_even_split(1, 2, float("nan"))
