"""No first guess is replaced in this browser: thousands of runs of two tabs, and two real ones at one moment."""

import json
import shutil
import subprocess

import pytest
from kept_guesses import KEPT, choices, key
from places import ROOT
from playwright.sync_api import expect

from book_utils.book_site.pieces import classic

MODEL = ROOT / "tests" / "support" / "two_tabs.mjs"
RUNS = """
import { play } from "MODEL";
import { readFileSync } from "node:fs";
const source = readFileSync(0, "utf8"), found = [];
let raced = 0;
for (let seed = 0; seed < RUNS; seed++) {
  const { problems, story, raced: both } = play(source, seed);
  raced += both;
  if (problems.length) found.push([seed, ...problems, story.join("; ")]);
}
console.log(JSON.stringify({ raced, found }));
"""


def played(script: str, runs: int) -> dict:
    """What goes wrong in so many runs of two tabs with this script; each run does 30 things, in an order of its own."""
    assert shutil.which("node"), "the store is run by node: install Node.js 20 or newer"
    code = RUNS.replace("MODEL", MODEL.as_uri()).replace("seed < RUNS", f"seed < {runs}")
    command = ["node", "--input-type=module", "-e", code]
    return json.loads(subprocess.run(command, input=script, capture_output=True, check=True, encoding="utf-8").stdout)


def test_two_tabs_in_any_order_with_failing_reads_and_writes():
    runs = played(classic("store.js"), 4000)
    assert runs["found"] == []
    assert runs["raced"] > 1500  # in which both tabs commit a first guess of their own


@pytest.mark.parametrize(("without", "instead"), [
    ("kept && !known ? merged(kept, now) : now", "now"),  # what is there is not looked at
    ("if (lacks(found, whole)) update", "if (false) update"),  # a race is not mended
    ("if (text === UNREADABLE) throw", "if (false) throw"),  # written over what cannot be read
], ids=["merge", "mend", "unreadable"])
def test_the_runs_notice_what_is_missing(without, instead):
    script = classic("store.js")
    assert script.count(without) == 1
    assert "was replaced" in str(played(script.replace(without, instead), 500)["found"])


# -- one tab, step by step ---------------------------------------------------------------------------------------

ALONE = """
import { readFileSync } from "node:fs";
const [script, plan] = JSON.parse(readFileSync(0, "utf8")), storage = new Map(), listeners = {}, said = [];
let writes = Infinity, room = Infinity;  // how many writes storage still takes; how many characters it has room for
let now = Date.UTC(2026, 0, 5, 10);
const size = (key) => (storage.has(key) ? key.length + storage.get(key).length : 0);
const window = {
  localStorage: {
    getItem: (key) => storage.get(key) ?? null, removeItem: (key) => { storage.delete(key); },
    setItem(key, text) {
      const used = [...storage.keys()].reduce((sum, one) => sum + size(one), key.length + text.length - size(key));
      if (!writes || used > room) throw new Error("full");
      writes -= 1;
      storage.set(key, text);
    },
  },
  addEventListener: (name, act) => { listeners[name] = act; },
};
class Clock extends Date {
  constructor(...given) { super(...(given.length ? given : [now])); }
  static now() { return now; }
}
new Function("window", "document", "CustomEvent", "Date", script)(window, { dispatchEvent() {} }, class {}, Clock);
const made = (guess) => ({ v: 1, digest: "d", at: new Date(now).toISOString(), state: { guess }, reviews: [] });
const record = (guess) => guess && ((kept) => kept ?? made(guess));
const change = ([name, guess]) => ({ chapter: "c", name, digest: "d", record: record(guess) });
const acts = {
  put: (...changes) => window.bookStore.put("b", changes.map(change)),
  read: (name) => window.bookStore.read("b", "c", name, "d")?.state.guess ?? null,
  review: (name, word) => window.bookStore.review("b", "c", name, "d", word).reviews,
  record: (name) => window.bookStore.read("b", "c", name, "d"),
  write: (name, state, seen) => window.bookStore.write("b", "c", name, "d", state, seen && acts.record(name)),
  writes: (many) => { writes = many ?? Infinity; }, room: (most) => { room = most; },
  tight: () => { room = [...storage.keys()].reduce((sum, one) => sum + size(one), 0); },
  time: (text) => { now = Date.parse(text); },
  event: (name) => listeners[name]?.({}), problem: () => window.bookStore.problem,
  storage: () => Object.fromEntries([...storage].map(([key, text]) =>
    [key.split("/").at(-1), JSON.parse(text).state.guess])),
};
for (const [act, ...given] of plan) said.push(acts[act](...given) ?? null);
console.log(JSON.stringify(said));
"""


def alone(*plan):
    """What a page without a second one gives, step by step."""
    given = json.dumps([classic("store.js"), plan])
    done = subprocess.run(["node", "--input-type=module", "-e", ALONE], input=given, capture_output=True, check=True,
                          encoding="utf-8")
    return json.loads(done.stdout)


def test_what_has_no_room_changes_nothing_and_says_so():
    plan = [["put", ["old", "o"]], ["room", 200], ["put", ["one", "a"], ["two", "b"]], ["problem"], ["storage"],
            ["read", "one"], ["read", "old"], ["tight"], ["put", ["old", None]], ["storage"]]
    assert alone(*plan)[2:7] == [False, "full", {"old": "o"}, None, "o"]
    assert alone(*plan)[-2:] == [True, {}]  # what is taken away needs no room


