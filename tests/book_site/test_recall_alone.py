"""The recall page lives in node: how many are asked at a time, what is said then, and the day that a calendar gets."""

from datetime import datetime, timedelta

import icalendar
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


# -- days, in words and in a calendar --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    """What schedule.js says of moments that are given as texts, where clocks change twice a year."""
    calls = tmp_path_factory.mktemp("days") / "calls.js"
    calls.write_text(
        "process.env.TZ = 'Europe/Berlin';\n"
        "export const until = (at, now) => daysUntil(new Date(at), new Date(now));\n"
        "export const said = (at, now, lang, t) => inWords(new Date(at), new Date(now), lang, t);\n"
        "export const entry = (given) =>\n"
        "  calendar({ ...given, day: new Date(given.day), now: new Date(given.now) });\n"
        "export const lines = folded;\n", encoding="utf-8")
    with running(SITE / "schedule.js", calls) as call:
        yield call


@pytest.mark.parametrize(("at", "now", "count"), [
    ("2026-03-02T00:00", "2026-03-02T23:59", 0), ("2026-03-03T00:00", "2026-03-02T23:59", 1),
    ("2026-03-01T23:59", "2026-03-02T00:00", -1), ("2026-03-30T00:30", "2026-03-28T23:30", 2),
    ("2026-10-26T00:30", "2026-10-24T23:30", 2), ("2027-03-02T12:00", "2026-03-02T12:00", 365)])
def test_days_are_counted_by_the_calendar_also_where_a_clock_changes(days, at, now, count):
    assert days("until", at, now) == count


@pytest.mark.parametrize(("at", "en", "de"), [
    ("2026-12-26", "today", "today"), ("2026-12-27", "today", "today"), ("2026-12-28", "tomorrow", "tomorrow"),
    ("2026-12-29", "on Tuesday", "on Dienstag"), ("2026-12-31", "on Thursday", "on Donnerstag"),
    ("2027-01-02", "on Saturday", "on Samstag"), ("2027-01-03", "on 3 January 2027", "on 3. Januar 2027")])
def test_a_day_has_the_words_of_its_language(days, at, en, de):
    """A day of the week within seven days; beyond them a date, with its year where that is another one."""
    for lang, wanted in (("en", en), ("de", de)):
        assert days("said", f"{at}T08:00", "2026-12-27T10:00", lang, WORDS) == wanted
    assert days("said", "2026-12-27T08:00", "2026-12-20T10:00", "en", WORDS) == "on 27 December"


def test_a_calendar_reads_the_entry_as_it_was_meant(days):
    title, text = "Cards; of 3, or \\ 4", "First line,\r\nsecond; third\nand ﷽ 🦓 " + "long " * 40
    given = {"day": "2026-12-31T00:00", "now": "2026-12-01T09:05:07.089Z", "title": title, "text": text, "id": "a-book"}
    raw = days("entry", given)
    lines = raw.split("\r\n")
    assert lines[-1] == "" and all(len(line.encode()) <= 75 for line in lines) and "\n" not in "".join(lines)
    (event,) = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    assert str(event["SUMMARY"]) == title and str(event["DESCRIPTION"]) == text.replace("\r\n", "\n")
    assert [event.decoded(name).isoformat() for name in ("DTSTART", "DTEND")] == ["2026-12-31", "2027-01-01"]
    assert event.decoded("DTSTAMP").isoformat() == "2026-12-01T09:05:07+00:00"
    assert event["UID"] == "20261231@a-book" and event["TRANSP"] == "TRANSPARENT"
    assert "DTSTART;VALUE=DATE:20260105" in days("entry", given | {"day": "2026-01-05T00:00"}).split("\r\n")


@pytest.mark.parametrize("letter", ["x", "ä", "﷽", "🦓"])
def test_a_long_line_is_folded_where_no_letter_more_has_room(days, letter):
    line = letter * 200
    parts = days("lines", line).split("\r\n ")
    size = len(letter.encode())
    assert "".join(parts) == line
    assert {len(part.encode()) for part in parts[:-1]} == {74 // size * size}, "75 with the space before it"
    assert days("lines", "x" * 74) == "x" * 74
