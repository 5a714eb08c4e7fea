"""The progress page: what the browser keeps, saved to a file, read from one, taken away and put back; and bad files."""

import json
import re

import jsonschema
import pytest
from axe import violations
from hypothesis import given, settings
from hypothesis import strategies as st
from kept_guesses import AT, BLOCKED_STORAGE, CARDS, KEPT, QUESTIONS, choices, key, record, seed, wrong
from places import CHAPTERS, PACKAGE, ROOT
from playwright.sync_api import expect
from twins import running
from watching import WIDGETS

from book_utils.asking.questions import BOOK, read_questions

SCHEMA = json.loads((ROOT / "book_utils" / "data" / "guesses.schema.json").read_text(encoding="utf-8"))
PROGRESS, CHAPTER = "chapters/progress.html", "chapters/lookup.html"


def open_progress(page, start, records=None):
    """Open the page, with these records kept before."""
    if records is not None:
        seed(page, records)
    page.goto(start + PROGRESS)
    expect(page.locator(".book-part[data-live]")).to_be_visible()
    return page.locator(".progress")


def total(progress, text):
    """Wait until the last row of the table of chapters says this."""
    expect(progress.locator("tr", has_text="All chapters")).to_contain_text(text)


# -- the questions -------------------------------------------------------------------------------------------


def test_the_site_and_the_package_ask_the_same(watched, served, site):
    """What the pages ask is what `data/questions.json` says, which the class report and save_guesses use."""
    watched.goto(served + PROGRESS)
    asked = watched.evaluate("window.bookQuestions.chapters")
    assert [one["chapter"] for one in asked] == CHAPTERS
    for chapter in asked:
        known = read_questions()[chapter["chapter"]]
        for kind, wanted in known.items():
            found = [one for one in chapter["questions"] if (one["kind"] == "card") == (kind == "cards")]
            assert [{name: one.get(name) for name in known} for one, known in zip(found, wanted, strict=True)] == wanted


def test_all_guesses_in_one_page_are_those_of_the_chapters(watched, start):
    watched.goto(start + "chapters/guesses.html")
    views = watched.locator(".book-widget[data-live]")
    expect(views.first).to_be_visible()
    assert views.count() < len(QUESTIONS)  # the others wait until a reader comes near
    watched.wait_for_function(WIDGETS)
    assert sorted(views.evaluate_all("all => all.map((view) => view.id)")) == sorted(
        f"guess-{one['name']}" for one in QUESTIONS
    )
    question = choices(1)[0]
    view = watched.locator(f"#guess-{question['name']}")
    view.locator(".guess-choice input").first.check()
    view.get_by_role("button", name="sure", exact=True).click()
    own = view.locator(".guess-own").text_content()
    watched.goto(start + f"chapters/{question['chapter']}.html")  # committed there, too
    expect(watched.locator(f"#guess-{question['name']} .guess-own")).to_have_text(own)


# -- what the page says --------------------------------------------------------------------------------------


def test_a_guess_of_a_class_is_on_the_page_with_its_second_thought(watched, served):
    watched.goto(served + CHAPTER + "?class")
    question = next(one for one in QUESTIONS if one["chapter"] == "lookup" and one["kind"] == "choice")
    view = watched.locator(f"#guess-{question['name']}")
    first, second = (watched.locator(f"#guess-{question['name']} .guess-choice input").nth(i) for i in (0, 1))
    first.check()
    view.get_by_role("button", name="sure", exact=True).click()
    view.get_by_role("button", name="Change my mind").click()
    second.check()
    view.get_by_role("button", name="Keep as second thought").click()
    labels = [choice["label"] for choice in question["choices"]]

    progress = open_progress(watched, served)
    progress.locator("[data-chapter=lookup] summary").click()
    item = progress.locator("[data-chapter=lookup] li").filter(
        has=watched.locator(f"a[href$='#guess-{question['name']}']")
    )
    expect(item).to_contain_text(f"Your guess: {labels[0]} (sure)")
    expect(item).to_contain_text(f"Second thought: {labels[1]}")
    expect(item).to_contain_text("not yet revealed")
    assert question["answer_text"] not in item.locator(".progress-verdict").text_content()
    item.get_by_role("link").click()
    expect(view).to_be_in_viewport()
    view.get_by_role("button", name="Reveal the answer").click()
    progress = open_progress(watched, served)
    right = labels[0] == question["answer"]
    progress.locator("[data-chapter=lookup] summary").click()
    expect(item).to_contain_text("✓ Right." if right else "✗ Not this time.")


