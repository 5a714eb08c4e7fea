"""Grade each submission in a process of its own, within limits of memory and time: none can stop the others."""

import contextlib
import io
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None

from .hand_ins import make_readable

MEGABYTE = 1024**2
MEMORY = 1_500 * MEGABYTE  # of the grader, for one submission; the kernel has its own limits in sandbox.py
SECONDS = 420  # the notebook's 180, and what a kernel that lies can still make the grader wait
UNDER_WAY = "under-way"  # names the submission that is being graded, so that one left half done is begun anew


def grade(course: Path, assignment: str, students: list[str], options: list[str]) -> dict[str, str]:
    """Run `nbgrader autograde` for each student; give {student: why} of those for whom it did not work.

    What it says is added to the file `ASSIGNMENT.log`. A submission that takes too much is ended, and what was written
    of it is removed.
    """
    way = multiprocessing.get_context("fork" if sys.platform.startswith("linux") else "spawn")
    if way.get_start_method() == "fork":
        _load()  # once: each process then begins with it
    failed = {}
    for student in students:
        (course / UNDER_WAY).write_text(f"{student}/{assignment}", encoding="utf-8")
        with tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True) as scratch:
            process = way.Process(target=_autograde, args=(course, assignment, student, options, scratch))
            process.start()
            try:
                process.join(SECONDS)
                if process.exitcode is None:
                    failed[student] = f"grading it took more than {SECONDS} seconds"
                elif process.exitcode:
                    failed[student] = f"the reason is in {assignment}.log"
            finally:
                if process.exitcode is None:
                    process.kill()
                    process.join()
        if student in failed:
            begin_anew(course)
        (course / UNDER_WAY).unlink(missing_ok=True)
    return failed


def begin_anew(course: Path):
    """Remove what was written of a submission whose grading did not come to its end."""
    with contextlib.suppress(OSError):
        student, assignment = (course / UNDER_WAY).read_text(encoding="utf-8").rsplit("/", 1)
        shutil.rmtree(course / "autograded" / student / assignment, ignore_errors=True)


def _load():
    import nbgrader.apps.autogradeapp  # noqa: F401

    from book_utils import load_minilm  # noqa: F401  (what the hidden tests import)


def _autograde(course: Path, assignment: str, student: str, options: list[str], scratch: str):
    """Do it, in a process that may end in any way."""
    os.chdir(course)
    os.environ["TMPDIR"] = tempfile.tempdir = scratch
    with open(course / f"{assignment}.log", "a", encoding="utf-8") as log:
        for screen in (1, 2):
            os.dup2(log.fileno(), screen)
    sys.stdout = sys.stderr = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8", write_through=True)
    from nbgrader.apps.autogradeapp import AutogradeApp

    start = time.monotonic()
    _limit()
    try:
        make_readable(course / "submitted" / student / assignment / f"{assignment}.ipynb")
        AutogradeApp.launch_instance([assignment, "--student", student, "--log-level", "WARN", *options])
    finally:
        print(f"-- {student} took {_memory()} MB and {time.monotonic() - start:.1f} s")


def _memory() -> int:
    """Give the most memory that this process has had, in MB; 0 where the system does not say."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // MEGABYTE if resource else 0


def _limit():
    if not resource:
        return
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))  # for the kernel, enter.py lifts it
