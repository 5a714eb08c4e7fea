"""What a class report draws: each bar, tick, dot and word of its pictures where it belongs, at the limits, too."""

import math
import random

import pytest

from book_utils.classroom.answers import Question, answered
from book_utils.classroom.counts import MOST_TEXTS, Tally
from book_utils.classroom.page import TEMPLATES
from book_utils.classroom.pictures import MAP_HEIGHT, MAP_WIDTH, bars, beside, chart_map, free, spread

WIDE = {"cat": (0, 0), "dog": (10, 0), "car": (5, 10)}  # a map from -2 to 12 both ways
EVEN = {"by": "within", "within": 2}  # a step is 1


def asked(kind, answer, scale=None, labels=()):
    choices = [{"label": label, "note": ""} for label in labels]
    text = " › ".join(answer) if kind == "order" else str(answer)
    return Question("lookup", "made-up", "0" * 12, kind, "What?", choices, answer, text, scale or {}, "")


def tally_of(question, guesses):
    tally = Tally(question)
    for guess in guesses:
        tally.add(answered({"at": "", "guess": guess, "confidence": "sure"}))
    return tally


# -- numbers on a scale ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [[0], [-8], [7], [-9], [8], [-20, 30, 30], [-79], [78], [-80], [79], [-81, 0],
                                   [80, 0], [-500, -80, 500]])
def test_a_spread_holds_every_guess_and_at_least_eight_steps_to_each_side(steps):
    """Each stands in the middle of its step; right ones at the bottom; those beyond 80 steps in the last bar."""
    drawn = spread(tally_of(asked("number", 1000, EVEN), [1000.5 + step for step in steps]))
    held = [min(max(step, -80), 79) for step in steps]
    first, last = min(-8, *held), max(7, *held)
    assert (drawn.width, drawn.answer) == (last - first + 1, -first)
    assert drawn.cut == any(step in (-80, 79) for step in held)
    assert drawn.below == sum(step < -2 for step in held) and drawn.above == sum(step >= 2 for step in held)
    heights = {}
    for name, x, top, height in drawn.bars:
        assert x >= 0 and x + 0.88 <= drawn.width and 0 < top <= top + height <= 100.001
        step = round(x + 0.44 - 0.5 - drawn.answer, 6)
        assert top + height == pytest.approx(100 if name == "right" else heights[step, "right"][0])
        heights[step, name] = top, height
    most = max(map(held.count, held))
    assert {(step, name): round(height * most / 96) for (step, name), (_, height) in heights.items() if height} == {
        (step, "right" if -2 <= step < 2 else "wrong"): held.count(step) for step in held}


@pytest.mark.parametrize("guess, step", [
    (0, None), (-1, None), (64, 0), (65, 0), (63, -1), (32, -2), (31, -3), (128, 2), (127, 1), (64 * 2.0**39.25, 78),
    (64 * 2.0**39.75, 79), (64 * 2.0**50, 79), (64 / 2**40, -80), (64 * 2.0**-39.75, -80), (64 * 2.0**-39.25, -79),
    (64 / 2**50, -80)])
def test_a_step_by_ratio_is_a_root_of_two_and_zero_has_no_place(guess, step):
    assert Tally(asked("number", 64, {"by": "ratio"})).step(guess) == step


@pytest.mark.parametrize("answer, within, far", [
    (0, 1, ()), (0.4, 0.1, ()), (597, 30, ()), (-3, 0.25, (-9,)), (1200, 100, (9000, -4000)), (0.05, 0.01, (0.2,)),
    (12, 2, (12.5, 40)), (7, 3, ()), (1e6, 5e4, (3e6,))])
def test_an_even_scale_has_the_finest_round_numbers_of_which_there_are_seven_at_most(answer, within, far):
    drawn = spread(tally_of(asked("number", answer, {"by": "within", "within": within}), [answer, *far]))
    low = answer - drawn.answer * within / 2
    high = low + drawn.width * within / 2
    sizes = sorted(digit * 10.0**power for digit in (1, 2, 5) for power in range(-6, 8))
    size = next(size for size in sizes if (high - low) / size < 7 - 1e-9)
    slack = size * 1e-6
    numbers = [count * size for count in range(-2000, 2000) if low - slack <= count * size <= high + slack]
    assert len(numbers) <= 7
    assert [float(text.replace(",", "")) for _, text in drawn.ticks] == pytest.approx(numbers)
    assert [left for left, _ in drawn.ticks] == pytest.approx(
        [100 * (number - low) / (high - low) for number in numbers], abs=1e-6)
    assert "-0" not in [text for _, text in drawn.ticks]


