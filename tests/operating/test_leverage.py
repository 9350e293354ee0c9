import numpy as np
import pytest
from numpy.testing import assert_allclose

from abscase.errors import ParameterFaults
from abscase.operating import leverage as lev
from abscase.operating import stock as stk

RETAINED = [0.0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.10, 0.15, 0.30]
FLOW = [120, 99.3, 83.1, 70.4, 52.3, 36.2, 29.6, 20.0, 10.0]
LIMIT = [np.inf, 300, 150, 100, 60, 37.5, 30, 20, 10]
REVOLVING = [0, 1, 6, 12, 24, 36]
PEAK = {0.0: [5.0, 8.3, 24.8, 44.9, 84.8, 120], 0.08: [4.4, 7.1, 17.8, 25.9, 33.6, 36.2]}


def simulate(capital, bank_ratio, retained, advance, eligible, rounds):
    """Sell, keep the junior piece, take the cash, lend it again: a ledger, no series."""
    cash, junior, unsold, discount, made = (1 + bank_ratio) * capital, 0.0, 0.0, 0.0, []
    for _ in range(rounds):
        book, cash = cash, 0.0
        made.append(book)
        pooled = eligible * book
        unsold += book - pooled
        junior += retained * pooled
        offered = pooled * (1 - retained)
        cash = advance * offered
        discount += offered - cash
    return np.array(made), junior, unsold, discount, cash


def ledger(books, cycle, revolving, life, step, months):
    """Outstanding by small time steps: a pool reinvests what it collects, then runs off."""
    pools, path = [], []
    for tick in range(round(months / step) + 1):
        now = tick * step
        for pool in pools:
            age = now - pool["born"]
            if age > revolving + 1e-9:
                pool["left"] -= pool["size"] / life * min(step, age - revolving)
        if len(pools) < len(books) and abs(now - len(pools) * cycle) < step / 2:
            size = books[len(pools)]
            pools.append({"born": now, "size": size, "left": size})
        path.append(sum(max(0.0, pool["left"]) for pool in pools))
    return np.array(path)


@pytest.mark.parametrize(("retained", "flow"), list(zip(RETAINED, FLOW, strict=True)))
def test_flow_after_forty_books(retained, flow):
    assert lev.flow_multiple(2, lev.cash_share(retained), 40) == pytest.approx(flow, abs=0.05)


@pytest.mark.parametrize(("retained", "limit"), list(zip(RETAINED, LIMIT, strict=True)))
def test_limit_is_three_over_the_retained_share(retained, limit):
    assert lev.limit_multiple(2, lev.cash_share(retained)) == pytest.approx(limit)


@pytest.mark.parametrize("retained", PEAK)
def test_peak_stock_of_forty_books_in_three_years(retained):
    books = lev.loan_books(1, 2, float(lev.cash_share(retained)), 40)
    peaks = [stk.peak_stock(books, 36 / 40, months, 2) for months in REVOLVING]
    assert_allclose(peaks, PEAK[retained], atol=0.1)


@pytest.mark.parametrize(("capital", "bank"), [(3e9, 6e9), (3.8e9, 7.6e9)])
def test_both_tellings_of_the_forty_cycles_give_120(capital, bank):
    """30 + 60 and 38 + 76 (CNY 100 m), forty times: the two variants in print."""
    books = lev.loan_books(capital, bank / capital, 1.0, 40)
    assert books.sum() / capital == pytest.approx(120)
    assert lev.flow_multiple(bank / capital, 1.0, 40) == pytest.approx(120)


def test_retention_for_a_hundred():
    assert lev.retention_needed(100, 2) == pytest.approx(0.03)
    finite = lev.retention_needed(100, 2, rounds=40)
    assert 0.0095 < finite < 0.0100
    assert lev.flow_multiple(2, 1 - finite, 40) == pytest.approx(100, abs=1e-9)


@pytest.mark.parametrize("advance", [0.85, 0.95, 1.0])
@pytest.mark.parametrize("eligible", [0.9, 1.0])
def test_retention_answers_with_discount_and_ineligible_loans(advance, eligible):
    for rounds in (5, 40, np.inf):
        r = lev.retention_needed(8, 2, rounds, advance, eligible)
        assert lev.flow_multiple(2, lev.cash_share(r, advance, eligible), rounds) == pytest.approx(
            8
        )


def test_retention_out_of_reach_and_never_in_doubt():
    assert np.isnan(lev.retention_needed(121, 2, rounds=40))
    assert np.isnan(lev.retention_needed(31, 2, advance=0.9))
    assert lev.retention_needed(3, 2, rounds=40) == 1.0
    assert lev.retention_needed(120, 2, rounds=40) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("retained", [0.0, 0.05, 0.3])
