"""Rules on funding as arithmetic: how much credit each allows, and which limit binds."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pandas as pd

from abscase.operating.leverage import INF
from abscase.ranges import require

FIELDS = {
    "bank_funding_to_net_capital_max": "bank",
    "nonstandard_funding_to_net_assets_max": "bank",
    "bonds_and_abs_to_net_assets_max": "abs",
    "own_share_of_joint_loan_min": "own_share",
}
TOTAL, CONSOLIDATED = "total_financing_to_net_capital_max", "abs_counted_in_leverage"
REGIMES = {
    "r2008": ("cn_2008_pilot",),
    "r2012": ("cq_2012_financing",),
    "r2017": ("cq_2012_financing", "cn_2017_cash_loans"),
    "r2020_09": ("cn_2020_microloan_notice",),
    "r2020_11": ("cn_2020_online_draft",),
}
"""Rules that stand together: the notice of 2017 set no number, it widened the local limit."""


@dataclass(frozen=True)
class Plan:
    """What a lender would do if no rule stood in the way.

    Parameters
    ----------
    bank : float
        Bank and shareholder debt over net assets, in times.
    abs : float
        Asset-backed securities outstanding over net assets, in times.
    own_share : float
        Own share theta of each joint loan, in (0, 1]; 1 is no joint lending.
    """

    bank: float
    abs: float
    own_share: float

    def __post_init__(self) -> None:
        most = 1e6  # finite: a plan must name its size, or no rule could be said to cut it
        require(
            bank=(self.bank, 0, most), abs=(self.abs, 0, most), own_share=(self.own_share, 1e-6, 1)
        )


@dataclass(frozen=True)
class Cap:
    """The limits of one rule, each over net assets, in times; infinite where there is none.

    Parameters
    ----------
    bank : float
        Most bank and shareholder debt.
    abs : float
        Most asset-backed securities and bonds.
    total : float
        Most of both together.
    own_share : float
        Least own share of a joint loan, in [0, 1].
    """

    bank: float = INF
    abs: float = INF
    total: float = INF
    own_share: float = 0.0

    def __post_init__(self) -> None:
        limits = {name: (getattr(self, name), 0, INF) for name in ("bank", "abs", "total")}
        require(**limits, own_share=(self.own_share, 0, 1))


@dataclass(frozen=True)
class Allowed:
    """What a rule leaves of a plan, over net assets, in times."""

    bank: float
    abs: float
    own_book: float
    own_share: float
    credit: float
    binding: tuple[str, ...]


def own_book_limit(cap: Cap, count_equity: bool = True) -> float:
    """Return the largest own book, securitised loans included, over net assets, in times.

    Parameters
    ----------
    cap : Cap
        The rule.
    count_equity : bool
        True: equity is lent too, 1 + c. False: borrowed funds only, c, as the press counts.

    Notes
    -----
    c = min(total, bank + abs).
    """
    return float(count_equity) + min(cap.total, cap.bank + cap.abs)


def credit_limit(cap: Cap, own_share: float | None = None, count_equity: bool = True) -> float:
    """Return the most credit a rule allows over net assets, joint loans included, in times.

    Parameters
    ----------
    cap : Cap
        The rule.
    own_share : float, optional
        Own share of joint loans, in (0, 1]; by default the least that the rule allows. Infinite
        credit where that is 0.
    count_equity : bool
        As in `own_book_limit`.

    Notes
    -----
    Own book / theta. With one times bank debt, four times bonds and theta = 0.30:
    (1 + 4) / 0.30 = 16.67, or 20 with the equity.

    >>> round(credit_limit(Cap(bank=1, abs=4, own_share=0.30), count_equity=False), 2)
    16.67
    """
    share = cap.own_share if own_share is None else max(own_share, cap.own_share)
    return own_book_limit(cap, count_equity) / share if share else INF


def leveraged_credit(capital: float, capital_ratio: float, own_share: float = 1.0) -> float:
    """Return the credit that a lender under a capital ratio can carry, in the unit of ``capital``.

    Parameters
    ----------
    capital : float
        Own capital.
    capital_ratio : float
        Least capital over own risk assets, in (0, 1]: a ratio of 0.10 lets a weight of 0.75 carry
        capital / (0.10 x 0.75), so pass the product.
    own_share : float
        Own share of joint loans, in (0, 1].

    >>> round(leveraged_credit(30, 0.10 * 0.75), 6), round(leveraged_credit(30, 0.075, 0.30), 1)
    (400.0, 1333.3)
    """
    require(
        capital=(capital, 0, INF),
        capital_ratio=(capital_ratio, 1e-6, 1),
        own_share=(own_share, 1e-6, 1),
    )
    return capital / capital_ratio / own_share


def apply(cap: Cap, plan: Plan) -> Allowed:
    """Cut a plan down to a rule and say which limits bind.

    Parameters
    ----------
    cap : Cap
        The rule.
    plan : Plan
        What the lender wants.

    Returns
    -------
    Allowed
        Where the total binds, ABS are cut first: they are the marginal funding. ``binding`` names
        the fields of `Cap` that cut the plan, in the order bank, abs, total, own_share.
    """
    bank, securities = min(plan.bank, cap.bank), min(plan.abs, cap.abs)
    over = max(0.0, bank + securities - cap.total)
    cuts = {
        "bank": plan.bank > cap.bank,
        "abs": plan.abs > cap.abs,
        "total": over > 0,
        "own_share": plan.own_share < cap.own_share,
    }
    spared = max(0.0, over - securities)
    bank, securities = bank - spared, max(0.0, securities - over)
    own_book, share = 1 + bank + securities, max(plan.own_share, cap.own_share)
    names = tuple(name for name, cut in cuts.items() if cut)
    return Allowed(bank, securities, own_book, share, own_book / share, names)


def apply_all(caps: dict[str, Cap], plan: Plan) -> pd.DataFrame:
    """Return one row for each rule: its limits and what it leaves of the plan.

    Returns
    -------
    DataFrame
        Columns ``rule``, then those of `Allowed`; all but ``own_share`` in times net assets.
    """
    names = [field.name for field in fields(Allowed)]
    rows = [{"rule": key, **{name: getattr(apply(cap, plan), name) for name in names}}
            for key, cap in caps.items()]  # fmt: skip
    return pd.DataFrame(rows, columns=["rule", *names])


def cap_of(rules: pd.DataFrame) -> Cap:
    """Return the limits that rules set together.

    Parameters
    ----------
    rules : DataFrame
        Rows of the table ``rule`` that are in force together. Of two readings of one limit the
        stricter counts. A limit on all financing leaves securities out unless a rule counts them.
    """
    counted = (rules["parameter"] == CONSOLIDATED).any()
    names = rules["parameter"].map(FIELDS | {TOTAL: "total" if counted else "bank"})
    by_limit = rules["value"].groupby(names)
    strict = by_limit.min().to_dict() | {"own_share": by_limit.max().get("own_share", 0.0)}
    return Cap(**{str(name): float(limit) for name, limit in strict.items()})


def rule_rows(rules: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the table ``rule`` that the limits of ``REGIMES`` stand on."""
    names = {name for ids in REGIMES.values() for name in ids}
    return rules[
        rules["rule_id"].isin(names) & rules["parameter"].isin([*FIELDS, TOTAL, CONSOLIDATED])
    ]


def regimes(rules: pd.DataFrame) -> dict[str, Cap]:
    """Return the limits of each of ``REGIMES``, in order of time, and first that of no rule."""
    found = {name: cap_of(rules[rules["rule_id"].isin(ids)]) for name, ids in REGIMES.items()}
    return {"none": Cap()} | found


def own_caps(bank: float | None, securities: float | None) -> dict[str, Cap]:
    """Return a rule of the reader's own under the name "yours"; nothing where neither is given."""
    if bank is None and securities is None:
        return {}
    limits = {"bank": bank, "abs": securities}
    return {"yours": Cap(**{name: each for name, each in limits.items() if each is not None})}
