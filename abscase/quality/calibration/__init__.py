"""Simulated loans fitted to the rows of a case, with target against achieved.

``plan`` says what is fitted, ``cards``, ``china``, ``prime`` and ``subprime`` are the plans of the
cases, ``moments`` and ``rows`` their targets, ``fit`` the search, ``calibrated`` the result,
``store`` keeps it, ``tapes`` draws loans from it, ``drawn`` tells what its draws leave open.
"""

from abscase.quality.calibration.calibrated import PLANS, Calibration, calibrated

__all__ = ["PLANS", "Calibration", "calibrated"]
