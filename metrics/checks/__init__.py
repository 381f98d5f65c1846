"""Checks of the registry: what it leaves open, contradicts or forgot to decide, each with its rule in words."""

from metrics.checks.catalogue import CHECKS, COMPLETENESS
from metrics.checks.check import Check, Finding, Judged, Standing
from metrics.checks.run import completeness, run

__all__ = ["CHECKS", "COMPLETENESS", "Check", "Finding", "Judged", "Standing", "completeness", "run"]
