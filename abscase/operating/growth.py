"""Growth of credit split into more users and more credit for each of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from abscase.ranges import require

LARGEST = 1e18


@dataclass(frozen=True)
class Growth:
    """A growth split in two; the shares sum to 1."""

    growth_log: float
    users_share: float
    intensity_share: float


def decompose(
    credit_start: float, credit_end: float, users_start: float, users_end: float
) -> Growth:
    r"""Return how much of the growth of credit comes from users and how much from credit per user.

    Parameters
    ----------
    credit_start, credit_end : float
        Credit at two dates, money of one currency, above 0 and not equal.
    users_start, users_end : float
        Users at the same dates, above 0.

    Returns
    -------
    Growth
        Log growth of credit, and the shares of it; a share is negative where its part shrank, and
        above 1 where the other did.

    Notes
    -----
    With credit :math:`B = U b` of :math:`U` users and :math:`b` per user,
    :math:`\Delta\ln B = \Delta\ln U + \Delta\ln b`; the shares are
    :math:`\Delta\ln U/\Delta\ln B` and :math:`\Delta\ln b/\Delta\ln B`.

    Raises
    ------
    ParameterFaults
        A number is not above 0, or credit did not change.

    Examples
    --------
    >>> decompose(100, 400, 10, 20)
    Growth(growth_log=1.3862943611198906, users_share=0.5, intensity_share=0.5)
    """
    tiny = math.ulp(0)
    require(
        credit_start=(credit_start, tiny, LARGEST), credit_end=(credit_end, tiny, LARGEST),
        users_start=(users_start, tiny, LARGEST), users_end=(users_end, tiny, LARGEST),
        change_of_credit=(abs(credit_end - credit_start), tiny, LARGEST),
    )  # fmt: skip
    growth = math.log(credit_end / credit_start)
    users = math.log(users_end / users_start) / growth
    return Growth(growth, users, 1 - users)


def users_at_even_split(credit_start: float, credit_end: float, users_end: float) -> float:
    r"""Return the number of users at the start that would split the growth of credit in half.

    With more users at the start, credit per user did more than half of the growth; with fewer, the
    number of users did.

    Parameters
    ----------
    credit_start, credit_end : float
        Credit at two dates, money of one currency, above 0.
    users_end : float
        Users at the later date, above 0.

    Notes
    -----
    .. math:: U_0^* = U_1 \sqrt{B_0 / B_1}

    Examples
    --------
    >>> users_at_even_split(100, 400, 20)
    10.0
    """
    tiny = math.ulp(0)
    require(
        credit_start=(credit_start, tiny, LARGEST), credit_end=(credit_end, tiny, LARGEST),
        users_end=(users_end, tiny, LARGEST),
    )  # fmt: skip
    return users_end * math.sqrt(credit_start / credit_end)
