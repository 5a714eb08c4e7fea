"""What print.js does to a page before it is printed, and takes back after, in node without a browser."""

import pytest
from whole_pages import WORDS, whole_pages

from book_utils.asking.card import Card
from book_utils.asking.guess import Guess

MENU = """<details class="book-menu" id="book-print"><summary>Print</summary><ul>
  <li><button data-print="worksheet">a</button></li><li><button data-print="full">b</button></li></ul></details>"""


def widget(plain):
    return f'<div class="book-widget">{plain}</div>'


GUESS = widget(Guess.plain_html(Guess("How many rows?", answer=7).get_state()))
CARD = widget(Card.plain_html(Card("What is an ID?", "A number.").get_state()))
LAB = widget('<div class="book-plain"><p>To try out</p></div>')
DETAILS = """<details id="shut"><p>a</p></details><details id="open" open><p>b</p></details>
  <details class="book-deeper"><p>c</p></details>"""
ARTICLE = f'<main><article class="bd-article"><p>Text.</p>{GUESS}{LAB}{CARD}{DETAILS}</article></main>'
PAGE = f'<body>{MENU}{ARTICLE}<details id="aside"></details></body>'


@pytest.fixture(scope="module")
def live():
    with whole_pages() as live:
        yield live


# What a page is like before it is printed, on paper, and after.
PRINT = """
  const now = () => one("body").innerHTML, told = [now()];
  if (given.kind) document.documentElement.dataset.print = given.kind;
  for (let i = 0; i < given.times; i++) tell(window, "beforeprint");
  const text = (all) => all.map((one) => one.textContent.trim());
  const paper = {
    questions: text(all(".book-plain-question, article .book-plain > details:first-child > summary")),
    marked: all(".book-on-paper").length, widgets: text(all(".book-on-paper > .book-plain > :first-child")),
    answers: text(all("#book-answers > ol > li > .book-plain-answer")), left: all(".book-plain-answer").length,
    titles: text(all("#book-answers > h2")), last: one("article").lastElementChild.id,
    open: all("details[open]").map((one) => one.id || one.className),
    shut: all("article details:not([open])").length,
  };
  tell(window, "afterprint");
  return { paper, same: now() === told[0], kind: document.documentElement.dataset.print ?? null };"""
ASKED, ANSWERS = ["How many rows?", "What is an ID?"], ["7", "A number."]


@pytest.mark.parametrize("times", [1, 2], ids=["once", "asked twice"])
def test_a_worksheet_has_numbered_questions_and_its_answers_at_the_end(live, times):
    """What goes deeper is open; other folded parts are as the reader left them."""
    got = live(PAGE, "print.js", given={"kind": "worksheet", "times": times}, then=PRINT)
    paper = got["paper"]
    assert paper["questions"] == [f"{n}. {asked}" for n, asked in enumerate(ASKED, 1)]
    assert [one.startswith(answer) for one, answer in zip(paper["answers"], ANSWERS, strict=True)] == [True, True]
    assert paper["left"] == 2, "each answer stands once"
    assert (paper["titles"], paper["last"], paper["marked"]) == ([WORDS["printAnswers"]], "book-answers", 2)
    assert paper["open"] == ["open", "book-deeper"]
    assert got["same"] and got["kind"] is None


@pytest.mark.parametrize("kind", ["full", None], ids=["in full", "by the browser's own menu"])
def test_all_that_is_folded_in_the_text_is_open_on_paper(live, kind):
    got = live(PAGE, "print.js", given={"kind": kind, "times": 1}, then=PRINT)
    paper = got["paper"]
    assert paper["questions"] == ASKED and paper["answers"] == [] and paper["left"] == paper["marked"] == 2
    assert paper["shut"] == 0 and not {"book-print", "aside"} & set(paper["open"]), "those of the text alone"
    assert got["same"] and got["kind"] is None


def test_a_page_without_a_menu_is_printed_all_the_same(live):
    got = live(f"<body>{ARTICLE}</body>", "print.js", given={"kind": None, "times": 1}, then=PRINT)
    assert got["paper"]["shut"] == 0 and got["same"]


@pytest.mark.parametrize(("article", "hidden"), [(ARTICLE, False), (f"<article>{LAB}</article>", True)])
def test_a_worksheet_is_offered_where_there_is_a_question(live, article, hidden):
    then = 'return all("#book-print li").map((one) => one.hidden);'
    assert live(f"<body>{MENU}{article}</body>", "print.js", then=then) == [hidden, False]


CHOOSE = """
  const menu = one("#book-print"), printed = () => did.filter(([what]) => what === "print").map(([, kind]) => kind);
  menu.open = true;
  tell(one(given.chosen), "click");
  const told = [menu.open];
  for (const ms of [4999, 1]) { await pass(ms); told.push(printed()); }
  return told;"""


@pytest.mark.parametrize("kind", ["worksheet", "full"])
@pytest.mark.parametrize(("all_of_it", "at_once"), [
    ("", True), ("window.bookAll = async () => {};", True), ("window.bookAll = () => new Promise(() => {});", False),
], ids=["no widgets", "widgets", "one that does not come"])  # fmt: skip
def test_what_is_printed_waits_five_seconds_for_widgets(live, kind, all_of_it, at_once):
    given = {"chosen": f"[data-print={kind}]"}
    got = live(PAGE, "print.js", before=all_of_it, given=given, then=CHOOSE)
    assert got == [False, [kind] * at_once, [kind]]


def test_a_press_beside_the_buttons_prints_nothing(live):
    assert live(PAGE, "print.js", given={"chosen": "#book-print summary"}, then=CHOOSE) == [True, [], []]
