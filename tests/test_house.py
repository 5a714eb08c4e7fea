"""The house keeps its rule: who may import whom, so that a lesson can be read without the machinery."""

import ast
import re
from pathlib import Path

from places import PACKAGE

# A lesson is a module on the ground; `__init__` and `__main__` are the doors, and may lead anywhere.
MAY = {
    "lesson": {"lesson"},
    "words": {"words"},
    "models": {"models", "lesson", "words"},
    "asking": {"asking", "words"},
    "explorers": {"explorers", "lesson", "models", "asking", "words"},
    "book_site": {"book_site", "asking", "words"},
    "classroom": {"classroom", "asking"},
}
# A function of JavaScript from its name to the brace that stands below its first letter.
FUNCTION = re.compile(r"^( *)(?:export )?(?:default )?(?:async )?(?:function )?(\w+)\([^\n]*\{\n.*?^\1\}",
                      re.DOTALL | re.MULTILINE)


def room(module: str) -> str:
    """Give the room of a module of the package, by its dotted name without `book_utils.`."""
    first = module.partition(".")[0]
    return first if first in MAY else "lesson"


def imported(path: Path) -> list[str]:
    """List the modules of the package that a file imports, anywhere in it, by dotted name."""
    here = ["book_utils", *path.relative_to(PACKAGE).with_suffix("").parts[:-1]]
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            found += [f"{start}.{alias.name}" for alias in node.names]
    return [name.removeprefix("book_utils.") for name in found if name.startswith("book_utils.")]


def graph() -> dict[str, set[str]]:
    """Give for each module the modules that it imports."""
    files = {".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
             for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or not path.stem.startswith("__")}

    def known(name: str) -> str:
        return name if name in files or "." not in name else known(name.rpartition(".")[0])

    return {name: {known(other) for other in imported(path)} - {name} for name, path in files.items()}


def test_who_imports_whom():
    broken = [f"{name} imports {other}" for name, others in graph().items() for other in others
              if room(other) not in MAY[room(name)]]
    assert broken == []


def test_no_circle():
    left = graph()
    while free := [name for name, others in left.items() if not others & left.keys()]:
        for name in free:
            del left[name]
    assert left == {}, "these import each other in a circle, or lean on one that does"


def test_every_room_is_in_the_rule():
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert rooms == set(MAY) - {"lesson"}


def test_what_is_read_in_one_sitting_is_short():
    """A longer Python module says why in its first lines: "Longer than others, since ..."."""
    long = []
    for path in [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.js")]:
        text = path.read_text(encoding="utf-8")
        name, lines = path.relative_to(PACKAGE).as_posix(), text.count("\n")
        if "vendor/" in name:
            continue
        if path.suffix == ".js":
            long += [f"{name}: {lines} lines"] * (lines > 200)
            long += [f"{name}: {found[2]} has {n} lines" for found in FUNCTION.finditer(text)
                     if (n := found[0].count("\n") + 1) > 60]
        else:
            long += [f"{name}: {lines} lines"] * (lines > 180 and "Longer than others, since" not in text[:600])
            long += [f"{name}: {node.name} has {n} lines" for node in ast.walk(ast.parse(text))
                     if isinstance(node, ast.FunctionDef) and (n := node.end_lineno - node.lineno + 1) > 60]
    assert long == []
