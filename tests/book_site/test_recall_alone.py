"""The recall page lives in node: how many are asked at a time, what is said then, and the day that a calendar gets."""

from datetime import datetime, timedelta

import pytest
from living import WORDS, all_of, text_of
from places import PACKAGE
from twins import running

SITE = PACKAGE / "book_site" / "gathered"
# A deck of entries that are due in so many days; one that is answered comes back in nine.
DECK = """
let el, entries = [], offered = [], asked = [], noted;
const entry = ([name, chapter, days]) => ({ question: { name, chapter }, at: midnight(new Date(), days) });
const deckOf = () => entries.map(entry);
const counts = (deck, now) => {
  const rest = deck.filter(({ at }) => daysUntil(at, now) > 0);
  return { today: deck.filter(({ at }) => daysUntil(at, now) <= 0), next: rest.length ? rest[0].at : null };
};
const nextOf = (today, last) => today.find(({ question }) => question.chapter !== last) ?? today[0];
const show = ({ question }, it) => {
  asked.push(question.name);
  noted = it.noted;
  it.place.replaceChildren(question.name);
};
const offer = (...file) => { offered = file; };
const seen = () => ({ page: el, asked, offered, focused: document.activeElement?.className ?? "" });
export function open(given, words, blocked, address) {
  [entries, asked, offered, document.activeElement] = [given, [], [], null];
  const bookStore = { read: () => null, problem: blocked };
  Object.assign(globalThis, { WORDS: { en: words }, location: address, bookQuestions: {}, bookStore });
  el = document.createElement("div");
  render({ el, book: { book: "a-book" } });
  return seen();
}
export function press(text) {
  el.querySelectorAll("button").find((one) => one.textContent === text).tell("click");
  return seen();
}
export function answer() {
  entries = entries.map((one) => (one[0] === asked.at(-1) ? [one[0], one[1], 9] : one));
  el.append(...noted());
  return press(WORDS.en.recallNext);
}
"""
HOME = {"protocol": "https:", "href": "https://x.org/recall.html"}


@pytest.fixture(scope="module")
def recall(tmp_path_factory):
    deck = tmp_path_factory.mktemp("deck") / "deck.js"
    deck.write_text(DECK, encoding="utf-8")
    files = [PACKAGE / "asking" / "elements.js", SITE / "schedule.js", SITE / "recall.js", deck]
    with running(*files) as call:
        yield call


def told(now):
    return " ".join(text_of(one) for one in all_of(now["page"], "recall-status"))


def buttons(now):
    return [text_of(one) for one in all_of(now["page"], "button") if text_of(one) != WORDS["recallNext"]]


def due(count, days=0):
    return [[f"q{i}", f"chapter {i % 2}", days] for i in range(count)]


@pytest.mark.parametrize("count", [1, 4, 5, 6, 12])
def test_five_are_asked_at_a_time_and_more_can_wait(recall, count):
    now = recall("open", due(count), WORDS, False, HOME)
    assert told(now) == WORDS["recallDue"].format(n=count, most=min(5, count)) and now["asked"] == []
    now = recall("press", WORDS["recallStart"])
    for left in range(min(5, count), 0, -1):
        assert told(now) == WORDS["recallLeft"].format(n=left) and buttons(now) == []
        now = recall("answer")
    assert len(now["asked"]) == len(set(now["asked"])) == min(5, count)
    chapters = [int(name[1:]) % 2 for name in now["asked"]]
    assert all(one != other for one, other in zip(chapters, chapters[1:], strict=False)), "chapters take turns"
    then = datetime.now() + timedelta(days=9)
    day = f"{then.day} {then:%B}" + f" {then.year}" * (then.year != datetime.now().year)
    more = WORDS["recallMore"].format(n=count - 5) if count > 5 else WORDS["recallCome"].format(when=f"on {day}")
    assert told(now) == WORDS["recallDone"].format(n=min(5, count)) + f" {more}"
    assert now["focused"] == "recall-status", "what is said now is read out"
    (status,) = all_of(now["page"], "recall-status")
    (card,) = all_of(now["page"], "recall-card")
    assert status["given"]["tabIndex"] == -1 and text_of(card) == ""
    assert buttons(now) == ([WORDS["recallGoOn"]] * (count > 5) + [WORDS["recallCalendar"]])
    if count > 5:
        now = recall("press", WORDS["recallGoOn"])
        assert told(now) == WORDS["recallLeft"].format(n=min(5, count - 5)) and len(now["asked"]) == 6


@pytest.mark.parametrize(("deck", "said"), [
    ([], WORDS["recallEmpty"]), (due(2, 1), f"{WORDS['recallNothing']} Come back tomorrow."),
])  # fmt: skip
def test_where_nothing_is_due_it_says_when_something_is(recall, deck, said):
    now = recall("open", deck, WORDS, False, HOME)
    assert told(now) == said and now["focused"] == "" and now["asked"] == []
    assert buttons(now) == [WORDS["recallCalendar"]] * bool(deck)
    blocked = recall("open", deck, WORDS, True, HOME)
    assert told(blocked) == said + WORDS["progressBlocked"]


@pytest.mark.parametrize(("deck", "day", "count"), [
    ([*due(2, 3), ["late", "c", 5]], 3, 2), ([*due(1, 4), ["same", "c", 4], ["other", "c", 4]], 4, 3)])
@pytest.mark.parametrize("address", [HOME, {"protocol": "file:", "href": "file:///home/me/recall.html"}])
def test_a_calendar_gets_the_day_and_how_many_come_then(recall, deck, day, count, address):
    recall("open", deck, WORDS, False, address)
    name, text, kind = recall("press", WORDS["recallCalendar"])["offered"]
    assert (name, kind) == ("recall.ics", "text/calendar")
    then = datetime.now() + timedelta(days=day)
    lines = text.replace("\r\n ", "").split("\r\n")
    assert f"DTSTART;VALUE=DATE:{then:%Y%m%d}" in lines
    assert f"SUMMARY:{WORDS['recallEvent'].format(n=count)}" in lines
    where = "" if address["protocol"] == "file:" else f" {address['href']}"
    assert f"DESCRIPTION:{WORDS['recallEventText']}{where}" in lines


def test_what_is_left_for_today_comes_back_tomorrow(recall):
    recall("open", [*due(7), ["next", "c", 1], ["later", "c", 2]], WORDS, False, HOME)
    recall("press", WORDS["recallStart"])
    for _ in range(5):
        recall("answer")
    _, text, _ = recall("press", WORDS["recallCalendar"])["offered"]
    assert f"DTSTART;VALUE=DATE:{datetime.now() + timedelta(days=1):%Y%m%d}" in text
    assert f"SUMMARY:{WORDS['recallEvent'].format(n=3)}" in text, "two of today, and one of tomorrow"
