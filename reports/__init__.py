"""Figures and documents made from readings, without the dashboard."""
