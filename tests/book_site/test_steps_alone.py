"""Steps without a browser: the minutes and places that a page gets, and steps.js in node, which finds the reader."""

import json
import random
import re
from types import SimpleNamespace

import pytest
from whole_pages import WORDS, whole_pages

from book_utils.book_site.steps import minutes_of, set_steps
from book_utils.words import word

WIDGET = '<div class="book-widget" id="x" data-kind="{}" data-model="w0"></div>'
SILENT = ['<details class="admonition hide above-input"><pre>one two</pre></details>', "<script>one two</script>",
          "<math display='inline'><mi>one two</mi></math>"]


def test_minutes_are_words_and_what_thinking_takes():
    """Held against a sum of seconds: 60 for 200 words, and for each kind of widget its own."""
    seconds = {"guess": 30, "card": 15, "howsure": 0, "neighbours": 60, "firstlook": 60}
    dice = random.Random(0)
    for _ in range(20):
        words, kinds = dice.randrange(500), dice.choices(list(seconds), k=dice.randrange(5))
        parts = ["<p>word <b>word</b></p>"] * words + [WIDGET.format(kind) for kind in kinds] + SILENT
        dice.shuffle(parts)
        expected = 2 * words * 60 / 200 + sum(seconds[kind] for kind in kinds)
        assert minutes_of("\n".join(parts)) == pytest.approx(expected / 60)


def page(body, name="chapters/rows"):
    app = SimpleNamespace(config=SimpleNamespace(root_doc="chapters/welcome", html_title="My book"))
    context = {"body": body}
    set_steps(app, name, "page.html", context, None)
    return context["body"]


PLACE = '<div id="book-place" data-book="my-book" data-page="{}"{}></div>'


def test_each_step_of_a_page_with_guesses_has_its_minutes():
    step = "<h2>A\nstep</h2><p>" + "word " * 450 + "</p>"
    short = f"<h2>Short</h2>{WIDGET.format('guess')}"
    body = page(f"<h1>Rows</h1><p>{'word ' * 900}</p>{step}<h3>No step</h3>{short}<h2>Empty</h2>")
    told = re.findall(r'</h2><p class="book-minutes">(.*?)</p>', body)
    assert told == [word("minutes", n=n) for n in (2, 1, 1)]  # 2.26, 0.5 and 0
    assert re.sub(r'<p class="book-minutes">.*?</p>|<div id="book-place".*?</div>', "", body) == (
        f"<h1>Rows</h1><p>{'word ' * 900}</p>{step}<h3>No step</h3>{short}<h2>Empty</h2>")


def test_a_page_without_guesses_has_no_minutes_but_a_place():
    body = page(f"<h1>Rows</h1><h1>x</h1><h2>A step</h2>{WIDGET.format('card')}")
    assert body == f"<h1>Rows</h1>{PLACE.format('rows', '')}<h1>x</h1><h2>A step</h2>{WIDGET.format('card')}"


def test_the_first_page_says_that_it_is_the_first():
    assert PLACE.format("welcome", ' data-start="true"') in page("<h1>x</h1>", "chapters/welcome")
    assert PLACE.format("a&amp;b", "") in page("<h1>x</h1>", "a&b")
    assert page("<p>No title</p>") == "<p>No title</p>"


def test_a_page_with_code_offers_the_short_path():
    body = page('<h1>Rows</h1><div class="cell_input docutils">a = 1</div>')
    button = f'<button id="book-path" class="js-only" type="button">{word("shortPath")}</button>'
    assert f'</h1>{button}<div id="book-place"' in body
    assert "book-path" not in page("<h1>Rows</h1>")


def test_a_page_without_a_body_is_no_fault():
    context = {}
    set_steps(None, "search", "search.html", context, None)
    assert context == {}


# -- steps.js ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def visit():
    with whole_pages() as live:
        yield lambda html, **more: live(html, "first.js", "steps.js", **more)


