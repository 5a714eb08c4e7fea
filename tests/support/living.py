"""Widgets that live in node, without a browser: what they show, and what they save when something happens to them."""

import contextlib
import json
import re
from pathlib import Path

import pytest
from places import PACKAGE
from twins import running

HERE = Path(__file__).parent
WORDS = json.loads((PACKAGE / "words" / "en.json").read_text(encoding="utf-8"))


def text_of(part):
    """The text of an element, as a page would give it."""
    return part if isinstance(part, str) else "".join(text_of(child) for child in part["children"])


def all_of(page, *names):
    """Every element below one with a tag or a class of these names, in the order in which they stand."""
    for child in page["children"]:
        if isinstance(child, dict):
            if {child["tag"], *classes(child)} & set(names):
                yield child
            yield from all_of(child, *names)


def classes(part):
    """The classes of an element."""
    return part["attributes"].get("class", "").split()


def numbers(text):
    """The numbers of an attribute, in their order."""
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text)]


def at(element, x="x", y="y"):
    return float(element["attributes"][x]), float(element["attributes"][y])


class Life:
    """A widget in node; `page` and `saves` are those of its last moment."""

    def __init__(self, call):
        self.call = call

    def begins(self, state, **others):
        self.see(self.call("begin", state, WORDS, others))
        return self

    def see(self, now):
        self.page, self.saves, self.active = now["page"], now["saves"], now["active"]
        self.prevented = now.get("prevented")
        return self

    def all(self, *names):
        return list(all_of(self.page, *names))

    def one(self, *names):
        (found,) = self.all(*names)
        return found

    def text(self, name):
        return text_of(self.one(name))

    def happens(self, selector, type, place=0, holds=None, **event):
        return self.see(self.call("happens", selector, place, type, event, holds or {}))

    def press(self, text):
        """Press the only button with this text or label."""
        names = [one["attributes"].get("aria-label") or text_of(one) for one in self.all("button")]
        assert names.count(text) == 1, names
        return self.happens("button", "click", names.index(text))

    def slide(self, label, number):
        """Move the only slider or field with this label."""
        names = [one["attributes"].get("aria-label") for one in self.all("input")]
        assert names.count(label) == 1, names
        return self.happens("input", "input", names.index(label), {"value": str(number)})

    def set(self, trait_of="", **news):
        return self.see(self.call("traits", news, trait_of))

    def ends(self):
        """Whether nothing hears its models any more."""
        return self.call("end") == 0


def state_of(widget):
    """The state of a widget as a page has it."""
    return {
        name: value
        for name, value in widget.get_state().items()
        if name[0] != "_" and name not in ("layout", "tabbable", "tooltip")
    }


@contextlib.contextmanager
def living(kind, *more):
    """A widget of a kind in node, and what more files export; `begins` gives it a state."""
    files = [PACKAGE / name for name in kind.files if name.endswith(".js")]
    with running(*files, *more, HERE / "living.mjs") as call:
        yield Life(call)


def life_of(kind):
    """A fixture: the only widget of its kind for all tests of a file, which hears nothing more when it has gone."""

    def lives():
        with living(kind) as life:
            yield life
            assert life.ends(), "what has gone hears its model no more"

    return pytest.fixture(scope="module")(lives)