@pytest.mark.parametrize(("advance", "eligible"), [(1.0, 1.0), (0.85, 1.0), (0.9, 0.8)])
def test_series_equals_the_ledger_and_money_is_conserved(retained, advance, eligible):
    made, junior, unsold, discount, cash = simulate(3, 2, retained, advance, eligible, 40)
    q = float(lev.cash_share(retained, advance, eligible))
    books = lev.loan_books(3, 2, q, 40)
    assert_allclose(books, made)
    assert lev.flow_multiple(2, q, 40) * 3 == pytest.approx(made.sum())
    assert lev.retained_exposure(books, eligible * retained)[-1] == pytest.approx(junior)
    assert junior + unsold + discount + cash == pytest.approx(9)


def test_kept_and_cash_sum_to_the_first_book():
    books = lev.loan_books(3, 2, 0.92, 40)
    cash = 9 * 0.92 ** np.arange(1, 41)
    assert_allclose(lev.retained_exposure(books, 0.08) + cash, 9)


@pytest.mark.parametrize("retained", [0.0, 0.08])
@pytest.mark.parametrize("revolving", [0, 1, 6, 12, 36])
def test_stock_equals_a_ledger_in_small_steps(retained, revolving):
    books = lev.loan_books(1, 2, 1 - retained, 40)
    step, months = 0.1, 42
    path = ledger(books, 0.9, revolving, 2.0, step, months)
    times = np.arange(len(path)) * step
    assert_allclose(stk.stock(times, books, 0.9, revolving, 2.0), path, atol=1e-9)
    assert stk.peak_stock(books, 0.9, revolving, 2.0) == pytest.approx(path.max())


def test_stock_never_passes_what_was_made():
    rng = np.random.default_rng(6)
    times = np.linspace(0, 60, 301)
    for _ in range(40):
        books = lev.loan_books(1, rng.uniform(0, 5), rng.uniform(0, 1), int(rng.integers(1, 80)))
        cycle, revolving, life = rng.uniform(0, 3), rng.uniform(0, 24), rng.uniform(0.5, 60)
        made = stk.loans_made(times, books, cycle)
        held = stk.stock(times, books, cycle, revolving, life)
        assert (held <= made + 1e-9).all() and (held >= 0).all()
        assert stk.peak_stock(books, cycle, revolving, life) >= held.max() - 1e-9


def test_long_revolving_approximation():
    """At q = 1 the plateau is (1 + b) K (R + tau / 2) / D, give or take one issue."""
    books = lev.loan_books(1, 2, 1.0, 400)
    peak = stk.peak_stock(books, 0.9, 12, 2)
    assert peak == pytest.approx(3 * (12 + 1) / 0.9, abs=3)


def test_monotone():
    r = np.linspace(0, 1, 101)
    assert (np.diff(lev.flow_multiple(2, lev.cash_share(r), 40)) < 0).all()
    assert (np.diff(lev.flow_multiple(2, 0.95, np.arange(1, 60))) > 0).all()
    books = lev.loan_books(1, 2, 1.0, 40)
    peaks = [stk.peak_stock(books, 0.9, months, 2) for months in range(0, 37)]
    assert (np.diff(peaks) >= 0).all()


def test_no_jump_at_full_recycling():
    near = lev.flow_multiple(2, 1 - np.array([1e-6, 1e-9, 1e-12, 1e-15]), 40)
    assert_allclose(near, 120, rtol=3e-5)
    assert (np.diff(near) >= 0).all()
    assert lev.flow_multiple(2, 0.0, 40) == 3


def test_arrays_broadcast():
    grid = lev.flow_multiple(2, lev.cash_share(np.array(RETAINED))[:, None], np.array([1, 40]))
    assert grid.shape == (9, 2)
    assert_allclose(grid[:, 0], 3)
    assert_allclose(grid[:, 1], FLOW, atol=0.05)


def test_every_fault_is_named():
    with pytest.raises(ParameterFaults) as caught:
        lev.cash_share(8, advance=-1)
    assert len(caught.value.messages) == 2
    with pytest.raises(ParameterFaults, match="q is 1"):
        lev.loan_books(3, 2, 1.1, 40)
    with pytest.raises(ParameterFaults, match="retained is nan"):
        lev.cash_share(float("nan"))


def test_table_by_retention():
    frame = stk.by_retention([0.08, 0.0, 0.08], 3e9, 2, 1.0, 40, 0.9, 12, 2)
    assert frame["retained"].tolist() == [0.0, 0.08]
    assert frame["flow"].tolist() == pytest.approx([120, 36.2], abs=0.05)
    assert frame["peak"].tolist() == pytest.approx([44.9, 25.9], abs=0.1)
    assert frame["made_amt"].iloc[0] == pytest.approx(360e9)
    assert (frame["kept"] <= 3).all() and np.isinf(frame["limit"].iloc[0])