VERDICT = '<div class="book-widget" data-kind="guess"><p class="guess-verdict" hidden></p></div>'
CARD = '<div class="book-widget" data-kind="card"></div>'
CHAPTERS = "".join(f'<a href="/book/chapters/{name}.html"> {n}. {name} </a>' for n, name in ((1, "rows"), (2, "grow")))


def section(n, asks=1, top=0, height=300, more=""):
    head = f"<h2>Step {n} <a class='headerlink'>#</a></h2>"
    return f'<section id="s{n}" data-top="{top}" data-height="{height}">{head}{VERDICT * asks}{more}</section>'


def chapter(*sections, attributes="", name="rows"):
    ids = re.findall('<section id="(.*?)"', "".join(sections))
    contents = "".join(f'<li class="toc-entry"><a href="#{id}">{id}</a></li>' for id in ids)
    return f"""<body><div class="bd-header-article"></div><nav class="bd-docs-nav">{CHAPTERS}</nav>
        <nav id="pst-page-toc-nav"><ul>{contents}</ul></nav><article><section><h1>Rows</h1>
        <div id="book-place" data-book="b" data-page="{name}" {attributes}></div>{"".join(sections)}</section>
        </article></body>"""


BAR = """
  const bar = one(".book-steps"), verdict = (i) => all(".guess-verdict")[i];
  const marks = () => [bar?.getAttribute("aria-label"), [...(bar?.children ?? [])].map((part) => part.dataset.done),
                       all("#pst-page-toc-nav a").map((link) => link.textContent)];
  const told = [marks()];
  let frames = 0;
  const frame = window.requestAnimationFrame;
  window.requestAnimationFrame = (act) => { frames += 1; frame(act); };
  for (const [where, news, shown, times = 1] of given) {
    for (const [i, on] of shown) verdict(i).hidden = !on;
    for (let i = 0; i < times; i++) tell(where === "window" ? window : verdict(0), news);
    await pass(100);
    told.push(marks());
  }
  return { told, frames, role: bar?.getAttribute("role"), place: bar?.parentElement.className };"""


def marks(done, ids=("s1", "s2", "s3", "s4"), asking=(0, 1, 3)):
    label = WORDS["stepsDone"].replace("{done}", str(sum(done))).replace("{all}", str(len(done)))
    links = list(ids)
    for place, is_done in zip(asking, done, strict=True):
        links[place] += f" ✓ {WORDS['stepDone']}" * is_done
    return [label, [str(one).lower() for one in done], links]


def test_a_step_is_done_when_all_that_it_asks_is_answered(visit):
    html = chapter(section(1), section(2, asks=2), section(3, asks=0, more=CARD), section(4))
    given = [["page", "book:kept", [[0, True]]], ["page", "book:live", [[1, True]], 3],
             ["window", "storage", [[2, True], [3, True]]], ["page", "else", [[0, False]]],
             ["page", "book:kept", [[0, False]]]]
    got = visit(html, given=given, then=BAR)
    none, first, both, last = [False] * 3, [True, False, False], [True] * 3, [False, True, True]
    assert got["told"] == [marks(done) for done in (none, first, first, both, both, last)]
    assert got["frames"] == 4, "what happens until the next frame is looked at once"
    assert (got["role"], got["place"]) == ("img", "bd-header-article")


def test_what_has_not_changed_is_not_touched(visit):
    then = """
      const change = async (i) => {
        all(".guess-verdict")[i].hidden = false;
        tell(document, "book:kept");
        await pass(99);
      };
      await change(0);
      const sign = one(".book-step-done");
      one(".book-steps").children[0].dataset.done = "as it was";
      await change(1);
      return [one(".book-step-done") === sign, one(".book-steps").children[0].dataset.done];"""
    assert visit(chapter(section(1), section(2)), then=then) == [True, "as it was"]


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_bar_needs_two_steps(visit, steps):
    html = chapter(*[section(n, asks=n <= steps) for n in (1, 2, 3)])
    assert visit(html, then='return all(".book-steps > span").length;') == (2 if steps == 2 else 0)


