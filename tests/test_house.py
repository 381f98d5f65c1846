"""The rules of the house that hold for every file, whoever writes it."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE = {"tests", "static"}  # folders without a place in the layers

# Every room, and the rooms it may import from. A room is the longest prefix of a module's name that stands here.
ROOMS: dict[str, set[str]] = {
    "serve": {"pages"},
    "app": {"pages", "pages.parts", "reports", "metrics", "loaders", "data"},
    "pages": {"pages.parts", "reports", "metrics", "loaders", "data"},
    "pages.parts": {"pages.parts", "reports", "metrics", "loaders", "data"},
    "reports": {"reports", "metrics", "data"},
    "metrics": {"metrics", "data"},
    "loaders": {"loaders", "data"},
    "data": {"data"},
    "bench": {"bench", "reports", "metrics", "loaders", "data"},
}
# Libraries that stay in some rooms: module or room -> where they may be imported.
LIBRARIES: dict[str, set[str]] = {
    "streamlit": {"serve", "app", "pages", "pages.parts", "bench"},
    "plotly": {"reports", "pages", "pages.parts"},
    "duckdb": {"data.warehouse", "loaders.child", "bench"},
    "python_calamine": {"loaders.spreadsheet"},
    "pandas": {"pages", "pages.parts", "reports", "bench"},
}
PURE = {
    "metrics.statistics", "metrics.status", "metrics.periods", "metrics.verdict", "metrics.health", "metrics.criteria",
    "metrics.pilot_case", "metrics.pilot_rules", "metrics.portfolio_verdict", "metrics.survival", "metrics.judge",
    "metrics.simulate", "metrics.amounts", "metrics.proportions", "metrics.anytime", "metrics.means",
    "metrics.agreement", "metrics.strata", "metrics.control_charts", "metrics.change_point", "metrics.planning",
    "metrics.alerts", "metrics.cash_flows", "metrics.logrank", "metrics.retention",
    "metrics.paired", "metrics.drift", "metrics.literals",
}  # fmt: skip  # numbers in, numbers out
PAGES = sorted((ROOT / "pages").glob("[!_]*.py"))


def source_files(suffix: str = ".py") -> list[Path]:
    """Every source file of the project, tests excepted."""
    folders = [
        path for path in ROOT.iterdir() if path.is_dir() and path.name not in OUTSIDE and path.name[0] not in "._"
    ]
    found = [*ROOT.glob(f"*{suffix}"), *(file for folder in folders for file in folder.rglob(f"*{suffix}"))]
    return sorted(file for file in found if "__pycache__" not in file.parts and "results" not in file.parts)


def module_of(file: Path) -> str:
    """The dotted name of a source file."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str | None:
    """The room a module belongs to, None when it has no place."""
    return max((room for room in ROOMS if f"{module}.".startswith(f"{room}.")), key=len, default=None)


