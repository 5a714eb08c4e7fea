"""What every page can do, in node without a browser: keys, menus, copying code, figures, two paths, what is kept."""

import json

import pytest
from jinja2 import Template
from places import PACKAGE
from whole_pages import WORDS, whole_pages

from book_utils.words import word

COMPONENTS = PACKAGE / "book_site" / "templates" / "components"


def component(name, **given):
    text = (COMPONENTS / f"{name}.html").read_text(encoding="utf-8")
    return Template(text).render(word=word, **given)


BUTTONS = component("article-header-buttons", launch_links=[("Binder", "https://x")], generate_toc_html=lambda: "")
LINKS = '<link rel="prev" href="https://host/a.html"><link rel="next" href="https://host/b.html">'


def a_page(article="", head=LINKS, around=""):
    return f"""<head>{head}</head><body><div id="pst-primary-sidebar"></div>{component("toggle-primary-sidebar")}
        {BUTTONS}{component("help")}{around}<main><article class="bd-article">{article}</article></main></body>"""


@pytest.fixture(scope="module")
def live():
    with whole_pages() as live:
        yield live


@pytest.fixture
def visit(live):
    return lambda html, **more: live(html, "first.js", "page.js", **more)


# -- keys ----------------------------------------------------------------------------------------------------

# What comes of each event: what is done, and whether the key is taken from the browser.
PRESS = """
  let searched = 0;
  one(".search-button__button").addEventListener("click", () => { searched += 1; });
  return given.map(([selector, event]) => {
    did.length = searched = 0;
    const { defaultPrevented } = tell(one(selector), "keydown", event), went = did.map(([, where]) => where);
    const open = one("#book-help").open && selector !== "#asked";
    if (open) one("#book-help").open = false;
    return [went.join() + "search".repeat(searched) + (open ? "help" : ""), defaultPrevented];
  });"""
KEYS = {"ArrowLeft": "https://host/a.html", "ArrowRight": "https://host/b.html", "/": "search", "s": "search",
        "?": "help", "S": "", "Enter": "", "ArrowUp": ""}  # fmt: skip
NOTHING = ["", False]


@pytest.mark.parametrize("held", ["none", "ctrlKey", "altKey", "metaKey", "shiftKey"])
def test_a_key_does_one_thing_and_none_that_the_browser_has_with_another(visit, held):
    """With Shift only the arrows are the browser's: some keyboards need it for / and ?."""
    given = [["article", {"key": key, held: True}] for key in KEYS]
    free = {"none": list(KEYS), "shiftKey": [key for key in KEYS if not key.startswith("Arrow")]}.get(held, [])
    wanted = [[does, True] if does and key in free else NOTHING for key, does in KEYS.items()]
    assert visit(a_page(), given=given, then=PRESS) == wanted


FIELDS = ["<input>", "<textarea></textarea>", "<select></select>", "<audio></audio>", "<video></video>",
          "<div contenteditable>a</div>", "<div contenteditable='true'>a</div>",
          *(f"<div role={role}>a</div>" for role in ("slider", "radiogroup", "listbox", "grid", "tablist", "menu",
                                                     "application"))]  # fmt: skip
FREE = ["<div contenteditable='false'>a</div>", "<button>a</button>", "<div role=img>a</div>", "<input data-unseen>"]


@pytest.mark.parametrize("field", [*FIELDS, *FREE])
def test_keys_belong_to_what_has_the_focus(visit, field):
    given = [["#at > :first-child", {"key": key}] for key in ("ArrowRight", "s", "?")]
    wanted = [["https://host/b.html", True], ["search", True], ["help", True]] if field in FREE else [NOTHING] * 3
    assert visit(a_page(f"<div id=at>{field}</div>"), given=given, then=PRESS) == wanted