@pytest.mark.parametrize("steps, texts", [
    ([], ["0.1", "1", "10"]),
    ([-20, 20], ["0.001", "0.01", "0.1", "1", "10", "100", "1,000"]),  # seven have room
    ([-27, 20], ["1e-4", "0.01", "1", "100"]),  # eight do not: every second
    ([-8, 38], ["0.1", "1", "10", "100", "1,000", "10,000", "100,000"]),
    ([-8, 40], ["0.1", "10", "1,000", "100,000"]),
    ([-20, 40], ["0.001", "0.1", "10", "1,000", "100,000"]),
    ([-7, 47], ["0.1", "10", "1,000", "100,000", "1e7"]),
    ([-14, 40], ["0.01", "1", "100", "10,000", "1,000,000"]),
    ([-80, 79], ["1e-12", "1e-8", "1e-4", "1", "10,000", "1e8"])])
def test_a_scale_by_ratio_has_up_to_seven_powers_of_ten(steps, texts):
    drawn = spread(tally_of(asked("number", 1, {"by": "ratio"}), [1, *(2 ** ((step + 0.5) / 2) for step in steps)]))
    assert [text for _, text in drawn.ticks] == texts
    for left, text in drawn.ticks:
        place = drawn.answer + 2 * math.log2(float(text.replace(",", "")))
        assert left == pytest.approx(100 * place / drawn.width) and 0 <= left <= 100


# -- bars -----------------------------------------------------------------------------------------------------


def test_bars_of_choices_leave_nobody_over():
    for kind, answer, guesses in [("choice", "a", ["a", "b", "b"]), ("choices", ["a", "c"], [["a", "c"], ["b"]])]:
        rows, more = bars(tally_of(asked(kind, answer, labels="abc"), guesses))
        assert [(row.text, row.right) for row in rows] == [("a", True), ("b", False), ("c", "c" in answer)]
        assert more == 0


def test_the_six_most_common_answers_have_bars_equally_common_ones_by_their_text():
    chance = random.Random(3)
    for _ in range(60):
        guesses = [chance.choice([1, 2, 3, 40, 50, 60, 7, 8, 9]) for _ in range(chance.randint(1, 20))]
        rows, more = bars(tally_of(asked("number", 7, {"by": "exact"}), guesses))
        expected = sorted((-guesses.count(number), str(number)) for number in set(guesses))[:6]
        if (-guesses.count(7), "7") not in expected:
            expected.append((-guesses.count(7), "7"))
        assert [(-row.many, row.text) for row in rows] == expected
        assert [row.text for row in rows if row.right] == ["7"]
        assert more == len(guesses) + sum(many for many, _ in expected)


def test_own_words_are_listed_up_to_a_limit():
    asks = asked("words", "The row.")
    parts = [Tally(asks, keep_words=True) for _ in range(2)]
    for number in range(MOST_TEXTS - 1):
        parts[0].add(answered({"at": "", "guess": f"{number}"}))
    parts[1].add(answered({"at": "", "guess": "same"}), 3)
    parts[0].add_up(parts[1])
    assert parts[1].texts == ["same"] * 3 and parts[0].texts[-2:] == [str(MOST_TEXTS - 2), "same"]
    assert (len(parts[0].texts), parts[0].made) == (MOST_TEXTS, MOST_TEXTS + 2)


# -- the map --------------------------------------------------------------------------------------------------


def map_of(guesses, words=None):
    words = words or WIDE
    scale = {"by": "spread", "spread": 4, "points": [[word, *point] for word, point in words.items()]}
    return chart_map(tally_of(asked("point", [5, 5], scale), guesses))


@pytest.mark.parametrize("many, radius", [(1, 4), (2, 6), (5, 8), (10, 10), (82, 22), (83, 22), (500, 22)])
def test_a_dot_grows_with_the_root_of_its_guesses_to_a_limit(many, radius):
    assert [dot[3] for dot in map_of([[5, 5]] * many).dots] == [radius]