def test_a_page_without_a_place_is_left_alone_and_a_bar_needs_no_contents(visit):
    body = chapter(section(1), section(2))
    count = 'return all(".book-steps > span").length;'
    assert visit(body.replace('id="book-place"', ""), then=count) == 0
    bare = re.sub('<nav id="pst.*?</nav>', "", body, flags=re.DOTALL)
    assert visit(bare, given=[["page", "book:kept", [[0, True]]]], then=BAR)["told"][-1][1] == ["true", "false"]


# -- what is far from sight -----------------------------------------------------------------------------------

APART = """
  const height = (section) => section.getAttribute("style").match(/auto \\S+px/)[0];
  const now = () => all("article section[id]").map((one) => (one.classList.contains("book-apart") ? height(one) : ""));
  const told = [];
  for (const [act, ...rest] of given) {
    if (act === "pass") { await pass(...rest); told.push(now()); }
    else if (act === "move") for (const [id, top, height] of rest) Object.assign(one(id).dataset, { top, height });
    else if (act === "width") { window.innerWidth = rest[0]; tell(window, "resize"); }
    else tell(rest[0] ? one(rest[0]) : window, act);
  }
  return told;"""
FAR = [section(1, top=-300), section(2, top=-299), section(3, top=999), section(4, top=1000, height=50)]


def test_sections_out_of_sight_are_set_apart_half_a_second_after_all_is_at_rest(visit):
    given = [["load"], ["pass", 499], ["pass", 1]]
    none, apart = [""] * 4, ["auto 300px", "", "", "auto 50px"]
    assert visit(chapter(*FAR), given=given, then=APART) == [none, apart]
    assert visit(chapter(*FAR), given=given, chromium=False, then=APART) == [none, none]
    waits = [["load"], ["pass", 400], ["scroll"], ["pass", 499], ["pass", 1]]
    assert visit(chapter(*FAR), given=waits, then=APART) == [none, none, apart]


@pytest.mark.parametrize(("act", "again"), [
    (["scroll"], ""), (["book:live", "#s2 p"], ""), (["book:live", "#s4 p"], "4"), (["book:path", "article"], "14"),
    (["width", 1200], ""), (["width", 1199], "14"), (["click"], ""),
])  # fmt: skip
def test_what_changes_is_measured_anew_and_nothing_else(visit, act, again):
    given = [["load"], ["pass", 500], ["move", ["#s1", -900, 500], ["#s4", 1000, 60]], act, ["pass", 500]]
    first, then = visit(chapter(*FAR), given=given, then=APART)
    assert first == ["auto 300px", "", "", "auto 50px"]
    assert then == [f"auto {500 if '1' in again else 300}px", "", "", f"auto {60 if '4' in again else 50}px"]


def test_what_was_in_sight_is_set_apart_when_it_has_left_it(visit):
    given = [["load"], ["pass", 500], ["move", ["#s2", -900, 70]], ["scroll"], ["pass", 500]]
    assert visit(chapter(*FAR), given=given, then=APART)[-1] == ["auto 300px", "auto 70px", "", "auto 50px"]


def test_a_section_is_measured_as_it_is_when_nothing_is_left_out(visit):
    small = """Object.defineProperty(document.querySelector("#s1"), "offsetHeight",
      { get() { return this.classList.contains("book-apart") ? 1 : 300; } });"""
    given = [["load"], ["pass", 500], ["book:path", "article"], ["pass", 500]]
    apart = ["auto 300px", "", "", "auto 50px"]
    assert visit(chapter(*FAR), before=small, given=given, then=APART) == [apart, apart]


# -- where a page opens -----------------------------------------------------------------------------------------

GROWS = """
  if (given) tell(given[1] === "window" ? window : document, given[0]);
  tell(one("#s1"), "book:live");
  return did;"""
FOUR = [section(n, top=300 * n) for n in (1, 2, 3, 4)]