def test_what_grows_takes_the_room_of_what_goes():
    plan = [["put", ["old", "o"]], ["tight"], ["put", ["new", "n"], ["old", None]], ["storage"]]
    assert alone(*plan)[2:] == [True, {"new": "n"}]


def test_storage_that_fails_for_good_in_the_middle_loses_nothing():
    """There seems to be room: one of three is taken away, one is written, then nothing is taken any more."""
    plan = [["put", ["gone", "g"], ["one", "o"]], ["writes", 2], ["put", ["gone", None], ["one", "a"], ["two", "b"],
            ["three", "c"]], ["problem"], *(["read", name] for name in ("gone", "one", "two", "three")),
            ["writes", None], ["event", "pagehide"], ["storage"], ["problem"]]
    said = alone(*plan)
    assert said[2:8] == [True, "full", None, "o", "b", "c"]
    assert said[-2:] == [{"one": "o", "two": "b", "three": "c"}, ""]


@pytest.mark.parametrize("seen", [False, True])
def test_what_is_said_later_keeps_the_first_guess_and_the_reviews(seen):
    """Whether or not the page has seen what is kept: a confidence, a second thought and reviews are not lost either."""
    first = {"guess": "a", "confidence": "sure", "second": None, "skipped": False, "revealed": False, "rating": "",
             "ticked": []}
    plan = [["write", "q", first], ["review", "q", "knew"], ["time", "2026-01-06T10:00:00Z"],
            ["write", "q", first | {"second": "b", "revealed": True}, seen]]
    made, reviews, _, last = alone(*plan)
    assert last["at"] == made["at"] == "2026-01-05T10:00:00.000Z" and last["reviews"] == reviews
    assert last["state"] == first | {"second": "b", "revealed": True}


def test_another_guess_never_replaces_the_first():
    other = {"guess": "b", "confidence": "sure", "second": None, "skipped": False, "revealed": False, "rating": "",
             "ticked": []}
    plan = [["write", "q", other | {"guess": "a", "confidence": "guessing"}], ["time", "2020-01-01T00:00:00Z"],
            ["write", "q", other]]  # the clock was set back
    assert alone(*plan)[-1]["state"] == other | {"guess": "a", "confidence": "guessing"}


def test_the_last_word_of_a_day_stands_whatever_the_clock_says():
    plan = [["review", "q", "knew"], ["time", "2026-01-05T08:00:00Z"], ["review", "q", "notYet"],
            ["time", "2026-01-06T08:00:00Z"], ["review", "q", "knew"]]
    first, _, second, _, third = alone(*plan)
    assert [word for _, word in first] == ["knew"] and [word for _, word in second] == ["notYet"]
    assert third == [["2026-01-05T08:00:00.000Z", "notYet"], ["2026-01-06T08:00:00.000Z", "knew"]]


# -- in a browser ------------------------------------------------------------------------------------------------

# Presses at a given moment; `window.madeAt` is then when the guess was made, as this tab has kept it first.
COMMIT = """([id, label, at, place]) => new Promise((done) => {
  const guess = document.getElementById(id), put = Storage.prototype.setItem;
  Storage.prototype.setItem = function (key, text) {
    if (key === place) window.madeAt ??= JSON.parse(text).at;
    put.call(this, key, text);
  };
  for (const input of guess.querySelectorAll("input[name=choice]")) input.checked = input.value === label;
  const sure = guess.querySelector("button[value=sure]");
  const wait = () => (Date.now() < at ? setTimeout(wait) : (sure.click(), done()));
  wait();
})"""


def question_page(page, address, question):
    page.goto(address)
    guess = page.locator(f"#guess-{question['name']}")
    expect(guess.locator(".guess")).to_have_attribute("data-state", "open")
    return guess


def test_two_tabs_that_commit_at_one_moment_come_to_the_same(new_context, served):
    """Where the two are in processes of their own, neither sees the other's write in time."""
    context = new_context()
    question = choices(1)[0]
    labels = [choice["label"] for choice in question["choices"]][:2]
    address = f"{served}chapters/{question['chapter']}.html"
    tabs = [context.new_page() for _ in labels]
    for _ in range(3):
        guesses = [question_page(tab, address, question) for tab in tabs]
        at = tabs[0].evaluate("Date.now() + 300")
        for tab, label in zip(tabs, labels, strict=True):
            tab.evaluate(f"given => {{ ({COMMIT})(given); }}", [f"guess-{question['name']}", label, at, key(question)])
        shown = [guess.locator(".guess-own") for guess in guesses]
        for own in shown:
            expect(own).to_contain_text("Your guess: ")
        first = min(tab.wait_for_function("window.madeAt").json_value() for tab in tabs)
        stays = "([key, at]) => JSON.parse(localStorage.getItem(key))?.at === at"
        tabs[0].wait_for_function(stays, arg=[key(question), first])
        kept = json.loads(tabs[0].evaluate(KEPT)[key(question)])
        for own in shown:
            expect(own).to_have_text(f"Your guess: {kept['state']['guess'].replace('`', '')} (sure)")
        right = str(kept["state"]["guess"] == question["answer"]).lower()
        for guess in guesses:  # the verdict, too, is on the guess that stays
            expect(guess.locator(".guess")).to_have_attribute("data-right", right)
        tabs[0].evaluate("localStorage.clear()")
