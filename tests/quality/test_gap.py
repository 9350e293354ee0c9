from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import expit
from statsmodels.stats.oaxaca import OaxacaBlinder

from abscase.errors import AbscaseError, ChoiceError, DataFaults
from abscase.quality.gap import fairlie, threefold, twofold
from abscase.quality.two_groups import logit, two_sides

BOTH = {"group": "case", "pair": ("prime", "subprime"), "covariates": ["rate", "size", "age"]}


def loans(a: int = 4000, b: int = 2500, shift: float = 0.0, move: float = 1.0) -> pd.DataFrame:
    """Two groups whose covariates differ by ``move`` and whose constants differ by ``shift``."""
    rng = np.random.default_rng(8)
    second = np.repeat([0.0, 1.0], [a, b])
    frame = pd.DataFrame({
        "case": np.repeat(["prime", "subprime"], [a, b]),
        "rate": rng.normal(0.06, 0.01, a + b) + 0.015 * move * second,
        "size": rng.normal(2, 0.5, a + b) - 0.2 * move * second,
        "age": rng.integers(1, 25, a + b).astype(float), "at_risk": 1,
        "vintage": rng.integers(0, 25, a + b),
    })  # fmt: skip
    line = -3.2 + 40 * (frame["rate"] - 0.06) - 0.5 * (frame["size"] - 2) + 0.02 * frame["age"]
    chance = expit(line + shift * second)
    return frame.assign(default=(rng.random(a + b) < chance).astype(int))


def estimate(table: pd.DataFrame, part: str, term: str = "all") -> float:
    return float(table.query("part == @part and term == @term")["estimate"].iloc[0])


def row(table: pd.DataFrame, part: str) -> pd.Series:
    return table.query("part == @part and term == 'all'").iloc[0]


FRAME = loans()
RNG = np.random.default_rng(0)


@pytest.mark.parametrize("reference", ["first", "second", "pooled"])
@pytest.mark.parametrize("split", [twofold, fairlie])
def test_parts_and_covariates_add_up(split, reference):
    found = split(FRAME, **BOTH, rng=RNG, reference=reference, n_boot=0)
    rates = FRAME.groupby("case")["default"].mean()
    gap = rates["subprime"] - rates["prime"]
    assert estimate(found, "gap") == pytest.approx(gap)
    assert estimate(found, "explained") + estimate(found, "unexplained") == pytest.approx(gap)
    single = found.query("part == 'explained' and term != 'all'")["estimate"].sum()
    assert single == pytest.approx(estimate(found, "explained"))


def test_threefold_adds_up_and_its_endowments_are_the_explained_part():
    found = threefold(FRAME, **BOTH, rng=RNG, n_boot=0)
    parts = [estimate(found, part) for part in ("endowments", "coefficients", "interaction")]
    assert sum(parts) == pytest.approx(estimate(found, "gap"))
    two = twofold(FRAME, **BOTH, rng=RNG, n_boot=0)
    assert parts[0] == pytest.approx(estimate(two, "explained"))
    back = twofold(FRAME, **BOTH, rng=RNG, n_boot=0, reference="second")
    assert parts[0] + parts[2] == pytest.approx(estimate(back, "explained"))


def other(method: str, **settings) -> tuple[float, ...]:
    x = FRAME[["rate", "size", "age"]].assign(second=(FRAME["case"] == "subprime") * 1.0)
    model = OaxacaBlinder(FRAME["default"], x, "second", hasconst=False, swap=False)
    return tuple(-value for value in getattr(model, method)(**settings).params)


@pytest.mark.parametrize(
    ("reference", "settings"),
    [
        ("first", {"two_fold_type": "self_submitted", "submitted_weight": 1}),
        ("second", {"two_fold_type": "self_submitted", "submitted_weight": 0}),
        ("pooled", {"two_fold_type": "pooled"}),
    ],
)
def test_twofold_is_that_of_statsmodels(reference, settings):
    found = twofold(FRAME, **BOTH, rng=RNG, reference=reference, n_boot=0)
    unexplained, explained, gap = other("two_fold", **settings)
    mine = [estimate(found, part) for part in ("unexplained", "explained", "gap")]
    assert mine == pytest.approx([unexplained, explained, gap], abs=1e-10)


def test_threefold_is_that_of_statsmodels():
    # It prices from its second group, which is our first where the pair is turned round.
    found = threefold(FRAME, **{**BOTH, "pair": ("subprime", "prime")}, rng=RNG, n_boot=0)
    mine = [estimate(found, part) for part in ("endowments", "coefficients", "interaction", "gap")]
    assert mine == pytest.approx([-value for value in other("three_fold")], abs=1e-10)


@pytest.mark.parametrize("split", [twofold, fairlie])
def test_cells_give_the_split_of_the_loans(split):
    coarse = FRAME.assign(rate=FRAME["rate"].round(2), size=FRAME["size"].round(0), age=1.0)
    coarse["age"] = (FRAME["age"] > 12) * 1.0
    cells = coarse.groupby(["case", "rate", "size", "age"], as_index=False)[
        ["at_risk", "default"]
    ].sum()
    assert len(cells) < len(coarse) / 20
    one, two = (split(frame, **BOTH, rng=RNG, n_boot=0) for frame in (coarse, cells))
    # Rows of one rank are paired at random, so that Fairlie's contributions may differ by a little.
    exact = one["term"] == "all"
    assert one["estimate"][exact].tolist() == pytest.approx(two["estimate"][exact].tolist())
    assert one["estimate"].tolist() == pytest.approx(two["estimate"].tolist(), abs=1e-4)


