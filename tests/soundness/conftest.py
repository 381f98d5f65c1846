"""The company of the metrics tests, for the traps around it."""

from tests.metrics.conftest import company, september, workshop

__all__ = ["company", "september", "workshop"]
