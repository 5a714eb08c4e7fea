"""What a widget knows, its front end gets: every trait that our classes declare is sent."""

import importlib
import re

import anywidget
import pytest
from places import PACKAGE

for room in ("asking", "explorers"):
    for path in sorted((PACKAGE / room).glob("*.py")):
        importlib.import_module(f"book_utils.{room}.{path.stem}")


def classes(base):
    for one in base.__subclasses__():
        yield one
        yield from classes(one)


OURS = [one for one in classes(anywidget.AnyWidget) if one.__module__.startswith("book_utils.")]


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.__name__)
def test_every_trait_of_ours_is_sent_to_the_front_end(kind):
    sent = set(kind.class_trait_names(sync=True))
    ours = {name for one in kind.__mro__ if one.__module__.startswith("book_utils.")
            for name in one.class_own_traits()}
    assert ours <= sent, ours - sent
    source = "".join((PACKAGE / name).read_text(encoding="utf-8") for name in getattr(kind, "files", ()))
    assert set(re.findall(r'(?<![\w.])(?:model\.)?get\("(\w+)"\)', source)) <= sent | {"shared"}


def test_there_are_many():
    assert len(OURS) > 15


def test_all_explorers_but_the_first_look_wait_until_the_reader_comes_near_and_no_question_does():
    at_once = {kind.__name__ for kind in OURS if kind.at_once and kind.__name__ != "BookWidget"}
    assert at_once == {"FirstLook", "Guess", "Card", "HowSure"}
