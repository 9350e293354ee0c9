"""The triangle of Taylor and Ashe (1983) and what Mack (1993) publishes of it."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from abscase.errors import DataFaults
from abscase.quality.chain_ladder import chain_ladder

TAYLOR_ASHE = [
    [357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463],
    [352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085],
    [290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315],
    [310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268],
    [443160, 1136350, 2128333, 2897821, 3402672, 3873311],
    [396132, 1333217, 2180715, 2985752, 3691712],
    [440832, 1288463, 2419861, 3483130],
    [359480, 1421128, 2864498],
    [376686, 1363294],
    [344014],
]


def square(rows):
    width = max(len(row) for row in rows)
    filled = [[*row, *[np.nan] * (width - len(row))] for row in rows]
    return pd.DataFrame(filled, range(1, len(rows) + 1), range(1, width + 1), dtype=float)


def test_published_reserves_and_errors():
    found = chain_ladder(square(TAYLOR_ASHE))
    to_come = [0, 94634, 469511, 709638, 984889, 1419459, 2177641, 3920301, 4278972, 4625811]
    errors = [0, 75535, 121699, 133549, 261406, 411010, 558317, 875328, 971258, 1363155]
    assert found.ultimate["to_come"].tolist() == pytest.approx(to_come, abs=0.6)
    assert found.ultimate["se"].tolist() == pytest.approx(errors, abs=0.6)
    assert found.to_come == pytest.approx(18_680_856, abs=0.6)
    assert found.se == pytest.approx(2_447_095, abs=0.6)


def test_published_factors():
    found = chain_ladder(square(TAYLOR_ASHE)).factors
    known = [3.491, 1.747, 1.457, 1.174, 1.104, 1.086, 1.054, 1.077, 1.018]
    assert found["factor"].tolist() == pytest.approx(known, abs=6e-4)
    assert found["vintages"].tolist() == [9, 8, 7, 6, 5, 4, 3, 2, 1]


def test_by_hand():
    found = chain_ladder(
        square([[100, 200, 300], [100, 300, 400], [50, 120, 170], [80, 200], [40]])
    )
    factor = [820 / 330, 870 / 620]
    assert found.factors["factor"].tolist() == pytest.approx(factor)
    assert found.ultimate["ultimate"].tolist()[-2:] == pytest.approx(
        [200 * factor[1], 40 * factor[0] * factor[1]]
    )
    sigma2 = (200 * (1.5 - factor[1]) ** 2 + 300 * (4 / 3 - factor[1]) ** 2
              + 120 * (170 / 120 - factor[1]) ** 2) / 2  # fmt: skip
    assert found.factors["sigma2"].iloc[1] == pytest.approx(sigma2)
    assert found.ultimate["se"].iloc[3] == pytest.approx(
        np.sqrt(200**2 * sigma2 * (1 / 200 + 1 / 620))
    )


def test_vintages_that_grow_alike_leave_no_error():
    found = chain_ladder(square([[1, 2, 3, 3.3], [2, 4, 6, 6.6], [10, 20, 30], [4, 8], [5]]))
    assert found.ultimate["ultimate"].tolist() == pytest.approx([3.3, 6.6, 33, 13.2, 16.5])
    assert found.se == pytest.approx(0, abs=1e-12)


def test_the_fan_opens_and_stays_above_what_is_known():
    found = chain_ladder(square(TAYLOR_ASHE), alpha=0.1).projection
    mine = found[found["vintage"] == 8].set_index("age")
    assert mine["observed"].tolist() == [True] * 3 + [False] * 7
    assert mine.loc[3, ["amount", "lo", "hi"]].tolist() == [2864498] * 3
    open_part = mine.loc[4:]
    assert (open_part["lo"] > 2864498).all()
    assert ((open_part["lo"] < open_part["amount"]) & (open_part["amount"] < open_part["hi"])).all()
    assert open_part["se"].is_monotonic_increasing
    # Lognormal with the mean and the error of what is to come.
    last, mean = mine.loc[10], mine.loc[10, "amount"] - 2864498
    spread = np.sqrt(np.log(1 + (last["se"] / mean) ** 2))
    law = stats.lognorm(spread, scale=mean * np.exp(-(spread**2) / 2))
    assert law.mean() == pytest.approx(mean)
    assert last["hi"] - 2864498 == pytest.approx(law.ppf(0.95))


def test_the_error_is_that_of_simulated_triangles():
    rng = np.random.default_rng(12)
    factor, noise = np.array([2.0, 1.3, 1.1]), np.array([30.0, 10.0, 3.0])
    gaps, told = [], []
    for _ in range(250):
        full = np.empty((12, 4))
        full[:, 0] = 1000
        for age in range(3):
            drawn = rng.normal(0, np.sqrt(noise[age] * full[:, age]))
            full[:, age + 1] = full[:, age] * factor[age] + drawn
        seen = np.where(np.arange(4) <= np.arange(12)[::-1, None], full, np.nan)
        found = chain_ladder(pd.DataFrame(seen))
        gaps.append(full[:, -1].sum() - found.ultimate["ultimate"].sum())
        told.append(found.se**2)
    assert np.std(gaps) == pytest.approx(np.sqrt(np.mean(told)), rel=0.12)
    assert np.mean(gaps) == pytest.approx(0, abs=0.2 * np.std(gaps))


def test_every_fault_is_named():
    bad = square([[1, 2, 3], [0, 2], [1, np.nan, 5]])
    bad[4] = np.nan
    bad.loc[9] = np.nan
    with pytest.raises(DataFaults) as caught:
        chain_ladder(bad)
    text = str(caught.value)
    for words in ("2: age 1: '0' must be above 0", "3: age 3: stands behind an empty cell",
                  "9: holds no amount", "age 4: no vintage has reached it"):  # fmt: skip
        assert words in text


def test_too_few_vintages_are_refused():
    with pytest.raises(DataFaults, match="needs two vintages"):
        chain_ladder(square([[1, 2, 3], [1, 2]]))