def test_how_far_off_a_number_is(watched, served):
    question = next(one for one in QUESTIONS if one["kind"] == "number" and one["scale"]["by"] == "ratio")
    progress = open_progress(watched, served, [(question, record(question, question["answer"] * 5))])
    progress.locator(f"[data-chapter={question['chapter']}] summary").click()
    expect(progress).to_contain_text("✗ Not this time. (within a factor of 10)")


def test_sums_and_the_picture_are_honest(watched, served):
    sure, leaning = choices(11)[:6], choices(11)[6:]
    few = [(one, record(one, one["answer"])) for one in sure[:4]]
    progress = open_progress(watched, served, few)
    expect(progress.locator("svg")).to_have_count(0)  # no picture from four points
    expect(progress.get_by_role("row", name=re.compile("^sure 4 4 – too few"))).to_be_visible()

    many = [(one, record(one, one["answer"] if i else wrong(one))) for i, one in enumerate(sure)]
    many += [(one, record(one, wrong(one), "leaning")) for one in leaning]
    progress = open_progress(watched, served, many)
    from scipy.stats import binomtest  # a second to import, in every worker

    low, high = binomtest(5, 6).proportion_ci(method="wilson")
    expect(
        progress.get_by_role("row", name=f"sure 6 5 83 % {low:.0%} – {high:.0%}".replace("%", " %").replace("  ", " "))
    ).to_be_visible()
    expect(progress.get_by_role("img", name="leaning: 0 %, sure: 83 %")).to_be_visible()
    expect(progress.locator(".progress-dot")).to_have_count(2)
    total(progress, f"11 / {len(QUESTIONS)}5 / 1110 / 6")


def test_wrong_first_right_at_recall(watched, served):
    one, other = choices(2)
    back = record(one, wrong(one)) | {"reviews": [["2026-01-07T10:00:00.000Z", "knew"]]}
    progress = open_progress(watched, served, [(one, back), (other, record(other, wrong(other)))])
    expect(progress).to_contain_text("1 of your 2 first guesses that were not right came back right.")


# -- a file --------------------------------------------------------------------------------------------------


def save(page):
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my guesses").click()
    return download.value.path().read_text(encoding="utf-8")


def load(page, text, name="file.json"):
    """Give the page a file: text, bytes, or the path of one (a large file's bytes would go through three processes)."""
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    file = {"name": name, "mimeType": "application/json", "buffer": content} if isinstance(content, bytes) else content
    page.get_by_label("Read a file of guesses:").set_input_files(file)


def everything():
    """Records of every question, of every kind of value."""
    guesses = [
        (one, record(one, one["answer"] if i % 2 else wrong(one), ["guessing", "leaning", "sure"][i % 3]))
        for i, one in enumerate(QUESTIONS)
    ]
    cards = [
        (one, {"v": 1, "digest": one["digest"], "at": AT, "state": {"knew": "knew"}, "reviews": [[AT, "knew"]]})
        for one in CARDS
    ]
    return guesses + cards


def test_a_file_holds_all_and_another_browser_reads_it(watched, new_context, start):
    open_progress(watched, start, everything())
    text = save(watched)
    jsonschema.validate(json.loads(text), SCHEMA)
    before = watched.evaluate(KEPT)
    assert len(before) == len(QUESTIONS) + len(CARDS)
    other = new_context().new_page()
    open_progress(other, start)
    load(other, text)
    expect(other.locator(".progress-said")).to_have_text(f"Read: {len(before)} entries.")
    kept = other.evaluate(KEPT)
    assert {name: json.loads(one) for name, one in kept.items()} == {
        name: json.loads(one) for name, one in before.items()
    }
    total(other, f"{len(QUESTIONS)} / {len(QUESTIONS)}")


def file_with(*guesses, **more):
    form = {"format": "guesses", "version": 1, "book": BOOK, "saved": AT, "guesses": list(guesses), "cards": []}
    return form | more


