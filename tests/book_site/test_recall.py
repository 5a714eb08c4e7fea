"""Recall: when a card comes back, by FSRS in both languages; the page that asks, in other words; a calendar."""

import itertools
import json
import random
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest
from axe import violations
from fsrs import Card, Rating, Scheduler
from kept_guesses import AT, BLOCKED_STORAGE, CARDS, KEPT, QUESTIONS, choices, key, record, seed, wrong
from places import PACKAGE
from playwright.sync_api import expect
from watching import LATE_VIEWS

ROOT = Path(__file__).resolve().parents[2]
RECALL = "chapters/recall.html"
AGAIN = json.loads((ROOT / "tests" / "answer_key.json").read_text(encoding="utf-8"))
TODAY = "2026-01-08T10:00:00Z"  # a Thursday, three days after AT

# -- when ----------------------------------------------------------------------------------------------------

SCHEDULE = """
import { readFileSync } from "node:fs";
globalThis.window = globalThis;
const [fsrs, schedule] = process.argv.slice(1).map((name) => readFileSync(name, "utf8"));
new Function(fsrs).call(globalThis);
const { memoryOf } = await import("data:text/javascript;base64," + Buffer.from(schedule).toString("base64"));
const { logs, now, ids } = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(logs.map((log, i) => memoryOf(log, new Date(now), ids[i]))));
"""


