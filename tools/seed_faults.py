"""Plant single faults, one at a time, and see whether the tests that guard the place notice.

    python tools/seed_faults.py --seed 1 --each 10                  ten faults in each area
    python tools/seed_faults.py --seed 1 --each 40 --area core      forty in one
    python tools/seed_faults.py --seed 1 --keep FOLDER              keeps its copy, books and table of tests there
    python tools/seed_faults.py --seed 1 --quick                    without a browser: minutes in place of hours

Faults are drawn from all places where the code could be wrong in one small way: a comparison, a sign, a number, a
missing statement. They are planted in a copy of the committed tree, never in this one. First every test runs once,
which tells the lines that each runs, in Python or, in a browser, in JavaScript. A fault then meets the quick tests
that run its line, the fastest first (for JavaScript: those of its room and of what puts it on a page); what none of
them sees meets the tests in a browser, a fault in Python with a book that is built with it.
A fault that no test sees is printed with its line, and whether it changes a byte of the book: ask what a reader
would see.
Before all that, the quick tests of each area's first fault run without it: what fails then is left out, since it
would see all.
"""

import argparse
import ast
import contextlib
import itertools
import json
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("models", "asking", "explorers", "words", "book_site", "classroom")
# The areas: rooms by what they are for, their JavaScript apart.
AREAS = {"asking": "widgets", "explorers": "widgets", "book_site": "book_site", "classroom": "classroom"}
PATIENCE = "12000"  # ms for a page to come to what a test waits for: most faults of a page keep it from that
MINUTES = 15  # for the tests of one fault in a browser; a fault that makes tests hang is seen
IN_BROWSER = 120  # seconds: the tests in a browser that a fault meets, the fastest first, take no longer together
LONG = 60  # seconds; a test that takes longer guards a record, and is left out here
# What a test asks for that needs a built book, a browser or a graded course.
KEPT = {False: "quick.json", True: "slow.json"}  # what the two recorded runs told
SLOW = {"site", "scratch", "faulty", "build_book", "browser", "graded"}
OTHERS = "tests/classroom/test_assignments.py"  # guards assignments/, where no fault is planted
OUTPUTS = "tests/chapters/test_other_machines.py"  # what every chapter prints
BOOKS = {"BOOK_HTML": "site", "BOOK_SCRATCH": "scratch"}  # built once: {what tests take it from: its folder}
READY = ["pytest", "numpy", "matplotlib.pyplot", "sklearn.decomposition", "anywidget", "tokenizers", "nbformat",
         "playwright.sync_api", "hypothesis", "yaml", "coverage"]  # what many tests import: once for all faults
COMPARED = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
            ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is"}
WRITTEN = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
           ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
           ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
           ast.MatMult: "@", ast.And: "and", ast.Or: "or"}
