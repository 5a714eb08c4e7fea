"""Cards and missed guesses come back in node: what is asked anew and noted, and where a chapter opens.

The schedule is that of the Python package of FSRS, but for the days by which gaps are spread.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest
from fsrs import Card, Rating, Scheduler
from gathered import DIGEST, chapter, gathered, key, question, record
from living import WORDS, all_of, classes, text_of

NOW = "2026-03-02T10:00:00.000Z"  # a Monday
KNEW, MISSED = "knew", "notYet"
MODULES = {"card": "the module of a card", "guess": "the module of a guess"}
FIRST = "2026-01-05T10:00:00.000Z"


@pytest.fixture(scope="module")
def recall(tmp_path_factory):
    with gathered("recall", tmp_path_factory.mktemp("recall")) as recall:
        yield recall


@pytest.fixture(scope="module")
def opening(tmp_path_factory):
    with gathered("opening", tmp_path_factory.mktemp("opening")) as opening:
        yield opening


def card(name, chapter="one"):
    return question(name, "card", chapter)


def turned(said=KNEW, at=FIRST):
    return {"v": 1, "digest": DIGEST, "at": at, "state": {"knew": said}, "reviews": [[at, said]]}


def opens(page, *chapters, kept, at=NOW, **more):
    return page.opens(*chapters, kept=kept, at=at, modules=MODULES, **more)


def starts(recall, *chapters, kept, **more):
    opens(recall, *chapters, kept=kept, **more)
    return recall("press", WORDS["recallStart"])


def told(page):
    return [text_of(one) for one in page.all("div") if one["attributes"].get("role") == "status"][-1]


def gap(*reviews):
    """Days after which the Python package shows a card again: (day, said) each."""
    scheduler, one = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False), Card()
    for day, said in reviews:
        noon = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
        one, _ = scheduler.review_card(one, Rating.Good if said == KNEW else Rating.Again, noon)
    return (one.due - noon).days


# -- one of them, asked anew ------------------------------------------------------------------------------------------


def test_a_card_is_asked_anew_and_the_way_to_it_is_shown(recall):
    one = card("q")
    starts(recall, chapter("one", one), kept=[(one, turned())])
    (asked,) = recall.shows
    assert asked["files"] == MODULES["card"] and asked["chapter"] == "one"
    assert asked["traits"] == one | {"turned": False, "knew": ""}
    (link,) = recall.all("a")
    assert (link["attributes"]["href"], text_of(link)) == ("one.html", "Chapter one")
    assert recall.texts("recall-from") == [f"{WORDS['recallFrom']} Chapter one"]
    assert classes(recall.active) == ["asked"], "what can be answered has the focus"


@pytest.mark.parametrize("said", [KNEW, MISSED])
def test_what_is_said_of_a_card_is_noted_once_a_day_and_the_next_one_can_come(recall, said):
    one = card("q")
    starts(recall, chapter("one", one), kept=[(one, turned())])
    for last in (KNEW if said == MISSED else MISSED, said):  # the last word of a day stands
        recall("review", last)
        assert recall.kept[key(one)]["reviews"] == [[FIRST, KNEW], [NOW, last]]
        assert recall.kept[key(one)]["state"] == {"knew": last}
        assert [text_of(one) for one in recall.all("book-button")] == [WORDS["recallNext"]]
    due = datetime.fromisoformat(NOW) + timedelta(days=gap((FIRST[:10], KNEW), (NOW[:10], said)))
    days = [due + timedelta(days=more) for more in range(-3, 4)]
    assert told(recall) in [WORDS["recallBack"].format(when=f"on {when}") for day in days
                            for when in (f"{day.day} {day:%B}", f"{day:%A}")] + ["It comes back tomorrow."]
    recall("press", WORDS["recallNext"])
    assert recall.texts("recall-status")[0].startswith(WORDS["recallDone"].format(n=1))


@pytest.mark.parametrize(("answer", "said"), [("b", KNEW), ("c", MISSED), (None, MISSED)])
def test_a_guess_is_noted_when_it_is_revealed_and_only_then(recall, answer, said):
    one = question("q")
    missed = record("c", "sure", [["2026-01-07T10:00:00.000Z", MISSED]], at=FIRST, second="a", revealed=True)
    starts(recall, chapter("one", one), kept=[(one, missed)])
    (asked,) = recall.shows
    assert asked["files"] == MODULES["guess"]
    assert asked["traits"] == one | {"guess": None, "confidence": "", "second": None, "skipped": False,
                                     "revealed": False, "rating": "", "ticked": [], "changing": False}
    (link,) = recall.all("a")
    assert link["attributes"]["href"] == "one.html#guess-q"
    recall("answer", {"guess": answer, "confidence": "leaning"})
    assert recall.kept[key(one)] == missed and told(recall) == ""
    recall("answer", {"revealed": True})
    kept = recall.kept[key(one)]
    assert kept["reviews"] == [*missed["reviews"], [NOW, said]]
    assert (kept["state"], kept["at"]) == (missed["state"], FIRST), "the first guess stays as it is"
    before = told(recall)
    assert before.startswith(WORDS["recallBack"].partition("{")[0])
    recall("time", "2026-03-02T11:00:00Z")("answer", {"rating": "got"})
    assert recall.kept[key(one)] == kept and told(recall) == before


def test_a_missed_guess_counts_its_first_day_as_a_review(recall):
    """As if it had been reviewed then: so it comes back at the day of three reviews, not of two."""
    one = question("q")
    missed = record("c", reviews=[["2026-01-07T10:00:00.000Z", KNEW]], at=FIRST)
    starts(recall, chapter("one", one), kept=[(one, missed)])
    recall("answer", {"guess": "b", "revealed": True})
    days = gap((FIRST[:10], MISSED), ("2026-01-07", KNEW), (NOW[:10], KNEW))
    due = [datetime.fromisoformat(NOW) + timedelta(days=n) for n in range(int(0.8 * days) - 1, int(1.2 * days) + 3)]
    assert days > 7 and told(recall) in [WORDS["recallBack"].format(when=f"on {day.day} {day:%B}") for day in due]


@pytest.mark.parametrize(("reviews", "form"), [(0, "second"), (1, "third"), (2, "first"), (3, "second")])
def test_a_guess_comes_back_in_another_form_each_time(recall, reviews, form):
    """The first of its forms comes third: there are three, and each review moves on by one."""
    forms = {"q": [{"question": name} for name in ("second", "third", "first")], "other": [{"question": "x"}]}
    one = question("q")
    missed = record("c", reviews=[[f"2026-01-0{6 + n}T10:00:00.000Z", MISSED] for n in range(reviews)], at=FIRST)
    again = {"names": ["q", "other"], "file": "again-one"}
    starts(recall, chapter("none"), chapter("one", one, again=again), kept=[(one, missed)], forms=forms)
    assert recall.shows[0]["traits"]["question"] == form and recall.shows[0]["traits"]["name"] == "q"


@pytest.mark.parametrize("more", [
    {"again": {"names": ["other"]}, "forms": {"q": [{"question": "x"}]}},
    {"again": {}, "forms": {"q": [{"question": "x"}]}}, {"again": {"names": ["q"]}},
    {"again": {"names": ["q"]}, "forms": {}}, {"again": {"names": ["q"], "end": "{"}, "forms": {"q": [{}]}}])
def test_a_guess_without_another_form_is_asked_as_it_was(recall, more):
    one, again = question("q"), more.pop("again")
    starts(recall, chapter("one", one, again=again), kept=[(one, record("c", at=FIRST))], **more)
    assert recall.shows[0]["traits"]["question"] == one["question"]


def test_a_card_has_one_form(recall):
    one = card("q")
    forms = {"q": [{"question": "x"}]}
    starts(recall, chapter("one", one, again={"names": ["q"]}), kept=[(one, turned())], forms=forms)
    assert recall.shows[0]["traits"]["question"] == one["question"]


# -- where a chapter opens ------------------------------------------------------------------------------------------


CARD = '<div class="book-widget" data-kind="card" id="{0}"><div class="card-front" aria-expanded="{1}">' \
       '<button>Turn</button></div></div>'


def body(*expanded, below=1, heading="<h2>Later</h2>"):
    """A chapter with these cards above its first heading, another widget among them, and cards below."""
    before = [CARD.format(f"card-{n}", str(one).lower()) for n, one in enumerate(expanded)]
    after = [CARD.format(f"below-{n}", "false") for n in range(below)]
    other = '<div class="book-widget" data-kind="guess" id="other"></div>'
    return f"<article><h1>Here</h1>{''.join(before)}{other}{heading}{''.join(after)}</article>"


def taken(page):
    """The cards of the chapter that gave their place, each behind a place where something is asked."""
    (article,) = page.all("article")
    parts = [one for one in article["children"] if isinstance(one, dict)]
    hidden = [n for n, one in enumerate(parts) if "hidden" in one["attributes"]]
    assert all(classes(parts[n - 1]) == ["recall"] for n in hidden)
    assert len(hidden) == len([one for one in parts if classes(one) == ["recall"]])
    return [parts[n]["attributes"]["id"] for n in hidden]


def deck(*chapters, said=KNEW):
    """Chapters with so many cards each that are due, and what is kept of them."""
    named = [chapter(name, *(card(f"{name}-{n}", name) for n in range(many))) for name, many in chapters]
    return named, [(one, turned(said)) for each in named for one in each["questions"]]


@pytest.mark.parametrize(("due", "cards", "gone"), [(0, 2, 0), (1, 3, 1), (2, 2, 2), (4, 2, 2), (3, 0, 0)])
def test_as_many_cards_as_are_due_take_the_place_of_those_of_the_chapter(opening, due, cards, gone):
    chapters, kept = deck(("one", due), ("here", 0))
    opens(opening, *chapters, kept=kept, chapter="here", body=body(*[False] * cards))
    assert taken(opening) == [f"card-{n}" for n in range(gone)] and len(opening.shows) == gone
    assert len({one["traits"]["name"] for one in opening.shows}) == gone, "each is asked once"
    assert opening.active is None, "the page does not move to it"


def test_only_what_is_due_of_earlier_chapters_comes_and_they_take_turns(opening):
    chapters, kept = deck(("one", 2), ("two", 2), ("here", 2), ("later", 2))
    kept[0] = (kept[0][0], turned(at="2026-03-01T10:00:00.000Z"))  # not due
    opens(opening, *chapters, kept=kept, chapter="here", body=body(*[False] * 6))
    assert [one["chapter"] for one in opening.shows] in (["one", "two", "two"], ["two", "one", "two"])
    assert opening.shows[0]["traits"]["name"] != "one-0" and len(taken(opening)) == 3
    opens(opening, *chapters, kept=kept, chapter="one", body=body(False))
    assert opening.shows == [] and taken(opening) == []


@pytest.mark.parametrize("focused", [False, True])
def test_a_card_that_was_turned_or_has_the_focus_stays(opening, focused):
    chapters, kept = deck(("one", 5), ("here", 0))
    place = body(False, True, False)
    if focused:
        place = place.replace('id="card-0"><div', 'id="card-0"><input autofocus><div')
    opens(opening, *chapters, kept=kept, chapter="here", body=place)
    assert taken(opening) == ["card-0", "card-2"][focused:]


def test_cards_stand_above_the_first_heading_and_where_there_is_none_nothing_is_replaced(opening):
    chapters, kept = deck(("one", 5), ("here", 0))
    opens(opening, *chapters, kept=kept, chapter="here", body=body(heading=""))
    assert taken(opening) == []
    opens(opening, *chapters, kept=kept, chapter="here", body=body(False, below=2))
    assert taken(opening) == ["card-0"]


@pytest.mark.parametrize(("lang", "day"), [("en", r"on \d+ \w+"), ("", r"on \d+ \w+"), ("de", r"on \d+\. \w+")])
@pytest.mark.parametrize("part", ["opening", "recall"])
def test_days_are_named_in_the_language_of_the_page(request, part, lang, day):
    """What was known after eight weeks has more than one to go; the words of the tests are English."""
    page, (chapters, kept) = request.getfixturevalue(part), deck(("one", 1), ("here", 0))
    found = opens(page, *chapters, kept=kept, chapter="here", body=body(False), lang=lang)
    if part == "recall":
        found = page("press", WORDS["recallStart"])
    found("review", KNEW)
    assert re.fullmatch(WORDS["recallBack"].replace(".", r"\.").format(when=day), told(page))


def test_what_is_said_there_is_noted_and_no_other_comes(opening):
    chapters, kept = deck(("one", 3), ("here", 0))
    opens(opening, *chapters, kept=kept, chapter="here", body=body(False))
    opening("review", KNEW)
    (name,) = [one["traits"]["name"] for one in opening.shows]
    changed = [one for one in opening.kept if opening.kept[one]["reviews"] != [[FIRST, KNEW]]]
    assert changed == [f"guess/b/one/{name}"]
    assert opening.kept[changed[0]]["reviews"] == [[FIRST, KNEW], [NOW, KNEW]]
    assert told(opening).startswith(WORDS["recallBack"].partition("{")[0])
    actions = opening.all("guess-actions")
    assert [list(all_of(one, "button")) for one in actions] == [[]]
