import numpy as np
import pandas as pd
import pytest

from abscase.errors import AbscaseError, DataFaults, ParameterFaults
from abscase.quality.density import density_jump
from abscase.quality.discontinuity import binned_means, jump, two_stages
from abscase.quality.local_fit import inverse, powers, side, triangular


def whole_scores(loans: int = 6000, seed: int = 43, size: float = 0.4) -> pd.DataFrame:
    """Scores in whole points and a default whose log odds jump by ``size`` at 620."""
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(640, 50, loans))
    chance = 1 / (1 + np.exp(1.2 + 0.01 * (x - 620) - size * (x >= 620)))
    return pd.DataFrame({"score": x, "default": (rng.random(loans) < chance).astype(float)})


def smooth_scores(loans: int = 1500, seed: int = 42, size: float = 0.1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(10, 60, loans)
    y = 0.3 + 0.002 * x - 0.00002 * x**2 + size * (x >= 0) + rng.normal(0, 0.3, loans)
    return pd.DataFrame({"score": x + 620, "loss": y})


# From rdrobust 2.1.1 (Python, defaults: triangular, mserd, nn) on the two frames above:
# bandwidth, bias bandwidth, estimate, se, corrected, robust se, lo, hi, loans below and above.
RDROBUST = {
    ("smooth", None): (42.866452, 65.961148, 0.132529, 0.045907, 0.134870, 0.054288, 0.028468,
                       0.241273, 350, 442),
    ("smooth", 20): (20, 20, 0.134781, 0.064511, 0.101626, 0.090381, -0.075518, 0.278770, 197, 197),
    ("whole", None): (48.667053, 77.707898, 0.100675, 0.029796, 0.101681, 0.035352, 0.032393,
                      0.170970, 1537, 2233),
    ("whole", 20): (20, 20, 0.115202, 0.044416, 0.128474, 0.066394, -0.001657, 0.258605, 763, 941),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "bandwidth"), RDROBUST)
def test_agrees_with_rdrobust(kind, bandwidth):
    frame, outcome = (smooth_scores(), "loss") if kind == "smooth" else (whole_scores(), "default")
    found = jump(frame, outcome=outcome, cutoff=620, bandwidth=bandwidth)
    mine = (
        found.bandwidth, found.bias_bandwidth, found.estimate, found.se, found.corrected,
        found.robust_se, found.lo, found.hi, found.loans_below, found.loans_above,
    )  # fmt: skip
    # Neighbours at the rim of a window may lie outside it here: a hair in the chosen bandwidth.
    close = 1e-5 if bandwidth or kind == "whole" else 3e-3
    assert mine == pytest.approx(RDROBUST[kind, bandwidth], rel=close, abs=1e-6)


def test_the_lines_are_weighted_least_squares():
    frame = smooth_scores()
    found = jump(frame, outcome="loss", cutoff=620, bandwidth=30)
    x, y = frame["score"].to_numpy() - 620, frame["loss"].to_numpy()
    for inside, value, rise in (
        ((x >= 0) & (x < 30), found.above, found.slope_above),
        ((x < 0) & (x > -30), found.below, found.slope_below),
    ):
        root = np.sqrt(1 - np.abs(x[inside]) / 30)
        slope, height = np.polyfit(x[inside], y[inside], 1, w=root)
        assert (value, rise) == pytest.approx((height, slope))
    assert found.estimate == pytest.approx(found.above - found.below)


def test_a_parabola_is_corrected_exactly():
    x = np.arange(560, 681) + 0.5
    loans = pd.DataFrame({"score": x, "y": 0.0004 * (x - 620) ** 2 * (x > 620) + 0.3 * (x > 620)})
    found = jump(loans, outcome="y", cutoff=620, bandwidth=40)
    assert found.estimate < 0.25
    assert found.corrected == pytest.approx(0.3)


def test_a_known_jump_is_found_and_none_where_there_is_none():
    inside, false_alarms, found_true = 0, 0, 0
    for seed in range(40):
        with_jump = jump(smooth_scores(2500, seed, 0.2), outcome="loss", cutoff=620)
        without = jump(smooth_scores(2500, seed + 500, 0.0), outcome="loss", cutoff=620)
        inside += with_jump.lo < 0.2 < with_jump.hi
        found_true += with_jump.lo > 0
        false_alarms += not without.lo < 0 < without.hi
    # Binomial(40, 0.95) is below 33 with probability 0.07 %.
    assert inside >= 33 and false_alarms <= 7
    assert found_true > 30


def test_the_flat_first_stage_stands_beside_the_reduced_form():
    frame = whole_scores(20_000, size=0.8)
    rng = np.random.default_rng(1)
    frame["sold"] = rng.random(len(frame)) < 0.7
    found = two_stages(frame, treatment="sold", outcome="default", cutoff=620, bandwidth=30)
    found = found.set_index("stage")
    assert found.loc["first", "lo"] < 0 < found.loc["first", "hi"]
    assert found.loc["reduced", "lo"] > 0
    frame["sold"] = frame["score"] >= 620
    sharp = two_stages(frame, treatment="sold", outcome="default", cutoff=620).set_index("stage")
    assert sharp.loc["first", ["corrected", "lo", "hi"]].tolist() == pytest.approx([1, 1, 1])
    assert sharp.loc["first", "p_value"] < 1e-6


def test_an_outcome_without_noise_or_jump():
    frame = whole_scores().assign(default=0.0)
    found = jump(frame, outcome="default", cutoff=620)
    assert (found.estimate, found.p_value) == (0, 1)


