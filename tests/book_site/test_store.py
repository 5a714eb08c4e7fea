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
const [script, plan] = JSON.parse(readFileSync(0, "utf8")), storage = new Map(), listeners = {}, said = [], events = [];
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
const document = { dispatchEvent: (event) => events.push([event.name, event.detail]) };
class Told { constructor(name, { detail }) { Object.assign(this, { name, detail }); } }
new Function("window", "document", "CustomEvent", "Date", script)(window, document, Told, Clock);
const open = window.localStorage, blocked = () => { throw new Error("no"); };
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
  event: (name, given = {}) => listeners[name]?.(given), told: () => events.splice(0),
  raw: (key, text) => { storage.set(key, text); }, gone: (key) => { storage.delete(key); },
  text: (key) => storage.get(key), block: (what) => { window.localStorage = { ...open, [what]: blocked }; },
  free: () => { window.localStorage = open; },
  others(chapter) {  // a browser's storage has its keys as properties
    window.localStorage = { ...Object.fromEntries(storage) };
    try { return window.bookStore.others("b", chapter); } finally { window.localStorage = open; }
  },
  othersBlocked() {
    window.localStorage = null;
    try { return window.bookStore.others("b", "c"); } finally { window.localStorage = open; }
  },
  problem: () => window.bookStore.problem,
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


STATE = {"guess": "a", "confidence": "sure", "second": None, "skipped": False, "revealed": False, "rating": "",
         "ticked": []}
Q = "guess/b/c/q"


def kept_text(guess="a", at="2026-01-05T10:00:00.000Z", digest="d", **more):
    record = {"v": 1, "digest": digest, "at": at, "state": STATE | {"guess": guess}, "reviews": []}
    return json.dumps(record | more, separators=(",", ":"))


@pytest.mark.parametrize("text", [
    "", "{", "null", "1", '"text"', "[]", kept_text(v=2), kept_text(v="1"), kept_text(state=None), kept_text(state="a"),
    kept_text(digest="other")])
def test_what_is_no_record_of_this_edition_counts_as_nothing(text):
    plan = [["raw", Q, text], ["record", "q"], ["write", "q", STATE | {"guess": "b"}], ["record", "q"]]
    _, before, made, after = alone(*plan)
    assert before is None and made == after and after["state"]["guess"] == "b"
    assert after["at"] == "2026-01-05T10:00:00.000Z" and after["reviews"] == [] and after["v"] == 1


def test_a_record_of_storage_is_read_as_it_is():
    assert alone(["raw", Q, kept_text()], ["record", "q"])[1] == json.loads(kept_text())


def test_whether_anything_is_kept_of_other_chapters():
    found = alone(["others", "c"], ["put", ["q", "a"]], ["others", "c"], ["others", "d"], ["raw", "theme", "dark"],
                  ["raw", "guess/book/d/q", "{}"], ["others", "c"], ["raw", "guess/b/cc/q", "{}"], ["others", "c"],
                  ["othersBlocked"])
    assert [found[place] for place in (0, 2, 3, 6, 8, 9)] == [False, False, True, False, True, False]


@pytest.mark.parametrize(("trouble", "problem"), [
    (None, ""), (["writes", 0], "full"), (["block", "getItem"], "blocked")])
def test_the_page_hears_of_everything_that_is_kept_and_of_what_keeps_it_from_that(trouble, problem):
    acts = [["write", "q", STATE], ["review", "q", "knew"]]
    plan = [step for act in acts for step in (act, ["told"])]
    heard = alone(*([trouble] if trouble else []), *plan, ["problem"])
    assert [one for one in heard if isinstance(one, list) and one and one[0][0] == "book:kept"] == [
        [["book:kept", {"chapter": "c", "name": "q", "problem": problem}]]] * 2
    assert heard[-1] == problem


def test_a_change_of_several_tells_of_each():
    assert alone(["put", ["one", "a"], ["two", "b"]], ["told"])[1] == [
        ["book:kept", {"chapter": "c", "name": name, "problem": ""}] for name in ("one", "two")]


@pytest.mark.parametrize("what", ["getItem", "setItem"])
def test_what_storage_would_not_take_is_remembered_and_put_there_later(what):
    """When the page is left, or when storage tells of anything; until then nothing of it is lost."""
    for event in (["pagehide"], ["storage", {"key": "theme", "newValue": "dark"}]):
        said = alone(["block", what], ["write", "q", STATE], ["read", "q"], ["free"], ["text", Q], ["event", *event],
                     ["text", Q], ["problem"])
        assert said[2] == "a" and said[4] is None and json.loads(said[6])["state"] == STATE and said[7] == ""


def test_what_was_taken_away_while_storage_was_blocked_goes_later():
    said = alone(["put", ["q", "a"]], ["block", "removeItem"], ["put", ["q", None]], ["problem"], ["read", "q"],
                 ["event", "pagehide"], ["read", "q"], ["free"], ["event", "pagehide"], ["text", Q], ["problem"])
    assert (said[2], said[3]) == (True, "full") and said[4] is said[6] is said[9] is None


