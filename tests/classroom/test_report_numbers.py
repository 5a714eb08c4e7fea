"""Every number of a class report, read back from its page and table, against a plain loop over the entries."""

import csv
import json
import math
import random
import re
from collections import Counter

import numpy as np
import pytest
from bs4 import BeautifulSoup
from places import ROOT
from time_class_report import student_file

from book_utils.asking.score import score
from book_utils.classroom import class_report
from book_utils.classroom.abilities import read_abilities
from book_utils.classroom.answers import questions_of_the_book
from book_utils.classroom.separation import Separation, correlation

QUESTIONS = questions_of_the_book()
SURE = ("sure", "leaning", "guessing")
STUDENTS = 37


@pytest.fixture(scope="module", params=[STUDENTS, 4], ids=["many", "few"])
def made(request, tmp_path_factory):
    """(the parsed page, the rows of the table, all entries by question) of a class that answers with every kind."""
    folder = tmp_path_factory.mktemp("numbers")
    (folder / "in").mkdir()
    entries = {question.name: [] for question in QUESTIONS}
    for number in range(request.param):
        data = student_file(number, QUESTIONS)
        for entry in data["guesses"]:
            if number % 5 == 0 and entry["confidence"]:
                entry["confidence"] = ""  # did not say
            entries[entry["name"]].append({**entry, "student": number})
        (folder / "in" / f"{number}.json").write_text(json.dumps(data), encoding="utf-8")
    class_report([folder / "in"], folder / "out")
    with open(folder / "out" / "guesses.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    page = BeautifulSoup((folder / "out" / "index.html").read_text(encoding="utf-8"), "html.parser")
    return page, rows, entries, request.param


def is_right(question, guess):
    return score(question.kind, question.answer, guess, question.scale)


def guessed(entries):
    return [entry for entry in entries if entry["guess"] is not None]


def text_of(part):
    return " ".join(part.get_text().split())


def cells_of(table):
    return [[text_of(cell) for cell in row.find_all(["th", "td"])] for row in table.tbody.find_all("tr")]


def share_text(right, many):
    return f"{100 * right / many:.0f}% right ({right} of {many})" if many >= 5 else f"{right} of {many} right"


def change_text(before, after, many):
    if many < 5:
        return f"from {before} to {after} right of {many} guess{'es' if many > 1 else ''}."
    gain = (after - before) / (many - before) if before < many else None
    said = f", gain {gain:.2f}" if gain is not None and gain >= 0 else ""
    return f"from {100 * before / many:.0f}% to {100 * after / many:.0f}% right{said} ({many} guesses)."


def changes_of(question, made):
    """(before, after, many) of second thoughts and of what was recalled."""
    rights = [bool(is_right(question, entry["guess"])) for entry in made]
    seconds = [right if entry["second"] is None else bool(is_right(question, entry["second"]))
               for entry, right in zip(made, rights, strict=True)]
    met = [(right, entry["reviews"][-1][1] == "knew")
           for entry, right in zip(made, rights, strict=True) if entry["reviews"]]
    return ((sum(rights), sum(seconds), len(made)),
            (sum(right for right, _ in met), sum(knew for _, knew in met), len(met)))


def test_every_kind_is_among_them():
    assert {question.kind for question in QUESTIONS} == {
        "choice", "choices", "lines", "order", "point", "number", "shape", "words"}
    assert {question.scale["by"] for question in QUESTIONS if question.kind == "number"} == {"exact", "ratio", "within"}


@pytest.mark.parametrize("number", range(len(QUESTIONS)), ids=[question.name for question in QUESTIONS])
def test_one_question(made, number):
    page, _, entries, _ = made
    question, article = QUESTIONS[number], page.find(id=f"q{number + 1}")
    mine = entries[question.name]
    own = guessed(mine)
    assert text_of(article.h3) == " ".join(f"{number + 1}. {question.question}".replace("`", "").split())
    if not own:
        assert "Nobody has guessed here yet." in text_of(article)
        return
    line = text_of(article.find("p", class_="small answer"))
    skipped = sum(entry["skipped"] for entry in mine)
    assert (f"Shown without a guess: {skipped}." in line) == bool(skipped)
    changed = sum(entry["second"] is not None for entry in own)
    if question.kind == "words":
        names = {"got": "got it", "partly": "partly", "missed": "missed it"}
        said = [f"{count} {text}" for key, text in names.items()
                if (count := sum(entry["rating"] == key for entry in own))]
        assert f"{len(own)} wrote in their own words, and said: {', '.join(said)}." in text_of(article)
        ticked = [sum(place in entry["ticked"] for entry in own) for place in range(len(question.points))]
        shares = [f"{many} {100 * many / len(own):.0f}%" if len(own) >= 5 else str(many) for many in ticked]
        assert cells_of(article.find("table", class_="choices")) == [
            [point.replace("`", ""), "", share] for point, share in zip(question.points, shares, strict=True)]
        return
    right = sum(map(bool, (is_right(question, entry["guess"]) for entry in own)))
    wrong_and_sure = sum(entry["confidence"] == "sure" and not is_right(question, entry["guess"]) for entry in own)
    verdict = text_of(article.find("p", class_="verdict"))
    share = right / len(own)
    advice = "Explain" if share < 0.35 else "Discuss" if share <= 0.7 else "Move on"
    few = len(own) < 5
    assert verdict == (f"{share_text(right, len(own))} too few for advice" if few
                       else f"{advice} {share_text(right, len(own))}")
    assert line.startswith(f"Sure and wrong: {wrong_and_sure} of {len(own)}.")
    if not few:
        assert article.find(class_="fill")["style"] == f"width:{100 * share:.1f}%"
    second, recalled = changes_of(question, own)
    assert (f"Second thoughts: {changed}, {change_text(*second)}" in line) == bool(changed)
    assert ("Recalled later: " in line) == bool(recalled[2])
    if recalled[2]:
        assert f"Recalled later: {change_text(*recalled)}" in line
    check_who(question, article, own, entries)
    if question.kind == "point":
        check_map(question, article, own, right)
    elif question.kind == "number" and question.scale["by"] != "exact":
        check_spread(question, article, own, right)
    else:
        check_bars(question, article, own)


def elsewhere(entries, name):
    """{when a student began: the share right of the other first guesses}, of those who made more than five."""
    rights = {}
    for question in QUESTIONS:
        if question.kind != "words":
            for entry in guessed(entries[question.name]):
                rights.setdefault(entry["student"], {})[question.name] = bool(
                    is_right(question, entry["guess"]))
    return {student: (sum(by.values()) - by[name]) / (len(by) - 1)
            for student, by in rights.items() if name in by and len(by) > 5}


def check_who(question, article, own, entries):
    """The range, the correlation, whom each choice drew, and the moves from first to second thought."""
    others = elsewhere(entries, question.name)
    rights = {entry["student"]: bool(is_right(question, entry["guess"])) for entry in own}
    said = text_of(article)
    if len(own) >= 5:
        # where the share would lie 1.96 standard errors off, the error being that of the true share: a quadratic
        n, share, z = len(own), sum(rights.values()) / len(own), 1.959964
        low, high = sorted(np.roots([n + z * z, -2 * n * share - z * z, n * share * share]).real)
        assert f"Range: {100 * low:.0f} to {100 * high:.0f}% right." in said
    assert ("thin: fewer than 20" in said) == (5 <= len(own) < 20)
    known = sorted(others)
    if len(known) >= 20 and len(set(rights.values())) == 2:
        r = np.corrcoef([rights[one] for one in known], [others[one] for one in known])[0, 1]
        assert f"Separates: {r:+.2f} ({len(known)} students)." in said or abs(r) < 0.005
    else:
        assert "Separates" not in said
    folded = {details.summary.get_text(): [text_of(line) for line in details.find_all("li")]
              for details in article.find_all("details")}
    if question.kind != "choice":
        assert "Whom each choice drew" not in folded and "From first to second thought" not in folded
        return
    takers = {label: [others[entry["student"]] for entry in own
                      if entry["guess"] == label and entry["student"] in others] for label in question.labels}
    lines = [(sum(them) / len(them), f"{len(them)} students, right on {100 * sum(them) / len(them):.0f}% of their")
             for them in takers.values() if len(them) >= 5]
    told = folded.get("Whom each choice drew", [])
    assert len(told) == (len(lines) if len(lines) > 1 else 0)
    assert all(line in one for one, (_, line) in zip(told, sorted(lines), strict=False))
    moves = Counter((entry["guess"], entry["second"]) for entry in own if entry["second"] is not None)
    told = folded.get("From first to second thought", [])
    assert [int(line.split(":")[0]) for line in told] == (sorted(moves.values(), reverse=True)
                                                          + [len(own) - moves.total()] if moves else [])


@pytest.mark.parametrize("at_a_time", [1, 4, 2000])
def test_who_is_right_elsewhere_is_that_of_a_plain_loop(monkeypatch, at_a_time):
    """Students who made five first guesses beside others or fewer do not count; it is added up by some at a time."""
    monkeypatch.setattr("book_utils.classroom.separation.STUDENTS", at_a_time)
    chance = random.Random(11)
    asked = [question for question in QUESTIONS if question.kind in ("choice", "number")][:9]
    separation, students = Separation(asked), []
    for many in [5, 6, *(chance.randint(4, 9) for _ in range(30))]:
        guesses = {}
        for number in chance.sample(range(9), many):
            question = asked[number]
            guesses[number] = chance.choice([question.answer, *(question.labels or [-1])])
        students.append(guesses)
        separation.add([separation.group(number, guess, bool(is_right(asked[number], guess)))
                        for number, guess in guesses.items()])
    counted = [guesses for guesses in students if len(guesses) > 5]
    for number, question in enumerate(asked):
        rights, shares, drawn = [], [], {}
        for guesses in counted:
            if number in guesses:
                own = [bool(is_right(asked[other], guess)) for other, guess in guesses.items() if other != number]
                rights.append(bool(is_right(question, guesses[number])))
                shares.append(sum(own) / len(own))
                label = guesses[number] if question.kind == "choice" else "right" if rights[-1] else "wrong"
                drawn.setdefault(label, []).append(len(shares) - 1)
        r, many, found = separation.of(number)
        assert many == len(shares) and set(drawn) <= set(found)
        assert r == pytest.approx(np.corrcoef(rights, shares)[0, 1])
        for label, one in found.items():
            places = drawn.get(label, [])
            assert (one.many, one.elsewhere) == (
                len(places), pytest.approx(np.mean([shares[place] for place in places]) if places else 0))
            taken = [place in places for place in range(many)]
            assert one.r == (pytest.approx(np.corrcoef(taken, shares)[0, 1]) if 0 < len(places) < many else None)


def test_there_is_no_correlation_where_all_are_alike():
    assert correlation((0, 0, 0), (4, 2, 1.2)) is None and correlation((4, 2, 1.2), (4, 2, 1.2)) is None
    assert correlation((2, 1, 0.5), (4, 2, 1)) is None  # all of them right on half
    assert correlation((1, 0.5, 0.25), (2, 0.7, 0.29)) == pytest.approx(1)
    assert correlation((1, 0.2, 0.04), (2, 0.7, 0.29)) == pytest.approx(-1)


def test_by_ability(made):
    page, _, entries, _ = made
    scored = {question.name: question for question in QUESTIONS if question.kind != "words"}
    expected = []
    for names in (names for abilities in read_abilities().values() for names in abilities.values()):
        own = [(scored[name], entry) for name in names if name in scored for entry in guessed(entries[name])]
        expected.append(share_text(sum(bool(is_right(question, entry["guess"])) for question, entry in own), len(own)))
    assert [row[2] for row in cells_of(page.find(id="abilities"))] == expected


def test_every_guess_serves_an_ability_of_a_chapter():
    """The abilities are word for word those that the chapters open with, and each guess stands under one of them."""
    for chapter, abilities in read_abilities().items():
        cells = json.loads((ROOT / "chapters" / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
        opening = next(text for cell in cells if "You will be able to" in (text := "".join(cell["source"])))
        bullets = re.findall(r"^- (.*?)[;.]?$", opening.split("You will be able to")[1], re.MULTILINE)
        assert list(abilities) == bullets, chapter
    served = [name for abilities in read_abilities().values() for names in abilities.values() for name in names]
    assert sorted(served) == sorted(question.name for question in QUESTIONS)


def check_bars(question, article, own):
    """Each answer's bar: how many, how sure, and a tick on what is right and on nothing else."""
    def shown(guess):
        if question.kind in ("order", "lines"):
            return [" › ".join(guess)]
        if question.kind == "choices":
            return list(dict.fromkeys(guess))
        return [guess if isinstance(guess, str) else f"({', '.join(str(int(one)) for one in guess)})"
                if isinstance(guess, list) else f"{guess:,}"]

    counts, rights = {}, set()
    for entry in own:
        for text in shown(entry["guess"]):
            by = counts.setdefault(text, dict.fromkeys((*SURE, ""), 0))
            by[entry["confidence"]] += 1
            if question.kind != "choices" and is_right(question, entry["guess"]):
                rights.add(text)
    if question.kind == "choices":
        rights = set(question.answer)
    elif question.kind == "choice":
        rights = {question.answer}
    rows, total = article.find("table", class_="choices").tbody.find_all("tr"), 0
    most = max([sum(counts.get(row.th.bdi.get_text(), {}).values()) for row in rows] + [1])
    for row in rows:
        text = row.th.bdi.get_text()
        by = counts.get(text, {})
        many = sum(by.values())
        total += many
        assert (row.th.find(class_="tick") is not None) == (text in rights or (not by and question.kind not in (
            "choice", "choices"))), text
        names = [(name, by[name]) for name in (*SURE, "") if by.get(name)]
        said = ", ".join(f"{count} {name or 'not said'}" for name, count in names)
        said = f" ({said})" if said else ""
        share = f" {100 * many / len(own):.0f}%" if len(own) >= 5 else ""
        assert text_of(row.find("td", class_="figure")) == f"{many}{share}{said}"
        drawn = [(bar["class"], bar["style"]) for bar in row.find_all(class_="bar")]
        assert drawn == [(["bar", name or "unsaid"], f"width:{100 * count / most:.2f}%") for name, count in names]
    if question.labels and question.kind not in ("order", "lines"):
        assert [row.th.bdi.get_text() for row in rows] == question.labels
    else:
        biggest = sorted((sum(by.values()) for by in counts.values()), reverse=True)[:6]
        assert [sum(counts.get(row.th.bdi.get_text(), {}).values()) for row in rows][:len(biggest)] == biggest
        assert len(rows) == len(biggest) + (rows[-1].find(class_="tick") is not None and len(rows) > len(biggest))
        more = len(own) - total
        assert (f"and {more:,} more" in text_of(article)) == bool(more)


def check_spread(question, article, own, right):
    low = sum(entry["guess"] < question.answer and not is_right(question, entry["guess"]) for entry in own)
    near = "within a factor of 2" if question.scale["by"] == "ratio" else "within"
    said = text_of(article.figcaption)
    assert said.startswith(f"Too low: {low}. Right ({near}")
    assert f"): {right}. Too high: {len(own) - low - right}." in said
    bars = [(bar["class"][0], float(bar["x"]), float(bar["height"])) for bar in article.find_all("rect")
            if bar["class"][0] in ("right", "wrong")]
    line = float(article.find("rect", class_="line")["x"]) + 0.05  # where the answer stands
    unit = sum(height for *_, height in bars) / sum(
        entry["guess"] > 0 or question.scale["by"] != "ratio" for entry in own)
    for kind, count in (("right", right), ("wrong", None)):
        drawn = sum(height for name, _, height in bars if name == kind) / unit
        assert count is None or abs(drawn - count) < 0.02 * len(own), kind
    steps = {}
    for entry in own:
        if question.scale["by"] == "ratio":
            if entry["guess"] <= 0:
                continue
            step = 2 * math.log2(entry["guess"] / question.answer)
        else:
            step = 2 * (entry["guess"] - question.answer) / question.scale["within"]
        at = (math.floor(min(max(step, -80), 79)), "right" if is_right(question, entry["guess"]) else "wrong")
        steps[at] = steps.get(at, 0) + 1
    drawn = {(round(x - 0.06 - line), name): round(height / unit) for name, x, height in bars if height > 0}
    assert drawn == steps
    check_ticks(question, article, line)
    band = article.find("rect", class_="band")
    assert (float(band["x"]), float(band["width"])) == (line - 2, 4)
    assert max(sum(height for _, at, height in bars if at == x) for _, x, _ in bars) == pytest.approx(96, abs=0.1)


def check_ticks(question, article, line):
    """Each number under a spread stands where it belongs, and there are two to seven of them."""
    width = float(article.find("svg")["viewbox"].split()[2])
    ticks = [(float(tick["style"].removeprefix("left:").removesuffix("%")), float(text_of(tick).replace(",", "")))
             for tick in article.find(class_="ticks").find_all("span")]
    assert 2 <= len(ticks) <= 7 and ticks == sorted(ticks) and ticks[0][0] >= 0 and ticks[-1][0] <= 100
    for left, number in ticks:
        if question.scale["by"] == "ratio":
            step = 2 * math.log2(number / question.answer)
        else:
            step = 2 * (number - question.answer) / question.scale["within"]
        assert left == pytest.approx(100 * (line + step) / width, abs=0.1), number


def check_map(question, article, own, right):
    left, right_end, low, high = edges(question.scale["points"])
    svg = article.find("svg")
    width, height = (float(size) for size in svg["viewbox"].split()[2:])

    def place(point):
        return (point[0] - left) / (right_end - left) * width, height - (point[1] - low) / (high - low) * height

    ring = svg.find("ellipse")
    x, y = place(question.answer)
    assert (float(ring["cx"]), float(ring["cy"])) == (pytest.approx(x, abs=0.1), pytest.approx(y, abs=0.1))
    half = question.scale["spread"] / 2
    assert float(ring["rx"]) == pytest.approx(half / (right_end - left) * width, abs=0.1)
    assert float(ring["ry"]) == pytest.approx(half / (high - low) * height, abs=0.1)
    dots = [(float(dot["cx"]), float(dot["cy"]), float(dot["r"])) for dot in svg.find_all("circle")
            if dot["class"] != ["word"]]
    assert sum(round(((size - 4) / 2) ** 2 + 1) for *_, size in dots) == len(own)
    for entry in own:
        x, y = (min(max(at, 0), most) for at, most in zip(place(entry["guess"]), (width, height), strict=True))
        assert min(math.hypot(x - dot_x, y - dot_y) for dot_x, dot_y, _ in dots) < 8, "a dot is in the guess's cell"
    words = [(text_of(word), dot) for word, dot in
             zip(svg.find_all("text"), svg.find_all("circle", class_="word"), strict=True)]
    for (text, dot), (word, *point) in zip(words, question.scale["points"], strict=True):
        assert text == word
        assert place(point) == (pytest.approx(float(dot["cx"]), abs=0.1), pytest.approx(float(dot["cy"]), abs=0.1))
    assert f"{right} of {len(own)} points lie within half the spread" in text_of(article.figcaption)
    boxes = []
    for word in svg.find_all("text"):
        wide = 8 * len(text_of(word))
        start = float(word["x"]) - {"start": 0, "middle": wide / 2, "end": wide}[word["text-anchor"]]
        boxes.append((start, start + wide, float(word["y"])))
        assert start >= 0 and start + wide <= width and 0 < float(word["y"]) <= height, "a word is cut off"
    for place, (start, end, at) in enumerate(boxes):
        others = boxes[:place]
        assert all(end < other or start > last or abs(at - y) >= 13 for other, last, y in others), "words overlap"


def edges(points):
    """The map's frame, its words and a fifth around them: (left, right, low, high)."""
    xs, ys = [x for _, x, _ in points], [y for *_, y in points]
    over_x, over_y = (max(xs) - min(xs)) / 5, (max(ys) - min(ys)) / 5
    return min(xs) - over_x, max(xs) + over_x, min(ys) - over_y, max(ys) + over_y


def test_the_top_and_how_sure(made):
    page, _, entries, students = made
    every = [(question, entry) for question in QUESTIONS for entry in guessed(entries[question.name])]
    skipped = sum(entry["skipped"] for mine in entries.values() for entry in mine)
    assert text_of(page.header.p) == (f"{students} students · {len(every):,} first guesses · "
                                      f"{skipped:,} shown without a guess · no names")
    rows = cells_of(page.find(class_="sure-table"))
    for row, name in zip(rows, SURE, strict=True):
        mine = [bool(is_right(question, entry["guess"])) for question, entry in every
                if entry["confidence"] == name and question.kind != "words"]
        share = f"{100 * sum(mine) / len(mine):.0f}%" if len(mine) >= 5 else str(sum(mine))
        assert row == [name, f"{len(mine):,}", f"{share} right"]
    bars = [bar["style"] for bar in page.find(class_="sure-table").find_all(class_="fill")]
    assert all(style.startswith(f"width:{row[2].split('%')[0][:1]}") for style, row in zip(bars, rows, strict=False))


def test_where_to_begin(made):
    page, _, entries, _ = made
    expected = []
    for number, question in enumerate(QUESTIONS, 1):
        own = guessed(entries[question.name])
        if own and question.kind != "words":
            rights = [bool(is_right(question, entry["guess"])) for entry in own]
            wrong = sum(entry["confidence"] == "sure" and not right for entry, right in zip(own, rights, strict=True))
            advice = "" if len(own) < 5 else ("Explain" if sum(rights) / len(own) < 0.35 else
                                              "Discuss" if sum(rights) / len(own) <= 0.7 else "Move on")
            expected.append((-wrong, sum(rights) / len(own), number, share_text(sum(rights), len(own)), advice))
    expected.sort()
    rows = [row for table in page.find(class_="begin").find_all("table") for row in table.tbody.find_all("tr")]
    got = [(row.a["href"], *[text_of(cell) for cell in row.find_all("td")]) for row in rows]
    assert got == [(f"#q{number}", str(-wrong), said, advice) for wrong, _, number, said, advice in expected]


def test_before_and_after(made):
    page, _, entries, _ = made
    expected = []
    for kind, text in ((0, "second thought"), (1, "recalled later")):
        for chapter in dict.fromkeys(question.chapter for question in QUESTIONS):
            total = [0, 0, 0]
            for question in QUESTIONS:
                own = guessed(entries[question.name])
                changed = any(entry["second"] is not None for entry in own)
                if question.chapter == chapter and question.kind != "words" and own and (kind or changed):
                    total = [a + b for a, b in zip(total, changes_of(question, own)[kind], strict=True)]
            before, after, many = total
            if many:
                gain = (after - before) / (many - before) if before < many else None
                shown = "too few" if many < 5 else "" if gain is None else f"{gain:.2f}" if gain >= 0 else "a loss"
                parts = [str(part) if many < 5 else f"{100 * part / many:.0f}%" for part in (before, after)]
                expected.append([chapter.replace("-", " ").capitalize(), text, f"{many:,}", *parts, shown])
    assert cells_of(page.find(id="change")) == expected


def test_the_table(made):
    """One line an entry, whoever it is of: the students have numbers, in an order that tells nothing."""
    _, rows, entries, students = made
    flags = {None: "", True: "yes", False: "no"}

    def text(question, guess):
        if guess is None:
            return ""
        if question.kind == "words":
            return "(own words)"
        if isinstance(guess, list):
            return ("; " if isinstance(guess[0], str) else ", ").join(map(str, guess))
        return str(guess)

    expected = []
    for question in QUESTIONS:
        for entry in entries[question.name]:
            right, again = (None if entry[one] is None else is_right(question, entry[one])
                            for one in ("guess", "second"))
            knew = entry["reviews"][-1][1] == "knew" if entry["reviews"] else None
            expected.append((question.name, text(question, entry["guess"]), text(question, entry["second"]),
                             entry["confidence"], flags[right], flags[again],
                             flags[entry["guess"] is None and entry["skipped"]], entry["rating"],
                             entry["at"][:19] + "Z", str(len(entry["reviews"])), flags[knew]))
    names = ["name", "first_guess", "second_thought", "confidence", "right", "second_right", "skipped", "rating", "at",
             "recalled", "knew_last"]
    assert sorted(tuple(row[name].removeprefix("'") for name in names) for row in rows) == sorted(expected)
    assert {row["student"] for row in rows} == {f"s{number:03}" for number in range(1, students + 1)}
    assert all((row["chapter"], row["kind"], row["question"]) == (question.chapter, question.kind, question.question)
               for row in rows for question in QUESTIONS if question.name == row["name"])
