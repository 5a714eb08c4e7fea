"""`python -m book_utils items`: it finds the bad questions that were planted, and accuses no good one."""

import csv
import json
import re
from collections import Counter

import numpy as np
import pytest
from axe import violations
from simulate_readers import Truth
from time_class_report import student_file

from book_utils.__main__ import main
from book_utils.classroom.abilities import Reached
from book_utils.classroom.answers import Question, questions_of_the_book
from book_utils.classroom.counts import Tally
from book_utils.classroom.items import HEADER, Item
from book_utils.classroom.ranges import Z, fisher, paired, wilson
from book_utils.classroom.separation import Drawn

SAYS = {"backwards": "Those who do better elsewhere are wrong here", "everybody": "Nearly everybody gets it.",
        "unused": "Hardly anybody takes", "wrong key": "is it the right answer?"}


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    """(the truth, the entries of 250 readers, the folder that the command wrote)."""
    folder, truth = tmp_path_factory.mktemp("items"), Truth(7)
    readers = [truth.reader() for _ in range(250)]
    for number, reader in enumerate(readers):
        (folder / f"{number}.json").write_text(json.dumps(reader), encoding="utf-8")
    assert main(["items", str(folder), "-o", str(folder / "out")]) == 0
    return truth, [reader["guesses"] for reader in readers], folder / "out"


