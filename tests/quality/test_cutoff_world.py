import numpy as np
import pytest

from abscase.errors import ParameterFaults
from abscase.quality import cutoff_world
from abscase.quality.density import density_jump
from abscase.quality.discontinuity import jump


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(11)
    worlds = cutoff_world.worlds(620)
    return {name: cutoff_world.draw(each, 120_000, rng, 0.1, 0.7) for name, each in worlds.items()}


def both(loans):
    return [jump(loans, outcome=name, cutoff=620, bandwidth=40, alpha=0.001)
            for name in ("securitised", "defaulted")]  # fmt: skip


def test_the_planted_jumps_are_found(drawn):
    truth = cutoff_world.worlds(620)["planted"]
    first, reduced = both(drawn["planted"])
    assert first.lo < truth.sold_jump < first.hi and first.lo > 0
    assert reduced.lo < truth.default_jump < reduced.hi and reduced.p_value < 0.01


def test_nothing_is_found_where_nothing_is_planted(drawn):
    assert all(each.lo < 0 < each.hi for each in both(drawn["smooth"]))
    assert density_jump(drawn["smooth"], cutoff=620).p_value > 0.01


def test_a_rule_of_thumb_moves_default_and_loan_numbers_but_not_sale(drawn):
    first, reduced = both(drawn["rule"])
    assert first.lo < 0 < first.hi
    assert reduced.estimate > 0 and reduced.p_value < 0.01
    assert density_jump(drawn["rule"], cutoff=620).estimate == pytest.approx(-np.log(0.7), abs=0.06)


def test_two_worlds_have_the_same_jump_of_default_by_different_roads():
    worlds = cutoff_world.worlds(620)
    assert worlds["planted"].default_jump == pytest.approx(0.15 * 0.9 * 0.3)
    assert worlds["rule"].default_jump == pytest.approx(worlds["planted"].default_jump)
    assert worlds["smooth"].default_jump == 0


def test_misreported_loans_default_more_often_and_the_pool_does_not(drawn):
    rates = cutoff_world.by_report(drawn["smooth"]).set_index("report")["rate"]
    assert rates["false"] / rates["true"] == pytest.approx(1.7, abs=0.06)
    assert rates["all"] == pytest.approx(rates["true"] * 1.07, rel=0.01)
    honest = cutoff_world.draw(cutoff_world.World(), 120_000, np.random.default_rng(1))
    assert rates["all"] == pytest.approx(honest["defaulted"].mean(), abs=0.004)


def test_false_cutoffs_find_nothing(drawn):
    table = cutoff_world.false_cutoffs(drawn["planted"], [580, 620, 660], 620, 30)
    assert table.loc[1, "lo"] > 0
    assert (table.loc[[0, 2], "lo"] < 0).all() and (table.loc[[0, 2], "hi"] > 0).all()


def test_both_stages_stand_beside_what_was_planted(drawn):
    one = {"planted": drawn["planted"]}
    panels = cutoff_world.stage_panels(one, 620, 30)
    table = cutoff_world.both_stages(panels, one, cutoff_world.worlds(620))
    assert table["stage"].tolist() == ["first", "reduced"] * 2
    assert table["planted"].tolist() == pytest.approx([0.3, 0.0405] * 2)
    assert (table["bandwidth"] == 30).sum() == 2


def test_bad_parameters_are_all_named():
    with pytest.raises(ParameterFaults) as error:
        cutoff_world.draw(cutoff_world.World(), 10, np.random.default_rng(1), misreport=0.9)
    assert "loans" in str(error.value) and "misreport" in str(error.value)