@pytest.mark.parametrize(("box", "scrolls"), [
    ("data-wide=1 data-overflow=auto", True), ("data-wide=1 data-overflow=scroll", True),
    ("data-wide=0 data-overflow=auto", False), ("data-wide=1 data-overflow=hidden", False),
])  # fmt: skip
def test_an_arrow_scrolls_what_is_wider_than_its_box_and_other_keys_do_not(visit, box, scrolls):
    given = [["pre b", {"key": "ArrowRight"}], ["pre b", {"key": "s"}]]
    got = visit(a_page(f"<pre {box}><b>a</b></pre>"), given=given, then=PRESS)
    assert got == [NOTHING if scrolls else ["https://host/b.html", True], ["search", True]]


def test_a_page_that_itself_is_wider_keeps_its_arrows(visit):
    given = [["article", {"key": "ArrowRight"}]]
    wide = 'Object.assign(document.documentElement.dataset, { wide: "9", overflow: "auto" });'
    assert visit(a_page(), before=wide, given=given, then=PRESS) == [["https://host/b.html", True]]


def test_the_first_and_the_last_page_have_no_page_to_turn_to(visit):
    given = [["article", {"key": key}] for key in ("ArrowLeft", "ArrowRight")]
    assert [does for does, _ in visit(a_page(head=""), given=given, then=PRESS)] == ["", ""]


def test_a_dialog_that_is_open_and_a_widget_that_has_taken_a_key_keep_it(visit):
    given = [["article", {"key": "s"}], ["#asked", {"key": "s"}]]
    taken = 'document.querySelector("#asked").addEventListener("keydown", (event) => event.preventDefault());'
    for dialog, wanted in (("<dialog></dialog>", ["search", True]), ("<dialog open></dialog>", NOTHING)):
        html = a_page("<p id=asked></p>", around=dialog)
        assert visit(html, before=taken, given=given, then=PRESS) == [wanted, ["", True]]


SWITCH = """
  const box = one("#book-keys"), before = box.checked, told = [before];
  for (const on of [!before, before]) {
    box.checked = on;
    tell(box, "change");
    tell(one("article"), "keydown", { key: "?" });
    told.push([stored.local.getItem("book-keys"), one("#book-help").open]);
    one("#book-help").open = false;
  }
  return told;"""


@pytest.mark.parametrize(("kept", "on"), [(None, True), ("on", True), ("off", False)])
def test_keys_can_be_switched_off_and_the_choice_is_kept(visit, kept, on):
    local = {"book-keys": kept} if kept else {}
    said = {True: ["on", True], False: ["off", False]}
    assert visit(a_page(), local=local, then=SWITCH) == [on, said[not on], said[on]]


def test_the_button_opens_the_help_and_a_page_may_lack_it(visit):
    then = 'one("#book-help-button").click(); return one("#book-help").open;'
    assert visit(a_page(), then=then) is True
    without = a_page().replace('id="book-help-button"', "")
    assert visit(without, then='return one("#book-help").open;') is False


# -- menus and the list of chapters --------------------------------------------------------------------------

MENUS = """
  const menus = all(".book-menu");
  return given.map(([selector, type, event]) => {
    menus.forEach((menu) => { menu.open = true; });
    did.length = 0;
    tell(one(selector), type, event);
    return [menus.map((menu) => menu.open), did.length ? page.focused.getAttribute("aria-label") : ""];
  });"""


def test_menus_close_by_escape_and_by_a_click_elsewhere(visit):
    given = [["article", "keydown", {"key": "Escape"}], ["article", "keydown", {"key": "Tab"}],
             ["article", "click", {}], ["#book-print li", "click", {}]]
    assert visit(a_page(), given=given, then=MENUS) == [
        [[False, True], word("pageRun")], [[True, True], ""], [[False, False], ""], [[False, True], ""]]
    then = 'tell(one("article"), "keydown", { key: "Escape" }); return did.filter(([what]) => what === "focus");'
    assert visit(a_page(), then=then) == [], "where no menu is open, Escape moves nothing"


