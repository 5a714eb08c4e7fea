"""Widgets on a page without a kernel, in node without a browser: how they start, what they keep, and what fails."""

import base64
import json

import pytest
from whole_pages import SEEN, SHOW, WORDS, a_page, entry, pages_of_widgets, view


@pytest.fixture(scope="module")
def visit():
    with pages_of_widgets() as visit:
        yield visit


# -- what a widget starts with -------------------------------------------------------------------------------


def test_a_widget_shows_its_state_and_its_plain_form_goes(visit):
    html = a_page({"a": entry(), "b": entry(n=2)}, view("a", "plain"), view("b", inside="<p>loading</p>"))
    then = SEEN + 'return [seen(), one(".book-plain").hidden, all("#b > *").length, window.news];'
    shown = [["shows 1", "true", ""], ["shows 2", "true", ""]]
    assert visit(html, then) == [shown, True, 1, [["book:live", "a"], ["book:live", "b"], ["book:settled", None]]]


def test_bytes_come_to_the_places_that_their_paths_name(visit):
    esm = """export function render({ model }) {
        const list = (view) => [...new Uint8Array(view.buffer)];
        heard.push(list(model.get("raw")), list(model.get("deep").at[1]), model.get("deep").at[0]); }"""

    def buffer(path, *numbers):
        return {"encoding": "base64", "path": path, "data": base64.b64encode(bytes(numbers)).decode()}

    record = entry(esm, raw=None, deep={"at": ["x", None]})
    record["buffers"] = [buffer(["raw"], 0, 127, 255), buffer(["deep", "at", 1], 7)]
    assert visit(a_page({"a": record}, view("a")), "return heard;") == [[0, 127, 255], [7], "x"]


TELL_BOOK = """export function render({ book: { plain, ...more } }) {
  heard.push([more, plain?.className]); }"""


@pytest.mark.parametrize(("book", "named"), [(("b", "rows"), ("b", "rows")), (("b",), ("b", "")), ((), ("book", ""))])
def test_a_widget_is_told_of_its_book_and_its_plain_form(visit, book, named):
    html = a_page({"a": entry(TELL_BOOK)}, view("a", "plain"), book=book)
    wanted = {"book": named[0], "chapter": named[1], "arrived": False}
    assert visit(html, "return heard;") == [[wanted, "book-plain"]]
    in_class = 'document.documentElement.dataset.inClass = "true";'
    assert visit(html, "return heard;", in_class)[0][0] == wanted | {"inClass": "true"}


def test_a_question_that_is_gathered_has_its_state_beside_it_and_waits(visit):
    beside = f"<script>{json.dumps(entry(n=5))}</script>"
    script = SEEN + "const before = seen(); await window.bookAll(); return [...before, ...seen()];"
    got = visit(a_page({"a": entry()}, view("a", "plain", inside=beside)), script)
    assert got == [["plain", "", ""], ["shows 5", "true", ""]]


@pytest.mark.parametrize("esm", [
    "export default { render({ el }) { el.textContent = 'shows 1'; } };",
    "export default () => ({ render({ el }) { el.textContent = 'shows 1'; } });",
    "export default async () => ({ render({ el }) { el.textContent = 'shows 1'; } });", SHOW,
])  # fmt: skip
def test_a_module_may_have_any_form_of_anywidgets(visit, esm):
    assert visit(a_page({"a": entry(esm)}, view("a")), SEEN + "return seen();") == [["shows 1", "true", ""]]


LIVES = """
  const note = (what) => heard.push(what);
  export function initialize({ model, signal }) {
    note(`initialize ${model.get("n")}`);
    signal.addEventListener("abort", () => note("signal"));
    return () => note("no longer");
  }
  export function render({ el, model }) { el.textContent = "there"; note("render"); return () => note("not shown"); }"""


@pytest.mark.parametrize("persisted", [True, False])
def test_a_model_starts_once_however_often_it_is_shown_and_ends_with_the_page(visit, persisted):
    html = a_page({"a": entry(LIVES)}, view("a"), view("a").replace('id="a"', 'id="b"'))
    then = """const before = [...heard]; heard.length = 0; tell(window, "pagehide", { persisted: given });
      return [before, heard.toSorted(), all(".book-widget > *").length];"""
    ends = [[], 2] if persisted else [["no longer", "not shown", "not shown", "signal"], 0]
    assert visit(html, then, given=persisted) == [["initialize 1", "render", "render"], *ends]


