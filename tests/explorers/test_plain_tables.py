"""What explorers say without JavaScript, against plain loops; what they begin with, and what they take at a limit."""

import base64
import cmath
import itertools
import math
import re
from types import SimpleNamespace

import numpy as np
import pytest
import traitlets
from bs4 import BeautifulSoup

from book_utils import (
    EmbeddingTable,
    FirstLook,
    PulledRows,
    RotationKnob,
    ThreeMeasures,
    TrainingStep,
    TurningMap,
    load_minilm,
    public_models,
)  # fmt: skip
from book_utils.explorers import break_it, breaks, first_look, replay, replay_settings, rope_presets, word_sums
from book_utils.explorers.bag_of_rows import BagOfRows
from book_utils.explorers.clock_hands import ClockHands
from book_utils.explorers.model_areas import MODELS, ModelAreas
from book_utils.explorers.pages_of_disk import PagesOfDisk, pages_of, pages_read
from book_utils.explorers.rope_dial import RopeDial
from book_utils.explorers.sentence import SHOWN, SentenceExplorer, parts_of, rest
from book_utils.explorers.shuffled_table import ShuffledTable
from book_utils.explorers.two_hands import TwoHands, between
from book_utils.explorers.two_pairings import TwoPairings
from book_utils.row_steps import steps_of
from book_utils.words import word

QUERY = np.random.default_rng(0).standard_normal(384)
DICE = np.random.default_rng(5)
PAIR = {"a": [1, 0], "b": [0, 2]}


def page_of(widget):
    return BeautifulSoup(type(widget).plain_html(widget.get_state()), "html.parser")


def tables_of(widget):
    """Each table of the plain form, its header apart: [(names, rows)]."""
    return [([cell.get_text() for cell in table.thead.find_all("th")],
             [[cell.get_text() for cell in row.find_all("td")] for row in table.tbody.find_all("tr")])
            for table in page_of(widget).find_all("table")]


def said_in(widget):
    return [line.get_text() for line in page_of(widget).find_all("p")]


# -- what each begins with ------------------------------------------------------------------------------------


WIDGETS = {
    "bag": lambda: BagOfRows("the cat", QUERY), "clocks": ClockHands, "areas": ModelAreas, "pages": PagesOfDisk,
    "hands": TwoHands, "pairings": lambda: TwoPairings([1, 2], [3, 4]), "shuffled": ShuffledTable,
    "pulled": lambda: PulledRows([[1, 2]], ["a"], [0]), "measures": lambda: ThreeMeasures([1, 0], PAIR),
    "knob": lambda: RotationKnob(PAIR, "xy"), "map": lambda: TurningMap({"a": list("abcd")}, np.eye(4)),
    "step": lambda: TrainingStep({1: steps_of([0.5, 1], [[1, 1], [2, 0]], 0, steps=3)}, ["a", "b"], 0, 1),
}


@pytest.mark.parametrize("name", WIDGETS)
def test_each_waits_and_begins_with_its_switches_off_and_its_sliders_at_the_start(name):
    widget = WIDGETS[name]()
    assert widget.at_once is False  # the page loads it when the reader comes near
    state = widget.get_state()
    kinds = widget.traits(sync=True)
    assert not any(state[trait] for trait, kind in kinds.items() if isinstance(kind, traitlets.Bool))
    for trait in {"degrees", "wider", "chosen", "place", "apart", "run"} & set(state):
        assert state[trait] == (1 if (name, trait) == ("pairings", "place") else 0), trait


def test_what_a_reader_may_send_is_what_there_is():
    assert FirstLook.shared_traits() == {"text": {"most": 120}}
    sent = SentenceExplorer.shared_traits()
    assert sent["place"] == {"from": -1, "to": 63} and sent["text"] == {"most": 1000}
    assert replay.Replay.shared_traits() == {"frame": {"from": 0, "to": 10_000}, "word": {"most": 40}}


# -- the bag of rows ------------------------------------------------------------------------------------------


def test_the_bag_says_the_largest_difference_of_each_way():
    sentence, order, minilm = "the cat chased the dog", [0, 4, 2, 3, 1], load_minilm()
    query = QUERY * 3
    rows = minilm.table.lookup(minilm.encode(sentence, special=False)).astype(np.float64)
    expected = []
    for with_places in (False, True):
        found = []
        for chosen in ([0, 1, 2, 3, 4], order):
            vectors = [rows[i] + (minilm.positions[place] if with_places else 0) for place, i in enumerate(chosen)]
            weights = [math.exp(vector @ query) for vector in vectors]
            reading = sum(weight * vector for weight, vector in zip(weights, vectors, strict=True)) / sum(weights)
            found.append([sum(vectors)[:12], sum(vectors)[:12] / 5, reading[:12]])
        expected.append([np.abs(one - other).max() for one, other in zip(*found, strict=True)])
    ((_, told),) = tables_of(BagOfRows(sentence, query, order=order))
    assert [row[0] for row in told] == ["without position rows", "with position rows"]
    numbers = [[0.0 if cell == "none" else float(cell) for cell in row[1:]] for row in told]
    assert numbers == [pytest.approx(row, abs=1.5e-4) for row in expected] and numbers[1][2] > 0
    (line,) = said_in(BagOfRows(sentence, query, order=order))
    assert re.search("the cat chased the dog.*the dog chased the cat", line)


