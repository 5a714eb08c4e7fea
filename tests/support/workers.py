"""Which of pytest's workers runs a test, and when: tests that share something slow stay together, long ones first."""

import pytest

# By the name of a file or of a fixture: the group of a test, the first that fits. The tests of a group run in one worker.
GROUPS = {
    "test_lite.py": "JupyterLite",
    "lab": "JupyterLab",
    "course": "grading",
    "wheel": "wheel",
    "site": "pages",
    "scratch": "pages",
    "browser": "pages",
}


def group_of(item) -> str | None:
    """The group of a test, or None for one that any worker may run; the cells of a notebook are one group."""
    if item.path.suffix == ".ipynb":
        return item.path.stem
    known = {item.path.name, *getattr(item, "fixturenames", ())}
    return next((group for name, group in GROUPS.items() if name in known), None)


def arrange(items) -> None:
    """Mark each test with its group, and sort the groups as above, in front of the tests that have none."""
    order = [*dict.fromkeys(GROUPS.values())]
    places = {}
    for item in items:
        group = group_of(item)
        if group and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(group))
        places[item] = order.index(group) if group in order else len(order)
    items.sort(key=places.get)