@pytest.mark.parametrize(("arrival", "sign", "stays"), [
    ("navigate", None, True), ("reload", None, False), ("back_forward", None, False), (None, None, False),
    *(("navigate", [sign, "window"], False) for sign in ("wheel", "touchmove", "keydown", "pointerdown")),
    ("navigate", ["scroll", "window"], True), ("navigate", ["book:settled", "document"], False),
])  # fmt: skip
def test_a_page_stays_where_its_address_leads_until_the_reader_moves(visit, arrival, sign, stays):
    at = {"address": "https://host/book/chapters/rows.html#s3"}
    assert visit(chapter(*FOUR), arrival=arrival, given=sign, then=GROWS, **at) == [["scroll", "#s3"]] * stays
    sought = chapter(*FOUR[:3], section(4, more='<p id="lab" class="book-sought"></p>'))
    assert visit(sought, arrival=arrival, given=sign, then=GROWS) == [["scroll", "#lab"]] * stays


def test_nothing_that_follows_a_reader_makes_a_page_wait(visit):
    """A browser scrolls without asking only where a listener says beforehand that it will not prevent it."""
    listens = """window.asked = {}; const listen = window.addEventListener;
      window.addEventListener = (type, act, how) => {
        (window.asked[type] ??= []).push(how?.passive ?? false);
        listen(type, act, how);
      };"""
    asked = visit(chapter(*FOUR), before=listens, then="return window.asked;")
    assert {type: all(asked[type]) for type in ("wheel", "touchmove", "scroll")} == dict.fromkeys(
        ("wheel", "touchmove", "scroll"), True)


@pytest.mark.parametrize(("on", "asks", "told"), [("true", 1, True), ("true", 0, False), ("", 1, False)])
def test_a_class_that_reads_together_is_told_how_to_end_it(visit, on, asks, told):
    then = 'return all("#book-place .book-go-on").map((line) => [line.textContent, one("a[href^=\'?\']").href]);'
    session = {"book-class": "on"} if on else {}
    said = [[f"{WORDS['classOn']} {WORDS['classEnd']}", "?class=off"]] * told
    assert visit(chapter(section(1, asks=asks)), session=session, then=then) == said


# -- the place last read ----------------------------------------------------------------------------------------

OFFERED = 'return all("#book-place .book-go-on a").map((link) => [link.textContent, link.getAttribute("href")]);'
HOME = "https://host/book/chapters/"


def go_on(title, address):
    return [[WORDS["placeGoOn"].replace("{title}", title), address]]


def place(last="rows", **pages):
    return {"place/b": json.dumps({"pages": pages, "last": last})}


@pytest.mark.parametrize(("local", "hash", "offered"), [
    (place(rows="s2"), "", go_on("Step 2", "#s2")), (place(rows="s4"), "", go_on("Step 4", "#s4")),
    (place(rows="s1"), "", []), (place(rows="s9"), "", []), (place(grow="s2"), "", []), ({}, "", []),
    (place(rows="s2"), "#s3", []), ({"place/c": place(rows="s2")["place/b"]}, "", []),
    *(({"place/b": text}, "", []) for text in ("{", "null", "7", '{"pages":null,"last":"rows"}',
                                               '{"pages":{"rows":"s2"}}', '{"pages":"s2","last":"rows"}')),
])  # fmt: skip
def test_the_place_where_one_was_is_offered(visit, local, hash, offered):
    html = chapter(*FOUR)
    assert visit(html, local=local, address=f"{HOME}rows.html{hash}", then=OFFERED) == offered


@pytest.mark.parametrize(("local", "offered"), [
    (place("grow", grow="s2", rows="s3"), go_on("2. grow", f"{HOME}grow.html#s2")),
    (place("grow", rows="s3"), go_on("2. grow", f"{HOME}grow.html")),
    (place("grow", grow=7), go_on("2. grow", f"{HOME}grow.html")),
    (place("row"), []), (place("s.html"), []), ({}, []),
])  # fmt: skip
def test_the_first_page_leads_to_the_chapter_last_read(visit, local, offered):
    absolute = """for (const link of document.querySelectorAll(".bd-docs-nav a"))
        link.href = new URL(link.href, location.href).href;"""
    for start in (True, False):
        html = chapter(section(1), attributes='data-start="true"' * start, name="welcome")
        got = visit(html, before=absolute, local=local, address=f"{HOME}welcome.html", then=OFFERED)
        assert got == (offered if start else [])