COUNTED = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*", ast.Pow: "*"}
# In JavaScript, outside of strings and comments: what is written, and what stands there instead.
SCRIPT = [(r" === ", " !== "), (r" !== ", " === "), (r" < ", " <= "), (r" > ", " >= "), (r" <= ", " < "),
          (r" >= ", " > "), (r" && ", " || "), (r" \|\| ", " && "), (r" \+ ", " - "), (r" - ", " + "),
          (r" \* ", " / "), (r" / ", " * "), (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
          (r"(?<![\w.#])[1-9]\d*(?![\w.%])", lambda found: str(int(found[0]) + 1)),
          (r"(?m)^ +[\w.]+\([^;{}\n]*\);$", lambda found: re.match(" *", found[0])[0] + ";")]
TEXT = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`", re.DOTALL)


class Fault(NamedTuple):
    """A text that stands in a file from one character to another, and what is planted there."""

    path: Path
    start: int
    end: int
    planted: str

    def line(self) -> str:
        text = (ROOT / self.path).read_text(encoding="utf-8")
        number = text.count("\n", 0, self.start) + 1
        return f"{self.path}:{number}  {text[self.start : self.end].strip()!r} -> {self.planted.strip()!r}"


def room_of(path: Path) -> str:
    return path.parts[1] if path.parts[1] in ROOMS else "lessons"


def area_of(path: Path) -> str:
    """Give the area of a file: core, widgets, book_site or classroom, JavaScript apart from Python.

    The scripts of lessons and models are parts of widgets.
    """
    if path.suffix == ".js":
        return "book_site js" if room_of(path) == "book_site" else "widgets js"
    return AREAS.get(room_of(path), "core")


def faults_of(path: Path) -> list[Fault]:
    """List every single fault that can be planted in a file."""
    text = (ROOT / path).read_text(encoding="utf-8")
    found = script_faults(text) if path.suffix == ".js" else python_faults(text)
    return [Fault(path, start, end, planted) for start, end, planted in found if text[start:end] != planted]


def script_faults(text: str):
    told = [match.span() for match in TEXT.finditer(text)]
    for pattern, planted in SCRIPT:
        for match in re.finditer(pattern, text):
            if not any(start < match.end() and match.start() < end for start, end in told):
                yield *match.span(), planted(match) if callable(planted) else planted


def python_faults(text: str):
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line.encode()))
    raw = text.encode()

    def span(node) -> tuple[int, int]:
        at = [lines[node.lineno - 1] + node.col_offset, lines[node.end_lineno - 1] + node.end_col_offset]
        return len(raw[: at[0]].decode()), len(raw[: at[1]].decode())

    def between(left, right, operator, planted):
        start, end = span(left)[1], span(right)[0]
        place = text.find(WRITTEN[type(operator)], start, end)
        return place, place + len(WRITTEN[type(operator)]), planted

    tree = ast.parse(text)
    # zip's `strict` is an assertion: it changes nothing but for a mistake of our own elsewhere.
    strict = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "strict"}
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, ops=operators, comparators=right):
                for a, operator, b in zip([left, *right], operators, right, strict=False):
                    yield between(a, b, operator, COMPARED[type(operator)])
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in COUNTED:
                yield between(left, right, operator, COUNTED[type(operator)])
            case ast.BoolOp(op=operator, values=values):
                yield between(values[0], values[1], operator, "or" if isinstance(operator, ast.And) else "and")
            case ast.UnaryOp(op=ast.Not()):
                yield span(node)[0], span(node)[0] + len("not"), ""
            case ast.Constant(value=bool() as value):
                if id(node) not in strict:
                    yield *span(node), str(not value)
            case ast.Constant(value=int() | float() as value):
                yield *span(node), repr(value + 1)
            case ast.Return(value=value) if value is not None:
                yield *span(value), "None"
            case ast.Expr(value=ast.Call()) | ast.AugAssign():
                yield *span(node), "pass"


class Recorder:
    """A plugin of pytest: which lines of book_utils each test runs, how long it takes, whether it is a slow one.

    The quick tests are watched for Python, those in a browser for JavaScript.
    """

    def __init__(self, copy: Path, slow: bool):
        self.copy, self.slow, self.tests, self.ran = copy, slow, {}, {}
        if slow:
            from script_coverage import ScriptCoverage

            scripts = [path for path in (copy / "book_utils").rglob("*.js") if "vendor" not in path.parts]
            self.scripts = ScriptCoverage(scripts)
        else:
            from coverage import Coverage

            self.coverage = Coverage(data_file=None, source=[str(copy / "book_utils")], config_file=False)
            self.coverage.start()

    def pytest_collection_modifyitems(self, items):
        for item in items:
            books = SLOW & set(getattr(item, "fixturenames", ()))
            self.tests[item.nodeid] = {"seconds": 0, "slow": bool(books), "books": sorted(books), "failed": False}
        items[:] = [item for item in items
                    if self.tests[item.nodeid]["slow"] == self.slow and not item.nodeid.startswith(OTHERS)]
        self.tests = {item.nodeid: self.tests[item.nodeid] for item in items}

    def pytest_runtest_setup(self, item):
        if not self.slow:
            self.coverage.switch_context(str(item.path.relative_to(self.copy)))  # others may use what it sets up

    def pytest_runtest_call(self, item):
        if self.slow:
            self.add_scripts(str(item.path.relative_to(self.copy)))
        else:
            self.coverage.switch_context(item.nodeid)

    def pytest_runtest_teardown(self, item):
        if self.slow:
            self.add_scripts(item.nodeid)

    def add_scripts(self, test: str):
        for path, line in self.scripts.since():
            self.ran.setdefault(str(path.relative_to(self.copy)), {}).setdefault(line, []).append(test)

    def pytest_runtest_logreport(self, report):
        self.tests[report.nodeid]["seconds"] += report.duration
        self.tests[report.nodeid]["failed"] |= report.failed

    def pytest_sessionfinish(self):
        if not self.slow:
            self.coverage.stop()
            data = self.coverage.get_data()
            for file in data.measured_files():
                self.ran[str(Path(file).relative_to(self.copy))] = data.contexts_by_lineno(file)
        (self.copy.parent / KEPT[self.slow]).write_text(json.dumps({"tests": self.tests, "ran": self.ran}))


class InOrder:
    """A plugin of pytest: of the files given, runs these tests only, in this order, and first what is given whole.

    pytest itself would refuse to run any where one is not found, as where a fault changes how a test is named.
    """

    def __init__(self, names: list[str]):
        self.places = {name: place for place, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items):
        places = {item.nodeid: self.places.get(item.nodeid.partition("::")[0], self.places.get(item.nodeid))
                  for item in items}
        items[:] = [item for item in items if places[item.nodeid] is not None]
        items.sort(key=lambda item: places[item.nodeid])


def be_pytest(copy: Path, arguments: list[str], variables: dict[str, str], recorded: bool | None):
    """Be a process that runs pytest in the copy; its exit code is pytest's."""
    os.setsid()
    os.chdir(copy)
    os.environ |= variables | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1" if recorded is None else ""}
    sys.dont_write_bytecode = recorded is None  # two faults of one size within a second would share their bytecode
    sys.path.insert(0, str(copy))
    with open(copy.parent / "said.txt", "w", encoding="utf-8") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    import pytest

    common = ["-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist"]
    plugin = InOrder(arguments) if recorded is None else Recorder(copy, slow=recorded)
    files = dict.fromkeys(name.partition("::")[0] for name in arguments)
    sys.exit(int(pytest.main([*common, *files], plugins=[plugin])))


def failed(copy: Path) -> list[str]:
    """Name the tests that failed in the last run."""
    return re.findall(r"(?m)^(?:FAILED|ERROR) (.+?)(?: - |$)", (copy.parent / "said.txt").read_text(encoding="utf-8"))


def passes(copy: Path, *arguments: str, minutes=MINUTES, recorded: bool | None = None, **variables: str) -> bool:
    """Run tests in a process of their own, which has ready what all of them import; end whatever it started.

    With `recorded` false or true, all quick or all slow ones, and what they ran is kept.
    """
    given = (copy, list(arguments), variables, recorded)
    process = multiprocessing.get_context("forkserver").Process(target=be_pytest, args=given)
    process.start()
    process.join(minutes * 60)
    late = process.is_alive()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.join()
    if late:
        print(f"  they did not end in {minutes:.0f} minutes", flush=True)
    return not late and process.exitcode in (0, 5)  # 5: no test there


def build_books(copy: Path, folder: Path) -> bool:
    """Build the book and the tests' own one into folders; tell whether both could be built."""
    sys.path[:0] = [str(copy / "tests" / "support"), str(copy / "tools")]
    from scratch_book import COPY, PAGES, write_book

    (folder / "pages").mkdir(exist_ok=True)
    write_book(folder / "pages", {"title": "Scratch"}, PAGES)
    for name, source, variables in (("scratch", folder / "pages", COPY), ("site", copy, {})):
        build = "from jupyter_book.cli.main import main; main()"
        command = [sys.executable, "-c", build, "build", str(source), "-W", "-n", "--path-output", str(folder / name)]
        variables = variables | {"PYTHONPATH": str(copy), "BOOK_LANGUAGE_MODEL": "recorded",
                                 "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"}
        if subprocess.run(command, env=os.environ | variables, cwd=copy, capture_output=True).returncode:
            return False
    return True


def books_in(folder: Path) -> dict[str, str]:
    """Give the variables that name the built books of a folder to the tests."""
    return {name: str(folder / book / "_build" / "html") for name, book in BOOKS.items()}


def contents(folder: Path) -> dict[Path, bytes]:
    """Give the bytes of all files of the built books but the package itself, and the worker that knows its bytes."""
    files = [file for site in books_in(folder).values() for file in Path(site).rglob("*") if file.is_file()]
    return {file.relative_to(folder): file.read_bytes() for file in files
            if file.suffix not in (".whl", ".zip") and file.name != "offline.js"}


def prepare(folder: Path, quick: bool) -> Path:
    """Clone the committed tree into a folder and run its tests once; unless `quick`, build the books, too."""
    copy = folder / "copy"
    tests = ["book_utils", "tests", "--ignore=tests/chapters"]
    if not (folder / KEPT[False]).exists():
        subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], check=True)
        (copy / "tests" / "node_modules").symlink_to(ROOT / "tests" / "node_modules")
        passes(copy, *tests, minutes=60, recorded=False)
    if not quick and not (folder / KEPT[True]).exists():
        assert build_books(copy, folder), "The book could not be built without a fault."
        passes(copy, *tests, minutes=60, recorded=True, **books_in(folder))
    return copy


@cache
def users(script: Path) -> list[str]:
    """Name the files of tests of those modules that put a script on a page."""
    name = script.relative_to("book_utils").as_posix()
    modules = [path for path in (ROOT / "book_utils").rglob("*.py") if f'"{name}"' in path.read_text(encoding="utf-8")]
    return [f"test_{path.stem}.py" for path in modules]


@cache
def runs(test: str, script: Path, room: str) -> bool:
    """Tell whether a file of tests may run a script: it names it or a user of it, or is of its room and runs node."""
    text = (ROOT / test).read_text(encoding="utf-8")
    of_room = test.startswith(f"tests/{room}/") and re.search(r"\bnode\b|\.m?js\b|twins|pieces", text)
    named = script.name in text or f'"{script.stem}"' in text
    return test.startswith("tests/") and (named or Path(test).name in users(script) or bool(of_room))


class Guards:
    """Which tests guard a line."""

    def __init__(self, folder: Path):
        kept = [json.loads((folder / name).read_text()) for name in KEPT.values() if (folder / name).exists()]
        self.tests = {name: test for one in kept for name, test in one["tests"].items()
                      if not test["failed"] and test["seconds"] < LONG}
        self.ran = {path: lines for one in kept for path, lines in one["ran"].items()}

    def that_ran(self, fault: Fault) -> list[str]:
        """Name the tests of those files that run one of the lines of a fault: what one sets up, all of a file use."""
        text = (ROOT / fault.path).read_text(encoding="utf-8")
        lines = range(text.count("\n", 0, fault.start) + 1, text.count("\n", 0, fault.end) + 2)
        ran = self.ran.get(str(fault.path), {})
        files = {test.partition("::")[0] for line in lines for test in ran.get(str(line), ())}
        return [name for name in self.tests if name.partition("::")[0] in files]

    def of(self, fault: Fault) -> list[list[str]]:
        """Give the quick tests and those in a browser: those of the subject first, then of its room, the fastest."""
        room, ran = room_of(fault.path), self.that_ran(fault)
        home = [name for name in self.tests if name.startswith(f"tests/{room}/")]
        quick = [name for name in ran if not self.tests[name]["slow"]]
        slow = [name for name in home if self.tests[name]["slow"]]
        if fault.path.suffix == ".js":
            quick = [name for name in self.tests if runs(name.partition("::")[0], fault.path, room)]
            slow = [name for name in ran if self.tests[name]["slow"]] or slow
        quick = [name for name in quick or home if not self.tests[name]["slow"]]
        for names in (quick, slow):
            names.sort(key=lambda name: (fault.path.stem not in name, not name.startswith(f"tests/{room}/"),
                                         self.tests[name]["seconds"]))
        until = itertools.accumulate(self.tests[name]["seconds"] for name in slow)
        slow = [name for name, seconds in zip(slow, until, strict=True) if seconds < IN_BROWSER]
        return [by_file(quick), by_file(slow)]


def by_file(names: list[str]) -> list[str]:
    """Bring tests of a file together, where the first of them stands: what a file sets up is set up once."""
    files = {file: place for place, file in enumerate(dict.fromkeys(name.partition("::")[0] for name in names))}
    return sorted(names, key=lambda name: files[name.partition("::")[0]])


def leave_out_what_fails(copy: Path, guards: Guards, fault: Fault):
    """Run the quick guards of a fault without it, and leave out what fails."""
    if not passes(copy, *guards.of(fault)[0], minutes=60):
        for name in failed(copy):
            print(f"  fails without a fault: {name}", flush=True)
            guards.tests.pop(name, None)


def rewritten(site: Path, before: str, after: str) -> dict[Path, str]:
    """Put a changed script into a built site, wherever pieces.py wrote it; give what stood in these files."""
    def as_sent(text: str, joined: bool) -> str:
        text = re.sub(r"(?m)^ *//.*\n", "", text)
        return text.replace("export ", "") if joined else text

    kept = {}
    pairs = [(as_sent(before, joined), as_sent(after, joined)) for joined in (False, True)] + [(before, after)]
    pairs += [(json.dumps(a, ensure_ascii=False)[1:-1], json.dumps(b, ensure_ascii=False)[1:-1]) for a, b in pairs]
    for file in [*site.rglob("*.js"), *site.rglob("*.html")]:
        text = changed = file.read_text(encoding="utf-8")
        for a, b in pairs:
            changed = changed.replace(a, b)
        if changed != text:
            kept[file] = text
            file.write_text(changed, encoding="utf-8")
    return kept


def is_caught(copy: Path, fault: Fault, guards: Guards, quick: bool = False) -> tuple[bool, str]:
    """Plant a fault in the copy, run its guards until one fails, take it out again; tell which test saw it."""
    file = copy / fault.path
    text = file.read_text(encoding="utf-8")
    planted = text[: fault.start] + fault.planted + text[fault.end :]
    kept, variables = {file: text}, {"BOOK_PATIENCE": PATIENCE}
    file.write_text(planted, encoding="utf-8")
    if fault.path.suffix == ".js":
        variables |= books_in(copy.parent)
        for site in books_in(copy.parent).values():
            kept |= rewritten(Path(site), text, planted)
    try:
        fast, slow = guards.of(fault)
        own = [str(fault.path)] if fault.path.suffix == ".py" else []
        patience = 2 + 4 * sum(guards.tests[name]["seconds"] for name in fast) / 60  # minutes
        if not passes(copy, "-x", *own, *fast, minutes=patience, **variables):
            return True, f"by quick tests ({' '.join(failed(copy)[:1])})"
        if quick:
            return False, "NOT SEEN"
        if fault.path.suffix == ".js":
            seen = not passes(copy, "-x", *slow, **variables)
            return seen, f"in a browser ({' '.join(failed(copy)[:1])})" if seen else f"NOT SEEN in {len(slow)} tests"
        return is_caught_in_books(copy, guards, slow, variables)
    finally:
        for place, content in kept.items():
            place.write_text(content, encoding="utf-8")


def is_caught_in_books(copy: Path, guards: Guards, slow: list[str], variables: dict[str, str]) -> tuple[bool, str]:
    """Build the books with the fault that stands in the copy, and run the slow tests on what is another book then."""
    with tempfile.TemporaryDirectory() as place:
        if not build_books(copy, Path(place)):
            return True, "by the build"
        same = contents(copy.parent) == contents(Path(place))
        if same:  # what takes more than a built book may still see it
            slow = [name for name in slow if not set(guards.tests[name]["books"]) <= {"site", "scratch", "browser"}]
        else:
            slow = [OUTPUTS, *slow]
        seen = bool(slow) and not passes(copy, "-x", *slow, **variables | books_in(Path(place)))
    if seen:
        return True, f"in a built book ({' '.join(failed(copy)[:1])})"
    return False, "NOT SEEN, " + ("the book is the same" if same else "in another book")


def main() -> int:
    """Draw, plant and report; 1 where an area catches fewer than 95 of 100."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0, help="another seed draws other faults")
    parser.add_argument("--each", type=int, default=5, help="faults in each area (5)")
    parser.add_argument("--area", nargs="+", help="only these, such as core 'widgets js'")
    parser.add_argument("--keep", type=Path, help="a folder outside of the project, for several runs on one commit")
    parser.add_argument("--quick", action="store_true", help="only tests without a browser or a built book")
    options = parser.parse_args()
    listed = subprocess.run(["git", "ls-files", "book_utils"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [Path(name) for name in listed.stdout.split() if name.endswith((".py", ".js")) and "vendor" not in name]
    areas: dict[str, list[Fault]] = {}
    for path in paths:
        areas.setdefault(area_of(path), []).extend(faults_of(path))
    if unknown := set(options.area or ()) - set(areas):
        parser.error(f"The areas are {', '.join(sorted(areas))}; got {', '.join(sorted(unknown))}.")
    multiprocessing.get_context("forkserver").set_forkserver_preload(READY)
    drawn = {area: random.Random(f"{options.seed} {area}").sample(areas[area], min(options.each, len(areas[area])))
             for area in sorted(options.area or areas)}
    missed = dict.fromkeys(drawn, 0)
    with tempfile.TemporaryDirectory() as folder:
        copy = prepare(options.keep or Path(folder), options.quick)
        guards = Guards(copy.parent)
        for faults in filter(None, drawn.values()):
            leave_out_what_fails(copy, guards, faults[0])
        for turn in itertools.zip_longest(*drawn.values()):  # one of each area in turn: an early end tells of all
            for area, fault in zip(drawn, turn, strict=True):
                if fault is not None:
                    seen, how = is_caught(copy, fault, guards, options.quick)
                    missed[area] += not seen
                    print(f"  {how}  {fault.line()}", flush=True)
    for area, faults in drawn.items():
        print(f"{area}: {len(faults) - missed[area]} of {len(faults)} caught")
    low = any(missed[area] > 0.05 * len(faults) for area, faults in drawn.items())
    return int(low)


if __name__ == "__main__":
    sys.exit(main())
