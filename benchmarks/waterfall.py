"""Time the waterfall engine beside a clear scalar Python loop of the same deal, in the same run.

    python benchmarks/waterfall.py [--scenarios 1000] [--scalar 20]

The deal is CMLTI 2006-NC2: 16 classes over 120 months, with its step-down, its triggers, its funds
cap, its cover target and its write-downs. Both keep every cash flow of every period, both test in
every period that the books balance, both are given the same pool flows, and their results are
compared before anything is printed. The scalar loop runs fewer scenarios and its time is scaled up.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from abscase.operating.waterfall import Deal, Flows, Result, Scenario, run
from abscase.operating.waterfall.flows import pool_flows, pooling_of
from abscase.operating.waterfall.shipped import shipped_deal

Amounts = dict[str, float]
LINES = ("balance", "interest", "principal", "writedown", "shortfall")


def scalar_run(deal: Deal, flows: Flows, years: list[float], s: int) -> dict[str, Any]:
    """Return every payment of one scenario, computed class by class in plain Python."""
    rated = [each for each in deal.tranches if each.kind == "floating"]
    senior = [each.name for each in rated if each.name.startswith("A-")]
    junior = [each.name for each in rated if each.name not in senior]
    groups = [senior, *([name] for name in junior)]
    margin = {each.name: each.margin for each in rated}
    margin_after = {each.name: each.margin_after for each in rated}
    balance = {each.name: deal.face(each) for each in rated}
    face, due = dict(balance), dict.fromkeys(balance, 0.0)
    trigger = {each.name: each for each in deal.triggers}
    opening = flows.opening
    closing_pool, lost, fee_due, called = opening, 0.0, 0.0, False
    cover_before = closing_pool - sum(balance.values())
    doubled, recent, out = False, [], {line: [] for line in (*LINES, "residual")}
    for t, period in enumerate(years):
        interest_cash = float(flows.interest[t, s])
        principal_cash = float(
            flows.principal[t, s] + flows.prepayment[t, s] + flows.recovery[t, s]
        )
        pool = float(flows.balance[t, s] + flows.pending[t, s])
        lost += float(flows.loss[t, s])
        before = dict(balance)
        interest, principal, writedown = (dict.fromkeys(balance, 0.0) for _ in range(3))

        fee_due += deal.fees[0].rate * period * opening
        owed = sum(balance.values()) * period
        cap = max(interest_cash - fee_due, 0.0) / owed if owed > 0 else float("inf")
        for name in balance:
            coupon = deal.index_rate + (margin_after[name] if called else margin[name])
            due[name] += min(coupon, cap) * balance[name] * period

        performing = float(flows.balance[t, s])
        held = sum(balance[name] for name in senior)
        enhancement = 1 - held / pool if pool > 0 else float("-inf")
        doubled = doubled or enhancement >= trigger["senior_doubled"].level
        share = float(flows.delinquent[t, s]) / performing if performing > 0 else 0.0
        recent.append(share / max(enhancement, 0.0) if enhancement > 0 else 0.0)
        delinquent = sum(recent[-3:]) / len(recent[-3:]) > trigger["delinquent"].level
        levels = [level for start, level in trigger["lost"].levels.items() if start <= t + 1]
        too_much = bool(levels) and lost / closing_pool > levels[-1]
        called = called or performing / closing_pool < trigger["call_date"].level
        stepped = t + 1 >= 37 and doubled and not delinquent and not too_much
        cover = deal.cover.target_share * closing_pool
        if stepped:
            cover = max(deal.cover.floor_share * closing_pool, deal.cover.stepped_share * pool)

        paid = min(interest_cash + principal_cash, fee_due)
        fee_due -= paid
        from_interest = min(paid, interest_cash)
        interest_cash -= from_interest
        principal_cash -= paid - from_interest

        for group in groups:
            total = sum(due[name] for name in group)
            amount = min(interest_cash, total)
            for name in group:
                part = due[name] * amount / total if total > 0 else 0.0
                interest[name] += part
                due[name] -= part
            interest_cash -= amount

        cash = interest_cash + principal_cash
        if stepped:
            above, faces = 0.0, 0.0
            for group in groups:
                faces += sum(face[name] for name in group)
                target = min(deal.cover.enhancement_multiple * (1 - faces / closing_pool), 1.0)
                held = sum(balance[name] for name in group)
                wanted = min(max(above + held - pool * (1 - target), 0.0), held)
                amount = min(cash, wanted)
                for name in group:
                    part = balance[name] * amount / held if held > 0 else 0.0
                    principal[name] += part
                    balance[name] -= part
                cash -= amount
                above += held - amount
        excess = max(sum(balance.values()) - (pool - cover), 0.0)
        payable = min(cash, excess)
        for group in groups:
            held = sum(balance[name] for name in group)
            amount = min(payable, held)
            for name in group:
                part = balance[name] * amount / held if held > 0 else 0.0
                principal[name] += part
                balance[name] -= part
            payable -= amount
            cash -= amount

        missing = max(sum(balance.values()) - pool, 0.0)
        for group in reversed(groups):
            held = sum(balance[name] for name in group)
            amount = min(missing, held)
            for name in group:
                part = balance[name] * amount / held if held > 0 else 0.0
                writedown[name] += part
                balance[name] -= part
            missing -= amount

        opening = performing
        received = float(
            flows.interest[t, s] + flows.principal[t, s] + flows.prepayment[t, s]
        ) + float(flows.recovery[t, s])
        balanced(deal, before, balance, principal, writedown, due, received, paid + cash, interest)
        lost_now = float(flows.loss[t, s])
        spread = sum(principal.values()) - (received - float(flows.interest[t, s]))
        fall = cover_before - (pool - sum(balance.values()))
        assert abs(lost_now - sum(writedown.values()) - spread - fall) < 1e-9 * closing_pool
        cover_before = pool - sum(balance.values())
        out["residual"].append(cash)
        for line, values in zip(
            LINES, (balance, interest, principal, writedown, due), strict=True
        ):  # fmt: skip
            out[line].append(list(values.values()))
    return out


def balanced(
    deal: Deal, before: Amounts, balance: Amounts, principal: Amounts, writedown: Amounts,
    due: Amounts, received: float, other: float, interest: Amounts,
) -> None:  # fmt: skip
    """Assert that cash in is cash out, nothing is below 0, and no balance moved by itself."""
    within = 1e-9 * deal.pool.balance
    out = sum(interest.values()) + sum(principal.values()) + other
    assert abs(received - out) < within
    for name in balance:
        assert balance[name] >= -within
        assert due[name] >= -within
        assert interest[name] >= -within
        assert principal[name] >= -within
        assert writedown[name] >= -within
        moved = before[name] - balance[name] - principal[name] - writedown[name]
        assert abs(moved) < within


def difference(result: Result, loops: list[dict[str, Any]]) -> float:
    """Return the largest gap between the two, over the closing pool."""
    rated = result.rated
    gaps = [
        np.abs(result.lines[line][:, rated, s] - np.array(loop[line])).max()
        for s, loop in enumerate(loops)
        for line in LINES
    ]
    return max(gaps) / result.opening_pool


def best_of(repeats: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the shortest time of some runs in seconds, and what the last gave."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        made = work()
        times.append(time.perf_counter() - begin)
    return min(times), made


def case_of(deal: Deal, scenarios: int) -> tuple[Scenario, Flows, list[float]]:
    """Return random scenarios of default and prepayment, their pool flows, and period lengths."""
    rng = np.random.default_rng(2006)
    scenario = Scenario(
        default_rate=rng.uniform(0.0, 0.30, (scenarios, 1)),
        prepayment_rate=rng.uniform(0.05, 0.40, (scenarios, 1)),
    )
    pooling = pooling_of(deal, scenario, scenarios)
    return scenario, pool_flows(pooling), pooling.days.years.tolist()


def main() -> None:
    """Print the times, the ratio and the growth with the number of scenarios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=1000)
    parser.add_argument("--scalar", type=int, default=20, help="scenarios of the scalar loop")
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    deal = shipped_deal("cmlti_2006_nc2")
    scenario, flows, years = case_of(deal, given.scenarios)
    run(deal, scenario, flows)
    fast, result = best_of(given.repeats, lambda: run(deal, scenario, flows))
    slow, loops = best_of(
        given.repeats, lambda: [scalar_run(deal, flows, years, s) for s in range(given.scalar)]
    )
    gap = difference(result, loops)
    assert gap < 1e-9, f"the two differ by {gap:.2g} of the pool"
    scaled = slow * given.scenarios / given.scalar
    months, classes = result.lines["balance"].shape[:2]
    print(f"{given.scenarios} scenarios x {months} months x {classes} classes")
    print(f"engine       {fast:8.3f} s")
    print(f"scalar loop  {scaled:8.3f} s  (scaled from {given.scalar} scenarios)")
    print(f"ratio        {scaled / fast:8.1f}   (largest difference {gap:.1e} of the pool)")
    for factor in (0.5, 2, 4):
        count = int(given.scenarios * factor)
        other, other_flows, _ = case_of(deal, count)
        took, _ = best_of(given.repeats, lambda o=other, f=other_flows: run(deal, o, f))
        growth = took / fast / factor
        print(f"{count:6d} scenarios {took:8.3f} s  (time per scenario x {growth:.2f})")


if __name__ == "__main__":
    main()
