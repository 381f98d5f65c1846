"""promptfoo's YAML output as the document that its JSON output is: numbers as text, references written out, bounded."""

from __future__ import annotations

from pathlib import Path

import yaml

from loaders.format import Refused

MAX_BYTES = 64 << 20
MAX_NODES = 5_000_000
"""References may repeat what they refer to, and those again: what would grow beyond this is none of promptfoo's."""


def document(path: Path) -> object:
    """The YAML document of a file. Raises Refused when it is malformed, too large, or grows too large."""
    if path.stat().st_size > MAX_BYTES:
        raise Refused(f"YAML of more than {MAX_BYTES >> 20} MB is not read.", "Export results.json instead.")
    try:
        tree = yaml.compose(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return None if tree is None else _plain(tree, [MAX_NODES])
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Refused(f"Line {line}: not YAML ({error.problem}).", "Export results.json instead.") from None
    except (yaml.YAMLError, RecursionError):
        raise Refused("The YAML cannot be read.", "Export results.json instead.") from None


def _plain(node: yaml.Node, left: list[int]) -> object:
    """A node as JSON has it; nothing is made of it but text, truth values, lists and objects."""
    left[0] -= 1
    if left[0] < 0:
        raise Refused("The YAML refers to itself beyond all bounds.", "Export results.json instead.")
    if isinstance(node, yaml.MappingNode):
        return {str(_plain(key, left)): _plain(value, left) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value, left) for value in node.value]
    plain = isinstance(node, yaml.ScalarNode) and not node.style
    if plain and node.value in ("null", "~", ""):
        return None
    if plain and node.value in ("true", "false"):
        return bool(node.value == "true")
    return str(node.value)
