"""The progress page lives in node: its sums, its picture, files saved and read, what is erased and comes back."""

import itertools
import json
import math

import pytest
from gathered import AT, DIGEST, chapter, gathered, key, question, record
from living import WORDS, all_of, at, classes, numbers, text_of
from places import PACKAGE
from twins import running

SITE = PACKAGE / "book_site" / "gathered"
SURES = ["guessing", "leaning", "sure"]
BY_RATIO = {"by": "ratio", "low": 1, "high": 1000}


@pytest.fixture(scope="module")
def progress(tmp_path_factory):
    with gathered("progress", tmp_path_factory.mktemp("progress")) as progress:
        yield progress


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    """What calibration.js and progress.js export, and what they are made of."""
    more = tmp_path_factory.mktemp("more") / "more.js"
    more.write_text("export const told = (chapters, kept) => toldOf(chapters, ({ name }) => kept[name]);\n")
    names = [PACKAGE / "asking" / f"{name}.js" for name in ("elements", "score", "merge", "record")]
    with running(*names, SITE / "calibration.js", SITE / "progress.js", more) as call:
        yield call


def said(progress):
    (part,) = progress.all("progress-said")
    return " ".join(text_of(one) for one in part["children"])


def tab_stop(part):
    return part["attributes"]["tabindex"], part["attributes"]["role"], part["attributes"]["aria-label"]