@pytest.mark.parametrize("point, x, y", [
    ([-2, -2], 5.25, 296.25), ([12, 12], 414.75, 3.75), ([-90, 90], 5.25, 3.75), ([90, -90], 414.75, 296.25),
    ([5.01, 5.01], 215.25, 146.25), ([4.99, 4.99], 204.75, 153.75)])
def test_a_dot_stands_in_the_middle_of_its_cell_and_a_far_one_at_the_edge(point, x, y):
    """The map has 40 cells of 10.5 by 7.5."""
    ((_, at_x, at_y, _),) = map_of([point]).dots
    assert (at_x, at_y) == (pytest.approx(x, abs=0.051), pytest.approx(y, abs=0.051))


def test_a_dot_is_right_where_half_of_its_guesses_or_more_are():
    """The ring of radius 2 runs through the cell from 6.75 to 7.1."""
    inside, outside = [6.99, 5.0], [7.05, 5.0]
    for rights, wrongs, name in [(1, 0, "right"), (1, 1, "right"), (2, 1, "right"), (1, 2, "wrong"), (0, 1, "wrong")]:
        ((found, *_),) = map_of([inside] * rights + [outside] * wrongs).dots
        assert found == name, (rights, wrongs)


def box_of(word, anchor, x):
    start = x - 8 * len(word) * {"start": 0, "middle": 0.5, "end": 1}[anchor]
    return start, start + 8 * len(word)


def spots_of(word, x, y):
    """Where a word may stand: right and left of its dot, above and below it, a line further above and below."""
    return [("start", x + 5, y + 4), ("end", x - 5, y + 4), ("middle", x, y - 7), ("middle", x, y + 16),
            ("middle", x, y - 7 - 13), ("middle", x, y + 16 + 13)]


def test_a_word_stands_at_the_first_spot_inside_the_map_and_beside_all_others():
    chance = random.Random(4)
    for _ in range(150):
        taken, boxes = [], []
        for _ in range(chance.randint(1, 14)):
            word = "w" * chance.randint(1, 12)
            x, y = chance.randrange(70, 350, 4), chance.randrange(60, 200, 4)
            open_spots = []
            for spot in spots_of(word, x, y):
                start, end = box_of(word, spot[0], spot[1])
                clear = all(end < other or start > last or abs(spot[2] - at) >= 13 for other, last, at in boxes)
                if clear and start >= 0 and end <= MAP_WIDTH:
                    open_spots.append(spot)
            found = beside(word, x, y, taken)
            assert found == (open_spots or spots_of(word, x, y))[0]
            boxes.append((*box_of(word, found[0], found[1]), found[2]))


@pytest.mark.parametrize("x, y, wide, taken, room", [
    (0, 50, 40, [], True), (-1, 50, 40, [], False), (MAP_WIDTH - 40, 50, 40, [], True),
    (MAP_WIDTH - 39, 50, 40, [], False),
    (100, 50, 40, [(141, 50, 40)], True), (100, 50, 40, [(140, 50, 40)], False),  # one that touches reads as one word
    (100, 50, 40, [(59, 50, 40)], True), (100, 50, 40, [(60, 50, 40)], False),
    (100, 50, 40, [(100, 37, 40)], True), (100, 50, 40, [(100, 38, 40)], False),
    (100, 50, 40, [(100, 63, 40)], True), (100, 50, 40, [(100, 62, 40)], False),
    (100, 50, 40, [(200, 50, 40), (110, 55, 8)], False)])
def test_a_word_needs_room(x, y, wide, taken, room):
    assert free(x, y, wide, taken) == room


def test_words_at_the_edges_of_a_map_are_not_cut_off():
    drawn = map_of([], {"w" * 15: (0, 0), "v" * 15: (10, 0), "middle" * 3: (5, 5), "top": (5, 10)})
    for word, _, _, anchor, x, y in drawn.words:
        start, end = box_of(word, anchor, x)
        assert start >= 0 and end <= MAP_WIDTH and 10 <= y <= MAP_HEIGHT
    assert [word[3] for word in drawn.words] == ["start", "end", "start", "start"]


def test_whatever_a_template_is_given_is_text():
    """Also where no filter stands: a name, a label, a unit that anybody may have written."""
    shown = TEMPLATES.from_string("<p title='{{ text }}'>{{ text }}</p>").render(text="<b>'\"&\x00")
    assert shown == "<p title='&lt;b&gt;&#39;&#34;&amp;\ufffd'>&lt;b&gt;&#39;&#34;&amp;\ufffd</p>"