def rows_of(folder):
    with open(folder / "items.csv", encoding="utf-8-sig", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def test_it_finds_what_was_planted_and_accuses_no_good_question(simulated):
    truth, _, folder = simulated
    rows = rows_of(folder)
    for name, what in truth.planted.items():
        assert SAYS[what] in rows[name]["look_at"], what
    meant, unused = (next(iter(one.values())) for one in (truth.meant, truth.unused))
    said = " ".join(row["look_at"] for row in rows.values())
    assert f"They choose “{meant}”" in said and f"takes “{unused}”" in said
    for place, question in enumerate(truth.asked):
        if question.name not in truth.planted:
            rare = [label for label, share in truth.taken(place).items() if share < 0.05]
            named = re.findall("“(.*?)”\\.", rows[question.name]["look_at"])
            assert set(named) <= set(rare) and "elsewhere" not in rows[question.name]["look_at"], question.name


def test_the_points_that_were_ticked(tmp_path):
    """A point that the page does not have is not counted, and nor is one that was ticked twice."""
    own, words = [], next(question for question in questions_of_the_book() if question.kind == "words")
    for number in range(12):
        data = student_file(number, [words], share=1)
        data["guesses"][0]["ticked"] += [97, 0, 0]
        own += [entry for entry in data["guesses"] if entry["guess"]]
        (tmp_path / f"{number}.json").write_text(json.dumps(data), encoding="utf-8")
    assert main(["items", str(tmp_path), "-o", str(tmp_path / "out")]) == 0
    row, page = rows_of(tmp_path / "out")[words.name], (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    ticked = [sum(place in entry["ticked"] for entry in own) for place in range(len(words.points))]
    assert row["choices"].split(" | ") == [f"{point.rstrip('.')}: {many}"
                                           for point, many in zip(words.points, ticked, strict=True)]
    names = [question.name for question in questions_of_the_book()]
    assert int(row["item"]) == names.index(words.name) + 1  # as in the class report
    assert ticked[0] == len(own) == int(row["guesses"]) > max(ticked[1:]) > 0
    assert f"{words.points[0]} {len(own)} of {len(own)}: 100% <small>(" in page


def test_the_numbers_are_those_of_a_plain_loop(simulated):
    truth, readers, folder = simulated
    rows = rows_of(folder)
    right = np.full((len(readers), len(truth.asked)), np.nan)
    places = {question.name: place for place, question in enumerate(truth.asked)}
    for one, guesses in enumerate(readers):
        for entry in guesses:
            place = places[entry["name"]]
            right[one, place] = entry["guess"] == truth.asked[place].answer
    for name, place in places.items():
        row, mine = rows[name], right[:, place]
        there = ~np.isnan(mine)
        others = np.nanmean(np.delete(right, place, axis=1), axis=1)
        assert (int(row["guesses"]), float(row["right"])) == (there.sum(), round(float(mine[there].mean()), 3))
        low, high = float(row["right_from"]), float(row["right_to"])
        for edge in (low, high):  # the share lies 1.96 standard errors of the edge away from it
            off = abs(mine[there].mean() - edge) / max(np.sqrt(edge * (1 - edge) / there.sum()), 1e-9)
            assert not 0.02 < edge < 0.98 or off == pytest.approx(Z, abs=0.08), name
        if row["separates"]:
            assert float(row["separates"]) == pytest.approx(np.corrcoef(mine[there], others[there])[0, 1], abs=6e-4)
        met = [(entry["guess"] == truth.asked[place].answer, entry["reviews"][-1][1] == "knew")
               for guesses in readers for entry in guesses if entry["name"] == name and entry["reviews"]]
        gain = (sum(after for _, after in met) - sum(before for before, _ in met)) / len(met)
        assert (int(row["recalled"]), float(row["recall_gain"])) == (len(met), round(gain, 3))
        assert float(row["gain_from"]) < gain < float(row["gain_to"])


def test_the_range_of_a_gain_holds_what_it_should():
    """Of 4,000 classes of 40 with a true gain of 20 points, 95% or so have it in their range."""
    dice = np.random.default_rng(5)
    held = 0
    for _ in range(4000):
        gained, lost, _ = dice.multinomial(40, [0.3, 0.1, 0.6])
        low, high = paired(int(gained), int(lost), 40)
        held += low <= 0.2 <= high
    assert 0.94 <= held / 4000 <= 0.97


def test_ranges_at_their_ends():
    """Worked by hand from Wilson's formula, Fisher's z, and the one of Bonett and Price."""
    zz = Z * Z
    assert wilson(0, 0) == (0, 1)
    for many in (1, 5, 40):
        assert wilson(0, many) == (pytest.approx(0, abs=1e-12), pytest.approx(zz / (many + zz)))
        assert wilson(many, many) == (pytest.approx(many / (many + zz)), pytest.approx(1))
        for part in range(many + 1):  # where the share lies Z standard errors of the edge away from it
            low, high = np.sort(np.roots([many + zz, -2 * part - zz, part * part / many]).real)
            assert wilson(part, many) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))
            assert wilson(part, many)[0] >= 0 and wilson(part, many)[1] <= 1
    assert fisher(0.5, 3) == (-1, 1) and fisher(0.0, 4) == (-np.tanh(Z), np.tanh(Z))
    for r, many in [(0.3, 12), (-0.7, 5), (0, 100)]:
        half = Z / (many - 3) ** 0.5
        assert fisher(r, many) == pytest.approx((np.tanh(np.arctanh(r) - half), np.tanh(np.arctanh(r) + half)))
    assert fisher(1.0, 9) == tuple(-one for one in reversed(fisher(-1.0, 9))) and 0.99 < fisher(1.0, 9)[0] < 1
    for gained, lost, many in [(12, 3, 40), (0, 0, 5), (1, 9, 10)]:
        plus, minus = (gained + 1) / (many + 2), (lost + 1) / (many + 2)
        half = Z * ((plus + minus - (plus - minus) ** 2) / (many + 2)) ** 0.5
        assert paired(gained, lost, many) == pytest.approx(
            (max(-1, plus - minus - half), min(1, plus - minus + half)))
    assert paired(3, 0, 3)[1] == 1 and paired(0, 3, 3)[0] == -1


