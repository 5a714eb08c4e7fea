"""Widgets that wait until a reader comes near, parts that load their pieces, addresses to share, without a browser."""

import json

import pytest
from whole_pages import WORDS, a_page, entry, pages_of_widgets, view


@pytest.fixture(scope="module")
def visit():
    with pages_of_widgets() as visit:
        yield visit


CONTROLS = """export function render({ model, el }) {
  el.innerHTML = "<button disabled>no</button><input id=first><p id=none></p><a href=x data-unseen>no</a>"
    + "<button id=last>b</button><select disabled></select>";
}"""
WAITS = {"apart": {"apart": "one"}, "other": {"apart": "one"}, "lives": entry()}


def served(esm=CONTROLS, **state):
    return {"_static/states/one.js": f"(window.bookStates = {{}}).one = {json.dumps(entry(esm, **state))};"}


def near(*names):
    """A reader comes near some widgets; the others are told of as being far."""
    return f"""{{ const [near] = page.observers, names = {json.dumps(names)};
      near.act([...near.those].map((target) => ({{ target, isIntersecting: names.includes(target.id) }})));
      await rest(40); }}"""


ROLES = """
  const roles = (id) => ["tabindex", "role", "aria-label"].map((name) => one(`#${id}`).getAttribute(name));
  const live = () => all("[data-live]").map((one) => one.id);
  const loads = () => did.filter(([what]) => what === "load").length;"""
WAITING = ["0", "group", WORDS["hostComing"]]
PAGE = a_page(WAITS, view("apart", "<p id=plain tabindex=0>as text</p>"), view("lives"), view("other"))


def test_what_stands_apart_waits_until_a_reader_comes_near(visit):
    then = ROLES + f"""
      const [{{ how, those }}] = page.observers, marked = [how.root === document, how.rootMargin, those.size];
      const before = [live(), loads(), roles("apart"), roles("lives"), window.news.length];
      {near()} const far = [live(), loads()];
      {near("other")} const there = [live(), loads(), roles("other"), roles("apart"), those.size];
      {near("other")} return [marked, before, far, there, live(), page.observers.length];"""
    none = [None] * 3
    assert visit(PAGE, then, served=served()) == [
        [True, "1000px 0px", 2], [["lives"], 0, WAITING, none, 1], [["lives"], 0],
        [["lives", "other"], 1, none, WAITING, 1], ["lives", "other"], 1]


def test_all_is_settled_once_when_what_is_near_at_first_lives(visit):
    settled = 'window.news.filter(([type]) => type === "book:settled").length'
    then = f"""const told = [{settled}];
      {near("apart")} told.push({settled});
      {near("other")} return [...told, {settled}];"""
    assert visit(PAGE, then, served=served()) == [0, 1, 1]
    assert visit(a_page(WAITS, view("lives")), f"return {settled};") == 1, "where nothing waits"
    then = f"{near('apart')} return [window.news.map(([type]) => type), {settled}];"
    assert visit(PAGE, then, served=served(), before="document.dispatchEvent = () => {};") == [["book:live"] * 2, 0]


@pytest.mark.parametrize("act", ["await window.bookAll();", 'tell(window, "beforeprint"); await rest(80);'])
def test_paper_has_all_of_it(visit, act):
    assert visit(PAGE, f"{ROLES} {act} return [live(), loads()];", served=served()) == [["apart", "lives", "other"], 1]


@pytest.mark.parametrize(("where", "relative", "focused"), [
    ("#apart", "null", "#first"), ("#apart", '"#lives"', "#last"), ("#other", '"#lives"', "#first"),
    ("#plain", '"#lives"', "#last"), ("#plain", "null", "#first"), ("#apart", '"#plain"', None),
])  # fmt: skip
def test_the_focus_goes_to_the_nearest_control_of_what_comes(visit, where, relative, focused):
    """A focus that moves within what waits changes nothing."""
    then = f"""
      const at = {relative}, relatedTarget = at && one(at), target = one("{where}");
      page.focused = target;
      did.length = 0;
      tell(target, "focusin", {{ relatedTarget }});
      page.focused = relatedTarget === one("#plain") ? relatedTarget : GONE;
      await rest(60);
      return did.filter(([what]) => what === "focus").map(([, name]) => name);"""
    gone = "null" if where == "#plain" else "target"  # what is hidden loses the focus
    assert visit(PAGE, then.replace("GONE", gone), served=served()) == ([focused] if focused else [])


