"""Colours and proposals as people see them: a word, an icon's name and a colour's name; never the colour alone."""

from collections.abc import Mapping

from reports.words import Sign

HEALTHS: Mapping[str, Sign] = {
    "green": Sign("On target", "check_circle", "green", "The whole interval reaches the target."),
    "likely_green": Sign("Likely on target", "check", "green", "The value reaches the target, not for certain."),
    "amber": Sign("Open", "contrast", "orange", "Neither the target nor the floor is certain."),
    "likely_red": Sign("Likely failing", "trending_down", "red", "The value lies beyond the floor, not for certain."),
    "red": Sign("Failing", "cancel", "red", "The whole interval lies beyond the floor."),
    "grey": Sign("Not judged", "block", "gray", "Nothing that may be judged, or no target."),
}
FATES: Mapping[str, Sign] = {
    "scale": Sign("Scale", "rocket_launch", "green", "A pilot is worth scaling and nothing stands against it."),
    "keep": Sign("Keep", "check_circle", "blue", "Nothing that must be known is surely wrong."),
    "new": Sign("New", "fiber_new", "blue", "In its first weeks, not judged yet."),
    "measure": Sign("Measure", "straighten", "gray", "Too little is measured to say."),
    "fix": Sign("Fix", "build", "orange", "It surely misses a floor, and people use it."),
    "merge": Sign("Merge", "merge", "orange", "Another product surely does the same better."),
    "retire": Sign("Retire", "delete", "red", "It fails and people do not come back."),
}
DECISIONS: Mapping[str, Sign] = {
    "scale": Sign("Scale", "rocket_launch", "green", "Every must is met, and nothing stands against it."),
    "repeat": Sign("Repeat", "replay", "orange", "Not enough evidence yet."),
    "rework": Sign("Rework", "build", "orange", "It falls short for reasons that can be mended."),
    "close": Sign("Close", "cancel", "red", "It falls short and mending would not help."),
    "running": Sign("Running", "timelapse", "blue", "Decided at its planned end."),
    "not_begun": Sign("Not begun", "schedule", "gray", "Starts later."),
}
GLYPHS = {
    "green": "✓", "likely_green": "◔", "amber": "◐", "likely_red": "▽", "red": "✕", "grey": "–",
    "scale": "↑", "keep": "✓", "new": "★", "measure": "?", "fix": "⚒", "merge": "⇄", "retire": "✕",
    "repeat": "↻", "rework": "⚒", "close": "✕", "running": "▷", "not_begun": "○",
}  # fmt: skip
"""A letter that stands for a sign's icon where only text can stand: in a cell, in print."""
TONES = {"green": "good", "red": "bad", "orange": "open", "blue": "quiet", "gray": "quiet"}


def badge(sign: Sign, word: str = "") -> str:
    """The sign as a Markdown badge of Streamlit's, with its own word or another."""
    return f":{sign.colour}-badge[:material/{sign.icon}: {word or sign.word}]"


def label(signs: Mapping[str, Sign], key: str) -> str:
    """The sign of a key as one cell of text: its letter and its word."""
    return f"{GLYPHS[key]} {signs[key].word}"


def labels(signs: Mapping[str, Sign]) -> tuple[list[str], list[str]]:
    """Every label there is with the name of its colour, for a column of coloured words."""
    return [label(signs, key) for key in signs], [sign.colour for sign in signs.values()]