@pytest.mark.parametrize("prefix", ["", "anywidget:", "IPY_MODEL_"])
def test_a_widget_finds_and_shows_another_by_its_name(visit, prefix):
    esm = """export async function render({ el, host, experimental }) {
      heard.push((await host.getModel("PREFIXchild")).get("n"));
      const inner = el.ownerDocument.createElement("p");
      el.append(inner);
      const child = await host.getWidget("PREFIXchild");
      await child.render({ el: inner });
      await experimental.invoke("x").catch((problem) => heard.push(problem.message));
    }"""
    state = {"a": entry(esm.replace("PREFIX", prefix)), "child": entry(n=42)}
    assert visit(a_page(state, view("a")), "return [heard, one('#a p').textContent];") == [
        [42, "No kernel is listening on this page."], "shows 42"]


def test_a_sheet_stands_once_for_all_models_of_a_kind(visit):
    state = {"a": entry(_css=".a {}"), "b": entry("export const render = () => {};", _css="")}
    html = a_page(state, view("a"), view("a").replace('id="a"', 'id="again"'), view("b"))
    assert visit(html, 'return all("head style").map((one) => one.textContent);') == [".a {}"]


# -- what fails ------------------------------------------------------------------------------------------------

FAILS = {"throws": entry("export function render({ el }) { el.textContent = 'half'; throw new Error('on purpose'); }"),
         "broken": entry("this is no module"), "python": {"state": {"n": 1}}, "fine": entry()}  # fmt: skip
REASONS = {"throws": "Error: on purpose", "python": "Error: This control needs a running notebook.",
           "none": "Error: No widget none on this page."}  # fmt: skip


@pytest.mark.parametrize("plain", ["", "as text"])
def test_what_fails_says_so_and_the_rest_lives(visit, plain):
    names = [*FAILS, "none"]
    got = visit(a_page(FAILS, *[view(name, plain) for name in names]), SEEN + """
      return [seen(), page.infos, all(".book-plain").map((one) => one.hidden), all("button").length];""")
    said = WORDS["hostFailed"] + (f" {WORDS['hostPlain']}" if plain else "")
    seen = dict(zip(names, got[0], strict=True))
    assert seen.pop("fine") == ["shows 1", "true", ""] and got[3] == 0
    assert list(seen.values()) == [[plain or said, "", said]] * 4
    assert got[2] == ([name == "fine" for name in names] if plain else [])
    for reason in REASONS.values():
        assert f"A widget did not start: {reason}" in got[1]
    assert len(got[1]) == 4


APART = {"a": {"apart": "one"}}
COMES = "(window.bookStates = window.bookStates ?? {}).one = " + json.dumps(entry(n=7)) + ";"
ADDRESS = "../_static/states/one.js"


def test_what_did_not_come_can_be_asked_for_again(visit):
    then = SEEN + """
      const button = () => one(".book-quiet button");
      const told = [];
      await window.bookAll();
      for (const comes of [false, true]) {
        told.push([seen(), button()?.textContent, button()?.type, button()?.className]);
        if (comes) Object.assign(page.served, given);
        button().click();
        await rest(40);
      }
      return [...told, seen(), did.filter(([what]) => what === "load"), all("head script").length];"""
    root = 'document.documentElement.dataset.content_root = "../";'
    first, second, last, asked, left = visit(a_page(APART, view("a")), then, root, given={ADDRESS: COMES})
    said = f"{WORDS['hostFailed']} {WORDS['tryAgain']}"
    assert first == second == [[[said, "", said]], WORDS["tryAgain"], "button", "book-toggle"]
    assert last == [["shows 7", "true", ""]] and asked == [["load", ADDRESS]] * 3 and left == 1


# -- what is kept ------------------------------------------------------------------------------------------------

ASKS = """export function render({ model, el }) {
  const show = () => { el.textContent = JSON.stringify([model.get("guess"), model.get("note"), model.get("n")]); };
  model.on("change", show);
  show();
  el.addEventListener("say", ({ detail }) => { model.set(detail); model.save_changes(); });
}"""
SAY = 'const say = (id, detail) => tell(one(`#${id} > div`), "say", { detail });'


def question(**more):
    return entry(ASKS, name="q", digest="d", kept=["guess", "note"], guess=None, note="") | more


def record(digest="d", at="2026-01-05T10:00:00.000Z", **state):
    return json.dumps({"v": 1, "digest": digest, "at": at, "state": state, "reviews": []})


def test_what_a_reader_does_is_kept_where_its_traits_are(visit):
    then = SAY + SEEN + """
      const told = [];
      for (const detail of given) {
        say("a", detail);
        const record = JSON.parse(stored.local.getItem("guess/b/rows/q"));
        told.push([seen()[0][0], record && [record.digest, record.state.guess, record.state.note]]);
      }
      return told;"""
    given = [{"n": 2}, {"note": "x"}, {"guess": "y", "n": 3}]
    got = visit(a_page({"a": question()}, view("a")), then, given=given)
    assert got == [['[null,"",2]', None], ['[null,"x",2]', ["d", None, "x"]], ['["y","x",3]', ["d", "y", "x"]]]