@pytest.mark.parametrize(("spare", "taken"), [(-1, False), (0, True)])
def test_several_that_grow_need_room_for_their_texts_and_their_keys(spare, taken):
    """And for the key of the trial. Where there is less, none of them is written, and all stays as it was."""
    old, names = kept_text(), [f"a-name-of-many-letters-{n}" for n in range(9)]
    put, first = ["put", *([name, "b"] for name in names)], f"guess/b/c/{names[0]}"
    size = len(names) * len(first + alone(put, ["text", first])[-1])
    plan = [["raw", Q, old], ["room", len(Q + old) + size + len("book-room") + spare], put, ["problem"], ["storage"]]
    said = alone(*plan)
    assert said[2:4] == [taken, "" if taken else "full"]
    assert said[4] == {"q": "a"} | (dict.fromkeys(names, "b") if taken else {})


def test_what_is_as_long_as_before_needs_no_room():
    plan = [["put", ["q", "a"]], ["tight"], ["raw", Q, kept_text("a")], ["tight"], ["write", "q", STATE], ["problem"]]
    assert alone(*plan)[-1] == ""


# -- what another tab does, heard step by step ------------------------------------------------------------------


EARLIER, LATER = "2026-01-05T09:00:00.000Z", "2026-01-05T11:00:00.000Z"


def heard(text, stored="told", **event):
    """The page has written a guess; then storage holds `stored`, and another tab tells that it wrote `text`."""
    plan = [["write", "q", STATE], ["raw", Q, text if stored == "told" else stored] if stored else ["gone", Q],
            ["event", "storage", {"key": Q, "newValue": text} | event], ["text", Q], ["problem"]]
    *_, kept, problem = alone(*plan)
    assert problem == ""
    return kept and json.loads(kept)


def test_an_older_first_guess_of_another_tab_stays_and_a_newer_one_is_put_back():
    assert heard(kept_text("b", EARLIER))["state"]["guess"] == "b"
    mended = heard(kept_text("b", LATER))
    assert (mended["state"]["guess"], mended["at"]) == ("a", "2026-01-05T10:00:00.000Z")


@pytest.mark.parametrize(("mine", "found", "mended"), [
    ({"revealed": True}, {}, {"revealed": True}), ({}, {"revealed": True}, None),
    ({"confidence": "sure"}, {"confidence": "leaning"}, None), ({"rating": "got"}, {}, None), ({}, {}, None)])
def test_only_what_a_race_may_have_taken_is_put_back(mine, found, mended):
    text = kept_text(state=STATE | found)
    plan = [["write", "q", STATE | mine], ["raw", Q, text], ["event", "storage", {"key": Q, "newValue": text}],
            ["text", Q]]
    wanted = json.loads(text)
    assert json.loads(alone(*plan)[-1]) == wanted | {"state": wanted["state"] | (mended or {})}


def test_what_another_tab_has_told_is_put_back_as_well():
    revealed, older = kept_text(state=STATE | {"revealed": True}), kept_text()
    plan = [["write", "q", STATE]]
    for text in (revealed, older):
        plan += [["raw", Q, text], ["event", "storage", {"key": Q, "newValue": text}]]
    assert alone(*plan, ["text", Q])[-1] == revealed


def test_a_write_that_works_takes_along_what_had_no_room_before():
    plan = [["writes", 0], ["write", "q", STATE], ["writes", None], ["write", "r", STATE], ["storage"], ["problem"]]
    said = alone(*plan)
    assert said[4:] == [{"q": "a", "r": "a"}, ""]


def test_reviews_that_a_race_has_taken_are_put_back():
    plan = [["review", "q", "knew"], ["raw", Q, kept_text(None)], ["event", "storage", {"key": Q, "newValue": None}],
            ["text", Q]]
    plan[2][2]["newValue"] = plan[1][2]
    assert json.loads(alone(*plan)[-1])["reviews"] == [["2026-01-05T10:00:00.000Z", "knew"]]


def test_what_another_tab_has_taken_away_stays_away():
    assert heard(None, stored=None) is None
    assert heard(kept_text("b", EARLIER, digest="new"))["digest"] == "new", "another edition of the question"
    plan = [["write", "q", STATE], ["writes", 0], ["write", "r", STATE], ["gone", Q],
            ["event", "storage", {"key": None, "newValue": None}], ["read", "r"], ["writes", None],
            ["event", "pagehide"], ["storage"]]
    said = alone(*plan)
    assert said[5] is None and said[-1] == {}, "a browser that forgets all forgets what it had no room for, too"


def test_a_page_that_comes_back_does_not_mend_what_it_has_not_heard_of():
    for persisted, guess in ((True, "b"), (False, "a")):
        text = kept_text("b", LATER)
        plan = [["write", "q", STATE], ["event", "pageshow", {"persisted": persisted}], ["raw", Q, text],
                ["event", "storage", {"key": Q, "newValue": text}], ["text", Q]]
        assert json.loads(alone(*plan)[-1])["state"]["guess"] == guess


def test_a_first_guess_counts_from_its_own_moment_and_not_from_when_it_was_shown():
    """What was kept before it, a skipped question or a recalled card, is no guess."""
    skipped = STATE | {"guess": None, "skipped": True}
    plan = [["write", "q", skipped], ["time", LATER], ["write", "q", STATE, True], ["time", "2026-01-05T12:00:00.000Z"],
            ["write", "q", STATE | {"revealed": True}, True]]
    first, _, guess, _, last = alone(*plan)
    assert (first["at"], guess["at"], last["at"]) == ("2026-01-05T10:00:00.000Z", LATER, LATER)


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