@pytest.mark.parametrize("width", [360, 959, 960, 1400])
def test_the_list_of_chapters_folds_away_beside_the_text_and_is_a_dialog_below(visit, width):
    theirs = """document.querySelector(".primary-toggle").addEventListener("click", () => { window.theirs = true; });"""
    then = """return [1, 2].map(() => {
      window.theirs = false;
      tell(one(".primary-toggle .icon"), "click");
      return [window.theirs, one("#pst-primary-sidebar").classList.contains("pst-sidebar-hidden")];
    });"""
    got = visit(a_page(), before=theirs, size=[width, 800], then=then)
    assert got == ([[False, True], [False, False]] if width >= 960 else [[True, False]] * 2)


# -- copying code --------------------------------------------------------------------------------------------

CODE = """<div class="highlight"><pre>a = <b>1</b>\n</pre></div>
  <div class="cell_output"><div class="highlight"><pre>printed</pre></div></div>"""
COPY = """
  const [button, ...more] = all(".book-copy"), icon = button.querySelector(".icon"), said = one("[role=status]");
  const now = () => [icon.className, said.textContent];
  const told = [more.length, button.title, button.getAttribute("aria-label"), button.parentElement.className, now()];
  did.length = 0;
  button.click();
  await rest();
  told.push(now());
  await pass(1999);
  told.push(now());
  await pass(1);
  return { told: [...told, now()], did, left: all("textarea").length, unseen: said.className };"""


@pytest.mark.parametrize("allowed", [True, False])
def test_code_is_copied_and_what_it_prints_is_not(visit, allowed):
    text = "a = 1\n"
    got = visit(a_page(CODE), clipboard=allowed, then=COPY)
    calm, done = ["icon icon-copy", ""], ["icon icon-check", WORDS["copied"]]
    assert got["told"] == [0, WORDS["copy"], WORDS["copy"], "highlight", calm, done, done, calm]
    assert got["did"] == [*([["copied", text]] if allowed else [["select", text], ["copy"]]), ["focus", ".book-copy"]]
    assert got["left"] == 0 and got["unseen"] == "book-unseen"


def test_code_outside_of_the_text_has_no_button(visit):
    assert visit(a_page(around=CODE), then='return all(".book-copy").length;') == 0


def test_escape_takes_the_button_from_under_a_pointer_until_that_comes_back(visit):
    then = """
      const [block, other] = all("article > .highlight");
      const now = () => [block, other].map((one) => one.classList.contains("book-calm"));
      return [["Tab", false], ["Escape", false], ["Tab", true], ["Escape", true]].map(([key, on]) => {
        block.toggleAttribute("data-hover", on);
        tell(document.body, "keydown", { key });
        return now();
      }).concat([other, block].map((left) => { tell(left, "pointerleave"); return now(); }));"""
    none, calm = [False, False], [True, False]
    assert visit(a_page(CODE.split("\n  ")[0] * 2), then=then) == [none, none, none, calm, calm, none]


# -- figures -------------------------------------------------------------------------------------------------

FIGURES = """
  const shown = () => all("img").map((one) => one.getAttribute("src"));
  const told = [shown()];
  for (const theme of ["dark", "light"]) {
    document.documentElement.dataset.theme = theme;
    for (const act of page.mutations) act();
    told.push(shown());
  }
  const late = one("img").cloneNode();
  one("article").append(late);
  late.src = "../_images/late.svg";
  tell(late, "load");
  const other = document.createElement("video");
  one("article").append(other);
  other.src = "../_images/late.svg";
  tell(other, "load");
  return { told, late: late.src, other: other.src, watched: did.filter(([what]) => what === "watch") };"""