def test_neighbours_by_hand():
    found = side(np.array([5.0, 1.0, 1.0, 2.0, 9.0]), np.array([4.0, 0.0, 1.0, 2.0, 8.0]))
    # The pair at 1 looks to itself, to 2 and to 5; 2 to the pair and to 5; 5 to 2, then to 9 and
    # the pair, all 4 away; 9 to 5, to 2 and to the pair.
    others = np.array([(1 + 2 + 4) / 3, (0 + 2 + 4) / 3, (0 + 1 + 4) / 3, 11 / 4, 7 / 4])
    near = np.array([3, 3, 3, 4, 4])
    expected = np.sqrt(near / (near + 1)) * (np.array([0, 1, 2, 4, 8]) - others)
    assert found.residual == pytest.approx(expected)


def test_the_inverse_is_that_of_the_cross_product():
    x = np.linspace(0.1, 40, 30)
    weight = triangular(x, 35)
    cross = (powers(x, 3) * weight[:, None]).T @ powers(x, 3)
    assert inverse(x, weight, 3) @ cross == pytest.approx(np.eye(4), abs=1e-6)


def test_bins_do_not_straddle_the_cutoff():
    frame = pd.DataFrame({"score": [618.0, 619, 620, 621, 624, 630], "y": [0, 1, 1, 0, 1, None]})
    found = binned_means(frame, outcome="y", cutoff=620, width=5)
    assert found["score"].tolist() == [617.5, 622.5]
    assert found["loans"].tolist() == [2, 3]
    assert found["mean"].tolist() == pytest.approx([0.5, 2 / 3])
    assert found["se"].tolist() == pytest.approx([0.5, np.std([1, 0, 1], ddof=1) / 3**0.5])


def scores(seed: int, whole: bool, moved: float = 0.0) -> pd.DataFrame:
    """Scores with no jump, then a share ``moved`` of the 8 points below 620 lifted over it."""
    rng = np.random.default_rng(seed)
    x = rng.normal(640, 50, 4000)
    lifted = (x < 620) & (x > 612) & (rng.random(4000) < moved)
    x = np.where(lifted, 1240 - x, x)
    return pd.DataFrame({"score": np.floor(x) if whole else x})


@pytest.mark.parametrize("whole", [True, False])
def test_bunching_is_seen_and_smoothness_is_not_accused(whole):
    alarms = sum(density_jump(scores(s, whole), cutoff=620).p_value < 0.05 for s in range(40))
    # Binomial(40, 0.05) is above 7 with probability 0.07 %.
    assert alarms <= 7
    bunched = [density_jump(scores(s, whole, 0.3), cutoff=620) for s in range(10)]
    assert all(found.lo > 0 and found.p_value < 0.01 for found in bunched)


def test_the_density_test_by_hand():
    frame = scores(44, False)
    found = density_jump(frame, cutoff=620, bin_width=2, bandwidth=25)
    x = frame["score"].to_numpy() - 620
    sides = []
    for edges in (np.arange(-26, 1, 2), np.arange(0, 27, 2)):
        middle = edges[:-1] + 1.0
        height = np.histogram(x, edges)[0] / (4000 * 2)
        inside = np.abs(middle) < 25
        root = np.sqrt(1 - np.abs(middle[inside]) / 25)
        sides.append(np.polyfit(middle[inside], height[inside], 1, w=root)[1])
    below, above = sides
    assert (found.below, found.above) == pytest.approx((below, above))
    assert found.estimate == pytest.approx(np.log(above / below))
    assert found.se == pytest.approx(np.sqrt(4.8 / (4000 * 25) * (1 / above + 1 / below)))
    assert found.bins["density"].sum() * 2 == pytest.approx(1)


def test_the_density_of_a_normal_score_is_met():
    found = density_jump(pd.concat([scores(s, False) for s in range(20)]), cutoff=620)
    true = np.exp(-0.5 * 0.4**2) / (50 * np.sqrt(2 * np.pi))
    assert (found.below, found.above) == pytest.approx((true, true), rel=0.05)
    # rddensity 3.0, another estimator, on seed 44: t = 0.68, and 3.98 with a share of 0.3 lifted.
    calm, bunched = (density_jump(scores(44, False, moved), cutoff=620) for moved in (0.0, 0.3))
    assert abs(calm.estimate / calm.se) < 1.96
    assert 3 < bunched.estimate / bunched.se < 6


def test_bins_hold_whole_points():
    assert density_jump(scores(1, True), cutoff=620).bin_width == 2
    assert density_jump(scores(1, False), cutoff=620).bin_width == pytest.approx(1.6, abs=0.1)


def test_faults_are_named():
    frame = whole_scores(500)
    with pytest.raises(DataFaults, match="did you mean 'default'"):
        jump(frame, outcome="defalt", cutoff=620)
    with pytest.raises(ParameterFaults, match="bandwidth"):
        jump(frame, outcome="default", cutoff=620, bandwidth=-1)
    with pytest.raises(AbscaseError, match="0 different values of score below 300"):
        jump(frame, outcome="default", cutoff=300)
    with pytest.raises(AbscaseError, match="within 2 points"):
        jump(frame, outcome="default", cutoff=620, bandwidth=2)
    with pytest.raises(AbscaseError, match="fewer than 6 bins"):
        density_jump(frame, cutoff=300)
    with pytest.raises(ParameterFaults, match="bin_width"):
        density_jump(frame, cutoff=620, bin_width=0)
    with pytest.raises(AbscaseError, match="fewer than 2 bins"):
        density_jump(frame, cutoff=620, bin_width=5, bandwidth=4)
