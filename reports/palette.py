"""The colours of the two themes, the same as in .streamlit/config.toml."""

from typing import NamedTuple


class Palette(NamedTuple):
    """The colours of one theme; the same as in .streamlit/config.toml."""

    ink: str
    quiet: str
    line: str
    accent: str
    band: str
    grey: str
    green: str
    amber: str
    red: str


LIGHT = Palette(
    ink="#16181D", quiet="#5B6472", line="#E4E7EC", accent="#4F46E5", band="rgba(79,70,229,0.13)", grey="#98A2B3",
    green="#0E9F6E", amber="#D9780B", red="#E02D3C",
)  # fmt: skip
DARK = Palette(
    ink="#ECEEF2", quiet="#A0A9B8", line="#262A33", accent="#8B85FF", band="rgba(139,133,255,0.18)", grey="#667085",
    green="#34D399", amber="#FBBF24", red="#F87171",
)  # fmt: skip


def palette(dark: bool) -> Palette:
    """The palette of the theme in use."""
    return DARK if dark else LIGHT