def entry(question, guess, at=AT, **more):
    place = {name: question[name] for name in ("chapter", "name", "digest")}
    return place | {"at": at, "guess": guess, "confidence": "sure", "revealed": True} | more


def test_where_two_meet_the_older_first_guess_stays(watched, served):
    newer, older = choices(2)
    labels = [[choice["label"] for choice in one["choices"]] for one in (newer, older)]
    here = [(newer, record(newer, labels[0][0], at="2026-02-01T10:00:00.000Z")), (older, record(older, labels[1][0]))]
    progress = open_progress(watched, served, here)
    load(
        watched,
        json.dumps(
            file_with(
                entry(newer, labels[0][1], second=labels[0][0]),
                entry(older, labels[1][1], at="2026-02-01T10:00:00.000Z"),
            )
        ),
    )
    expect(progress.locator(".progress-said")).to_have_text("Read: 2 entries.")
    kept = watched.evaluate(KEPT)
    assert json.loads(kept[key(newer)])["state"]["guess"] == labels[0][1]
    assert json.loads(kept[key(newer)])["at"] == AT
    assert json.loads(kept[key(older)])["state"]["guess"] == labels[1][0]


# -- files from strangers ------------------------------------------------------------------------------------

GOOD = choices(1)[0]
EVIL = "<img src=x onerror=window.struck=1><script>window.struck=1</script>"
REFUSED = {
    "no JSON": ("{", "This file is not JSON"),
    "bytes": (b"\xff\xfe\x00PK\x03\x04", "This file is not JSON"),
    "deep": ("[" * 1_000_000, "This file is not JSON"),
    "another form": (json.dumps({"format": "cards"}), "not a file of guesses"),
    "a list": (json.dumps([1, 2]), "not a file of guesses"),
    "null": ("null", "not a file of guesses"),
    "a later version": (json.dumps(file_with(version=2)), "saved by a later edition"),
    "version 0": (json.dumps(file_with(version=0)), "is damaged"),
    "no list": (json.dumps(file_with(guesses={"length": 3})), "is damaged"),
    "too many": (json.dumps(file_with(guesses=[0] * 10_001)), "is damaged"),
    "another book": (json.dumps(file_with(entry(GOOD, "x"), book="another")), "guesses of another book"),
    "50 MB": (50_000_000, "This file has 50 MB"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_refused_changes_nothing(watched, served, tmp_path, case):
    text, sentence = REFUSED[case]
    if isinstance(text, int):  # so many bytes
        size, text = text, tmp_path / "large.json"
        with text.open("wb") as file:
            file.truncate(size)
    progress = open_progress(watched, served, [(GOOD, record(GOOD, GOOD["answer"]))])
    before = watched.evaluate(KEPT)
    load(watched, text)
    expect(progress.locator(".progress-said")).to_contain_text(sentence)
    assert watched.evaluate(KEPT) == before


def test_what_does_not_fit_is_left_out_and_counted_and_nothing_is_run(watched, served):
    one, other, words = *choices(2), next(one for one in QUESTIONS if one["kind"] == "words")
    number = next(one for one in QUESTIONS if one["kind"] == "number")
    labels = [choice["label"] for choice in one["choices"]]
    file = file_with(
        entry(one, labels[0], at="2026-03-01T00:00:00Z"),
        entry(one, labels[1]),  # one question twice
        entry(words, EVIL, rating="got"),
        entry(other, EVIL),
        entry(other, {"toString": 1}),
        entry(number, "1e9"),
        entry(number, True),
        entry(other | {"name": "__proto__"}, labels[0]),
        entry(other | {"digest": "0" * 12}, labels[0]),
        entry(other | {"chapter": "../" + EVIL}, labels[0]),
        entry(other, None, at=EVIL),
        7,
        None,
        [],
        entry(other, other["answer"], at="30000-01-01T00:00:00Z"),
        cards=[
            EVIL,
            {
                "chapter": CARDS[0]["chapter"],
                "name": CARDS[0]["name"],
                "digest": CARDS[0]["digest"],
                "reviews": [["x", "knew"]],
            },
        ],
    )
    progress = open_progress(watched, served, [])
    load(watched, json.dumps(file))
    said = progress.locator(".progress-said")
    expect(said).to_contain_text("Read: 2 entries.")
    expect(said).to_contain_text("this edition does not ask them: 2.")
    expect(said).to_contain_text("their form is broken: 12.")
    kept = watched.evaluate(KEPT)
    assert set(kept) == {key(one), key(words)}
    assert json.loads(kept[key(one)])["state"]["guess"] == labels[1]  # the older of the two
    progress.locator(f"[data-chapter={words['chapter']}] summary").click()
    expect(progress).to_contain_text(EVIL)
    assert watched.evaluate("window.struck") is None


def test_dates_that_cannot_be_count_as_now(watched, served):
    """A far future never passes for an older guess, and neither does a day before there was a book."""
    one, other = choices(2)
    labels = [choice["label"] for choice in one["choices"]]
    progress = open_progress(watched, served, [(one, record(one, labels[0]))])
    file = file_with(
        entry(one, labels[1], at="1970-01-01T00:00:00Z"),
        entry(other, other["answer"], at="9999-12-31T00:00:00Z", reviews=[["9999-12-31T00:00:00Z", "knew"]]),
    )
    load(watched, json.dumps(file))
    expect(progress.locator(".progress-said")).to_have_text(
        "Read: 2 entries. Some dates in it are impossible; they count as now."
    )
    kept = {name: json.loads(text) for name, text in watched.evaluate(KEPT).items()}
    assert kept[key(one)]["state"]["guess"] == labels[0]
    assert kept[key(other)]["at"] < "2100" and kept[key(other)]["reviews"] == []


# -- the same rules as the published schema ------------------------------------------------------------------


@pytest.fixture(scope="module")
def rules():
    """A function that calls merge.js and record.js."""
    with running(*(PACKAGE / "asking" / f"{name}.js" for name in ("score", "merge", "record"))) as call:
        yield call


values = st.one_of(
    st.none(), st.integers(-5, 5), st.text("ab", max_size=3), st.lists(st.sampled_from(["a", 1, None]), max_size=3)
)
odd = st.one_of(
    values,
    st.booleans(),
    st.just(AT),
    st.sampled_from(["sure", "got", "a/b", "0123456789ab", "", "2026-01-05 10:00"]),
    st.lists(st.lists(st.sampled_from([AT, "knew", "notYet", "x", 1]), max_size=3), max_size=2),
)
FIELDS = [
    "chapter",
    "name",
    "digest",
    "at",
    "guess",
    "second",
    "confidence",
    "skipped",
    "revealed",
    "rating",
    "reviews",
]


@settings(deadline=None, max_examples=300)
@given(
    changes=st.dictionaries(st.sampled_from(FIELDS), odd, max_size=2),
    dropped=st.sets(st.sampled_from(FIELDS), max_size=1),
)
@pytest.mark.parametrize("form", ["guess", "card"])
def test_the_page_takes_what_the_schema_takes(rules, form, changes, dropped):
    entry = {
        "chapter": "lookup",
        "name": "a",
        "digest": "0123456789ab",
        "at": AT,
        "guess": "b",
        "reviews": [[AT, "knew"]],
    }
    entry = {name: value for name, value in (entry | changes).items() if name not in dropped}
    validator = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{form}", "$defs": SCHEMA["$defs"]})
    assert rules("isGuess" if form == "guess" else "isCard", entry) is validator.is_valid(entry)


days = st.integers(1, 28).map(lambda day: f"2026-01-{day:02}T10:00:00.000Z")
reviews = st.lists(
    st.tuples(days, st.sampled_from(["knew", "notYet"])).map(list), max_size=3, unique_by=lambda one: one[0]
).map(sorted)


@st.composite
def records(draw):
    guess = draw(st.one_of(st.none(), st.sampled_from(["a", "b"])))
    state = {
        "guess": guess,
        "confidence": draw(st.sampled_from(["", "sure"])),
        "skipped": guess is None,
        "rating": "",
        "second": draw(st.sampled_from([None, "c"])) if guess else None,
        "revealed": draw(st.booleans()),
    }
    return {"v": 1, "digest": "0" * 12, "at": draw(days), "state": state, "reviews": draw(reviews)}


@settings(deadline=None, max_examples=300)
@given(one=records(), other=records())
def test_merging_loses_nothing(rules, one, other):
    both = rules("merged", one, other)
    made = [record for record in (one, other) if record["state"]["guess"] is not None] or [one, other]
    first = min(made, key=lambda record: record["at"])
    assert both["at"] == first["at"]
    if one["at"] != other["at"]:
        assert both["state"]["guess"] == first["state"]["guess"]
        assert both["state"]["confidence"] == first["state"]["confidence"]
        assert rules("merged", other, one) == both
    assert both["state"]["revealed"] == (one["state"]["revealed"] or other["state"]["revealed"])
    assert {at for at, _ in both["reviews"]} == {at for at, _ in one["reviews"] + other["reviews"]}
    assert rules("merged", both, one) == both  # to read a file twice changes nothing


# -- taking away ---------------------------------------------------------------------------------------------


def test_taking_away_asks_once_and_can_be_undone(watched, served):
    progress = open_progress(watched, served, everything())
    before = watched.evaluate(KEPT)
    watched.get_by_role("button", name="Erase everything").click()
    dialog = watched.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Keep")).to_be_focused()
    watched.keyboard.press("Escape")
    assert watched.evaluate(KEPT) == before

    watched.get_by_role("button", name="Erase everything").click()
    dialog.get_by_role("button", name="Erase").click()
    assert watched.evaluate(KEPT) == {}
    total(progress, f"0 / {len(QUESTIONS)}")
    expect(watched.get_by_role("button", name="Undo")).to_be_focused()
    watched.keyboard.press("Enter")
    expect(progress.locator(".progress-said")).to_have_text("Put back.")
    after = watched.evaluate(KEPT)
    assert {name: json.loads(one) for name, one in after.items()} == {
        name: json.loads(one) for name, one in before.items()
    }


def test_one_guess_and_one_chapter_go_alone(watched, served):
    progress = open_progress(watched, served, everything())
    total = len(QUESTIONS) + len(CARDS)
    part = progress.locator("[data-chapter=position]")
    part.locator("summary").click()
    question = next(one for one in QUESTIONS if one["chapter"] == "position")
    part.get_by_role("button", name=f"Erase this guess: {question['question'].replace('`', '')}").click()
    watched.get_by_role("dialog").get_by_role("button", name="Erase").click()
    expect(progress.locator(".progress-said")).to_contain_text("Erased: 1.")
    kept = watched.evaluate(KEPT)
    assert len(kept) == total - 1 and key(question) not in kept
    progress.get_by_role("button", name="Erase this chapter: Give each token its place").click()
    watched.get_by_role("dialog").get_by_role("button", name="Erase").click()
    expect(progress.locator(".progress-said")).to_contain_text(
        f"Erased: {sum(one['chapter'] == 'position' for one in QUESTIONS + CARDS) - 1}."
    )
    assert not [name for name in watched.evaluate(KEPT) if "/position/" in name]


def test_undo_after_a_new_guess_keeps_the_older_one(watched, served):
    question = choices(1)[0]
    labels = [choice["label"] for choice in question["choices"]]
    progress = open_progress(watched, served, [(question, record(question, labels[0]))])
    watched.get_by_role("button", name="Erase everything").click()
    watched.get_by_role("dialog").get_by_role("button", name="Erase").click()
    newer = record(question, labels[1], at="2026-05-05T10:00:00.000Z")
    watched.evaluate("([key, one]) => localStorage.setItem(key, JSON.stringify(one))", [key(question), newer])
    watched.get_by_role("button", name="Undo").click()
    expect(progress.locator(".progress-said")).to_have_text("Put back.")
    assert json.loads(watched.evaluate(KEPT)[key(question)])["state"]["guess"] == labels[0]


# -- storage -------------------------------------------------------------------------------------------------

FILL = """() => {
  let text = "x".repeat(1 << 20);
  for (let i = 0; text; i++) {
    try { localStorage.setItem("fill" + i, text); } catch { text = text.slice(0, text.length >> 1); }
  }
}"""


def test_storage_that_is_full_in_the_middle_changes_nothing(watched, served):
    """There is room for some of the records, not for all: none is changed, and the page says so."""
    question = choices(1)[0]
    progress = open_progress(watched, served, [(question, record(question, question["answer"]))])
    watched.evaluate(FILL)
    watched.evaluate("localStorage.removeItem('fill0'); localStorage.setItem('fill0', 'x'.repeat((1 << 20) - 3000))")
    before = watched.evaluate("({ ...localStorage })")
    entries = [entry(one, wrong(one)) for one in QUESTIONS]
    load(watched, json.dumps(file_with(*entries)))
    expect(progress.locator(".progress-said")).to_have_text(
        "The storage of this browser is full. Nothing was changed: free some space, then try again."
    )
    assert watched.evaluate("({ ...localStorage })") == before




def test_where_storage_is_blocked_the_page_says_so_and_a_file_can_be_read_and_saved(watched, served):
    """As in the private mode of some browsers."""
    watched.add_init_script(BLOCKED_STORAGE)
    progress = open_progress(watched, served)
    expect(progress).to_contain_text("save your guesses to a file before you close it")
    question = choices(1)[0]
    load(watched, json.dumps(file_with(entry(question, question["answer"]))))
    expect(progress.locator(".progress-said")).to_contain_text("Read: 1 entries.")
    total(progress, f"1 / {len(QUESTIONS)}")
    assert json.loads(save(watched))["guesses"][0]["guess"] == question["answer"]


def test_two_tabs_at_once(watched, context, served):
    question = choices(1)[0]
    progress = open_progress(watched, served, [])
    other = context.new_page()
    other.goto(served + f"chapters/{question['chapter']}.html")
    view = other.locator(f"#guess-{question['name']}")
    view.locator(".guess-choice input").first.check()
    view.get_by_role("button", name="sure", exact=True).click()
    total(progress, f"1 / {len(QUESTIONS)}")
    watched.bring_to_front()
    watched.get_by_role("button", name="Erase everything").click()
    watched.get_by_role("dialog").get_by_role("button", name="Erase").click()
    expect(view.get_by_role("button", name="sure", exact=True)).to_be_visible()  # the other tab asks again


def test_a_clock_that_was_set_back_loses_nothing(watched, served):
    question, other = choices(2)
    watched.clock.set_fixed_time("2026-01-01T10:00:00Z")
    kept = record(question, question["answer"], at="2026-06-01T10:00:00.000Z")
    progress = open_progress(watched, served, [(question, kept)])
    text = save(watched)
    load(
        watched,
        json.dumps(
            file_with(entry(question, wrong(question), at="2026-06-02T10:00:00Z"), entry(other, other["answer"]))
        ),
    )
    expect(progress.locator(".progress-said")).to_contain_text("Read: 2 entries.")
    watched.clock.set_fixed_time("2026-07-01T10:00:00Z")
    load(watched, text)  # what was saved before: its guess is the one that was really first
    assert json.loads(text)["guesses"][0]["guess"] == question["answer"]
    assert len(watched.evaluate(KEPT)) == 2


# -- for every reader ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_in_every_state(new_context, served, scheme):
    page = new_context(color_scheme=scheme, reduced_motion="reduce", viewport={"width": 360, "height": 800}).new_page()
    progress = open_progress(page, served, everything())
    page.evaluate("document.querySelectorAll('.progress details').forEach((part) => { part.open = true; })")
    found = violations(page)
    page.get_by_role("button", name="Erase everything").click()
    found += violations(page, least=10)  # behind a dialog there is nothing to look at
    page.get_by_role("dialog").get_by_role("button", name="Erase").click()
    load(page, "{")
    expect(progress.locator(".progress-said")).to_contain_text("not JSON")
    assert found + violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_names_roles_and_states_on_the_accessibility_tree(watched, served):
    question = choices(1)[0]
    progress = open_progress(watched, served, [(question, record(question, question["answer"]))])
    tree = progress.aria_snapshot()
    for part in [
        '- row "Chapter Guessed Right at first Sure, and not right Wrong first, right at recall"',
        '- heading "How sure, how right" [level=2]',
        '- button "Save my guesses"',
        '- button "Read a file of guesses:"',
        '- button "Erase everything"',
        "- status",
    ]:
        assert part in tree, tree