READ = """
  const told = [];
  let frames = 0;
  const frame = window.requestAnimationFrame;
  window.requestAnimationFrame = (act) => { frames += 1; frame(act); };
  for (const [act, what] of given) {
    if (act === "at") all("article section[id]").forEach((one, i) => { one.dataset.top = 1000 * i - what; });
    else if (act === "scroll") for (let i = 0; i < what; i++) tell(window, "scroll");
    else if (act === "click") one("#pst-page-toc-nav a").click();
    else if (act === "pass") await pass(what);
    else {
      const active = (selector) => all(selector).filter((one) => one.classList.contains("active"));
      const links = active("#pst-page-toc-nav a"), current = all("[aria-current=true]");
      if (!links.every((link, i) => link === current[i])) throw new Error("another link is the current one");
      told.push([links.map((link) => link.hash.slice(1)), current.length, active(".toc-entry").length,
                 JSON.parse(stored.local.getItem("place/b"))]);
    }
  }
  return { told, frames };"""


def at(*offsets, first=()):
    """A reader who scrolls to each of some places, where sections are 1000 px apart and a window is 1000 px tall."""
    return [*first, *(act for offset in offsets for act in (["at", offset], ["scroll", 3], ["pass", 16], ["told"]))]


def seen_at(name, **kept):
    return [[name] if name else [], int(bool(name)), int(bool(name)), kept or None]


def test_the_reader_is_in_the_last_section_that_began_above_two_fifths_of_the_window(visit):
    """The contents name it on the way down and up, and it is kept with the places of other chapters."""
    offsets = [-400, -399, 600, 601, 2999, 601, -400]
    got = visit(chapter(*FOUR), local=place("grow", grow="s9"), given=at(*offsets), then=READ)
    pages = [{"grow": "s9"} | ({"rows": f"s{n}"} if n else {}) for n in (0, 1, 1, 2, 4, 2, 2)]
    places = [{"pages": kept, "last": "rows" if "rows" in kept else "grow"} for kept in pages]
    assert got["told"] == [seen_at(name, **kept) for name, kept in
                           zip(["", "s1", "s1", "s2", "s4", "s2", ""], places, strict=True)]
    assert got["frames"] == len(offsets), "a frame asks once where the reader is"


def test_a_page_of_one_step_names_its_sections_and_keeps_no_place_but_one_of_two_does(visit):
    for asks, kept in ((0, {}), (1, {"pages": {"rows": "s2"}, "last": "rows"})):
        html = chapter(section(1), section(2, asks=asks))
        assert visit(html, given=at(601), then=READ)["told"] == [seen_at("s2", **kept)]


def test_who_comes_back_to_where_they_were_reads_this_chapter_last(visit):
    got = visit(chapter(*FOUR), local=place("grow", grow="s9", rows="s2"), given=at(601), then=READ)
    assert got["told"] == [seen_at("s2", pages={"grow": "s9", "rows": "s2"}, last="rows")]


@pytest.mark.parametrize(("first", "address"), [([["click", 0]], "rows.html"), ([], "rows.html#s4")])
def test_who_has_chosen_a_section_is_there_for_a_second(visit, first, address):
    for wait, name in ((0, ""), (983, ""), (984, "s2")):  # and 16 for a frame
        given = at(601, first=[*first, ["pass", wait]])
        [told] = visit(chapter(*FOUR), address=HOME + address, arrival="reload", given=given, then=READ)["told"]
        assert told[:3] == seen_at(name)[:3]


@pytest.mark.parametrize(("arrival", "found"), [("navigate", "s4"), ("reload", "s2")])
def test_until_the_reader_moves_the_place_is_that_of_the_address(visit, arrival, found):
    got = visit(chapter(*FOUR), address=f"{HOME}rows.html#s4", arrival=arrival, given=at(601), then=READ)
    assert got["told"][0][3] == {"pages": {"rows": found}, "last": "rows"}
