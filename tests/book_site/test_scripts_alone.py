"""Scripts of a page without a browser, in node: the model of a widget, addresses to share, search, and loading."""

import json
import math
import random
import shutil
import subprocess

import pytest
from places import PACKAGE

from book_utils.book_site.pieces import set_apart, write_parts

SITE = PACKAGE / "book_site"


def in_node(script, given=None, **sources):
    """Run a script that has the sources by name and `given`; what it gives comes back."""
    assert shutil.which("node"), "scripts are run by node: install Node.js 20 or newer"
    texts = {name: (SITE / file).read_text(encoding="utf-8") for name, file in sources.items()}
    code = """
      import { readFileSync } from "node:fs";
      const { script, given, texts } = JSON.parse(readFileSync(0, "utf8"));
      const work = new Function("given", "texts", `return (async () => { ${script} })();`);
      console.log(JSON.stringify(await work(given, texts)) ?? "null");"""
    told = json.dumps({"script": script, "given": given, "texts": texts})
    done = subprocess.run(["node", "--input-type=module", "-e", code], input=told, capture_output=True, check=True,
                          encoding="utf-8")
    return json.loads(done.stdout)


# -- the model of a widget --------------------------------------------------------------------------------------

WALK = """
  const saves = [], events = [], infos = [];
  const make = new Function("modelFor", "console", texts.model + "; return modelOf;");
  const modelOf = make((id) => ["model", id], { info: (text) => infos.push(text) });
  const model = modelOf("a", { x: 0, y: 0, z: 0 }, (one, names) => saves.push([...names]));
  const hear = Array.from({ length: 4 }, (_, i) => (...all) => events.push([i, all.length, all[1]]));
  for (const [act, ...rest] of given) {
    if (act === "set") model.set(...rest);
    if (act === "save") model.save_changes();
    if (act === "on") model.on(rest[0], hear[rest[1]]);
    if (act === "off") model.off(rest[0], hear[rest[1]]);
    if (act === "send") model.send();
  }
  return { state: ["x", "y", "z"].map(model.get), saves, events, infos: infos.length,
           other: await model.widget_manager.get_model("b") };"""


def as_said(acts):
    """The same by a plain reading of the form: who hears what, and what is saved."""
    state, changed, saves, events, heard, sent = dict(x=0, y=0, z=0), [], [], [], [], 0
    for act, *rest in acts:
        if act == "set":
            given = {rest[0]: rest[1]} if isinstance(rest[0], str) else rest[0]
            news = [name for name, value in given.items() if state[name] != value]
            state |= given
            changed += [name for name in news if name not in changed]
            events += [[who, 2, state[name]] for name in news for on, who in list(heard) if on == f"change:{name}"]
            events += [[who, 1, None] for on, who in list(heard) if on == "change" and news]
        elif act == "save" and changed:
            saves.append(changed)
            changed = []
        elif act == "on":
            heard += [(name, rest[1]) for name in rest[0].split()]
        elif act == "off":
            gone = rest[0].split() if rest[0] else None
            heard = [(on, who) for on, who in heard
                     if not ((gone is None or on in gone) and (rest[1] is None or who == rest[1]))]
        elif act == "send":
            sent = 1
    return {"state": [*state.values()], "saves": saves, "events": events, "infos": sent, "other": ["model", "b"]}


def test_a_model_tells_what_changed_once_and_saves_what_changed():
    chance, names = random.Random(2), ["change:x", "change:y", "change", "change:x change:z", "change:y  change"]
    for _ in range(6):
        acts = []
        for _ in range(120):
            acts.append(chance.choice([
                ["set", chance.choice("xyz"), chance.randrange(3)],
                ["set", {name: chance.randrange(3) for name in chance.sample("xyz", 2)}], ["save"], ["send"],
                ["on", chance.choice(names), chance.randrange(4)],
                ["off", chance.choice([*names, None]), chance.choice([0, 1, 2, 3, None])]]))
        assert in_node(WALK, acts, model="model.js") == as_said(acts)


# -- an address that somebody shares ------------------------------------------------------------------------------

ASK = """
  const views = ["lab", "dial", "lab", "lab"].map((kind, i) => ({ dataset: { kind, model: `m${i}` } }));
  const window = { addEventListener() {} };
  return given.map(([hash, id, shared]) => {
    const made = new Function("window", "views", "location", texts.share + "; return { nameOf, allowed, arriving };");
    const { nameOf, arriving } = made(window, views, { hash });
    return [views.map(nameOf), arriving(id, { shared })];
  });"""
