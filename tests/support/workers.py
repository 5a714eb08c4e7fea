"""Three workers: a file of tests stays in one of them, the longest come first, and what all need is made once."""

import os
import pickle

from filelock import FileLock
from xdist.scheduler import LoadScopeScheduling

# The files that take longest, the longest first (CONTRIBUTING.md says how to measure it); the others follow. The third
# needs no site: while one worker builds that, each of the others has something to do.
FIRST = [
    "test_assignments.py", "test_site.py", "test_german.py", "test_every_page.py", "test_guess_in_browser.py",
    "test_engines.py", "test_pdf.py", "test_live.py", "test_recorded_model.py", "test_offline.py", "test_lite.py",
    "test_progress.py", "test_first_cell.py", "test_config_twins.py", "test_neighbours.py", "test_rope_dial.py",
    "test_class_report.py", "test_keys.py", "test_downloads.py", "test_break_it.py", "test_recall.py",
    "test_grow_claims.py", "test_steps.py", "test_config.py",
]


def arrange(items) -> None:
    """Sort the tests: those of FIRST, in its order, in front of all others."""
    places = {name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


class ByFile(LoadScopeScheduling):
    """Give a worker that has nothing more to do the next file, in the order of collection.

    In place of `--dist loadfile`, which begins with the files of many tests, and of groups, which pytest-xdist 3.8
    forgets with pytest 9.2 (pytest-xdist's issue 1386).
    """

    def __init__(self, config, log=None):
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0]


def made_once(factory, name: str, make):
    """What make() gives, made by the first worker that asks for it; the others wait (factory: tmp_path_factory)."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # that of all workers
    with FileLock(folder / f"{name}.lock"):
        kept = folder / f"{name}.pickle"
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make()))
        return pickle.loads(kept.read_bytes())
