"""Parts of the site that gather what is kept, in node, without a browser: what they show, keep, and offer to save."""

import base64
import contextlib
import json
import subprocess
from pathlib import Path

from living import WORDS, all_of, text_of
from places import PACKAGE

from book_utils.book_site.gathered_pages import MODULES
from book_utils.book_site.pieces import classic

HERE = Path(__file__).parent
AT = "2026-01-05T10:00:00.000Z"
DIGEST = "0" * 12


class Page:
    """A page with one of these parts; what it shows is that of its last moment."""

    def __init__(self, node):
        self.node = node

    def __call__(self, act, *given):
        self.node.stdin.write(json.dumps([act, *given]) + "\n")
        self.node.stdin.flush()
        now = json.loads(self.node.stdout.readline())
        assert now["problem"] is None, now["problem"]
        vars(self).update(now)
        return self

    def opens(self, *chapters, kept=(), at=AT, **more):
        """Open it with these questions and, by question, what is kept of them."""
        records = {key(question): record for question, record in kept}
        return self("open", {"questions": chapters, "kept": records, "at": at} | more)

    def choose(self, *files, act="choose"):
        """Give it files, (name, contents) each."""
        return self(act, *((name, base64.b64encode(data).decode(), *more) for name, data, *more in files))

    def all(self, *names):
        return list(all_of(self.page, *names))

    def texts(self, *names):
        return [text_of(one) for one in self.all(*names)]

    def rows(self):
        """The texts of the cells of every row of every table."""
        return [[text_of(cell) for cell in row["children"]] for row in self.all("tr")]


@contextlib.contextmanager
def gathered(part, folder):
    """A page with a part of the site: one node process for all that happens to it."""
    files = [PACKAGE / name for name in MODULES[part] if name.endswith(".js")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    fsrs = (PACKAGE / "book_site" / "vendor" / "ts-fsrs.js").read_text(encoding="utf-8")
    given = folder / "given.json"
    given.write_text(json.dumps([source, classic("store.js"), fsrs, WORDS]), encoding="utf-8")
    command = ["node", str(HERE / "gathered.mjs"), str(given)]
    node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    yield Page(node)
    node.stdin.close()
    assert node.wait(timeout=10) == 0


def key(question):
    return f"guess/b/{question['chapter']}/{question['name']}"


def question(name, kind="choice", chapter="one", answer="b", **more):
    """A question as the site asks it."""
    labels = {"choice": "abc", "choices": "abc", "order": "abc", "lines": "abc"}.get(kind, "")
    return {"name": name, "kind": kind, "chapter": chapter, "answer": answer, "digest": DIGEST, "scale": {}, "unit": "",
            "choices": [{"label": letter} for letter in labels], "question": f"Is it `{name}`?",
            "address": f"{chapter}.html"} | more


def chapter(name, *questions, **more):
    """A chapter with its questions, as the site lists it."""
    return {"chapter": name, "title": f"Chapter {name}", "questions": questions, "again": {}} | more


def record(guess, confidence="", reviews=(), at=AT, **more):
    """What is kept of a guess."""
    state = {"guess": guess, "confidence": confidence, "second": None, "skipped": guess is None, "revealed": True,
             "rating": "", "ticked": []}
    return {"v": 1, "digest": DIGEST, "at": at, "state": state | more, "reviews": list(reviews)}
