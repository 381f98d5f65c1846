from pathlib import Path

import pytest

from loaders.head import read_head


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[CHART] Date of First Response,Issue key,Created\n,SUP-1,05/Jan/26 9:10 AM\n", "csv"),
        ("[time] a;b\n1;2\n", "csv"),
        ('[{"a": 1}]', "json"),
        ('  [\n  {"a": 1}\n]', "json"),
        ("[]", "json"),
        ("[", "json"),
        ('["a", "b"]', "json"),
        ("[true]", "json"),
        ("[-1, 2]", "json"),
        ('{"a": 1}\n{"a": 2}\n', "json"),
        ("a,b\n1,2\n", "csv"),
    ],
)
def test_a_bracket_in_a_column_s_name_is_no_json(tmp_path: Path, text: str, kind: str) -> None:
    """JSON begins with an object or an array of values; a header that begins with a bracket is a header."""
    (tmp_path / "x.bin").write_text(text, encoding="utf-8")
    assert read_head(tmp_path / "x.bin").kind == kind
