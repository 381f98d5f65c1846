"""Text that came from a file or a person, made safe to stand in Markdown: it says what it says and nothing else."""

import re

MARKS = re.compile(r"([\\`*_{}\[\]()#+\-!|<>~$:&])")


def plain(text: object, limit: int = 300) -> str:
    """The text with every mark of Markdown escaped, on one line, cut at `limit` characters."""
    words = " ".join(str(text).split())
    return MARKS.sub(r"\\\1", words if len(words) <= limit else f"{words[: limit - 1]}…")