def item_of(counts, drawn=None, separates=None, told_of=250, sure=None):
    """A choice between `a`, the answer, and others that so many took."""
    choices = [{"label": label, "note": ""} for label in counts]
    asked = Question("lookup", "made-up", "0" * 12, "choice", "What?", choices, "a", "a", {}, "")
    tally = Tally(asked, made=sum(counts.values()), right=counts["a"], separates=separates, told_of=told_of)
    tally.values = {label: Counter({"": many}) for label, many in counts.items() if many}
    tally.drawn = {label: Drawn(many, 0.5, (drawn or {}).get(label)) for label, many in counts.items()}
    tally.by_confidence |= sure or {}
    return Item(7, tally)


def test_a_row_of_the_table_says_what_was_counted_and_nothing_where_nothing_was():
    row = dict(zip(HEADER, item_of({"a": 6, "b": 4, "c": 0}, {"a": 0.25, "b": -0.25}).row(), strict=True))
    low, high = wilson(6, 10)
    assert row == {
        "item": 7, "chapter": "lookup", "name": "made-up", "guesses": 10, "right": 0.6, "right_from": round(low, 3),
        "right_to": round(high, 3), "separates": "", "separates_from": "", "separates_to": "", "sure": 0,
        "sure_right": 0, "guessing": 0, "guessing_right": 0, "recalled": 0, "recall_gain": "", "gain_from": "",
        "gain_to": "", "choices": "a: 6 (+0.25) | b: 4 (-0.25) | c: 0 ()", "look_at": ""}
    told = item_of({"a": 6, "b": 4}, separates=0.5, sure={"sure": [5, 3], "guessing": [2, 1], "": [3, 2]})
    row = dict(zip(HEADER, told.row(), strict=True))
    assert [row[name] for name in HEADER[10:14]] == [5, 3, 2, 1]
    assert told.calibration == [("sure", 5, 3), ("guessing", 2, 1)]
    assert [row[name] for name in HEADER[7:10]] == [0.5, *(round(end, 3) for end in fisher(0.5, 250))]


@pytest.mark.parametrize("item, said", [
    (item_of({"a": 150, "b": 100}, {"b": 0.3}, separates=-0.3), [
        "Those who do better elsewhere are wrong here more often.", "They choose “b”: is it the right answer?"]),
    (item_of({"a": 150, "b": 60, "c": 40}, {"a": 0.9, "b": 0.2, "c": 0.4}, separates=-0.3), [
        "Those who do better elsewhere are wrong here more often.", "They choose “c”: is it the right answer?"]),
    (item_of({"a": 150, "b": 100}, {"b": 0.1}, separates=-0.3), [  # from -0.02 on
        "Those who do better elsewhere are wrong here more often."]),
    (item_of({"a": 150, "b": 100}, {"b": 0.3}, separates=-0.1), []),  # up to 0.02
    (item_of({"a": 150, "b": 100}, {"b": 0.3}, separates=0.3), []),
    (item_of({"a": 249, "b": 1}), ["Nearly everybody gets it."]),
    (item_of({"a": 243, "b": 7}), []),  # up to 5.7%
    (item_of({"a": 200, "b": 48, "c": 2}), ["Hardly anybody takes “c”."]),
    (item_of({"a": 1, "b": 249}), []),
    (item_of({"a": 8, "b": 0}), []),  # too few to tell
])
def test_a_question_is_named_only_where_the_whole_range_is_bad(item, said):
    assert item.look_at == said


def test_an_ability_has_a_share_from_five_guesses_on():
    assert [Reached("a", "b", [1], 3, made).share for made in (4, 5, 6)] == [None, 0.6, 0.5]


@pytest.mark.parametrize("theme, width", [("light", 1280), ("dark", 360)])
def test_the_page(simulated, page, theme, width):
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto((simulated[2] / "index.html").as_uri())
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h2:text('To look at') + ul li").count() >= 4


def test_another_folder_is_left_alone(simulated, tmp_path, capsys):
    (tmp_path / "index.html").write_text("mine", encoding="utf-8")
    assert main(["items", str(simulated[2].parent), "-o", str(tmp_path)]) == 1
    assert "is not of an earlier report" in capsys.readouterr().err
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "mine"