def test_a_bag_holds_two_to_seven_tokens():
    for many in (2, 7):
        bag = BagOfRows("the " * many, QUERY)
        assert bag.order == list(range(many)) and len(bag.bag["tokens"]) == len(bag.bag["places"]) == many
        assert {len(one["row"]) for one in bag.bag["tokens"] + bag.bag["places"]} == {12}
    for many in (1, 8):
        with pytest.raises(ValueError, match=f"2 to 7 tokens here; got {many}"):
            BagOfRows("the " * many, QUERY)


# -- hands ----------------------------------------------------------------------------------------------------


def test_the_clocks_say_their_rows_and_two_products():
    ((names, rows),) = tables_of(ClockHands(place=7, apart=12))
    assert names[1:] == ["sin 0", "cos 0", "sin 1", "cos 1", "sin 2", "cos 2"]
    for place, row in enumerate(rows):
        turns = [place / 10_000 ** (pair / 8) for pair in range(3)]
        assert row == [str(place), *(f"{wave(turn):z.2f}" for turn in turns for wave in (math.sin, math.cos))]
    assert len(rows) == 4
    product = sum(math.cos(12 / 10_000 ** (pair / 8)) for pair in range(8))
    for line, place in zip(said_in(ClockHands(place=7, apart=12))[1:], (7, 107), strict=True):
        assert line == f"places {place} and {place + 12}, 12 apart: dot product {product:.2f} of 8"
    state = ClockHands(place=200, apart=99).get_state()
    assert (state["last"], state["farthest"]) == (200, 99)
    assert state["rates"] == pytest.approx([10_000 ** (-pair / 8) for pair in range(8)])


@pytest.mark.parametrize("m, n", [(5, 3), (0, 0), (200, 200), (150, 149), (151, 0), (199, 3), (3, 150)])
def test_the_two_hands_say_their_turns_alone_and_together(m, n):
    moves = [(m, n), (min(m + 1, 200), n)] + [(m + by, n + by) for by in (1, 50) if m + by <= 200 and n + by <= 200]
    ((_, rows),) = tables_of(TwoHands(m, n))
    assert [row[0] for row in rows] == [f"({one}, {other})" for one, other in moves]
    for (one, other), (_, *turns) in zip(moves, rows, strict=True):
        apart = cmath.phase(cmath.rect(1, one) / cmath.rect(1, other + math.pi / 2))
        wanted = [math.degrees(one), math.degrees(other), math.degrees(apart)]
        assert [float(turn.rstrip("°").replace("−", "-")) for turn in turns] == pytest.approx(wanted, abs=0.051)
        assert between(one, other) == pytest.approx(apart)
    state = TwoHands(200, 0).get_state()
    assert (state["m"], state["n"], state["last"], state["before"]) == (200, 0, 200, [])
    assert state["start"] == {"query": 0, "key": math.pi / 2} and len(state["rates"]) == 4
    for places in [(201, 0), (0, 201), (-1, 0), (0, -1)]:
        with pytest.raises(ValueError, match="from 0 to 200"):
            TwoHands(*places)


# -- two pairings ---------------------------------------------------------------------------------------------


def score_by_turns(query, key, m, n, pairs_of_query, pairs_of_key, base=10_000):
    """Turn each pair as one complex number, and add up the products of what comes out."""
    def turned(vector, place, pairs):
        out = list(vector)
        for at, (one, other) in enumerate(pairs):
            number = complex(vector[one], vector[other]) * cmath.rect(1, place * base ** (-at / len(pairs)))
            out[one], out[other] = number.real, number.imag
        return out

    return sum(a * b for a, b in zip(turned(query, m, pairs_of_query), turned(key, n, pairs_of_key), strict=True))