def test_what_comes_far_from_the_focus_leaves_it_alone(visit):
    for focused in ('one("#lives")', "null"):
        then = f"page.focused = {focused}; {near('apart')} return did.filter(([what]) => what === 'focus');"
        assert visit(PAGE, then, served=served()) == []


@pytest.mark.parametrize(("then", "lives"), [
    ("tell(window, 'pointerup'); await rest(40);", False), ("tell(window, 'pointerup'); await pass(16);", True),
    ("tell(window, 'pointercancel'); await pass(16);", True), ("tell(window, 'keyup'); await pass(999);", False),
    ("await pass(1000);", True), ("await pass(500); tell(window, 'pointerdown'); await pass(500);", True),
    ("tell(window, 'pointerup'); await pass(16); await rest(40); tell(window, 'pointerdown'); await rest(40);", True),
])  # fmt: skip
def test_nothing_comes_alive_between_a_press_and_what_it_shows(visit, then, lives):
    """That is after the frame that follows the press; a press that never ends is over after a second."""
    code = f"""tell(window, "pointerdown"); {near("apart")} const held = one("#apart").dataset.live ?? null;
      {then} await rest(40); return [held, one("#apart").dataset.live ?? null];"""
    assert visit(PAGE, code, served=served()) == [None, "true" if lives else None]


def test_a_press_is_held_by_its_own_second_and_not_by_that_of_the_one_before(visit):
    code = f"""tell(window, "pointerdown"); await pass(400); tell(window, "pointerup"); await pass(16);
      tell(window, "pointerdown"); await pass(600); {near("apart")} const held = one("#apart").dataset.live ?? null;
      await pass(400); await rest(40); return [held, one("#apart").dataset.live];"""
    assert visit(PAGE, code, served=served()) == [None, "true"]


def test_data_that_comes_during_a_press_waits_for_its_end(visit):
    esm = """export const render = ({ el, book }) => el.addEventListener("click", async () => {
      [el.textContent] = await book.load({ file: "a", parts: 1 }); });"""
    then = """const el = one("#lives").firstElementChild, told = [], look = () => told.push(el.textContent);
      tell(window, "pointerdown"); tell(el, "click"); await rest(40); look();
      tell(window, "pointerup"); await pass(16); await rest(40); look(); return told;"""
    sent = {"_static/lazy/a-0.js": 'window.bookPart("a", 0, "data");'}
    assert visit(a_page({"lives": entry(esm)}, view("lives")), then, served=sent) == ["", "data"]


def test_what_has_no_control_gets_no_focus(visit):
    then = """page.focused = one("#other"); did.length = 0; tell(one("#other"), "focusin", { relatedTarget: null });
      await rest(60); return [did.filter(([what]) => what === "focus"), one("#other").dataset.live];"""
    esm = "export const render = ({ el }) => { el.textContent = 'nothing to press'; };"
    assert visit(PAGE, then, served=served(esm)) == [[], "true"]


@pytest.mark.parametrize(("anchors", "top", "moves"), [(False, -1, True), (False, 0, False), (True, -1, False)])
def test_what_is_read_stays_where_it_is_when_something_grows_above(visit, anchors, top, moves):
    esm = "export const render = ({ el }) => { Object.assign(el.parentElement.dataset, { height: 350 }); };"
    then = f"""Object.assign(one("#other").dataset, {{ top: {top}, height: 100 }}); {near("other")}
      return did.filter(([what]) => what === "by");"""
    assert visit(PAGE, then, served=served(esm), anchors=anchors) == [["by", 0, 250]] * moves


# -- parts of the site, and the pieces of modules ------------------------------------------------------------------