IMAGES = ["../_images/a.svg", "../_images/a.png", "https://x/a.svg"]


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("mode", ["dark", "light", "auto"])
def test_a_figure_is_told_of_a_theme_that_is_not_the_systems(visit, dark, mode):
    """Once told, it is told of every change; other images stay as they are."""
    system = "dark" if dark else "light"
    html = a_page("".join(f'<img src="{src}">' for src in IMAGES))
    got = visit(html, dark=dark, local={"mode": mode}, then=FIGURES)
    address, *others = IMAGES
    told = False
    for theme, (shown, *rest) in zip([system if mode == "auto" else mode, "dark", "light"], got["told"], strict=True):
        told = told or theme != system
        assert shown == address + f"#{theme}" * told and rest == others
    assert got["late"] == "../_images/late.svg" + "#light" * dark and got["other"] == "../_images/late.svg"
    assert [watched[2] for watched in got["watched"]] == [{"attributeFilter": ["data-theme"]}]


# -- the two paths --------------------------------------------------------------------------------------------

PATH_BUTTON = '<button id="book-path" type="button">The short path</button>'
PATH = """
  const root = document.documentElement, button = one("#book-path");
  const now = () => [root.dataset.path, stored.local.getItem("book-path"), button.getAttribute("aria-pressed")];
  let told = 0;
  document.addEventListener("book:path", () => { told += 1; });
  const steps = [now()];
  for (let i = 0; i < 2; i++) { button.click(); steps.push(now()); }
  return [told, ...steps];"""


@pytest.mark.parametrize("kept", ["short", "everything", "else", None])
def test_a_path_is_taken_by_its_button_and_kept(visit, kept):
    short, full = ["short", "short", "true"], ["everything", "everything", "false"]
    first, second = (short, full) if kept == "short" else (full, short)
    local = {"book-path": kept} if kept else {}
    assert visit(a_page(PATH_BUTTON), local=local, then=PATH) == [2, first, second, first]
    then = 'return [document.documentElement.dataset.path, stored.local.getItem("book-path")];'
    assert visit(a_page(), local=local, then=then) == [first[0], kept], "a page without code keeps nothing"


@pytest.mark.parametrize(("place", "found"), [
    ("deeper", True), ("seen", False), ("aside", False), ("nowhere", False), ("", False)])
@pytest.mark.parametrize("path", ["short", "everything"])
def test_a_link_to_what_the_short_path_leaves_out_shows_everything(visit, place, found, path):
    html = a_page(PATH_BUTTON + "<p id=deeper data-unseen>a</p><p id=seen>b</p>", around="<p id=aside data-unseen></p>")
    then = """
      const now = () => [document.documentElement.dataset.path, did.filter(([what]) => what === "scroll")];
      const first = now();
      if (given !== null) { page.location.hash = given; tell(window, "hashchange"); }
      return [first, now()];"""
    wanted = ["everything", [["scroll", f"#{place}"]]] if found and path == "short" else [path, []]
    local, address = {"book-path": path}, "https://host/chapters/rows.html"
    assert visit(html, local=local, address=f"{address}#{place}", then=then)[0] == wanted
    assert visit(html, local=local, address=address, given=place, then=then) == [[path, []], wanted]


# -- what else a page needs -----------------------------------------------------------------------------------


def test_a_formula_that_scrolls_can_be_reached_by_keys_as_long_as_it_does(visit):
    then = """
      const told = [all(".math").map((one) => one.getAttribute("tabindex"))];
      all(".math").forEach((one, i) => { one.dataset.wide = i ? "5" : "0"; });
      tell(window, "resize");
      return [...told, all(".math").map((one) => one.getAttribute("tabindex"))];"""
    html = a_page("".join(f"<div class=math data-wide={n} data-overflow=auto></div>" for n in (5, 0)))
    assert visit(html, then=then) == [["0", None], [None, "0"]]


def test_the_page_of_a_search_has_the_focus_in_its_field(visit):
    field = '<form class="bd-search"><input id=q value=rows></form>'
    assert visit(a_page(field), then="return did.slice(-2);") == [["focus", "#q"], ["select", "rows"]]
    assert visit(a_page(around=field), then='return did.filter(([what]) => what !== "watch");') == []