# -- how sure, how right ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [1, 2, 5, 17, 400])
def test_the_range_ends_where_what_was_seen_is_just_not_too_far_off(rules, made):
    """Wilson's ends are the two shares from which the one that was seen lies 1.96 standard deviations away."""
    for right in sorted({0, 1, made // 2, made - 1, made}):
        low, high = rules("range", right, made)
        assert 0 <= low <= right / made <= high <= 1 and low < high
        for end in (low, high):
            assert abs(right / made - end) == pytest.approx(1.96 * math.sqrt(end * (1 - end) / made), abs=1e-9)


def test_only_what_can_be_scored_is_counted_by_sureness(rules):
    told = [{"confidence": sure, "right": right} for sure, right in itertools.product([*SURES, ""],
                                                                                     [True, False, False, None])]
    assert rules("bySureness", told) == [[name, 3, 1] for name in SURES]


def sure_rows(progress, **counts):
    """Open the page with so many (made, right) of each sureness; give what stands below "How sure, how right"."""
    kept = []
    for sure, (made, right) in counts.items():
        kept += [(question(f"{sure}{i}"), record("b" if i < right else "c", sure)) for i in range(made)]
    progress.opens(chapter("one", *(one for one, _ in kept)), kept=kept)
    return progress.rows()[3:]


def percent(share):
    return f"{math.floor(100 * share + 0.5)} %"


def test_a_row_has_a_share_and_a_range_from_five(progress, rules):
    rows = sure_rows(progress, guessing=(4, 4), leaning=(5, 2), sure=(6, 5))
    shares = [["–", WORDS["progressFew"]]]
    for right, made in ((2, 5), (5, 6)):
        shares.append([percent(right / made), " – ".join(map(percent, rules("range", right, made)))])
    assert rows == [WORDS["progressSureColumns"].split("|"), ["guessing", "4", "4", *shares[0]],
                    ["leaning", "5", "2", *shares[1]], ["sure", "6", "5", *shares[2]]]
    assert tab_stop(progress.all("book-scroll")[1]) == ("0", "group", WORDS["progressSure"])


@pytest.mark.parametrize(("counts", "pictures"), [
    ({"sure": (5, 5), "leaning": (4, 0)}, 0), ({"sure": (5, 5), "leaning": (5, 0)}, 1)])
def test_a_picture_comes_with_two_rows_of_five(progress, counts, pictures):
    sure_rows(progress, **counts)
    assert len(progress.all("svg")) == pictures
    assert (WORDS["progressNoPicture"] in progress.texts("p")) == (pictures == 0)


def test_the_picture_shows_shares_on_its_scale_with_their_ranges(progress, rules):
    counts = {"guessing": (4, 4), "leaning": (8, 2), "sure": (5, 5)}
    sure_rows(progress, **counts)
    (drawing,) = progress.all("progress-picture")
    assert drawing["attributes"]["role"] == "img"
    assert drawing["attributes"]["aria-label"] == f"{WORDS['progressPicture']} leaning: 25 %, sure: 100 %."
    grid = list(all_of(drawing, "progress-grid"))
    assert all(line["attributes"]["y1"] == line["attributes"]["y2"] for line in grid)
    assert len({(line["attributes"]["x1"], line["attributes"]["x2"]) for line in grid}) == 1
    left, right = (float(grid[0]["attributes"][name]) for name in ("x1", "x2"))
    (none, half, whole) = (at(line, "x1", "y1")[1] for line in grid)
    assert whole < half < none and half == (none + whole) / 2

    texts = {text_of(one): one for one in all_of(drawing, "text")}
    _, _, width, height = numbers(drawing["attributes"]["viewbox" if "viewbox" in drawing["attributes"] else "viewBox"])
    assert 0 < left < right < width and 0 < whole < none < height
    for label, y in (("0 %", none), ("50 %", half), ("100 %", whole)):
        x, base = at(texts[label])
        assert x < left and 0 < base - y < 10 and texts[label]["attributes"]["text-anchor"] == "end"
    columns = [at(texts[name]) for name in SURES]
    xs = [x for x, _ in columns]
    assert left < xs[0] < xs[1] < xs[2] < right and xs[1] - xs[0] == xs[2] - xs[1]
    assert len({y for _, y in columns}) == 1 and none < columns[0][1] < height
    assert all(texts[name]["attributes"]["text-anchor"] == "middle" for name in SURES)

    shown = [(xs[1], 2, 8), (xs[2], 5, 5)]
    dots, ranges = (list(all_of(drawing, f"progress-{name}")) for name in ("dot", "range"))
    for dot, line, (x, good, made) in zip(dots, ranges, shown, strict=True):
        assert at(dot, "cx", "cy") == (x, pytest.approx(none + good / made * (whole - none)))
        ends = [at(line, f"x{end}", f"y{end}") for end in (1, 2)]
        assert ends == [(x, pytest.approx(none + end * (whole - none))) for end in rules("range", good, made)]
        count = texts[f"{good}/{made}"]
        beside, base = at(count)
        assert classes(count) == ["progress-count"]
        assert beside > x + float(dot["attributes"]["r"]) and 0 < base - at(dot, "cx", "cy")[1] < 10


# -- the sums --------------------------------------------------------------------------------------------------------


def test_the_sums_are_those_of_a_plain_count(rules):
    either = [False, True]
    every = itertools.product([None, "b", "c"], ["sure", "leaning", ""], either, either, ["knew", "notYet", None])
    questions, kept = [], {}
    for i, (guess, sure, skipped, revealed, word) in enumerate(every):
        questions.append(question(f"q{i}"))
        reviews = [[AT, "notYet"], [AT, word]] if word else []
        kept[f"q{i}"] = record(guess, sure, reviews, skipped=skipped, revealed=revealed)
    questions += [question("words", "words"), question("none"), question("card", "card")]
    kept["words"] = record("mine", "sure")
    kept["card"] = record(None) | {"state": {"knew": "knew"}, "reviews": [[AT, "knew"]]}
    told = rules("told", [chapter("one", *questions)], kept)

    def is_right(name):
        state = kept[name]["state"]
        return None if name == "words" or not state["revealed"] or state["guess"] is None else state["guess"] == "b"

    guesses = [name for name in kept if name != "card"]
    missed = [name for name in guesses if is_right(name) is False]
    assert [one["question"]["name"] for one in told] == [one["name"] for one in questions]
    assert [one["right"] for one in told] == [*map(is_right, guesses), None, None]
    sums = rules("sums", told)
    assert [one["question"]["name"] for one in sums.pop("missed")] == missed
    assert sums == {
        "asked": len(guesses) + 1, "made": sum(kept[name]["state"]["guess"] is not None for name in guesses),
        "skipped": sum(kept[name]["state"]["skipped"] and kept[name]["state"]["guess"] is None for name in guesses),
        "scored": sum(is_right(name) is not None for name in guesses),
        "right": sum(is_right(name) is True for name in guesses),
        "sureWrong": sum(kept[name]["state"]["confidence"] == "sure" for name in missed),
        "recalled": sum(kept[name]["reviews"][-1:] == [[AT, "knew"]] for name in missed)}


ONE = [question("right"), question("wrong"), question("back"), question("open"), question("skipped"), question("none")]
TWO = [question("number", "number", "two", 100, scale=BY_RATIO, unit="MB"), question("words", "words", "two"),
       question("card", "card", "two"), question("order", "order", "two", ["a", "b", "c"])]
KEPT = [(ONE[0], record("b", "sure")), (ONE[1], record("c", "sure", second="b")),
        (ONE[2], record("a", "leaning", [[AT, "knew"]])), (ONE[3], record("c", revealed=False)), (ONE[4], record(None)),
        (TWO[0], record(500)), (TWO[1], record("Mine `own`.")),
        (TWO[2], {**record(None), "state": {"knew": "knew"}, "reviews": [[AT, "knew"]]}),
        (TWO[3], record(["a", "b", "c"]))]
BOTH = [chapter("one", *ONE), chapter("two", *TWO)]


def test_the_table_has_a_row_for_each_chapter_and_one_for_all(progress):
    progress.opens(*BOTH, kept=KEPT)
    assert progress.rows()[:4] == [
        WORDS["progressColumns"].split("|"), ["Chapter one", "4 / 6", "1 / 3", "1", "1 / 2"],
        ["Chapter two", "3 / 3", "1 / 2", "0", "0 / 1"], [WORDS["progressAll"], "7 / 9", "2 / 5", "1", "1 / 3"]]
    assert progress.texts("progress-sum") == [
        WORDS["progressSum"].format(made=7, asked=9, scored=5, right=2, skipped=1, missed=3)]
    assert tab_stop(progress.all("book-scroll")[0]) == ("0", "group", WORDS["progressByChapter"])
    assert WORDS["progressWonSome"].format(n=1, missed=3) in progress.texts("p") and progress.all("guess-problem") == []
    progress.opens(*BOTH, kept=[(ONE[0], record("b")), (ONE[4], record(None))])
    assert progress.rows()[1] == ["Chapter one", "1 / 6", "1 / 1", "0", "–"]
    assert progress.rows()[2] == ["Chapter two", "0 / 3", "–", "0", "–"]
    assert WORDS["progressWonNone"] in progress.texts("p")


@pytest.mark.parametrize(("kept", "begun"), [
    ([], False), ([(ONE[4], record(None))], True), ([(ONE[3], record("a", revealed=False))], True)])
def test_the_first_line_invites_where_nothing_was_done(progress, kept, begun):
    progress.opens(*BOTH, kept=kept)
    assert (progress.texts("progress-sum") == [WORDS["progressNone"]]) == (not begun)


VERDICTS = {
    "right": ["Your guess: b (sure)", "✓ Right."], "open": ["Your guess: c", "not yet revealed"],
    "wrong": ["Your guess: c (sure)", "Second thought: b", "✗ Not this time."],
    "back": ["Your guess: a (leaning)", "✗ Not this time. ✓ Right at recall."], "skipped": ["Shown without a guess."],
    "none": ["not yet guessed"], "number": ["Your guess: 500 MB", "✗ Not this time. (within a factor of 10)"],
    "words": ["Your guess: Mine own.", "Noted."], "order": ["Your guess: a › b › c", "✓ Right."],
}


def test_every_guess_is_listed_with_what_became_of_it(progress):
    progress.opens(*BOTH, kept=KEPT)
    lists = progress.all("progress-chapter")
    assert [one["attributes"]["data-chapter"] for one in lists] == ["one", "two"]
    assert [text_of(next(all_of(one, "summary"))) for one in lists] == ["Chapter one: 4 / 6", "Chapter two: 3 / 3"]
    right = {"right": "true", "order": "true", "wrong": "false", "back": "false", "number": "false"}
    for part, questions in zip(lists, (ONE, TWO), strict=True):
        items = list(all_of(part, "li"))
        names = [one["name"] for one in questions if one["kind"] != "card"]
        for item, name in zip(items, names, strict=True):
            (link,), paragraphs = all_of(item, "a"), [text_of(one) for one in all_of(item, "p")]
            assert paragraphs == [f"Is it {name}?", *VERDICTS[name]]
            assert link["attributes"]["href"] == f"{questions[0]['chapter']}.html#guess-{name}"
            assert item["attributes"]["data-right"] == right.get(name, "null")
            erase = [one["attributes"]["aria-label"] for one in all_of(item, "button")]
            assert erase == [f"{WORDS['progressReset']}: Is it {name}?"] * (name != "none")
    first = progress.all("ul")[0]
    assert [text_of(one) for one in all_of(first, "a")] == ["Is it back?"], "what came back stands above all"


@pytest.mark.parametrize(("kept", "verdict"), [
    (record("b", skipped=True), "✓ Right."), (record("c", skipped=True), "✗ Not this time."),
    (record(None, skipped=True), "Shown without a guess."),
    (record(None, skipped=True, revealed=False), "Shown without a guess."),
    (record(None, skipped=False, revealed=False), "not yet revealed"), (record(None, skipped=False), "Noted."),
    (record("b", reviews=[[AT, "knew"]]), "✓ Right."), (record("c", reviews=[[AT, "notYet"]]), "✗ Not this time."),
])  # fmt: skip
def test_what_is_said_of_a_guess_hangs_on_the_guess_and_then_on_what_was_shown(progress, kept, verdict):
    """Where two browsers met, one may have skipped what the other guessed."""
    progress.opens(chapter("one", ONE[0]), kept=[(ONE[0], kept)])
    assert progress.texts("progress-verdict") == [verdict]


# -- erasing ---------------------------------------------------------------------------------------------------------


def names_of(kept):
    return {name.rpartition("/")[2] for name in kept}


@pytest.mark.parametrize(("button", "asks", "gone"), [
    (f"{WORDS['progressReset']}: Is it wrong?", WORDS["progressAskOne"].format(question="Is it wrong?"), {"wrong"}),
    (f"{WORDS['progressResetChapter']}: Chapter two", WORDS["progressAskChapter"].format(n=4, title="Chapter two"),
     {"number", "words", "card", "order"}),
    (WORDS["progressResetAll"], WORDS["progressAskAll"].format(n=9), {one["name"] for one, _ in KEPT}),
], ids=["one", "chapter", "all"])
def test_what_is_erased_is_asked_for_first_and_comes_back(progress, button, asks, gone):
    progress.opens(*BOTH, kept=KEPT)
    before = progress.kept
    progress("press", button)
    (dialog,) = progress.all("dialog")
    assert "open" in dialog["attributes"] and dialog["attributes"]["aria-label"] == asks
    assert text_of(next(all_of(dialog, "p"))) == asks and text_of(progress.active) == WORDS["progressNo"]
    progress("press", WORDS["progressNo"])
    assert progress.kept == before and "open" not in progress.all("dialog")[0]["attributes"]
    progress("press", button)("press", WORDS["progressYes"])
    assert names_of(before) - names_of(progress.kept) == gone and "open" not in progress.all("dialog")[0]["attributes"]
    assert said(progress) == f"{WORDS['progressGone'].format(n=len(gone))} {WORDS['progressUndo']}"
    assert text_of(progress.active) == WORDS["progressUndo"] and progress.frames == 1, "it is painted once for all"
    progress("frame")
    assert progress.rows()[3][1] == f"{len(names_of(progress.kept) - {'card', 'skipped'})} / 9"
    progress("press", WORDS["progressUndo"])
    assert progress.kept == before and said(progress) == WORDS["progressBack"] and progress.frames == 1
    progress("frame")
    assert progress.rows()[3][1] == "7 / 9"


def test_what_does_not_come_back_for_want_of_room_can_be_tried_again(progress):
    progress.opens(*BOTH, kept=KEPT)
    before = progress.kept
    progress("press", WORDS["progressResetAll"])("press", WORDS["progressYes"])
    progress("room", 10)("press", WORDS["progressUndo"])
    assert progress.kept == {} and said(progress).endswith(f"{WORDS['progressUndo']} {WORDS['fileFull']}")
    progress("room", 1e6)("press", WORDS["progressUndo"])
    assert progress.kept == before and said(progress) == WORDS["progressBack"]


def test_nothing_can_be_erased_where_nothing_is_kept(progress):
    progress.opens(*BOTH)
    (button,) = [one for one in progress.all("button") if text_of(one) == WORDS["progressResetAll"]]
    assert "disabled" in button["attributes"] and "progress-chapter" in classes(progress.all("progress-chapter")[0])
    assert not [one for one in progress.all("button") if WORDS["progressResetChapter"] in text_of(one)]
    progress.opens(*BOTH, kept=KEPT[:1])
    (button,) = [one for one in progress.all("button") if text_of(one) == WORDS["progressResetAll"]]
    assert "disabled" not in button["attributes"]


# -- painted anew ----------------------------------------------------------------------------------------------------


def test_another_tab_and_the_way_back_paint_the_page_and_what_was_open_stays(progress):
    progress.opens(*BOTH, kept=KEPT)("unfold", "details[data-chapter=two]")
    for event in ({"key": key(ONE[5]), "newValue": None}, {"persisted": True}, {"persisted": False}):
        progress("tell", "storage" if "key" in event else "pageshow", event)
        assert progress.frames == event.get("persisted", True)
        progress("frame")
        assert ["open" in one["attributes"] for one in progress.all("progress-chapter")] == [False, True]


def test_what_has_the_focus_keeps_it(progress):
    progress.opens(*BOTH, kept=KEPT)
    for selector, place in (("summary", 1), ("button", 0), ("input", 0)):
        progress("focus", selector, place)
        before = progress.active
        progress("tell", "pageshow", {"persisted": True})("frame")
        assert progress.active == before and before["tag"] == selector
    progress.opens(*BOTH, kept=KEPT)("tell", "pageshow", {"persisted": True})("frame")
    assert progress.active is None


# -- files -----------------------------------------------------------------------------------------------------------


def entry(question, guess, **more):
    return {"chapter": question["chapter"], "name": question["name"], "digest": DIGEST, "at": AT, "guess": guess} | more


def file_of(*guesses, **more):
    form = {"format": "guesses", "version": 1, "book": "b", "saved": AT, "guesses": guesses, "cards": []}
    return json.dumps(form | more).encode()


def test_a_file_holds_what_is_kept_and_is_read_again(progress):
    progress.opens(*BOTH, kept=KEPT)
    before = progress.kept
    progress("press", WORDS["progressSave"])
    assert said(progress) == WORDS["progressSaved"].format(n=len(KEPT))
    (file,) = progress.offered
    assert (file["name"], file["type"]) == ("my-guesses.json", "application/json")
    assert file["text"] == json.dumps(json.loads(file["text"]), indent=1, ensure_ascii=False) + "\n"
    data = json.loads(file["text"])
    assert (len(data["guesses"]), len(data["cards"]), data["saved"]) == (8, 1, AT)
    progress.opens(*BOTH).choose(("mine.json", file["text"].encode()))
    assert said(progress) == WORDS["fileRead"].format(n=len(KEPT)) and progress.kept == before
    assert progress.frames == 1, "it is painted once for all"


def test_a_file_that_is_offered_leaves_nothing_on_the_page_and_is_let_go_later(progress):
    progress.opens(*BOTH, kept=KEPT)
    progress("press", WORDS["progressSave"])
    (file,) = progress.offered
    assert [one for one in progress.all("a") if "download" in one["attributes"]] == []
    assert progress.gone == [] and progress.waits == 1
    progress("later")
    assert progress.gone == [file["address"]]


@pytest.mark.parametrize(("file", "sentence"), [
    (b"{", "fileNoJson"), (b"[]", "fileOther"), (file_of(version=2), "fileLater"), (file_of(cards=None), "fileBroken"),
    (file_of(book="another"), "fileBook")])
def test_what_is_no_file_of_guesses_changes_nothing(progress, file, sentence):
    progress.opens(*BOTH, kept=KEPT)
    before = progress.kept
    progress.choose(("mine.json", file))
    assert said(progress) == WORDS[sentence] and progress.kept == before and progress.frames == 0


@pytest.mark.parametrize(("about", "said_then"), [
    ({"size": 5_000_000}, WORDS["fileRead"].format(n=1)),
    ({"size": 5_000_001}, WORDS["fileLarge"].format(size=6)),
    ({"size": 12_000_000}, WORDS["fileLarge"].format(size=12)),
    ({"fails": True}, WORDS["fileUnread"])])
def test_a_file_is_read_up_to_five_megabytes_and_where_it_can_be(progress, about, said_then):
    progress.opens(*BOTH).choose(("mine.json", file_of(entry(ONE[0], "b")), about))
    assert said(progress) == said_then


def test_what_a_file_holds_beside_guesses_is_said(progress):
    other = entry(question("gone"), "b")
    progress.opens(*BOTH, at="2026-02-01T10:00:00Z").choose(("mine.json", file_of(
        entry(ONE[0], "b"), entry(ONE[1], "b", at="2019-01-01T00:00:00Z"), other, other, other, {}, {})))
    assert said(progress) == " ".join([WORDS["fileRead"].format(n=2), WORDS["fileUnknown"].format(n=3),
                                   WORDS["fileParts"].format(n=2), WORDS["fileClock"]])
    progress.opens(*BOTH, most=0).choose(("mine.json", file_of(entry(ONE[0], "b"))))
    assert said(progress) == WORDS["fileFull"] and progress.kept == {}


def test_no_file_is_read_where_none_was_chosen(progress):
    progress.opens(*BOTH).choose()
    assert said(progress) == "" and progress.frames == 0
    assert progress.texts("progress-file") == [f"{WORDS['progressLoad']} "]
    (field,) = progress.all("input")
    assert field["attributes"]["type"] == "file"