PART = """export function render({ el, book }) {
  el.textContent = book.book + " " + book.chapter + " " + Object.keys(book).sort().join();
}"""
PIECES = {"css-1": {"js": "const text = 'joined';", "css": ".a {}"}, "part-2": {"js": PART, "css": ""}}


def piece(key, **pieces):
    return f"Object.assign(window.bookPieces ??= {{}}, {json.dumps(pieces or {key: PIECES[key]})});"


def part(module="book:css-1 part-2", scripts="", name="part"):
    scripts = f'data-scripts="{scripts}"' if scripts else ""
    return f'<div class="book-part" id="{name}" data-module="{module}" {scripts}><p class="book-plain">text</p></div>'


SHOWN = """const shown = () => all(".book-part").map((one) => [
    one.firstElementChild.textContent, one.dataset.live ?? "", one.querySelector(".book-plain").hidden]);"""
LIVES = ["b rows book,chapter,load,modelOf,moduleOf", "true", True]
PLAIN = ["text", "", False]


def test_a_part_lives_of_pieces_that_are_there_or_come_and_each_sheet_stands_once(visit):
    html = a_page({}, parts=part() + part("book:part-2 css-1", name="again"))
    sent, style = {"_static/modules/part-2.js": piece("part-2")}, 'all("style").map((one) => one.textContent)'
    then = f'{SHOWN} return [shown(), did.filter(([what]) => what === "load"), {style}];'
    got = visit(html, then, before=piece("css-1"), served=sent)
    assert got == [[LIVES, LIVES], [["load", "_static/modules/part-2.js"]], [".a {}"]]


@pytest.mark.parametrize(("sent", "reason"), [
    ({}, "modules/part-2.js could not be loaded."),
    ({"_static/modules/part-2.js": piece("", other={"js": "", "css": ""})}, "The file modules/part-2.js is damaged."),
    ({"_static/modules/part-2.js": piece("", **{"part-2": {"js": "export const render = () => { throw 7; };"}})}, "7"),
])  # fmt: skip
def test_a_part_that_cannot_live_leaves_its_plain_form(visit, sent, reason):
    got = visit(a_page({}, parts=part()), SHOWN + "return [shown(), page.infos];", before=piece("css-1"), served=sent)
    assert got[0] == [PLAIN] and len(got[1]) == 1
    assert got[1][0].startswith("A part of the page did not start:") and got[1][0].endswith(reason)


@pytest.mark.parametrize(("key", "lives"), [
    ("guess/b/grow/q", True), ("guess/b/rows/q", False), ("guess/c/grow/q", False)])
def test_a_part_for_who_comes_back_waits_for_its_scripts(visit, key, lives):
    before = piece("css-1") + piece("part-2")
    sent = {"_static/one.js": "window.come = 1;", "_static/two.js": "window.come += 1;"}
    then = SHOWN + "return [shown(), window.come ?? 0];"
    html = a_page({}, parts=part(scripts="one.js two.js"))
    assert visit(html, then, before=before, served=sent, local={key: "{}"}) == [[LIVES if lives else PLAIN], 2 * lives]


# -- an address that shows what somebody saw -------------------------------------------------------------------------

LAB = """export function render({ model, el }) {
  el.innerHTML = `<div class="INNER">${model.get("place")} ${model.get("word")}</div>`; }"""
HOST = "https://host/chapters/rows.html"


RULES = {"place": {"from": 0, "to": 9}, "word": {"most": 3000}}


def lab(inner="explorer", **state):
    return entry(LAB.replace("INNER", inner), **{"shared": RULES, "place": 1, "word": "cat"} | state)


COPY = """window.bookCopy = async (text) => { did.push(["copied", text]); };
  const button = one(`#${given} .book-share button`), said = one(`#${given} .book-share span`);
  did.length = 0;
  const before = [button.textContent, button.type, said.getAttribute("aria-live"), said.textContent];
  button.click();
  await rest();
  return [before, button.parentElement.parentElement.className, said.textContent, did];"""


