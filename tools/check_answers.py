"""Run chapters and assignments as other machines would, and with other random numbers: are the answers the same?

    python tools/check_answers.py                                      everything; about ten minutes
    python tools/check_answers.py chapters/position.ipynb --shifts 1   one notebook, one shift of the seeds

A machine is an OpenBLAS kernel with the NumPy loops that such a processor has, on one thread or two: answers and
printed numbers must be those that are stored. With shifted seeds a choice must stay, and a number must stay
within what its guess counts as right. The margin is the guess's own: how far it is from another answer.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError
from notebooks import executed, stored
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

from book_utils.asking.score import score

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = [*sorted(ROOT.glob("chapters/*.ipynb")), *sorted(ROOT.glob("assignments/source/*/*.ipynb"))]
# The newest instructions that a processor of each OpenBLAS kernel has, as NumPy calls them.
KERNELS = {"SkylakeX": "AVX512_SKX", "Haswell": "AVX2", "Sandybridge": "AVX", "Nehalem": "SSE42", "Prescott": "SSE3"}
# What NumPy must leave out to compute as such a processor; for the kernels not named here all that it can.
NEWER = {"SkylakeX": ("AVX512_ICL", "AVX512_SPR"), "Haswell": ("AVX512", "X86_V4")}
SHIFTED = """
import numpy as np
def shifted(seed=None, make=np.random.default_rng, shift={shift}):
    return make([*seed, shift] if shift and isinstance(seed, list) else seed + shift if isinstance(seed, int) else seed)
np.random.default_rng = shifted  # the dice of every chapter, model and training come from here
"""
TOLD = """
import json
from book_utils import Guess
print(json.dumps({name: [g.kind, g.scale, g.answer, g.answer_text, g.margin] for name, g in Guess.made.items()}))
"""


def kernels_here() -> list[str]:
    """List the kernels whose instructions this processor has, the newest first."""
    return [kernel for kernel, newest in KERNELS.items() if __cpu_features__.get(newest)]


def machine(kernel: str, threads: int) -> dict[str, str]:
    """Give the environment in which Python computes as on a processor of this kernel, with so many threads."""
    newer = [name for name in __cpu_dispatch__ if __cpu_features__[name] and name.startswith(NEWER.get(kernel, ""))]
    settings = {"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    sleep = {"OPENBLAS_THREAD_TIMEOUT": "4"}  # a thread that waits for the next product sleeps soon
    return {**os.environ, **settings, **sleep, "NPY_DISABLE_CPU_FEATURES": " ".join(newer)}


def ran(path: Path, environment: dict[str, str] | None = None, shift: int = 0):
    """Run a notebook. Gives its guesses {name: [kind, scale, answer, text, margin]}, and it in its stored form."""
    notebook = nbformat.read(path, as_version=4)
    cells = [nbformat.v4.new_code_cell(code) for code in (SHIFTED.format(shift=shift), TOLD)]
    notebook.cells = [cells[0], *notebook.cells, cells[1]]
    executed(notebook, path.parent, environment)
    guesses = json.loads(notebook.cells[-1].outputs[0].text)
    notebook.cells = notebook.cells[1:-1]
    return guesses, stored(notebook)


def differences(old, new) -> list[str]:
    """List the lines that one run printed and the other did not, each with its cell."""
    said = []
    for number, cells in enumerate(zip(old.cells, new.cells, strict=True)):
        before, after = (json.dumps(cell.get("outputs", []), indent=0, sort_keys=True).splitlines() for cell in cells)
        said += [f"cell {number}: {line.strip()}" for line in after if line not in before]
    return said


def same_choice(stored_guess: list, other: list) -> bool:
    """Tell whether an answer found with other random numbers is the stored one, as far as its guess can tell."""
    kind, scale, answer, *_ = stored_guess
    if kind != "point":
        return score(kind, answer, other[2], scale) is not False
    # Another run has another map: there the word that was nearest must still be a right guess.
    nearest = min(scale["points"], key=lambda point: math.dist(point[1:], answer))[0]
    return bool(score(kind, other[2], {word: place for word, *place in other[1]["points"]}[nearest], other[1]))


def checked(path: Path, options) -> list[str]:
    """Run one notebook on all machines and with all shifts, print a line for each guess, list what is wrong."""
    reference = nbformat.read(path, as_version=4)
    first, as_here = ran(path)
    if not any(cell.get("outputs") for cell in reference.cells):  # an assignment is stored without outputs
        reference = as_here
    machines = [(kernel, threads) for kernel in options.kernels for threads in options.threads]
    runs = {f"{kernel}, {threads} threads": (machine(kernel, threads), 0) for kernel, threads in machines}
    runs |= {f"seeds +{shift}": (None, shift) for shift in options.shifts}
    wrong, answers = [], {name: {} for name in first}
    for where, (environment, shift) in runs.items():
        start = time.perf_counter()
        try:
            guesses, notebook = ran(path, environment, shift)
        except CellExecutionError as problem:
            wrong.append(f"{path.stem}, {where}: {problem.evalue}")
            continue
        print(f"{path.parent.name}/{path.stem}, {where}: {time.perf_counter() - start:.0f} s", flush=True)
        if not shift:
            wrong += [f"{path.stem}, {where}, {line}" for line in differences(reference, notebook)]
        for name, guess in first.items():
            other = guesses.get(name)
            if other is None or not (same_choice(guess, other) if shift else other[3] == guess[3]):
                wrong.append(f"{path.stem}, {name}: {guess[3]}, but {other and other[3]} with {where}")
            elif other:
                answers[name][where] = other
    for name, (_, _, _, text, margin) in first.items():
        margins = [margin, *(other[4] for other in answers[name].values())]
        least = "exact" if None in margins else f"{min(margins):.3f}"
        others = sorted({other[3] for other in answers[name].values()} - {text})
        print(f"  {name:45} {least:>7}  {text[:50]}", *others, sep=" | ")
    return wrong


def variants_checked(options) -> list[str]:
    """Compute the variants of all guesses (chapters/again) on all machines; list where the key is another."""
    confirmed = (ROOT / "tests" / "answer_key.json").read_text(encoding="utf-8")
    command, wrong = [sys.executable, "-m", "book_utils", "key"], []
    for kernel in options.kernels:
        for threads in options.threads:
            done = subprocess.run(command, cwd=ROOT, env=machine(kernel, threads), capture_output=True, text=True)
            same = done.stdout == confirmed
            print(f"chapters/again, {kernel}, {threads} threads: {'the same' if same else 'not the same'}", flush=True)
            wrong += [] if same else [f"chapters/again, {kernel}, {threads} threads: another key. {done.stderr}"]
    return wrong


def main(arguments=None) -> int:
    """Run what is asked for, print a table, and give 1 where an answer is not the same."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, default=NOTEBOOKS)
    parser.add_argument("--kernels", nargs="*", default=kernels_here())
    parser.add_argument("--threads", nargs="*", type=int, default=[1, 2])
    parser.add_argument("--shifts", nargs="*", type=int, default=[1, 2, 3, 4])
    options = parser.parse_args(arguments)
    wrong = variants_checked(options)
    for path in options.notebooks:
        wrong += checked(path, options)
    print("\n".join(wrong) or "Every answer is the same everywhere.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
