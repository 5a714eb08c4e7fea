"""Run chapters and assignments as other machines would, and with other random numbers: are the answers the same?

    python tools/check_answers.py                                      everything; about ten minutes
    python tools/check_answers.py chapters/position.ipynb --shifts 1   one notebook, one shift of the seeds

A machine is an OpenBLAS kernel with the NumPy loops that such a processor has, on one thread or two: answers and
printed numbers must be those that are stored. With shifted seeds a choice must stay, and a number must stay
within what its guess counts as right. The margin is the guess's own: how far it is from another answer.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from notebooks import executed, stored

from book_utils.asking.score import score

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = [*sorted(ROOT.glob("chapters/*.ipynb")), *sorted(ROOT.glob("assignments/source/*/*.ipynb"))]
# The newest instructions that a processor of each OpenBLAS kernel has, as NumPy calls them.
KERNELS = {"SkylakeX": "AVX512_SKX", "Haswell": "AVX2", "Sandybridge": "AVX", "Nehalem": "SSE42", "Prescott": "SSE3"}
NEWER = {"Haswell": ("AVX512", "X86_V4"), "SkylakeX": ("AVX512_ICL", "AVX512_SPR")}  # other kernels: all that NumPy can leave out
ASK_NUMPY = """
import json
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
print(json.dumps([[name for name, has in __cpu_features__.items() if has], list(__cpu_dispatch__)]))
"""
SHIFTED = """
import numpy as np
def shifted(seed=None, make=np.random.default_rng):
    return make(seed + {shift} if isinstance(seed, int) else seed)
np.random.default_rng = shifted  # the dice of every chapter, model and training come from here
"""
TOLD = """
import json
from book_utils import Guess
print(json.dumps({name: [g.kind, g.scale, g.answer, g.answer_text, getattr(g, 'margin', None)] for name, g in Guess.made.items()}))
"""


def kernels_here() -> list[str]:
    """List the kernels whose instructions this processor has, the newest first."""
    features, _ = numpy_says()
    return [kernel for kernel, newest in KERNELS.items() if newest in features]


def numpy_says() -> tuple[list[str], list[str]]:
    """Give the instructions of this processor that NumPy knows, and those that it can be told to leave out."""
    return json.loads(subprocess.run([sys.executable, "-c", ASK_NUMPY], capture_output=True, text=True).stdout)


def machine(kernel: str, threads: int) -> dict[str, str]:
    """Give the environment in which Python computes as on a processor of this kernel, with so many threads."""
    features, optional = numpy_says()
    without = [name for name in optional if name in features and name.startswith(NEWER.get(kernel, ""))]
    settings = {"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    return {**os.environ, **settings, "NPY_DISABLE_CPU_FEATURES": " ".join(without)}


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
        before, after = (json.dumps(cell.get("outputs", []), indent=0).splitlines() for cell in cells)
        said += [f"cell {number}: {line.strip()}" for line in after if line not in before]
    return said


def checked(path: Path, options) -> list[str]:
    """Run one notebook on all machines and with all shifts, print a line for each guess, list what is wrong."""
    wrong, found = [], {}
    stored_form = nbformat.read(path, as_version=4)
    has_outputs = any(cell.get("outputs") for cell in stored_form.cells)
    first, reference = ran(path)
    reference = stored_form if has_outputs else reference
    for kernel in options.kernels:
        for threads in options.threads:
            start = time.perf_counter()
            guesses, notebook = ran(path, machine(kernel, threads))
            for line in differences(reference, notebook):
                wrong.append(f"{path.stem}, {kernel}, {threads} threads, {line}")
            found[f"{kernel} {threads}"] = guesses
            print(f"{path.parent.name}/{path.stem}, {kernel}, {threads} threads: {time.perf_counter() - start:.0f} s")
    for shift in options.shifts:
        guesses, _ = ran(path, shift=shift)
        found[f"seeds +{shift}"] = guesses
    for name, (kind, scale, answer, text, margin) in first.items():
        answers = {where: guesses[name] for where, guesses in found.items() if name in guesses}
        for where in found.keys() - answers.keys():
            wrong.append(f"{path.stem}, {name}: not asked with {where}")
        for where, (_, _, other, other_text, _) in answers.items():
            same = score(kind, answer, other, scale) is not False if where.startswith("seeds") else other_text == text
            if not same:
                wrong.append(f"{path.stem}, {name}: {text!r}, but {other_text!r} with {where}")
        others = sorted({other[3] for other in answers.values()} - {text})
        least = min([margin, *(other[4] for other in answers.values())], default=None) if margin is not None else None
        print(f"  {name:45} {'exact' if least is None else f'{least:.2g}':>8}  {text[:60]}", *others, sep="  |  ")
    return wrong


def main(arguments=None) -> int:
    """Run what is asked for, print a table, and give 1 where an answer is not the same."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, default=NOTEBOOKS)
    parser.add_argument("--kernels", default=",".join(kernels_here()), type=lambda text: text.split(","))
    parser.add_argument("--threads", default="1,2", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--shifts", default="1,2,3,4", type=lambda text: [int(part) for part in text.split(",") if part])
    options = parser.parse_args(arguments)
    wrong = []
    for path in options.notebooks:
        wrong += checked(path, options)
    print("\n".join(wrong) or "Every answer is the same everywhere.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
