"""Checks a user's file against the common schema and says which analyses it can feed."""

from abscase.check.analyses import ANALYSES, Analysis, Readiness
from abscase.check.file import CheckResult, check_file

__all__ = ["ANALYSES", "Analysis", "CheckResult", "Readiness", "check_file"]