@pytest.mark.parametrize("size", [2, 4, 8])
def test_the_pairings_say_partners_and_scores(size):
    query, key = DICE.standard_normal((2, size)).round(2).tolist()
    widget = TwoPairings(query, key, place=60)
    (_, partners), (_, scores) = tables_of(widget)
    beside = [(i, i + 1) for i in range(0, size, 2)]
    halves = [(i, i + size // 2) for i in range(size // 2)]
    for i, row in enumerate(partners):
        assert row == [str(i), *(str(sum(pair) - i) for pairs in (beside, halves) for pair in pairs if i in pair)]
    ways = [(beside, beside), (halves, halves), (beside, beside), (halves, beside)]
    for (_, near, far), (one, other) in zip(scores, ways, strict=True):
        assert float(near) == pytest.approx(score_by_turns(query, key, 2, 0, one, other), abs=0.0051)
        assert float(far) == pytest.approx(score_by_turns(query, key, 62, 60, one, other), abs=0.0051)
    assert (widget.offset, widget.last) == (2, 60)
    assert f"{size} numbers; the scores of a query 2 places after its key" in said_in(widget)[0]


def test_the_pairings_take_two_to_eight_numbers():
    for size in (0, 10):
        with pytest.raises(ValueError, match="one even size up to 8"):
            TwoPairings([1] * size, [1] * size)
    with pytest.raises(ValueError, match="one even size up to 8"):
        TwoPairings([[1, 2]], [[1, 2]])
    for place in (-1, 61):
        with pytest.raises(ValueError, match="from 0 to 60"):
            TwoPairings([1, 2], [1, 2], place=place)
    assert TwoPairings([1, 2], [1, 2], place=0).place == 0


# -- pages of a disk ------------------------------------------------------------------------------------------


def pages_by_bytes(rows, size):
    return {(128 + byte) // 4096 for row in rows for byte in range(row * size, (row + 1) * size)}


def test_the_disk_says_bytes_wanted_and_read():
    sizes = {"GPT-2": 768 * 4, "Gemma 3 270M": 640 * 2, "Qwen3 0.6B": 1024 * 2, "Llama 3 8B": 4096 * 2}
    ((_, rows),) = tables_of(PagesOfDisk())
    for (name, size), row in zip(sizes.items(), rows, strict=True):
        drawn = (64 * 4096 - 128) // size
        apart = [math.floor(drawn * part) for part in (0.1, 0.3, 0.5, 0.7, 0.9)]
        together = [math.floor(drawn * 0.4) + i for i in range(5)]
        read = [f"{4096 * len(pages_by_bytes(chosen, size)):,}" for chosen in (apart, together)]
        assert row == [name, f"{size:,}", f"{5 * size:,}", *read]
        widget = PagesOfDisk(name)
        assert (widget.rows, widget.cursor) == (apart, apart[0])
        assert said_in(widget) == [
            f"{name}: rows wanted: 5, of {size:,} bytes each, {5 * size:,} bytes in all. Pages that they lie on: "
            f"{len(pages_by_bytes(apart, size))}, {read[0]} bytes."]
        assert PagesOfDisk(name, [0, drawn - 1]).rows == [0, drawn - 1]
        for wrong in (-1, drawn):
            with pytest.raises(ValueError, match=f"from 0 to {drawn - 1}; got {wrong}"):
                PagesOfDisk(name, [wrong])
    assert PagesOfDisk(rows=[]).cursor == 0
    assert PagesOfDisk().file == {"page": 4096, "pages": 64, "start": 128, "ahead": 32}


def test_a_row_lies_on_the_pages_of_its_bytes_and_a_mapped_file_reads_ahead():
    for size, row in itertools.product([1, 8, 2048, 3072, 3968, 4096, 8192], [0, 1, 2, 15, 30]):
        assert pages_of(row, size) == sorted(pages_by_bytes([row], size))
    for page, ahead in itertools.product([0, 5, 15, 16, 17, 40, 62, 63], [4, 32]):
        first = max(0, page - ahead // 2)
        assert pages_read([page], 4096, start=0, ahead=ahead) == set(range(first, min(64, first + ahead)))
    # A page that is there already brings in nothing; the one after it does.
    assert pages_read([20, 35, 36], 4096, start=0, ahead=32) == set(range(4, 52))
    assert pages_read([20, 35], 4096, start=0, ahead=32) == set(range(4, 36))
    assert pages_read([2], 4096, start=0, ahead=32, pages=20) == set(range(20))


# -- areas ----------------------------------------------------------------------------------------------------


def test_the_areas_say_the_tables_and_the_rest_of_each_model():
    ((_, rows),) = tables_of(ModelAreas(list(MODELS)))
    for name, row in zip(MODELS, rows, strict=True):
        config, total = (public_models.entries()[name][part] for part in ("config", "parameters"))
        table = config["vocab_size"] * config.get("hidden_size", config.get("n_embd"))
        tied = config.get("tie_word_embeddings", name in ("GPT-2", "Gemma 3 270M"))
        tables = table * (1 if tied else 2)
        assert row == [name, f"{table:,}", "" if tied else f"{table:,}", f"{total - tables:,}",
                       f"{100 * tables / total:.1f}%"]
    assert [row[0] for row in tables_of(ModelAreas())[0][1]] == ["SmolLM2 135M", "Qwen3 0.6B", "Llama 3.2 1B"]
    assert ModelAreas().factors == [1, 2, 4, 8] and ModelAreas().tie == "own"


# -- the shuffled table ---------------------------------------------------------------------------------------


def test_the_shuffled_table_says_what_each_end_does():
    widget = ShuffledTable()
    ((_, rows),) = tables_of(widget)
    france = next(one for one in widget.read if one["token"] == "ĠFrance")
    for (end, found), row in zip(widget.ends.items(), rows, strict=True):
        assert row[1] == (france["from"][0] if end in ("input", "both") else "ĠFrance")
        assert row[2:] == [found["wanted"][0], found["said"][0], f"{found['loss']:.2f}", found["goesOn"]]
    assert list(widget.ends) == ["neither", "input", "output", "both"]
    assert (widget.rows, widget.blocks) == (49_152, 30)


# -- rows that are pulled -------------------------------------------------------------------------------------


def test_pulled_rows_are_named_and_the_zeros_of_the_codes_are_counted():
    table, names = [[1.25, 2, 0], [0.5, -3, 1 / 3], [4, 5, 6], [7, 8, 9.006]], ["a", "b", "c", "d"]
    for product in (False, True):
        widget = PulledRows(table, names, [3, 1, 3], one_hot=product)
        ((_, rows),) = tables_of(widget)
        assert rows == [["0", "ID 3", "d", "7, 8, 9.01"], ["1", "ID 1", "b", "0.5, -3, 0.33"],
                        ["2", "ID 3", "d", "7, 8, 9.01"]]
        assert widget.step == (0 if product else 3) and widget.most == 8
        said = said_in(widget)
        assert "3 IDs from a table of 4 rows, 3 numbers each" in said[0] and len(said) == 1 + product
    assert "12 multiplications; in 9 of them" in said[1]


def test_a_picture_holds_twelve_rows_of_six_numbers_and_eight_ids():
    widget = PulledRows(np.ones((12, 6)), list("abcdefghijkl"), [11] * 8)
    assert len(widget.ids) == 8 and np.shape(widget.table) == (12, 6)
    for shape, many in [((13, 6), 1), ((12, 7), 1), ((12, 6), 9)]:
        with pytest.raises(ValueError, match="at most; got"):
            PulledRows(np.ones(shape), list("abcdefghijklm")[: shape[0]], [0] * many)


# -- three measures -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", [False, True])
def test_the_measures_rank_by_cosine_distance_and_product(unit):
    query, ends = [3.0, -1.0], {"b": [2.5, 2], "c": [1.5, 0.5], "d": [-4, 1], "e": [0, -2]}
    lengths = {name: math.hypot(x, y) if unit else 1 for name, (x, y) in ends.items()}
    ends_seen = {name: (x / lengths[name], y / lengths[name]) for name, (x, y) in ends.items()}
    dots = {name: 3 * x - y for name, (x, y) in ends_seen.items()}
    cosines = {name: dots[name] / math.hypot(3, 1) / math.hypot(*ends_seen[name]) for name in ends}
    distances = {name: -math.hypot(3 - x, -1 - y) for name, (x, y) in ends_seen.items()}
    wanted = [", ".join(f"{name} {abs(found[name]) if found is distances else found[name]:z.{digits}f}"
                        for name in sorted(found, key=lambda name: -found[name]))
              for found, digits in [(cosines, 3), (distances, 2), (dots, 2)]]
    ((_, rows),) = tables_of(ThreeMeasures(query, ends, unit_length=unit))
    assert [row[1] for row in rows] == wanted
    assert "(3, -1)" in said_in(ThreeMeasures(query, ends))[0] and "c = (1.5, 0.5)" in said_in(
        ThreeMeasures(query, ends))[0]


@pytest.mark.parametrize("query, longest, reach", [([3, 0], 2, 3), ([3.1, 0], 2, 4), ([0.2, 0], 0.4, 1), ([1, 0], 8, 4),
                                                   ([1, 0], 9, 5), ([1, 0], 12, 6), ([0.5, 0], 3.2, 2)])
def test_a_query_reaches_past_half_of_the_longest_candidate(query, longest, reach):
    assert ThreeMeasures(query, {"a": [0, longest], "b": [0.1, 0]}).reach == reach


def test_the_measures_take_two_to_six_candidates():
    six = {name: [1, number] for number, name in enumerate("abcdef")}
    assert len(ThreeMeasures([1, 0], six).candidates) == 6 and len(ThreeMeasures([1, 0], PAIR).candidates) == 2
    for wrong in ({"a": [1, 2]}, six | {"g": [1, 1]}, {"a": [1, 2, 3], "b": [1, 2, 3]}):
        with pytest.raises(ValueError, match="2 to 6 candidates"):
            ThreeMeasures([1, 0, 0][:len(wrong["a"])], wrong)


# -- rows that turn -------------------------------------------------------------------------------------------


def test_the_knob_says_numbers_and_cosines_at_three_turns():
    given = {"cat": [1, 0], "<b>": [-0.6, 0.8], "king": [2, 2]}
    ((names, rows),) = tables_of(RotationKnob(given, ["<i>", "royal"]))
    assert names[2].endswith("cat") and [row[0] for row in rows] == ["0°", "45°", "90°"]
    for (turn, numbers, cosines) in rows:
        ends = {name: complex(*end) * cmath.rect(1, math.radians(int(turn[:-1]))) for name, end in given.items()}
        assert numbers == ", ".join(f"{name} ({end.real:z.2f}, {end.imag:z.2f})" for name, end in ends.items())
        assert cosines == "<b> -0.60, king 0.71"
    six = {name: [1, number] for number, name in enumerate("abcdef")}
    assert len(RotationKnob(six, "xy").rows) == 6 and len(RotationKnob(PAIR, "xy").rows) == 2
    for wrong, columns in [(six | {"g": [1, 1]}, "xy"), ({"a": [1, 2]}, "xy"), (PAIR, "xyz"), (PAIR, "x")]:
        with pytest.raises(ValueError, match="2 to 6 rows of two numbers and names of two columns"):
            RotationKnob(wrong, columns)


def test_the_turning_map_says_what_is_seen_and_what_is_right():
    vectors = np.random.default_rng(8).standard_normal((9, 5))
    groups = {"a": list("abcd"), "b": list("efg"), "c": list("hi")}
    widget = TurningMap(groups, vectors, [("b", "a"), ("i", "h")], chosen="g")
    assert (widget.kinds, widget.arrows) == ([0] * 4 + [1] * 3 + [2] * 2, [[1, 0], [8, 7]])
    assert (widget.chosen, widget.columns, len(widget.shares)) == (6, 5, 3)
    whole = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    nearest = [max((j for j in range(9) if j != i), key=lambda j: whole[i] @ whole[j]) for i in range(9)]
    assert widget.nearest == nearest
    variance = sum(np.var(whole[:, column]) for column in range(5))
    ((_, rows),) = tables_of(widget)
    assert [row[0] for row in rows] == ["0°", "30°", "60°", "90°"]
    for (turn, share, right) in rows:
        cos, sin = math.cos(math.radians(int(turn[:-1]))), math.sin(math.radians(int(turn[:-1])))
        seen = [(cos * x + sin * z, y) for x, y, z in widget.points]
        wanted = sum(np.var(axis) for axis in zip(*seen, strict=True)) / variance
        assert float(share.rstrip("%")) == pytest.approx(100 * wanted, abs=0.6)
        near = [min((j for j in range(9) if j != i), key=lambda j: math.dist(seen[i], seen[j])) for i in range(9)]
        same = sum(one == other for one, other in zip(near, nearest, strict=True))
        assert right == f"{same} of 9"


def test_the_turning_map_takes_six_groups_and_four_words_of_four_columns():
    six = {str(number): [f"w{number}"] for number in range(6)}
    assert len(TurningMap(six, np.eye(6)).groups) == 6 and len(TurningMap({"a": list("abcd")}, np.eye(4)).names) == 4
    for groups, shape in [(six | {"7": ["w7"]}, (7, 7)), ({"a": list("abc")}, (3, 4)), ({"a": list("abcd")}, (4, 3)),
                          ({"a": list("abcd")}, (5, 4))]:
        with pytest.raises(ValueError, match="up to 6 groups of 4 words or more"):
            TurningMap(groups, np.eye(*shape))


# -- a training step ------------------------------------------------------------------------------------------


def test_the_steps_say_what_was_predicted_the_loss_and_the_way():
    outputs, row = DICE.standard_normal((6, 3)), DICE.standard_normal(3)
    runs = {lr: steps_of(row, outputs, wanted=2, lr=lr, steps=14) for lr in (0.1, 0.5)}
    widget = TrainingStep(runs, list("abcdef"), wanted=2, lr=0.5)
    ((_, rows),) = tables_of(widget)
    at, wanted = np.array(row), []
    for step in range(1, 13):
        odds = np.exp(outputs @ at) / np.exp(outputs @ at).sum()
        push = 0.5 * (outputs[2] - odds @ outputs)
        wanted.append([str(step), odds[2], -math.log(odds[2]), np.linalg.norm(push)])
        at = at + push
    for (step, *numbers), (told, *values) in zip(rows, [wanted[i] for i in (0, 1, 2, 5, 11)], strict=True):
        assert step == told and list(map(float, numbers)) == pytest.approx(values, abs=0.0061)
    assert said_in(widget) == ["Steps towards c, learning rate 0.5"]
    assert (widget.run, widget.columns, widget.others, widget.names[0]) == (1, 3, 2, "c")
    strength = [sum(np.linalg.norm(step.pushes[i]) / lr for lr, run in runs.items() for step in run[:-1])
                for i in range(6)]
    others = sorted((i for i in range(6) if i != 2), key=lambda i: -strength[i])
    assert widget.names == ["c", *("abcdef"[i] for i in others[:3])]
    for record, run in zip(widget.runs, runs.values(), strict=True):
        for step, one in zip(record["steps"], run, strict=False):
            rest_of = [one.predicted[i] for i in others[3:]]
            assert step["predicted"][-1] == pytest.approx(sum(rest_of), abs=0.0006)
            assert len(step["pushes"]) == len(step["predicted"]) == 5
    unequal = {lr: steps_of(row, outputs, wanted=2, lr=lr, steps=steps) for lr, steps in [(1, 2), (2, 3)]}
    with pytest.raises(ValueError, match="two or more; got"):
        TrainingStep(unequal, "abcdef", wanted=2, lr=1)


# -- the first look -------------------------------------------------------------------------------------------


def test_bars_stand_on_their_line_and_are_as_high_as_their_numbers():
    for token in ("cat", "the", "!", "zebra"):
        i = load_minilm().table.id_of(token)
        drawn = BeautifulSoup(first_look.bars(i), "html.parser")
        rects, numbers = drawn.find_all("rect"), load_minilm().table.lookup([i])[0]
        _, _, width, height = map(int, drawn.svg["viewbox"].split())
        assert (width, height) == (int(drawn.svg["width"]), int(drawn.svg["height"])) == (96, 28) and len(rects) == 12
        for column, (rect, number) in enumerate(zip(rects, numbers, strict=False)):
            level = min(max(round(7 * number / 0.15), -7), 7)
            assert (int(rect["x"]), int(rect["width"]), int(rect["height"])) == (8 * column, 7, 2 * abs(level))
            assert int(rect["y"]) == (14 - 2 * level if level > 0 else 14)
            assert level == 0 or ("high" in rect["fill"]) == (level > 0)


def test_numbers_become_fifteen_levels():
    step = 0.15 / 7
    numbers = [-1, -0.15, -6.6 * step, -6.4 * step, -0.4 * step, 0, 0.6 * step, 6.4 * step, 6.6 * step, 0.15, 1]
    assert first_look.levels_of(np.array(numbers)).tolist() == [0, 0, 0, 1, 7, 7, 8, 13, 14, 14, 14]


def test_the_first_look_carries_common_words_and_draws_eight_tokens():
    table, known = load_minilm().table, first_look.known_words()
    ids = [table.id_of(one) for one in known]
    assert ids == sorted(set(ids)) and {"chased", "queen", "!", "?"} <= set(known)
    letters = [token for token in table.tokens if re.fullmatch("[A-Za-z]+", token)]
    assert set(letters[:780]) <= set(known) and letters[780] not in known
    assert len(first_look.read("the cat " * 5)) == 8 and first_look.read("cat")[0] == ("cat", 4937)
    pack = FirstLook("").known
    assert (pack["columns"], pack["most"], pack["dim"], pack["size"]) == (12, 8, 384, 30_522)
    assert list(itertools.accumulate(map(int, pack["steps"].split()))) == ids and pack["words"].split(" ") == known
    packed = np.frombuffer(base64.b64decode(pack["rows"]), np.uint8).reshape(len(known), 6)
    levels = first_look.levels_of(table.lookup(ids)[:, :12])
    assert np.stack([packed // 16, packed % 16], axis=2).reshape(-1, 12).tolist() == levels.tolist()
    assert word("firstNote", columns=12, dim=384, n=f"{len(known):,}") in said_in(FirstLook("cat"))


# -- tokens of a sentence -------------------------------------------------------------------------------------


def test_a_sentence_lists_64_tokens_and_says_how_many_more_there_are():
    for many, more in [(64, []), (65, ["1"]), (1200, ["1,136"])]:
        assert rest(["a"] * many) == [word("sentenceMore", n=n) for n in more]
        assert rest(["a"] * many, "  ") == ["  " + word("sentenceMore", n=n) for n in more]
    ((_, rows),) = tables_of(SentenceExplorer("cat " * 70))
    assert rows == [[str(place), "cat", "4937"] for place in range(64)] and SHOWN == 64
    assert len(SentenceExplorer("x" * 20_000).text) == 20_000
    with pytest.raises(ValueError, match="reads 20,000 characters; got 20,001"):
        SentenceExplorer("x" * 20_001)
    widget = SentenceExplorer("a cat")
    assert (widget.place, widget.reader) == (-1, "minilm")
    assert np.shape(widget.rows) == (2, 32)
    assert widget.sizes == {"columns": 32, "dim": 384, "shown": 64, "characters": 20_000, "reach": 0.15, "steps": 6000}


def test_parts_are_of_one_length_but_for_the_last():
    for many, count in itertools.product([1, 7, 8, 9, 30], [1, 2, 4]):
        parts = parts_of(list(range(many)), count)
        assert sum(parts, []) == list(range(many)) and len(parts) <= count
        assert {len(part) for part in parts[:-1]} <= {math.ceil(many / count)}


# -- sums of words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text, terms", [
    ("king - man + woman", [(1, "king"), (-1, "man"), (1, "woman")]), ("-a+b", [(-1, "a"), (1, "b")]),
    ("+ a \N{MINUS SIGN} b \N{EN DASH} c", [(1, "a"), (-1, "b"), (-1, "c")]), ("king", []), ("", []), ("-king", []),
    ("a+b+c+d+e+f", [(1, one) for one in "abcdef"]), ("a+b+c+d+e+f+g", []), ("a + ", []), ("a - + b", []),
    ("a b + c", [(1, "a b"), (1, "c")]),
])
def test_a_sum_has_two_to_six_words_with_a_sign_each(text, terms):
    assert word_sums.terms_of(text) == terms


def test_the_neighbours_of_a_sum_are_those_of_a_plain_loop():
    names = [f"w{number}" for number in range(40)]
    table = EmbeddingTable(DICE.standard_normal((40, 6)), names)

    def find(text):
        return {"word": text, "id": names.index(text)} if text in names else {"missing": "cut"}

    for text, signs, k, left_out in [("w1 - w2 + w3", {"w1": 1, "w2": -1, "w3": 1}, 5, {"w7", "w8", "w30"}),
                                     ("w4 + w4", {"w4": 2}, 3, set()), ("w5-w9", {"w5": 1, "w9": -1}, 1, {"w1"})]:
        total = sum(sign * table.lookup(name) for name, sign in signs.items())
        cosines = {name: float(row @ total / np.linalg.norm(row) / np.linalg.norm(total))
                   for name, row in zip(names, table.vectors, strict=True) if name not in left_out}
        ranked, near, others = sorted(cosines, key=lambda name: -cosines[name]), [], 0
        while others < k:
            near.append(ranked.pop(0))
            others += near[-1] not in signs
        answer = word_sums.sum_for(text, k, table, find, frozenset(left_out))
        assert [name for name, _ in answer["near"]] == near
        assert [cosine for _, cosine in answer["near"]] == pytest.approx([cosines[name] for name in near], abs=6e-5)
        assert [(one["sign"], one["text"]) for one in answer["found"]] == word_sums.terms_of(text)
    for text in ("w1 - w1", "w1 + nothing", "w1"):
        assert word_sums.sum_for(text, 3, table, find)["near"] == []


# -- the dial -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model, base, turn, head, context, places", [
    ("Llama 3 8B", 500_000, 128, 128, 8192, (5, 3)), ("Llama 3 8B", 500_000, 128, 128, 8192, (8091, 8000)),
    ("Llama 3 8B", 500_000, 128, 128, 8192, (8092, 8191)), ("GPT-J 6B", 10_000, 64, 256, 2048, (7, 90)),
    ("Pythia 70M", 10_000, 16, 64, 2048, (0, 0))])
def test_the_dial_says_scores_and_turns_of_its_pairs(model, base, turn, head, context, places):
    dial = RopeDial(model, query_place=places[0], key_place=places[1])
    beside = [(i, i + 1) for i in range(0, turn, 2)]
    halves = [(i, i + turn // 2) for i in range(turn // 2)]
    pairs = beside if model == "GPT-J 6B" else halves

    def score(m, n):
        return score_by_turns(dial.query[:head], dial.key[:head], m, n, pairs, pairs, base)

    step = 100 if max(places) + 100 < context else -100
    said, lengths = said_in(dial), [2 * math.pi * base ** (i / turn) for i in range(0, turn, 2)]
    full = sum(length <= context for length in lengths)
    assert dial.score == pytest.approx(score(*places), abs=1e-9)
    assert said[0].startswith(f"{model}: {turn} of {head} numbers turn, base {base:,}, context {context:,}, ")
    assert said[1].startswith(f"Score at ({places[0]:,}, {places[1]:,}): {score(*places):.4f}; both moved by {step}: ")
    assert said[1].endswith(f"{score(places[0] + step, places[1] + step):.4f}")
    assert said[2:] == [f"{full} of {len(lengths)} pairs complete a turn in {context:,} tokens; a turn takes "
                        f"{lengths[0]:.2f} to {lengths[-1]:,.0f} tokens"]


def test_a_dial_takes_what_its_model_can_have():
    dial = RopeDial("Llama 3 8B", query_place=8191, key_place=0, pair=63, base=10**12, factor=64, rotary_dim=128)
    assert (dial.query_place, dial.pair, dial.base, dial.factor, dial.span) == (8191, 63, 10**12, 64, 128)
    stretched = RopeDial("Llama 3 8B", scaling="linear", factor=2, query_place=16_383)
    assert stretched.query_place == 16_383 and RopeDial("Llama 3 8B", factor=1, base=1).factor == 1
    assert (RopeDial().factor, RopeDial("Llama 3.1 8B").factor, RopeDial("Llama 3.1 8B").scaling) == (8, 8, "llama3")
    for given in [{"query_place": 8192}, {"key_place": -1}, {"pair": 64}, {"factor": 0}, {"base": 10**12 + 1},
                  {"scaling": "linear", "factor": 2, "key_place": 16_384}, {"rotary_dim": 0}, {"rotary_dim": 130}]:
        with pytest.raises(ValueError, match="whole number from"):
            RopeDial("Llama 3 8B", **given)


# -- limits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, low, high", [("steps", 1, 3000), ("lr", 0.0001, 100), ("seed", 0, 9999)])
def test_settings_of_a_training_are_taken_up_to_their_limits(name, low, high):
    settings = replay_settings.SETTINGS
    for value in (low, high):
        taken, notes = replay_settings.checked_settings(settings | {name: value})
        assert taken[name] == value and notes == []
    for value, end in [(low - 0.00005, low), (high + 1, high)]:
        taken, (note,) = replay_settings.checked_settings(settings | {name: value})
        assert taken[name] == end and f"{high:,}" in note and f"{end:,}" in note
    assert settings == {"steps": 600, "lr": 0.01, "seed": 4, "optimiser": "LazyAdam", "tied": False}


@pytest.mark.parametrize("what, low, high, whole", [
    ("bits", 2, 16, True), ("blocks", 2, 16, True), ("noisy", 0, 100, False), ("scaled", -1000, 1000, False),
    ("shifted", -10**9, 10**9, False), ("stretched", -1000, 1000, False), ("base", 1, 10**12, False)])
def test_what_is_broken_is_broken_up_to_its_limits(what, low, high, whole):
    for amount in (low, high, (low + high) // 2):
        break_it.check(what, amount, "both")
    for amount in [low - 1, high + 1, True, None, "3", math.nan] + [low + 0.5] * whole:
        with pytest.raises(ValueError, match=f"{low:,}"):
            break_it.check(what, amount, "both")
    if not whole:
        break_it.check(what, low + 0.5, "both")


def test_what_takes_no_amount_and_what_has_no_side_is_refused():
    break_it.check("pairing", None, "both")
    break_it.check("shuffled", None, "input")
    for given in [("pairing", 1, "both"), ("pairing", None, "input"), ("nothing", None, "both"), ("bits", 3, "input")]:
        with pytest.raises(ValueError, match="takes no amount|is not among"):
            break_it.check(*given)


def test_a_broken_model_goes_on_for_twenty_tokens_and_says_its_losses_to_five_digits():
    asked = []

    def generate(ids, n, **how):
        asked.append((ids, n, how))
        return [7] * n

    model = SimpleNamespace(record=None, known=False, encode=lambda text: [len(text)], decode=str, generate=generate,
                            loss=lambda ids, **how: 1.23456789)
    found = breaks.answers(model, ["one", "two"], base=5.0)
    assert found == {"losses": [1.23457] * 2, "goesOn": [str([7] * 20)] * 2}
    assert asked == [([len(prompt)], 20, {"base": 5.0}) for prompt in breaks.PROMPTS]


def test_numbers_of_the_dial_are_whole_and_within_their_limits():
    for value in (2, 64, np.int64(8)):
        rope_presets.check("n", value, 2, 64, step=2)
    for value in (0, 66, 3, 2.0, True, "2"):
        with pytest.raises(ValueError, match="n is an even whole number from 2 to 64 for this model; got"):
            rope_presets.check("n", value, 2, 64, step=2)
    rope_presets.check("n", 1, 1, 3)
    rope_presets.check("n", 3, 1, 3)
    for value in (0, 4, True):
        with pytest.raises(ValueError, match="n is a whole number from 1 to 3"):
            rope_presets.check("n", value, 1, 3)


def test_ways_to_scale_are_those_that_the_numbers_allow():
    plain, long = rope_presets.preset_of("Llama 3 8B"), rope_presets.preset_of("Phi-3.5-mini")
    everywhere = {"none", "linear", "llama3"}
    for preset, dim, base, more in [
        (plain, 128, 500_000, {"dynamic", "yarn"}), (plain, 128, 2, {"dynamic", "yarn"}), (plain, 128, 1, {"dynamic"}),
        (plain, 4, 500_000, {"dynamic", "yarn", "proportional"}), (plain, 2, 500_000, {"yarn", "proportional"}),
        (long, long["rotary_dim"], 10_000, {"dynamic", "yarn", "longrope"}),
        (long, long["rotary_dim"] - 2, 10_000, {"dynamic", "yarn", "proportional"}),
    ]:
        assert set(rope_presets.ways_for(preset, dim, base)) == everywhere | more, (dim, base)
    state = {"preset": "Llama 3 8B", "factor": 4}
    for way, length in [("none", 8192), ("linear", 32_768), ("yarn", 32_768), ("proportional", 8192)]:
        assert rope_presets.length_of(state | {"scaling": way}) == length
    own = {"factor": 8, "original_max_position_embeddings": 8192, "low_freq_factor": 1, "high_freq_factor": 4}
    assert rope_presets.scaling_for(plain, "llama3", 8) == {"method": "llama3"} | own
    assert rope_presets.scaling_for(plain, "proportional", 8) == {"method": "proportional", "head_dim": 128}