def imports_of(file: Path) -> Iterator[str]:
    """Everything a file imports, inside functions, under conditions and by import_module, too."""
    package = module_of(file).split(".") if file.name == "__init__.py" else module_of(file).split(".")[:-1]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            origin = ".".join(filter(None, [base, node.module or ""]))
            yield from (f"{origin}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"import_module", "__import__"}:
            yield ast.unparse(node.args[0]).lstrip("f").strip("'\"")


def test_every_module_has_a_place_in_the_layers() -> None:
    """A new module without a room in the layer table is refused."""
    homeless = [module_of(file) for file in source_files() if room_of(module_of(file)) is None]
    assert not homeless, f"give these a place in ROOMS: {homeless}"
    assert {"app", "pages", "reports", "metrics", "loaders", "data"} <= {room_of(module_of(f)) for f in source_files()}


def test_imports_point_downhill() -> None:
    """App -> pages -> reports -> metrics -> data; pages -> loaders -> data; lazy imports count, commands do not."""
    uphill = []
    for file in source_files():
        module, room = module_of(file), room_of(module_of(file))
        if file.name == "__main__.py" or room is None:
            continue
        for target in imports_of(file):
            other = room_of(target)
            if other is not None and other != room and other not in ROOMS[room]:
                uphill.append(f"{module} imports {target}")
            if room == other == "pages":
                uphill.append(f"{module} imports {target}: a page may not lean on another page, move it to pages/parts")
    assert not uphill, "\n".join(uphill)


def test_commands_may_not_reach_the_pages() -> None:
    """A command line composes loaders and metrics, but never needs the dashboard."""
    reaching = [
        f"{module_of(file)} imports {target}"
        for file in source_files()
        if file.name == "__main__.py"
        for target in imports_of(file)
        if room_of(target) in {"serve", "app", "pages", "pages.parts"}
    ]
    assert not reaching, "\n".join(reaching)


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries_stay_in_their_rooms(library: str) -> None:
    """Streamlit only in frame and pages, plotly in figures, duckdb behind its two doors, pandas where tables go out."""
    allowed = LIBRARIES[library]
    strays = [
        module_of(file)
        for file in source_files()
        if any(target.split(".")[0] == library for target in imports_of(file))
        and not {module_of(file), room_of(module_of(file))} & allowed
    ]
    assert not strays, f"{library} belongs in {sorted(allowed)}, not in {strays}"


def test_statistics_are_pure() -> None:
    """Statistics and verdicts take numbers and give numbers: they import neither the warehouse nor a file."""
    impure = [
        f"{module_of(file)} imports {target}"
        for file in source_files()
        if module_of(file) in PURE
        for target in imports_of(file)
        if room_of(target) not in {None, "metrics"} or target.split(".")[0] in {"pathlib", "os", "io", "sqlite3"}
    ]
    assert not impure, "\n".join(impure)


def test_source_files_are_small() -> None:
    """A source file holds one concept in at most 300 lines."""
    long = {
        str(file.relative_to(ROOT)): lines
        for suffix in (".py", ".sql")
        for file in source_files(suffix)
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert not long


def test_no_room_for_leftovers() -> None:
    """A module is named by a noun of the domain, never utils, helpers, core, common, services or managers."""
    vague = {"utils", "util", "helpers", "helper", "core", "common", "services", "managers", "manager", "misc"}
    assert not [module_of(file) for file in source_files() if vague & set(module_of(file).split("."))]


@pytest.mark.parametrize("file", [f for f in source_files() if module_of(f).startswith("pages")], ids=module_of)
def test_importing_a_page_does_nothing(file: Path) -> None:
    """Nothing runs at the top level of a page: a cold server executes these files when asked for them by name."""
    harmless = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring
        if isinstance(node, ast.Assign | ast.AnnAssign):
            calls = {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
            assert not calls - {"frozenset", "re.compile", "ParamSpec", "TypeVar"}, (
                f"{file.name}:{node.lineno} calls {calls} when it is imported"
            )
            continue
        assert isinstance(node, harmless), f"{file.name}:{node.lineno} runs when it is imported"


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_a_page_has_title_icon_url_and_render(file: Path) -> None:
    """A page module is TITLE, ICON, URL and render(store, scope)."""
    body = ast.parse(file.read_text(encoding="utf-8")).body
    names = {
        target.id
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert {"TITLE", "ICON", "URL"} <= names
    render = next((node for node in body if isinstance(node, ast.FunctionDef) and node.name == "render"), None)
    assert render is not None
    assert [arg.arg for arg in render.args.args] == ["store", "scope"]


def test_no_url_is_the_name_of_a_page_file() -> None:
    """A cold server asked for pages/x.py by its stem runs it without the frame, so no URL may teach that name."""
    urls = set(
        re.findall(r'^URL = "([^"]+)"', "\n".join(file.read_text(encoding="utf-8") for file in PAGES), re.MULTILINE)
    )
    assert len(urls) == len(PAGES)
    assert not urls & {file.stem for file in PAGES}


def test_pages_hold_no_sql_css_or_html() -> None:
    """A page asks the doors of metrics and loaders; it neither queries the warehouse nor styles or marks up by hand."""
    banned = re.compile(
        r"unsafe_allow_html|st\.html\(|components\.v1|\.(rows|one|value|run)\(\s*[\"'f]|\bSELECT\b.*\bFROM\b"
    )
    files = [file for file in source_files() if (room_of(module_of(file)) or "") in {"app", "pages", "pages.parts"}]
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if banned.search(line)
    ]
    assert not found, "\n".join(found)


def test_the_project_names_no_machine_and_leaves_no_notes() -> None:
    """No path of somebody's machine and no note to self in any file of the project."""
    machine = re.compile(r"(?<![\w.~-])/(?:work|root|home|tmp|opt|mnt|Users)/\w")
    note = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
    texts = [file for suffix in (".py", ".sql", ".md", ".toml", ".txt", ".lock") for file in source_files(suffix)]
    texts += [ROOT / "Makefile", ROOT / ".ci" / "run", ROOT / ".streamlit" / "config.toml", *ROOT.glob("tests/**/*.py")]
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in texts
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if machine.search(line) or note.search(line)
    ]
    assert not found, "\n".join(found)


README = ROOT / "README.md"


def test_every_metric_format_and_page_is_documented() -> None:
    """The README names each metric, each import format and each page with its address."""
    from loaders import FORMATS
    from metrics import CATALOG
    from pages import data, gaps, method, pilot, portfolio, product, records, reliability, scenario

    text = README.read_text(encoding="utf-8")
    named = ["data", "gaps", "method", "pilot", "portfolio", "product", "records", "reliability", "scenario"]
    assert [file.stem for file in PAGES] == named, "name the new page here and in the README"
    needed = [f"`{name}`" for name in (*CATALOG, *FORMATS)]
    needed += [
        f"| {page.TITLE} | `/{page.URL}` |"
        for page in (portfolio, product, pilot, scenario, reliability, gaps, data, records, method)
    ]
    assert [each for each in needed if each not in text] == []


@pytest.mark.parametrize("room", ["data", "loaders", "metrics", "reports"])
def test_every_command_is_documented(room: str) -> None:
    """The README names each command that `--help` offers, in the line of its room."""
    asked = subprocess.run(
        [sys.executable, "-m", room, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    offered = re.findall(r"^    ([a-z]+)(?:  |$)", asked.stdout, re.MULTILINE)
    assert len(offered) > 1
    line = re.search(rf"^python -m {room} .*$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert line is not None
    assert [name for name in offered if not re.search(rf"\b{name}\b", line[0])] == []


def test_every_make_command_says_what_it_does() -> None:
    """`make help` lists each public target of the Makefile, and the README names the two that matter."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    public = set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))
    stated = set(re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split())
    assert stated - public == {"chromium", "compiled", "python-fits", "port-is-free"}
    assert {"make run", "make test"} <= set(re.findall(r"make [a-z]+", README.read_text(encoding="utf-8")))