RULES = {"place": {"from": -5, "to": 40}, "side": ["left", "right"], "on": [True, False], "text": {"most": 5}}


ADDRESSES = {
    "place=40&side=left&on=false&text=abcde": {"place": 40, "side": "left", "on": False, "text": "abcde"},
    "place=41&side=Left&on=0&text=abcdef": {}, "place=-5": {"place": -5}, "place=-6": {}, "place=4.5": {},
    "place=4e0": {}, "place=": {}, "place=%204": {}, "place=NaN": {}, "text=": {"text": ""}, "place=007": {"place": 7},
    "text=%3Cb%3E": {"text": "<b>"}, "unknown=1&__proto__=1": {},
}


def test_an_address_gives_a_widget_what_its_rules_allow():
    cases, wanted = [], []
    for words, found in ADDRESSES.items():
        cases += [[f"#see=lab-2&{words}", model, RULES] for model in ("m2", "m0", "m1", "m3")]
        cases += [[f"#see=lab&{words}", "m0", RULES], [f"#see=lab-4&{words}", "m3", RULES], [f"#{words}", "m0", RULES]]
        cases += [[f"#see=lab&{words}&x={'x' * (1988 - len(words) + longer)}", "m0", RULES] for longer in (0, 1)]
        wanted += [found, {}, {}, {}, found, {}, {}, found, {}]
    names, got = zip(*in_node(ASK, cases, share="share.js"), strict=True)
    assert names[0] == ["lab", "dial", "lab-2", "lab-3"]
    for case, one, want in zip(cases, got, wanted, strict=True):
        assert one == want, case


# -- the search ----------------------------------------------------------------------------------------------------

SEARCH = """
  const theirs = [["theirs", "T", "", null, 1, "t.html"], ["p", "T", "#two", null, 1, "p.html"]];
  const window = {}, Search = { _performSearch: () => theirs };
  class Stemmer { stemWord(word) { return word.replace(/s$/, ""); } }
  new Function("window", "Search", "Stemmer", "stopwords", texts.search)(window, Search, Stemmer, ["the", "is"]);
  window.bookSections(given.sections);
  const told = ([page, , anchor, , score]) => [page + anchor, score];
  return given.asked.map((query) => Search._performSearch(query).map(told));"""


def test_the_search_finds_the_section_whose_words_are_rare_and_in_its_title():
    text = "rows tables " * 3
    sections = [["p", "#one", "One", "what is a padding_idx", "empty token", text],
                ["p", "#two", "Two", "the table of rows", "", text + "padding"],
                ["p", "#three", "Three", "rows", "zebra", text], ["p", "#four", "Four", "rows again", "", "quagga"],
                ["p", "#five", "Five", "long", "", "quagga " + " ".join(f"w{i}" for i in range(300))]]
    asked = ["padding", "padding_idx", "zebras", "the rows", "table", "nothing", "is the", "quagga", "zebra nothing",
             ""]
    found = dict(zip(asked, in_node(SEARCH, {"sections": sections, "asked": asked}, search="search.js"), strict=True))
    ours = {query: [place for place, _ in places if place != "theirs"] for query, places in found.items()}
    assert all(["theirs", 1] in places for places in found.values())
    assert ours["padding"] == ["p#two", "p#one"] and ours["padding_idx"][-1] == "p#one"  # the best stands last
    assert ours["zebras"] == ours["zebra nothing"] == ["p#two", "p#three"], "what nobody has cannot decide"
    assert ours["the rows"][-1] == "p#three", "a title that is asked for as a whole comes first"
    assert ours["nothing"] == ours["is the"] == ours[""] == ["p#two"], "theirs alone"
    assert ours["table"][-1] == "p#two" and len(set(ours["table"])) == len(ours["table"]), "none stands twice"
    assert ours["quagga"] == ["p#two", "p#four"], "in a long text a word says little"
    scores = dict(found["padding"])
    shared = math.log(1 + 5 / 2) / (math.log(1 + 5 / 2) + 4 * math.log(1 + 5))  # of the title; four are here alone
    assert (scores["p#one"], scores["p#two"]) == (round(100 + 15 * shared), 35)


