"""Make of what was handed in what nbgrader expects; nothing of it is run here, and nothing is lost."""

import codecs
import json
import os
import shutil
import stat
from pathlib import Path

MOST_FILES = 100  # handed in with one notebook
MOST_BYTES = 20_000_000  # of one file
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
PYTHON = {"name": "python3", "display_name": "Python 3", "language": "python"}


def tidy(course: Path, assignment: str):
    """Make each submission what nbgrader expects: a notebook of the right name, and few ordinary files.

    What is something else (a link that leads out, a pipe that nobody fills, 60,000 files) is moved to `set-aside/`.
    """
    for folder in sorted((course / "submitted").glob(f"*/{assignment}")):
        student, aside = folder.parent.name, course / "set-aside" / folder.parent.name / assignment
        for why, paths in unwanted(folder).items():
            names = f"{len(paths):,} files" if len(paths) > 1 else paths[0].name
            print(f"{student}: {names} set aside: {why}")
            for path in paths:
                place = aside / path.relative_to(folder)
                place.parent.mkdir(parents=True, exist_ok=True)
                os.replace(path, place)
        notebooks, right = sorted(folder.glob("*.ipynb")), folder / f"{assignment}.ipynb"
        if not right.exists() and len(notebooks) == 1:
            print(f"{student}: {notebooks[0].name} is taken for {right.name}")
            shutil.copy(notebooks[0], right)


def unwanted(folder: Path) -> dict[str, list[Path]]:
    """Name what nbgrader must not meet in a submission: {why: paths}."""
    found: dict[str, list[Path]] = {}
    kept = 0
    for place, folders, files in os.walk(folder):
        for name in sorted(folders):
            path = Path(place, name)
            if path.is_symlink() or path.suffix == ".ipynb":
                found.setdefault("it is a link" if path.is_symlink() else "it is a folder", []).append(path)
                folders.remove(name)
        for name in sorted(files, key=lambda name: (not name.endswith(".ipynb"), name)):
            path = Path(place, name)
            facts = path.lstat()
            if stat.S_ISLNK(facts.st_mode):  # nbgrader would copy what it leads to, such as the solutions
                found.setdefault("it is a link", []).append(path)
            elif not stat.S_ISREG(facts.st_mode):
                found.setdefault("it is no ordinary file", []).append(path)
            elif facts.st_size > MOST_BYTES:
                found.setdefault(f"it is larger than {MOST_BYTES // 1_000_000} MB", []).append(path)
            elif kept == MOST_FILES:
                found.setdefault(f"there are more than {MOST_FILES} files", []).append(path)
            else:
                kept += 1
    return found


def make_readable(path: Path):
    """Mend what some editors write and nbgrader refuses: a mark of the encoding, and kernels described by half."""
    if not path.is_file():
        return
    raw = path.read_bytes()
    encoding = next((name for mark, name in BOMS.items() if raw.startswith(mark)), "utf-8")
    try:
        notebook = json.loads(raw.decode(encoding))
    except (ValueError, RecursionError):  # nbgrader will say that it is no notebook
        return
    metadata = notebook.get("metadata") if isinstance(notebook, dict) else None
    if not isinstance(metadata, dict):
        return
    names = [metadata.get("kernelspec", PYTHON), metadata.get("language_info", PYTHON)]
    sound = all(isinstance(entry, dict) and isinstance(entry.get("name"), str) for entry in names)
    if encoding == "utf-8" and sound and isinstance(names[0].get("display_name"), str):
        return
    notebook["metadata"] = {"kernelspec": PYTHON, "language_info": {"name": "python"}}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(notebook), encoding="utf-8")
    os.replace(part, path)