@pytest.mark.parametrize("frame", [False, True])
@pytest.mark.parametrize(("name", "inner", "words"), [
    ("a", "explorer", "see=lab&place=1&word=cat"), ("b", "explorer", "see=lab-2&place=1&word=cat"),
    ("c", "", "see=dial&place=3&word=a+%26b"),
])  # fmt: skip
def test_what_is_seen_is_put_into_the_address_and_copied(visit, name, inner, words, frame):
    """In a frame the address may stay as it is: the copy is enough."""
    state = {"a": lab(), "b": lab(), "c": lab("", place=3, word="a &b")}
    html = a_page(state, view("a"), view("b"), view("c", kind="dial"))
    got = visit(html, COPY, given=name, address=f"{HOST}#old", frame=frame)
    assert got[:3] == [[WORDS["shareCopy"], "button", "polite", ""], inner, WORDS["shareCopied"]]
    assert got[3] == [["address", "kept", "", f"#{words}"]] * (not frame) + [["copied", f"{HOST}#{words}"]]


@pytest.mark.parametrize("more", [0, 1])
def test_an_address_that_programs_would_cut_is_refused(visit, more):
    """They cut what is longer than 2000 characters."""
    word = "x" * (2000 - len("#see=lab&place=1&word=") + more)
    got = visit(a_page({"a": lab(word=word)}, view("a")), COPY, given="a", address=HOST)
    said = WORDS["shareLong"].replace("{most}", "2,000") if more else WORDS["shareCopied"]
    assert (got[2], len(got[3])) == (said, 0 if more else 2)


def test_what_cannot_be_shared_has_no_button(visit):
    html = a_page({"a": entry(), "b": lab(shared={})}, view("a"), view("b"))
    assert visit(html, 'return all(".book-share").length;') == 0


SOUGHT = """const now = () => [
    all(".book-sought").map((one) => one.id), did.filter(([what]) => what === "scroll").map(([, at]) => at),
    all(".book-widget > div:not(.book-plain)").map((one) => one.textContent.split(WORD)[0])];"""


def test_an_address_shows_what_was_seen_and_another_one_that(visit):
    state = {"a": lab(), "apart": {"apart": "one"}, "c": entry()}
    html = a_page(state, view("a", "plain"), view("apart", "plain"), view("c", kind="dial"))
    code = SOUGHT.replace("WORD", json.dumps(WORDS["shareCopy"])) + """
      const told = [now()];
      for (const hash of given) {
        did.length = 0;
        page.location.hash = hash;
        tell(window, "hashchange");
        await rest(60);
        told.push(now());
      }
      return told;"""
    given = ["#see=lab-2&place=6&word=cow", "#nowhere", "#see=lab&place=10&word=dog"]
    sent = served(LAB.replace("INNER", ""), shared=RULES, place=2, word="ox")
    got = visit(html, code, given=given, address=f"{HOST}#see=lab-2&place=5", served=sent)
    assert got == [
        [["apart"], ["#apart"], ["1 cat", "5 ox", "shows 1"]],
        [["apart"], ["#apart", "#apart"], ["1 cat", "6 cow", "shows 1"]],
        [["apart"], [], ["1 cat", "6 cow", "shows 1"]],
        [["a"], ["#a", "#a"], ["1 dog", "6 cow", "shows 1"]]]


def test_a_widget_that_another_address_asks_for_starts_anew(visit):
    esm = """
      export function initialize({ model }) {
        heard.push("starts " + model.get("place"));
        return () => heard.push("ends");
      }
      export function render({ book }) { heard.push("arrived " + book.arrived); return () => heard.push("goes"); }"""
    html = a_page({"a": entry(esm, shared=RULES, place=1)}, view("a", "plain"))
    then = 'page.location.hash = "#see=lab&place=2"; tell(window, "hashchange"); await rest(60); return heard;'
    first, later = ["starts 1", "arrived false"], ["starts 2", "arrived true"]
    assert visit(html, then, address=HOST) == [*first, "ends", "goes", *later]