def test_the_search_gives_the_eight_best_at_most():
    sections = [["p", f"#{n}", f"Row {n}", "row " + "more " * n, "", ""] for n in range(12)]
    (found,) = in_node(SEARCH, {"sections": sections, "asked": ["row"]}, search="search.js")
    assert [place for place, _ in found if place not in ("theirs", "p#two")] == [f"p#{n}" for n in reversed(range(8))]


PLAIN = """
  const window = {}, Search = { _performSearch: () => [] };
  class Stemmer { stemWord(word) { return word; } }
  new Function("window", "Search", "Stemmer", "stopwords", texts.search)(window, Search, Stemmer, []);
  window.bookSections(given.sections);
  return given.asked.map((query) => Search._performSearch(query));"""


def as_told(sections, query):
    """The rule in plain words: how much of what is asked, by how rare it is, and of a title that is asked for."""
    def worth(section, word):
        title, other, text = (part.split() for part in section[3:])
        return 1 if word in title else 0.8 if word in other else 0.35 * min(1, 100 / len(text)) if word in text else 0

    def weight(word):
        having = sum(worth(section, word) > 0 for section in sections)
        return math.log(1 + len(sections) / having) if having else 0

    def share(words, counted):
        whole = sum(weight(word) for word in words)
        return sum(weight(word) * counted(word) for word in words) / whole if whole else 0

    scores = []
    for section in sections:
        score = share(query.split(), lambda word, section=section: worth(section, word))
        title = share(section[3].split(), lambda word: word in query.split())
        scores.append(score + 0.15 * title if score else 0)
    best = sorted((place for place in range(len(sections)) if scores[place] >= 0.3), key=lambda place: -scores[place])
    return [[*sections[place][0:3:2], sections[place][1], None, math.floor(100 * scores[place] + 0.5),
             sections[place][0] + ".html"] for place in reversed(best[:8])]


def test_scores_are_those_of_the_rule():
    chance, words = random.Random(3), [f"w{n}" for n in range(40)]
    sections = [[f"p{n}", f"#s{n}", f"S {n}", *(" ".join(chance.sample(words, k)) for k in (2, 1, 4))]
                for n in range(25)]
    asked = [" ".join(chance.sample(words, chance.randint(1, 5))) for _ in range(40)]
    got = in_node(PLAIN, {"sections": sections, "asked": asked}, search="search.js")
    assert got == [as_told(sections, query) for query in asked]
    assert len({len(found) for found in got}) > 4


def test_a_word_in_a_text_of_more_than_116_others_finds_nothing():
    """It counts 0.35 for a text of a hundred, and less than 0.3 is too little: 35 / 117 is."""
    sections = [["p", f"#{n}", "S", "title", "", " ".join(f"w{i}" for i in range(n))] for n in (100, 116, 117)]
    (found,) = in_node(PLAIN, {"sections": sections, "asked": ["w7"]}, search="search.js")
    assert [(one[2], one[4]) for one in found] == [("#116", 30), ("#100", 35)]


# -- what is loaded beside a page --------------------------------------------------------------------------------------

LOAD = """
  const asked = [], head = [], later = [];
  const document = { documentElement: { dataset: { content_root: "../" } },
                     head: { append: (one) => { head.push(one); later.push(one); } },
                     createElement: () => ({ remove() { head.splice(head.indexOf(this), 1); } }) };
  const window = {}, fails = new Set(given.fails);
  const made = new Function("window", "document", "calm", texts.loading + "; return { load };");
  const { load } = made(window, document, async () => {});
  const come = () => {
    for (const one of later.splice(0)) {
      asked.push(one.src);
      if (fails.delete(one.src)) { one.onerror(); continue; }
      new Function("window", "bookPart", given.files[one.src.slice(3)])(window, window.bookPart);
      one.onload();
    }
  };
  const shares = [], what = { file: "a", parts: 3 };
  const two = () => Promise.allSettled([load(what, (share) => shares.push(share)), load(what)]);
  const first = two(); come(); const one = await first, again = two(); come(); const other = await again;
  const told = ({ value, reason }) => value ?? [reason.message, reason.again];
  return { asked, shares, left: head.length, one: one.map(told),
           other: other.map(({ value }) => value) };"""