def memories(logs, now="2030-01-01T00:00:00Z", ids=()):
    """What schedule.js, with ts-fsrs, makes of some logs of reviews, and of the cards that they are of."""
    files = [str(PACKAGE / "book_site" / name) for name in ("vendor/ts-fsrs.js", "gathered/schedule.js")]
    done = subprocess.run(
        ["node", "--input-type=module", "-e", SCHEDULE, *files],
        input=json.dumps({"logs": logs, "now": now, "ids": ids}),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def logs_of(count, seed=0):
    dice, logs = random.Random(seed), []
    for _ in range(count):
        day, log = datetime(2026, 1, 1, tzinfo=UTC), []
        for _ in range(dice.randint(1, 9)):
            moment = day + timedelta(minutes=dice.randrange(24 * 60))
            log.append([moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"), dice.choice(["knew", "knew", "notYet"])])
            day += timedelta(days=dice.randint(1, 40))
        logs.append(log)
    return logs


def test_the_memory_of_a_card_is_that_of_the_python_package():
    """Stability and difficulty agree; so does the day, but for short gaps: ts-fsrs keeps "good" above "hard"."""
    logs, same = logs_of(300), 0
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    for log, found in zip(logs, memories(logs), strict=True):
        card = Card()
        for at, said in log:
            noon = datetime.fromisoformat(at).replace(hour=12, minute=0)
            card, _ = scheduler.review_card(card, Rating.Good if said == "knew" else Rating.Again, noon)
        assert found["stability"] == pytest.approx(card.stability, abs=1e-4)
        assert found["difficulty"] == pytest.approx(card.difficulty, abs=1e-4)
        days = (datetime.fromisoformat(found["due"]) - card.due).days
        assert 0 <= days <= 2
        same += days == 0
    assert same > 0.8 * len(logs)


def test_known_comes_back_later_and_not_known_soon():
    knew = [[f"2026-01-{day:02}T09:00:00Z", "knew"] for day in (1, 4, 15)]
    gaps = [
        (date.fromisoformat(found["due"][:10]) - date.fromisoformat(log[-1][0][:10])).days
        for log, found in zip([knew[:1], knew[:2], knew], memories([knew[:1], knew[:2], knew]), strict=True)
    ]
    assert gaps == sorted(set(gaps))
    [missed] = memories([[*knew, ["2026-03-01T09:00:00Z", "notYet"]]])
    assert (date.fromisoformat(missed["due"][:10]) - date(2026, 3, 1)).days <= 3


def test_cards_that_were_met_on_one_day_come_back_on_several():
    """By at most a fifth of the gap, or a day or two; and the same card always on the same day."""
    log = [[f"2026-01-{day:02}T09:00:00Z", "knew"] for day in (1, 4, 15)]
    ids = [f"lookup/card-{n}" for n in range(40)]
    [even], spread = memories([log]), memories([log] * 40, ids=ids)
    days = [date.fromisoformat(found["due"][:10]) for found in spread]
    gap = (date.fromisoformat(even["due"][:10]) - date(2026, 1, 15)).days
    assert len(set(days)) >= 4 and all(abs((day - date(2026, 1, 15)).days - gap) <= 0.2 * gap for day in days)
    assert [found["due"] for found in memories([log] * 40, ids=ids)] == [found["due"] for found in spread]
    assert {found["stability"] for found in spread} == {even["stability"]}


def test_a_review_of_the_future_counts_as_today():
    [found] = memories([[["2029-01-01T09:00:00Z", "knew"]]], now="2026-01-01T09:00:00Z")
    assert found["due"][:10] < "2026-01-10"


# -- the page ------------------------------------------------------------------------------------------------


def card_record(card, said, at=AT):
    return {"v": 1, "digest": card["digest"], "at": at, "state": {"knew": said}, "reviews": [[at, said]]}


def open_recall(page, start, records, now=TODAY):
    page.clock.set_fixed_time(now)
    seed(page, records)
    page.goto(start + RECALL)
    expect(page.locator(".book-part[data-live]")).to_be_visible()
    return page.locator(".recall")


def test_nothing_yet(watched, served):
    expect(open_recall(watched, served, [])).to_contain_text("No cards yet.")


def day_after(card, *days):
    """When a card comes back after it was known on these days, as the page writes it."""
    [found] = memories([[[day, "knew"] for day in days]], ids=[f"{card['chapter']}/{card['name']}"])
    due = date.fromisoformat(found["due"][:10])
    return f"{due.day} {due:%B}"


def test_cards_come_in_from_a_chapter_and_back_in_plain_words(watched, served):
    watched.clock.set_fixed_time("2026-01-05T10:00:00Z")
    card = next(one for one in CARDS if one["chapter"] == "lookup")
    watched.goto(served + "chapters/lookup.html")
    view = watched.locator(f"#card-{card['name']}")
    view.locator(".card-front").click()
    view.get_by_role("button", name="not yet").click()
    view.get_by_role("button", name="knew it").click()  # the last word of a day counts
    assert json.loads(watched.evaluate(KEPT)[key(card)])["reviews"] == [["2026-01-05T10:00:00.000Z", "knew"]]
    watched.goto(served + RECALL)
    expect(watched.locator(".recall")).to_have_text(
        "Nothing is due today. Come back on Thursday.Put it in my calendar (.ics)"
    )

    watched.clock.set_fixed_time(TODAY)
    watched.reload()
    recall = watched.locator(".recall")
    expect(recall).to_contain_text("Due today: 1. Answer 1 now, from memory.")
    watched.get_by_role("button", name="Start").click()
    expect(recall.locator(".card-front")).to_be_focused()
    for keys in ["Enter", "Tab", "Enter"]:  # turn, "knew it"
        watched.keyboard.press(keys)
    back = day_after(card, "2026-01-05T10:00:00Z", "2026-01-08T10:00:00Z")
    expect(recall).to_contain_text(f"It comes back on {back}.")
    recall.get_by_role("button", name="Next").click()
    expect(recall).to_contain_text(f"Done for today: 1. Come back on {back}.")
    kept = json.loads(watched.evaluate(KEPT)[key(card)])
    assert [said for _, said in kept["reviews"]] == ["knew", "knew"]


def variants(question):
    return AGAIN[question["chapter"]][question["name"]]["again"]


def asks(recall, asked):
    expect(recall.locator(".guess legend").first).to_have_text(asked["question"].replace("`", ""))


def test_a_guess_that_was_not_right_comes_back_in_other_words_and_its_first_stays(watched, served):
    question = choices(1)[0]
    asked = variants(question)
    recall = open_recall(watched, served, [(question, record(question, wrong(question)))])
    watched.get_by_role("button", name="Start").click()
    asks(recall, asked[0])
    recall.get_by_label(asked[0]["answer"].replace("`", ""), exact=True).check()
    expect(recall.get_by_role("button", name="Next")).to_have_count(0)
    recall.get_by_role("button", name="leaning").click()
    expect(recall).to_contain_text("✓ Right.")
    recall.get_by_role("button", name="Next").click()
    expect(recall).to_contain_text("Done for today: 1. Come back ")
    kept = json.loads(watched.evaluate(KEPT)[key(question)])
    assert kept["state"]["guess"] == wrong(question) and kept["at"] == AT
    assert [said for _, said in kept["reviews"]] == ["knew"]
    for number, day in enumerate(["2026-06-01", "2027-06-01", "2029-06-01"], start=1):  # and each time in others
        watched.clock.set_fixed_time(f"{day}T10:00:00Z")
        watched.reload()
        recall.get_by_role("button", name="Start").click()
        asks(recall, asked[number % len(asked)])
        recall.get_by_label(asked[number % len(asked)]["answer"].replace("`", ""), exact=True).check()
        recall.get_by_role("button", name="sure", exact=True).click()
        expect(recall).to_contain_text("✓ Right.")
    watched.goto(served + "chapters/progress.html")
    expect(watched.locator(".progress")).to_contain_text(
        "1 of your 1 first guesses that were not right came back right."
    )


def test_shown_without_guessing_is_not_known_and_what_cannot_be_loaded_is_asked_as_it_was(watched, served):
    question = choices(1)[0]
    watched.route("**/lazy/again-*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    recall = open_recall(watched, served, [(question, record(question, wrong(question)))])
    watched.get_by_role("button", name="Start").click()
    asks(recall, question)
    recall.get_by_role("button", name="Show me without guessing").click()
    expect(recall).to_contain_text("It comes back ")
    assert json.loads(watched.evaluate(KEPT)[key(question)])["reviews"] == [["2026-01-08T10:00:00.000Z", "notYet"]]


def answer(recall):
    """Answer what is asked, whatever it is, and go on."""
    recall.page.wait_for_selector(".recall-card .card, .recall-card .guess")
    if recall.locator(".card").count():
        recall.locator(".card-front").click()
        recall.get_by_role("button", name="knew it").click()
    else:
        recall.get_by_role("button", name="Show me without guessing").click()
    recall.get_by_role("button", name="Next").click()


def test_five_a_day_the_sure_and_wrong_first_and_chapters_mixed(watched, served):
    sure = next(one for one in QUESTIONS if one["chapter"] == "memory" and one["kind"] == "choice"
                and "again" in AGAIN["memory"][one["name"]])
    others = [one for one in QUESTIONS if one["chapter"] == "position" and one["kind"] == "choice"][:4]
    missed = [(one, record(one, wrong(one), "guessing")) for one in others]
    cards = [(one, card_record(one, "notYet")) for one in CARDS[:5]]
    recall = open_recall(watched, served, [*cards, *missed, (sure, record(sure, wrong(sure)))])
    due = len(cards) + len(missed) + 1
    expect(recall).to_contain_text(f"Due today: {due}. Answer 5 now")
    watched.get_by_role("button", name="Start").click()
    asks(recall, variants(sure)[0])
    chapters = []
    for _ in range(5):
        chapters.append(recall.locator(".recall-from a").get_attribute("href").partition(".")[0])
        answer(recall)
    assert chapters[0] == "memory" and all(one != then for one, then in itertools.pairwise(chapters))
    expect(recall).to_contain_text(f"Done for today: 5. {due - 5} more are due. They can wait until tomorrow.")
    with watched.expect_download() as download:
        recall.get_by_role("button", name="Put it in my calendar (.ics)").click()
    [event] = icalendar.Calendar.from_ical(download.value.path().read_bytes()).walk("VEVENT")
    assert event.decoded("dtstart") == date(2026, 1, 9)  # tomorrow
    recall.get_by_role("button", name="Go on now").click()
    expect(recall).to_contain_text(f"{due - 5} to go.")


@pytest.mark.parametrize("views", ["", LATE_VIEWS], ids=["", "late"])
def test_what_is_due_opens_the_next_chapter(watched, served, views):
    """In place of its own opening cards; a reader who has been nowhere else loads nothing for it."""
    watched.add_init_script(views)
    asked = []
    watched.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1].partition("?")[0]))
    question = choices(1)[0]
    later = next(one for one in QUESTIONS if one["chapter"] == "memory" and one["kind"] == "choice")
    watched.clock.set_fixed_time(TODAY)
    seed(watched, [(later, record(later, wrong(later)))])
    watched.goto(served + "chapters/lookup.html")
    watched.evaluate("bookAll()")  # what is far from sight, too
    assert "ts-fsrs.js" not in asked  # this chapter opens with no cards
    seed(watched, [(question, record(question, wrong(question))), (later, record(later, wrong(later)))])
    watched.goto(served + "chapters/geometry.html")
    opening = watched.locator(".recall")
    asks(opening, variants(question)[0])
    expect(opening).to_have_count(1)  # what comes from a later chapter does not open this one
    expect(watched.locator("#card-again-lookup")).to_be_hidden()
    expect(watched.locator("#card-again-bank")).to_be_visible()
    opening.get_by_label(variants(question)[0]["answer"].replace("`", ""), exact=True).check()
    opening.get_by_role("button", name="sure", exact=True).click()
    expect(opening).to_contain_text("✓ Right.")
    assert [said for _, said in json.loads(watched.evaluate(KEPT)[key(question)])["reviews"]] == ["knew"]


def test_it_works_where_storage_is_blocked(watched, served):
    watched.add_init_script(BLOCKED_STORAGE)
    watched.goto(served + RECALL)
    expect(watched.locator(".recall")).to_contain_text("No cards yet.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_in_every_state(new_context, served, scheme):
    page = new_context(color_scheme=scheme, reduced_motion="reduce", viewport={"width": 360, "height": 800}).new_page()
    recall = open_recall(page, served, [(one, record(one, wrong(one))) for one in choices(2)])
    found = violations(page)
    page.get_by_role("button", name="Start").click()
    found += violations(page)
    recall.get_by_role("button", name="Show me without guessing").click()
    found += violations(page)
    recall.get_by_role("button", name="Next").click()
    answer(recall)
    assert found + violations(page) == []
    expect(recall).to_contain_text("Done for today: 2.")


# -- the calendar --------------------------------------------------------------------------------------------


def test_an_entry_for_the_calendar(watched, start):
    open_recall(watched, start, [(CARDS[0], card_record(CARDS[0], "knew"))], now="2026-01-05T23:30:00Z")
    with watched.expect_download() as download:
        watched.get_by_role("button", name="Put it in my calendar (.ics)").click()
    text = download.value.path().read_bytes()
    lines = text.split(b"\r\n")
    assert text.endswith(b"END:VCALENDAR\r\n") and max(map(len, lines)) <= 75
    [event] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert event.decoded("dtstart") == date(2026, 1, 8)
    assert event.decoded("dtend") == date(2026, 1, 9)
    assert event["summary"] == "Recall 1 cards: From token IDs to vectors"
    assert event["uid"] and event.decoded("dtstamp") == datetime(2026, 1, 5, 23, 30, tzinfo=UTC)
    assert ("recall.html" in event["description"]) == start.startswith("http")