def test_a_sentence_that_sphinx_leaves_empty_is_ours(visit):
    found, other = "Found ${resultCount} pages.", "Searching"
    given = {found: "", other: "", found + "!": "Gefunden: ${resultCount}"}
    then = "return run('Documentation').TRANSLATIONS;"
    before = f"var Documentation = {{ TRANSLATIONS: {json.dumps(given)} }};"
    assert visit(a_page(), before=before, then=then) == given | {found: WORDS["pageFound"]}


@pytest.mark.parametrize(("address", "summaries"), [("file:///home/a.html", False), ("https://host/a.html", True)])
def test_a_page_from_a_file_searches_without_summaries(visit, address, summaries):
    then = "return window.DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY;"
    assert visit(a_page(), address=address, then=then) is summaries


# -- before anything is shown ---------------------------------------------------------------------------------

ROOT = "return { ...document.documentElement.dataset, class: document.documentElement.className };"


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("kept", ["dark", "light", "auto", "blue", None])
def test_a_page_is_as_dark_as_was_chosen_or_as_the_system_is(live, kept, dark):
    got = live("<body></body>", "first.js", dark=dark, local={"mode": kept} if kept else {}, then=ROOT)
    mode = kept if kept in ("dark", "light") else "auto"
    theme = {"auto": "dark" if dark else "light"}.get(mode, mode)
    assert got == {"mode": mode, "theme": theme, "path": "everything", "class": "has-js"}


@pytest.mark.parametrize(("asked", "kept", "on"), [
    ("", None, False), ("", "on", True), ("", "off", False), ("?class", None, True), ("?class=1", "off", True),
    ("?class=off", "on", False), ("?class=off", None, False), ("?other=class", None, False),
])  # fmt: skip
def test_an_address_says_that_a_class_reads_in_this_tab(live, asked, kept, on):
    then = f"{ROOT[:-3]}, kept: stored.session.getItem('book-class') }};"
    got = live("<body></body>", "first.js", address=f"https://host/a.html{asked}",
               session={"book-class": kept} if kept else {}, then=then)
    assert got.get("inClass") == ("true" if on else None)
    assert got["kept"] == (("on" if on else "off") if "?class" in asked else kept)


@pytest.mark.parametrize("held", [{"a": "1"}, None], ids=["there", "blocked"])
def test_storage_that_is_blocked_remembers_until_the_page_is_closed(live, held):
    then = """return ["local", "session"].map((name) => {
      const { getItem, setItem, removeItem } = run("pageStorage")[name], told = [getItem("b")];
      setItem("b", "2");
      told.push(getItem("b"));
      removeItem("b");
      return [...told, getItem("b"), getItem("a")];
    });"""
    there = [None, "2", None, "1" if held else None]
    assert live("<body></body>", "first.js", local=held, session=held, then=then) == [there] * 2


# -- a worker to read without a network ------------------------------------------------------------------------

WORKER = """
  tell(window, "load");
  const early = all("link").length;
  await pass(1000);
  return [early, all("link").map((one) => [one.rel, one.href]), window.asked ?? null];"""
REGISTER = """
  navigator.serviceWorker = { register: async (name) => { window.asked = name; if (IDLE) throw new Error("no"); } };
  if (IDLE) window.requestIdleCallback = (act) => setTimeout(act, 10);"""


@pytest.mark.parametrize("idle", ["false", "true"])
@pytest.mark.parametrize("root", ["", "../"])
def test_a_page_at_rest_asks_for_the_worker_and_goes_on_without(live, root, idle):
    before = f'{REGISTER.replace("IDLE", idle)} document.documentElement.dataset.content_root = "{root}";'
    got = live("<head></head><body></body>", "offline.js", before=before, then=WORKER)
    assert got == [0, [["manifest", f"{root}manifest.webmanifest"]], f"{root}service_worker.js"]


def test_a_page_from_a_folder_asks_for_no_worker(live):
    got = live("<body></body>", "offline.js", address="file:///home/a.html", then=WORKER)
    assert got == [0, [], None]