@pytest.mark.parametrize("fails", [[], ["../_static/lazy/a-1.js"]])
def test_parts_come_once_in_their_order_and_what_failed_can_be_asked_for_again(tmp_path, fails):
    """As the build writes them, whatever is in them."""
    parts, asked = ['a"0\\', "</script>\u2028ä🦓", ""], [f"../_static/lazy/a-{n}.js" for n in range(3)]
    write_parts(tmp_path, "a", parts)
    files = {path.relative_to(tmp_path).as_posix(): path.read_text(encoding="utf-8")
             for path in tmp_path.rglob("*") if path.is_file()}
    got = in_node(LOAD, {"fails": fails, "files": files}, loading="loading.js")
    assert got["other"] == [parts, parts] and got["left"] == len(files) == 3
    assert got["asked"] == asked + fails
    assert got["one"] == ([["lazy/a-1.js could not be loaded.", True]] * 2 if fails else [parts, parts])
    assert got["shares"][-1] == 1 and (fails or got["shares"][:3] == [1 / 3, 2 / 3, 1])


MODULE = """
  for (const file of given.files) new Function("window", file)(globalThis);
  const { bookPieces, bookStates } = globalThis;
  return { bookPieces, bookStates };"""


def test_what_is_set_apart_comes_back_as_it_was(tmp_path):
    class App:
        outdir = tmp_path

    record = {"state": {"text": '</script>"\u2028\\', "n": 1}}
    [first, again] = [set_apart(App, json.dumps(record)) for _ in range(2)]
    [file] = (tmp_path / "_static" / "states").iterdir()
    got = in_node(MODULE, {"files": [file.read_text(encoding="utf-8")]})
    assert first == again == {"state": {}, "apart": file.stem} and got["bookStates"] == {file.stem: record}


# -- what comes back -------------------------------------------------------------------------------------------------

DECK = """
  const take = "const due = (reviews, now, id) => new Date(Date.parse(reviews.at(-1)[0]) + given.days[id] * 86400e3);"
    + "const daysUntil = (at, now) => Math.ceil((at - now) / 86400e3);"
    + "return { deckOf, isDue, counts, nextOf, soundRecord };";
  const plain = (text) => text.replace(/^export /gm, "");
  const source = [texts.score, texts.merge, texts.record, texts.deck].map(plain).join("\\n");
  const made = new Function("given", source + take);
  const { deckOf, counts, nextOf } = made(given), now = new Date(given.now);
  const deck = deckOf([{ questions: given.questions }], ({ name }) => given.kept[name], now);
  const { today, next } = counts(deck, now), then = ["a", "b", "c"].map((last) => nextOf(today, last)?.question.name);
  return { deck: deck.map(({ question, sure, reviews }) => [question.name, sure, reviews.length]), next, then,
           today: today.map(({ question }) => question.name) };"""


def test_what_was_missed_comes_back_the_surest_first_and_chapters_take_turns():
    def question(name, chapter, kind="choice"):
        return {"name": name, "chapter": chapter, "kind": kind, "digest": "0" * 12, "answer": "x", "scale": {},
                "choices": [{"label": "x"}, {"label": "y"}]}

    def kept(guess, confidence="", reviews=(), **more):
        return {"v": 1, "digest": "0" * 12, "at": "2026-01-05T10:00:00.000Z", "reviews": list(reviews),
                "state": {"guess": guess, "confidence": confidence, "revealed": True} | more}

    knew, card = ["2026-01-06T10:00:00.000Z", "knew"], question("card", "b", "card")
    questions = [question(name, "a") for name in ("right", "wrong", "hidden", "none", "later", "sure")]
    records = {"right": kept("x"), "wrong": kept("y", reviews=[knew]), "hidden": kept("y", revealed=False),
               "later": kept("y", "leaning"), "sure": kept("y", "sure"), "odd": kept("z"),
               "card": kept(None) | {"reviews": [knew], "state": {"knew": "knew"}}, "new": kept(None) | {"state": {}}}
    days = {"a/wrong": 2, "a/sure": 3, "a/later": 4, "b/card": 1}  # after the last time
    given = {"questions": [*questions, card, question("odd", "a"), question("new", "b", "card")], "kept": records,
             "days": days, "now": "2026-01-08T10:00:00.000Z"}
    sources = {name: f"../asking/{name}.js" for name in ("score", "merge", "record")}
    got = in_node(DECK, given, deck="gathered/deck.js", **sources)
    assert got["deck"] == [["sure", True, 1], ["card", False, 1], ["wrong", False, 2], ["later", False, 1]]
    assert (got["today"], got["next"]) == (["sure", "card", "wrong"], "2026-01-09T10:00:00.000Z")
    assert got["then"] == ["card", "sure", "sure"]
