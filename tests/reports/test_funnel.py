from reports.funnel import Rung, funnel
from reports.palette import DARK, LIGHT

RUNGS = [
    Rung("Eligible", 1.0, None, None, "200 people"),
    Rung("Tried", 0.5, 0.43, 0.57, "100 · 50.0% (43.0–57.0)"),
    Rung("Found by probes", None, None, None, "Not measured"),
]


def bars(figure: object) -> list[float]:
    """The lengths of the bars, from the top down."""
    return [max(trace.x) for trace in figure.data if trace.fill == "toself"]


def test_a_bar_is_as_long_as_its_share() -> None:
    """Each step is a bar of its share of the whole; a step without a value has no bar, not one of length zero."""
    figure = funnel(RUNGS, LIGHT)
    assert bars(figure) == [1.0, 0.5]
    assert list(figure.layout.xaxis.range) == [-0.005, 1.005]


def test_the_interval_is_drawn_at_its_bar() -> None:
    """A whisker from the low to the high end of the interval; a census has none."""
    whiskers = [list(trace.x) for trace in funnel(RUNGS, DARK).data if trace.mode == "lines+markers"]
    assert whiskers == [[0.43, 0.57]]


def test_each_step_says_its_name_and_its_numbers() -> None:
    """Name on the left, numbers or the reason on the right; what a file said is no markup."""
    figure = funnel([*RUNGS, Rung("<b>x</b>", 0.1, None, None, "a & b")], LIGHT)
    texts = [note.text for note in figure.layout.annotations]
    assert texts[:2] == ["<b>Eligible</b>", "200 people"]
    assert "Not measured" in texts
    assert texts[-2:] == ["<b>&lt;b&gt;x&lt;/b&gt;</b>", "a &amp; b"]


def test_what_may_not_decide_is_drawn_open() -> None:
    """A pale bar with an outline tells it apart without colour."""
    firm, soft = (
        next(trace for trace in funnel([Rung("A", 0.5, None, None, "", decides)], LIGHT).data)
        for decides in (True, False)
    )
    assert firm.fillcolor == LIGHT.accent
    assert (soft.fillcolor, soft.line.width) == (LIGHT.band, 1)