@pytest.mark.parametrize("lacks", ["name", "digest", "kept"])
def test_a_widget_without_a_name_an_edition_or_traits_keeps_nothing(visit, lacks):
    asked = question()
    asked["state"][lacks] = [] if lacks == "kept" else ""
    kept = {"guess/b/rows/q": record(guess="x"), "guess/b/rows/": record(guess="x")}
    then = 'const [[first]] = seen(); say("a", { guess: "y", note: "z" }); return [first, stored.local.all()];'
    assert visit(a_page({"a": asked}, view("a")), SAY + SEEN + then, local=kept) == ['[null,"",1]', kept]


@pytest.mark.parametrize(("kept", "shown"), [
    (record(guess="x", note="y"), '["x","y",1]'), (record(guess=7), '[7,"",1]'), (record(note=7), '[null,"",1]'),
    (record(guess=["x"], note=None), '[["x"],"",1]'), (record(guess="x", n=9), '["x","",1]'),
    (record("old", guess="x"), '[null,"",1]'), ("{", '[null,"",1]'),
])  # fmt: skip
def test_what_was_kept_comes_back_where_it_fits(visit, kept, shown):
    """A trait that began as nothing may become anything; any other keeps its type."""
    html = a_page({"a": question()}, view("a"))
    assert visit(html, SEEN + "return seen()[0][0];", local={"guess/b/rows/q": kept}) == shown


def test_a_gathered_question_is_kept_with_its_own_chapter(visit):
    html = a_page({"a": question(chapter="grow"), "b": question()}, view("a"), view("b"))
    kept = {"guess/b/grow/q": record(guess="there"), "guess/b/rows/q": record(guess="here")}
    then = """say("a", { note: "n" });
      return [seen().map(([shown]) => shown), JSON.parse(stored.local.getItem("guess/b/grow/q")).state.note];"""
    assert visit(html, SAY + SEEN + then, local=kept) == [['["there","n",1]', '["here","",1]'], "n"]


def test_no_first_guess_of_another_tab_is_replaced(visit):
    then = SAY + SEEN + """
      stored.local.setItem("guess/b/rows/q", given);
      say("a", { guess: "mine" });
      return seen()[0][0];"""
    assert visit(a_page({"a": question()}, view("a")), then, given=record(guess="first")) == '["first","",1]'


@pytest.mark.parametrize(("news", "event", "hears"), [
    ("storage", {"key": None}, True), ("pageshow", {"persisted": True}, True),
    ("pageshow", {"persisted": False}, False),
])  # fmt: skip
def test_what_another_tab_keeps_or_takes_away_shows_here(visit, news, event, hears):
    then = SEEN + """
      const said = [];
      for (const text of [given[2], null]) {
        if (text) stored.local.setItem("guess/b/rows/q", text); else stored.local.removeItem("guess/b/rows/q");
        tell(window, given[0], given[1]);
        await rest();
        said.push(seen().map(([shown]) => shown));
      }
      return said;"""
    html = a_page({"a": question(), "b": entry(), "c": {"state": {}}}, view("a"), view("b"), view("c"), view("none"))
    got = visit(html, then, given=[news, event, record(guess="x", note="y")])
    assert [shown for shown, *_ in got] == (['["x","y",1]', '[null,"",1]'] if hears else ['[null,"",1]'] * 2)
    assert all(other == "shows 1" for _, other, *_ in got)


@pytest.mark.parametrize("blocked", [True, False])
def test_storage_that_is_blocked_is_told_once_where_it_matters_first(visit, blocked):
    html = a_page({"a": question(), "b": question(chapter="grow")}, view("a"), view("b"))
    then = SAY + """
      for (const id of ["b", "a"]) { say(id, { guess: "x" }); say(id, { note: "y" }); }
      return all(".book-quiet").map((note) => [note.parentElement.id, note.getAttribute("role"), note.textContent]);"""
    said = WORDS["storageNote"].replace("{problem}", WORDS["storageProblem"]["blocked"])
    assert visit(html, then, local=None if blocked else {}) == [["b", "status", said]] * blocked


def test_what_is_recalled_is_noted_with_its_question(visit):
    esm = ASKS.replace("{ model, el }", "{ model, el, book }").replace(
        "show();", 'show(); el.addEventListener("recall", () => book.review("knew"));', 1)
    asked = question()
    asked["state"]["_esm"] = esm
    then = 'tell(one("#a > div"), "recall"); return JSON.parse(stored.local.getItem("guess/b/rows/q"));'
    got = visit(a_page({"a": asked}, view("a")), then, local={"guess/b/rows/q": record(guess="x")})
    assert got["state"] == {"guess": "x"} and [said for _, said in got["reviews"]] == ["knew"]