def test_the_logit_is_that_of_statsmodels():
    side, _ = two_sides(FRAME, "case", BOTH["pair"], BOTH["covariates"], "default", None)
    known = sm.Logit(side.events, side.x).fit(disp=0, tol=1e-12).params
    assert logit(side) == pytest.approx(known, rel=1e-7)


def test_fairlie_pairs_ranks_and_exchanges_in_every_order():
    frame = pd.concat([FRAME[FRAME["case"] == name].head(300) for name in BOTH["pair"]])
    found = fairlie(frame, **BOTH, rng=RNG, n_boot=0)
    a, b = two_sides(frame, "case", BOTH["pair"], BOTH["covariates"], "default", None)
    beta = sm.Logit(a.events, a.x).fit(disp=0, tol=1e-12).params
    xa, xb = (side.x[np.argsort(side.x @ beta)] for side in (a, b))
    moves = np.zeros(3)
    orders = list(permutations([1, 2, 3]))
    for order in orders:
        x = xa.copy()
        for column in order:
            before = expit(x @ beta).mean()
            x[:, column] = xb[:, column]
            moves[column - 1] += (expit(x @ beta).mean() - before) / len(orders)
    mine = [estimate(found, "explained", name) for name in BOTH["covariates"]]
    assert mine == pytest.approx(moves.tolist(), abs=1e-9)
    assert estimate(found, "explained") == pytest.approx(
        expit(b.x @ beta).mean() - expit(a.x @ beta).mean()
    )


def test_few_random_orders_come_near_all_of_them():
    every = fairlie(FRAME, **BOTH, rng=np.random.default_rng(1), n_boot=0, n_orders=24)
    few = fairlie(FRAME, **BOTH, rng=np.random.default_rng(2), n_boot=0, n_orders=2)
    assert estimate(few, "explained") == pytest.approx(estimate(every, "explained"))
    single = every["term"] != "all"
    assert few["estimate"][single].tolist() == pytest.approx(
        every["estimate"][single].tolist(), abs=0.005
    )


@pytest.mark.parametrize("split", [twofold, fairlie])
def test_a_gap_of_covariates_is_explained_and_one_of_constants_is_not(split):
    settings = {**BOTH, "rng": np.random.default_rng(3), "n_boot": 60}
    moved = split(loans(), **settings)
    assert row(moved, "explained")["lo"] > 0.01
    if split is fairlie:
        # The linear model does not hold where the logit does, so only Fairlie's must find 0.
        assert row(moved, "unexplained")["lo"] < 0 < row(moved, "unexplained")["hi"]
    shifted = split(loans(shift=0.8, move=0.0), **settings)
    assert row(shifted, "unexplained")["lo"] > 0.01
    assert row(shifted, "explained")["lo"] < 0 < row(shifted, "explained")["hi"]


def test_the_interval_of_the_gap_has_the_width_of_the_binomial():
    found = row(twofold(FRAME, **BOTH, rng=np.random.default_rng(4), n_boot=800), "gap")
    table = FRAME.groupby("case")["default"].agg(["mean", "size"])
    se = np.sqrt((table["mean"] * (1 - table["mean"]) / table["size"]).sum())
    assert (found["hi"] - found["lo"]) / 2 == pytest.approx(1.96 * se, rel=0.1)


def test_clusters_are_resampled_whole():
    rng = np.random.default_rng(6)
    shock = pd.Series(rng.normal(0, 1, 25))
    frame = FRAME.copy()
    chance = expit(-3 + frame["vintage"].map(shock))
    frame["default"] = (rng.random(len(frame)) < chance).astype(int)
    widths = []
    for cluster in (None, "vintage"):
        found = row(twofold(frame, **BOTH, rng=rng, n_boot=200, cluster=cluster), "gap")
        widths.append(found["hi"] - found["lo"])
    assert widths[1] > 1.5 * widths[0]


def test_one_seed_one_result():
    tables = [
        fairlie(FRAME, **BOTH, rng=np.random.default_rng(9), n_boot=3, n_orders=2) for _ in range(2)
    ]
    pd.testing.assert_frame_equal(*tables)


def test_faults_are_named():
    with pytest.raises(ChoiceError, match="did you mean 'pooled'"):
        twofold(FRAME, **BOTH, rng=RNG, reference="poled")
    with pytest.raises(DataFaults, match="there are: prime, subprime"):
        fairlie(FRAME, **{**BOTH, "pair": ("prime", "ant")}, rng=RNG)
    with pytest.raises(DataFaults, match="trem"):
        twofold(FRAME, **{**BOTH, "covariates": ["trem"]}, rng=RNG)
    with pytest.raises(AbscaseError, match="in prime a covariate does not vary"):
        twofold(FRAME.assign(age=(FRAME["case"] == "subprime") * FRAME["age"]), **BOTH, rng=RNG)
    with pytest.raises(AbscaseError, match="one vintage only"):
        threefold(FRAME.assign(vintage=2006), **BOTH, rng=RNG, cluster="vintage")
    with pytest.raises(AbscaseError, match="no finite estimate: 0 events"):
        fairlie(FRAME.assign(default=0), **BOTH, rng=RNG)
