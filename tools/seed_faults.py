"""Plant single faults, one at a time, and see whether the tests that guard the place notice.

    python tools/seed_faults.py --seed 1 --each 10                  ten faults in each area
    python tools/seed_faults.py --seed 1 --each 40 --area asking    forty in one

Faults are drawn from all places where the code could be wrong in one small way: a comparison, a sign, a number, a
missing statement. They are planted in a copy of the committed tree, never in this one. The tests of the same subject
run first, then the rest of its room. A fault that no test sees is printed with its line: ask what a reader would see.
"""

import argparse
import ast
import os
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("models", "asking", "explorers", "words", "book_site", "classroom")
MINUTES = 5  # for the tests of one fault; a fault that makes them hang is seen
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


def area_of(path: Path) -> str:
    """Give the area of a file: its room, and JavaScript apart from Python."""
    room = path.parts[1] if path.parts[1] in ROOMS else "lessons"
    return f"{room} js" if path.suffix == ".js" else room


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

    for node in ast.walk(ast.parse(text)):
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
                yield *span(node), str(not value)
            case ast.Constant(value=int() | float() as value):
                yield *span(node), repr(value + 1)
            case ast.Return(value=value) if value is not None:
                yield *span(value), "None"
            case ast.Expr(value=ast.Call()) | ast.AugAssign():
                yield *span(node), "pass"


def guards_of(path: Path) -> list[list[str]]:
    """Give the tests that guard a file, in the order to run them: its own, the quick ones of its room, all others."""
    room = area_of(path).removesuffix(" js")
    own, quick, slow = [], [], []
    for test in sorted((ROOT / "tests" / room).glob("test_*.py")):
        text = test.read_text(encoding="utf-8")
        name = str(test.relative_to(ROOT))
        if test.stem == f"test_{path.stem}":
            own.append(name)
        else:
            (slow if "playwright" in text or "watched" in text or "site" in text else quick).append(name)
    doctest = [str(path)] if path.suffix == ".py" else []
    return [tests for tests in ([*doctest, *own], quick, slow) if tests]


def is_caught(copy: Path, fault: Fault) -> bool:
    """Plant a fault in the copy, run its guards until one fails, and take it out again."""
    file = copy / fault.path
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: fault.start] + fault.planted + text[fault.end :], encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider"]
    try:
        for tests in guards_of(fault.path):
            try:
                done = subprocess.run([*command, *tests], cwd=copy, capture_output=True, timeout=MINUTES * 60,
                                      env=os.environ | {"PYTHONPATH": str(copy)})
            except subprocess.TimeoutExpired:
                return True
            if done.returncode not in (0, 5):  # 5: no test there
                return True
        return False
    finally:
        file.write_text(text, encoding="utf-8")


def main() -> int:
    """Draw, plant and report; 1 where an area catches fewer than 95 of 100."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0, help="another seed draws other faults")
    parser.add_argument("--each", type=int, default=5, help="faults in each area (5)")
    parser.add_argument("--area", help="only this one, such as asking or 'asking js'")
    options = parser.parse_args()
    listed = subprocess.run(["git", "ls-files", "book_utils"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [Path(name) for name in listed.stdout.split() if name.endswith((".py", ".js")) and "vendor" not in name]
    areas: dict[str, list[Fault]] = {}
    for path in paths:
        areas.setdefault(area_of(path), []).extend(faults_of(path))
    low = False
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], check=True)
        (copy / "tests" / "node_modules").symlink_to(ROOT / "tests" / "node_modules")
        for area in sorted(areas if options.area is None else [options.area]):
            drawn = random.Random(f"{options.seed} {area}").sample(areas[area], min(options.each, len(areas[area])))
            missed = [fault for fault in drawn if not is_caught(copy, fault)]
            low |= len(missed) > 0.05 * len(drawn)
            print(f"{area}: {len(drawn) - len(missed)} of {len(drawn)} caught", flush=True)
            for fault in missed:
                print(f"  not seen  {fault.line()}", flush=True)
    return int(low)


if __name__ == "__main__":
    sys.exit(main())
