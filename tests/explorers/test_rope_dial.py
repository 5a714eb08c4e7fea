"""The rope dial: its JavaScript against position.py, its bad input, and a real page without a kernel."""

import json
import math
import re
import shutil
import subprocess

import numpy as np
import pytest
from places import PACKAGE, ROOT
from playwright.sync_api import expect
from watching import watch
from weights import smollm2

from book_utils import language_model, position, rope_scaling
from book_utils.explorers.rope_dial import MIXED, RopeDial, vectors_of
from book_utils.explorers.rope_presets import presets, rates_of, scaling_for, ways_for

DRIVER = """
import { readFileSync } from "node:fs";
import * as dial from "./dial.mjs";
const cases = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(([name, ...given]) => dial[name](...given))));
"""
FAR = [0, 1, 2, 7, 100, 2_047, 8_191, 262_143]
PRESETS = {preset["name"]: preset for preset in presets()}
QWEN = PRESETS["Qwen3.6 27B"]
EACH = pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """Call functions of the dial's modules: a list of (name, arguments...) in, what they return out."""
    assert shutil.which("node"), "node is missing: install Node.js 20 or later"
    folder = tmp_path_factory.mktemp("dial")
    (folder / "dial.mjs").write_text(RopeDial._esm, encoding="utf-8")
    (folder / "driver.mjs").write_text(DRIVER, encoding="utf-8")

    def call(cases):
        command = ["node", str(folder / "driver.mjs")]
        done = subprocess.run(command, input=json.dumps(cases), capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return call


def how(preset, pairing="split"):
    return {"rotaryDim": preset["rotary_dim"], "base": preset["base"], "pairing": pairing}


# --- the arithmetic, against position.py


@EACH
def test_angles_wavelengths_and_turns_are_those_of_position(node, preset):
    size = preset["rotary_dim"], preset["base"]
    context = preset["context"]
    calls = [["angles", place, how(preset)] for place in FAR]
    *turned, lengths, counts = node([*calls, ["wavelengths", how(preset)], ["turns", how(preset), context]])
    np.testing.assert_allclose(turned, position.angles(FAR, *size), rtol=1e-14)
    np.testing.assert_allclose(lengths, position.wavelengths(*size), rtol=1e-14)
    np.testing.assert_allclose(counts, position.turns(*size, context), rtol=1e-14)


@EACH
def test_rope_in_both_pairings_and_its_passed_part_are_those_of_position(node, preset):
    vectors = np.random.default_rng(1).standard_normal((len(FAR), preset["head_dim"]))
    size = {"base": preset["base"], "rotary_dim": preset["rotary_dim"]}
    for pairing in position.PAIRINGS:
        rows = zip(vectors.tolist(), FAR, strict=True)
        turned = np.array(node([["rope", row, place, how(preset, pairing)] for row, place in rows]))
        np.testing.assert_allclose(turned, position.rope(vectors, FAR, **size, pairing=pairing), atol=1e-9)
        rest = slice(preset["rotary_dim"], None)
        assert (turned[:, rest] == vectors[:, rest]).all()


def test_scores_are_those_of_position_and_of_the_python_side(node):
    for preset in PRESETS.values():
        for pairing in (*position.PAIRINGS, MIXED):
            dial = RopeDial(preset["name"], query_place=105, key_place=3, pairing=pairing, scaling="none")
            query, key = (vector.tolist() for vector in vectors_of(dial.get_state()))
            [score] = node([["scoreAt", query, key, 105, 3, how(preset, pairing)]])
            assert math.isclose(score, dial.score, rel_tol=1e-12)
            if pairing != MIXED:
                settings = {"base": preset["base"], "rotary_dim": preset["rotary_dim"], "pairing": pairing}
                expected = float(position.score(query, key, 105, 3, **settings))
                assert math.isclose(score, expected, rel_tol=1e-12)


def test_a_common_move_keeps_the_score_but_for_mixed_pairings(node):
    dial = RopeDial()
    places = [(5, 3), (105, 103), (262_143, 262_141)]
    scores = {
        pairing: node([["scoreAt", dial.query, dial.key, m, n, how(QWEN, pairing)] for m, n in places])
        for pairing in (*position.PAIRINGS, MIXED)
    }
    for pairing in position.PAIRINGS:
        assert np.ptp(scores[pairing]) < 1e-6  # below this the dial says that it stays
    assert np.ptp(scores[MIXED]) > 1


def test_the_hands_add_up_to_the_turned_part_of_the_score(node):
    dial = RopeDial()
    for pairing in (*position.PAIRINGS, MIXED):
        [hands] = node([["handsOf", dial.query, dial.key, 50, 8, how(QWEN, pairing)]])
        passed = np.dot(dial.query[64:256], dial.key[64:256])
        total = RopeDial(query_place=50, key_place=8, pairing=pairing).score
        assert math.isclose(sum(hand["score"] for hand in hands) + passed, total, rel_tol=1e-12)
        held = [sorted(sum((hand["numbers"][side] for hand in hands), [])) for side in ("query", "key")]
        assert held == [list(range(64))] * 2


def test_the_arrows_stand_where_rope_puts_the_pair(node):
    dial = RopeDial()
    [hands] = node([["handsOf", dial.query, dial.key, 5, 3, how(QWEN)]])
    settings = {"base": QWEN["base"], "rotary_dim": 64}
    for side, vector, place in (("query", dial.query, 5), ("key", dial.key, 3)):
        turned = position.rope(vector, place, **settings)
        for hand in hands:
            a, b = hand["numbers"][side]
            length = math.hypot(vector[a], vector[b])
            stands = [length * math.cos(hand["angle"][side]), length * math.sin(hand["angle"][side])]
            np.testing.assert_allclose(stands, turned[[a, b]], atol=1e-12)
    pair = hands[0]
    added = pair["between"]["now"] - pair["between"]["before"] - (5 - 3) * pair["frequency"]
    assert math.isclose(math.remainder(added, 2 * math.pi), 0, abs_tol=1e-12)
    assert all(abs(hand["between"]["now"]) <= math.pi for hand in hands)


# --- bad input


def asked(**news):
    state = {name: QWEN[name] for name in ("rotary_dim", "base", "pairing")} | {"preset": QWEN["name"]}
    return state | {"scaling": "none", "factor": 8, "query_place": 5, "key_place": 3, "pair": 0} | news


ALTERED = [
    ({}, {}),
    ({"query_place": 262_144}, {"query_place": 262_143}),
    ({"key_place": -1}, {"key_place": 0}),
    ({"key_place": 2.6}, {"key_place": 3}),
    ({"query_place": 1e300}, {"query_place": 262_143}),
    ({"query_place": "no"}, {"query_place": 0}),
    ({"base": 0}, {"base": 1}),
    ({"base": -1e9}, {"base": 1}),
    ({"base": 1e300}, {"base": 10**12}),
    ({"rotary_dim": 0}, {"rotary_dim": 2}),
    ({"rotary_dim": 7}, {"rotary_dim": 8}),
    ({"rotary_dim": 300}, {"rotary_dim": 256}),
    ({"pair": 32}, {"pair": 31}),
    ({"pair": 20, "rotary_dim": 16}, {"pair": 7}),  # the pair has to fit the new size
    ({"preset": "Pythia 70M", "query_place": 2_048}, {"query_place": 2_047}),
    ({"preset": "Pythia 70M", "rotary_dim": 128}, {"rotary_dim": 64}),
    ({"scaling": "linear", "factor": 0, "query_place": 262_144}, {"factor": 1, "query_place": 262_143}),
    ({"scaling": "linear", "factor": 100}, {"factor": 64}),
    ({"scaling": "linear", "factor": 2, "query_place": 600_000}, {"query_place": 524_287}),  # a longer text
]


def test_what_does_not_fit_is_made_to_fit_and_told(node):
    results = node([["settle", presets(), asked(**news)] for news, _ in ALTERED])
    for result, (news, settled) in zip(results, ALTERED, strict=True):
        assert result["state"] == asked(**news) | settled
        assert {one["name"]: one["used"] for one in result["changed"]} == settled


def test_an_unknown_model_or_pairing_falls_back_to_one_that_exists(node):
    [result] = node([["settle", presets(), asked(preset="GPT-9", pairing="diagonal", query_place=1)]])
    assert (result["state"]["preset"], result["state"]["pairing"]) == ("GPT-J 6B", "interleaved")


def test_the_curve_keeps_the_query_inside_the_context(node):
    ends = [(0, 0), (5, 3), (0, -1), (-1, 0), (1_000, 900)]
    given = [(m % context, n % context, context, span)
             for context in (2_048, 262_144) for m, n in ends for span in (128, 1024, 8192, 0)]
    for shown, (m, n, context, span) in zip(node([["offsets", *each] for each in given]), given, strict=True):
        places, stride = np.add(shown["all"], n), shown["stride"]
        assert 0 <= places[0] <= m <= places[-1] + stride
        assert places[-1] < context
        assert 100 < len(places) <= 257
        assert (np.diff(places) == stride).all()
        assert span != 128 or stride == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"model": "GPT-9"}, "model is one of GPT-J 6B; Pythia 70M; Llama 3 8B; Llama 3.1 8B; Phi-3.5-mini; "),
        ({"scaling": "longrope"}, "scaling is one of none, linear, dynamic, yarn, llama3, proportional for these num"),
        ({"scaling": "linear", "factor": 65}, "factor is a whole number from 1 to 64 for this model; got 65."),
        ({"query_place": 262_144}, "query_place is a whole number from 0 to 262,143 for this model; got 26"),
        ({"key_place": 0.5}, "key_place is a whole number from 0 to 262,143 for this model; got 0.5."),
        ({"rotary_dim": 5}, "rotary_dim is an even whole number from 2 to 256 for this model; got 5."),
        ({"rotary_dim": 512}, "rotary_dim is an even whole number from 2 to 256 for this model; got 512."),
        ({"base": 0}, "base is a whole number from 1 to 1,000,000,000,000 for this model; got 0."),
        ({"pair": 32}, "pair is a whole number from 0 to 31 for this model; got 32."),
        ({"pairing": "both"}, "pairing is one of ('split', 'interleaved', 'mixed'); got 'both'."),
        ({"query_place": True}, "query_place is a whole number from 0 to 262,143 for this model; got True."),
    ],
)
def test_the_python_side_refuses_what_no_dial_can_show(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        RopeDial(**given)


# --- what it says of real models


def test_presets_are_those_of_the_config_files():
    """As a person reads them from the keys of the files."""
    models = json.loads((ROOT / "book_utils/data/models.json").read_text(encoding="utf-8"))["models"]
    configs = {model["name"]: model["config"] for model in models}
    qwen, llama = (configs[name] for name in ("Qwen3.6 27B", "Llama 3.1 8B"))
    assert (QWEN["head_dim"], QWEN["rotary_dim"], QWEN["context"]) == (256, 64, 262_144)
    assert 0.25 in (qwen.get("partial_rotary_factor"), qwen.get("rope_parameters", {}).get("partial_rotary_factor"),
                    qwen.get("text_config", {}).get("rope_parameters", {}).get("partial_rotary_factor"))
    found = PRESETS["Llama 3.1 8B"]
    assert found["scaling"] == {"method": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4,
                                "original_max_position_embeddings": 8192}
    assert (found["base"], found["context"]) == (llama["rope_theta"], llama["max_position_embeddings"])
    assert found["trained"] == llama["rope_scaling"]["original_max_position_embeddings"]
    gemma = PRESETS["Gemma 4 E2B, text part"]  # of 512 numbers in a head of full attention a quarter turns
    assert (gemma["head_dim"], gemma["rotary_dim"], gemma["base"]) == (512, 128, 1_000_000)
    assert len(PRESETS["Phi-3.5-mini"]["scaling"]["long_factor"]) == PRESETS["Phi-3.5-mini"]["rotary_dim"] // 2 == 48


def test_the_front_end_moves_the_score_of_the_python_side():
    dial = RopeDial()
    before = dial.score
    dial.set_state({"query_place": 105, "key_place": 103, "before": [5, 3]})  # what a message from it does
    assert math.isclose(dial.score, before, abs_tol=1e-9)
    dial.set_state({"pairing": MIXED})
    assert abs(dial.score - before) > 1


def test_plain_forms_say_what_the_dial_shows_and_nothing_of_other_models():
    html = RopeDial.plain_html(RopeDial("Llama 3.1 8B").get_state())
    assert "39 of 64 pairs complete a turn in 131,072 tokens; a turn takes 6.28 to 20,473,564 tokens" in html
    assert "Scaling: llama3. Without it 49 of 64 pairs" in html and "factor 8" in html
    assert "Qwen" not in html and "37,969,062" not in html  # chapter 3 asks about it
    assert "Score at (5, 3): 53.3995; both moved by 100: 50.2255\n" in repr(RopeDial(pairing=MIXED))
    assert repr(RopeDial()) == repr(RopeDial())


def test_the_real_head_is_that_of_the_weights_and_looks_at_the_token_before(monkeypatch):
    """The model is watched while it turns the queries and keys of that block: what it turns is what was recorded."""
    real, seen, model = PRESETS["SmolLM2 135M, a real head"]["real"], [], smollm2()
    turned = language_model.turned
    monkeypatch.setattr(language_model, "turned", lambda heads, *how: (seen.append(heads), turned(heads, *how))[1])
    ids = model.encode(real["text"])
    model.hidden_states(ids)
    queries, keys = seen[2 * real["block"] : 2 * real["block"] + 2]  # (groups, heads of one, T, head_dim)
    group, within = divmod(real["head"], queries.shape[1])
    order = position.pairing_permutation(64)
    for name, heads in (("query", queries[group, within]), ("key", keys[group, 0])):
        np.testing.assert_allclose(heads[real[name]["place"], order], real[name]["numbers"], atol=1e-4)
        assert model.table.tokens[ids[real[name]["place"]]] == real[name]["token"]
    turns = language_model.rope_turns(range(len(ids)), 64, model.settings.base)
    q, k = (turned(heads, *turns, "interleaved") for heads in (queries[group, within], keys[group, 0]))
    scores = q @ k.T / 8 + np.triu(np.full((len(ids),) * 2, -np.inf), 1)
    assert np.diag(language_model.softmax(scores), -1).mean() == pytest.approx(real["share"], abs=1e-3)
    pair = [np.array(real[name]["numbers"]) for name in ("query", "key")]
    by_offset = position.score(*pair, np.arange(8_192), 0, base=100_000)
    assert by_offset.argmax() == 1 and np.sort(by_offset)[-1] - np.sort(by_offset)[-2] > 10


# --- scaling


def every_way():
    """(preset, way) for each model and each way that it can be scaled."""
    return [(preset, way) for preset in PRESETS.values() for way in
            ways_for(preset, preset["rotary_dim"], preset["base"])]


def test_the_ways_of_each_model_are_the_same_on_both_sides(node):
    sizes = [(size, base) for size in (2, 16, 64, 96, 128) for base in (1, 10_000)]
    given = [(preset, *size) for preset in PRESETS.values() for size in sizes]
    theirs = node([["waysFor", preset, {"rotary_dim": size, "base": base}] for preset, size, base in given])
    assert theirs == [ways_for(*each) for each in given]
    scalings = node([["scalingFor", preset, way, 3] for preset, way in every_way()])
    assert scalings == [scaling_for(preset, way, 3) for preset, way in every_way()]


def test_scaled_rates_and_scores_are_those_of_rope_scaling(node):
    """Every model in each of its ways: the rates, the attention factor, and the score of a turn done by hand."""
    dials = [RopeDial(preset["name"], scaling=way, query_place=700, key_place=3) for preset, way in every_way()]
    states = [dial.get_state() for dial in dials]
    turnings = node([["turningOf", PRESETS[state["preset"]], {name: state[name] for name in asked()}]
                     for state in states])
    rates = node([["frequencies", turning["how"]] for turning in turnings])
    heads = [[vector.tolist() for vector in vectors_of(state)] for state in states]
    scores = node([["scoreAt", *vectors, 700, 3, turning["how"]]
                   for vectors, turning in zip(heads, turnings, strict=True)])
    for dial, state, theirs, vectors, score in zip(dials, states, rates, heads, scores, strict=True):
        frequencies, sharper = rates_of(state)
        np.testing.assert_allclose(theirs, frequencies, rtol=1e-12)
        size = state["rotary_dim"]
        order = position.pairing_permutation(size) if state["pairing"] == "interleaved" else np.arange(size)
        first, second = np.split(order, 2)  # the two numbers of each pair, which are one complex number here
        q, k = (np.take(vector, first) + 1j * np.take(vector, second) for vector in vectors)
        by_hand = (q * k.conj() * np.exp(1j * (700 - 3) * frequencies)).real.sum() * sharper**2
        by_hand += np.dot(vectors[0][size:], vectors[1][size:])
        assert math.isclose(score, by_hand, rel_tol=1e-9, abs_tol=1e-9)
        assert math.isclose(dial.score, score, rel_tol=1e-9, abs_tol=1e-9)


def test_the_models_that_scale_have_the_rates_of_rope_scaling_as_their_files_say(node):
    llama = rates_of(RopeDial("Llama 3.1 8B").get_state())[0]
    np.testing.assert_allclose(llama, rope_scaling.llama3(position.angles(1, 128, 500_000), 8, 1, 4, 8_192))
    assert rates_of(RopeDial("gpt-oss 20B").get_state())[1] == pytest.approx(0.1 * math.log(32) + 1)
    plain = position.angles(1, 96, 10_000)
    phi = PRESETS["Phi-3.5-mini"]["scaling"]["long_factor"]
    np.testing.assert_allclose(rates_of(RopeDial("Phi-3.5-mini").get_state())[0] * phi, plain)


def test_a_way_that_the_numbers_leave_no_room_for_is_taken_back_and_told(node):
    cases = [({"scaling": "proportional", "rotary_dim": 256}, "rotary_dim"), ({"scaling": "yarn", "base": 1}, "base"),
             ({"scaling": "dynamic", "rotary_dim": 2}, "rotary_dim"), ({"scaling": "longrope"}, "rotary_dim")]
    *results, unknown = node([["settle", presets(), asked(**news)]
                              for news in [*(news for news, _ in cases), {"scaling": "constructor"}]])
    for result, (news, name) in zip(results, cases, strict=True):
        assert result["state"]["scaling"] == "none"
        assert [(one["name"], one["way"]) for one in result["changed"]] == [(name, news["scaling"])]
    assert unknown["state"]["scaling"] == "none" and unknown["changed"] == []


# --- a real page


@pytest.fixture(scope="module")
def dial_page(scratch):
    return (scratch.folder / "rope_dial.html").as_uri()


@pytest.fixture
def dial(page, dial_page):
    faults = []
    watch(page, faults)
    page.goto(dial_page)
    yield page.locator(".rope-dial")
    assert faults == []


def place(dial, name):
    return dial.get_by_role("textbox", name=f"{name} at place")


def enter(field, text):
    field.fill(text)
    field.press("Enter")


CURVE, PAIRS, TABLE = "Score against offset", "Pairs, base and pairing", "All pairs as a table"


def unfold(dial, title):
    dial.locator("summary", has_text=title).click()


def test_moving_both_keeps_the_score_until_the_pairings_are_mixed(dial):
    score = dial.locator(".dial-score")
    expect(score).to_contain_text("Score q·k = 53.5860")
    dial.get_by_role("button", name="Move both by 100").click()
    expect(place(dial, "Query")).to_have_value("105")
    expect(score).to_contain_text("Score q·k = 53.5860")
    compared = dial.locator(".dial-compared")
    expect(compared).to_contain_text("from (5, 3) to (105, 103)")
    expect(compared).to_contain_text("the score was 53.5860 and is 53.5860. It stays the same.")
    unfold(dial, CURVE)
    unfold(dial, PAIRS)
    dial.get_by_role("radio", name="mixed up").check()
    expect(compared).to_contain_text("the score was 53.3995 and is 50.2255. It does not stay the same.")
    expect(dial.locator(".dial-before")).to_have_count(1)
    enter(place(dial, "Key"), "99")
    expect(compared).to_be_empty()


def test_the_curve_says_where_it_ends_and_what_lies_between(dial):
    unfold(dial, CURVE)
    python = RopeDial()
    # 128 steps around the query, which stands at place 5, and none before the first place; the key stands at 3.
    scores = [RopeDial(query_place=place, key_place=3).score for place in range(129)]
    assert scores[5] == python.score
    low, high = int(np.argmin(scores)), int(np.argmax(scores))
    said = (f"The score from offset -3 to 125. At offset 2: {scores[5]:.2f}. "
            f"Lowest {scores[low]:.2f} at {low - 3}, highest {scores[high]:.2f} at {high - 3}.")
    expect(dial.locator("svg[aria-label^='The score']")).to_have_attribute("aria-label", said.replace("-", "\u2212"))


def test_at_the_end_of_the_context_both_move_back(dial):
    enter(place(dial, "Query"), "262143")
    enter(place(dial, "Key"), "262000")
    dial.get_by_role("button", name="Move both by 100").click()
    expect(place(dial, "Query")).to_have_value("262,043")
    enter(place(dial, "Query"), "262,143")
    enter(place(dial, "Key"), "50")
    dial.get_by_role("button", name="Move both by 100").click()
    expect(dial.get_by_text("There is no room in the context")).to_be_visible()


def test_bad_numbers_are_clamped_and_told(dial):
    field = place(dial, "Query")
    enter(field, "1e9")
    said = "is a whole number from 0 to 262,143: 1,000,000,000 became 262,143."
    expect(dial.get_by_text(said)).to_be_visible()
    expect(field).to_have_value("262,143")
    enter(field, "<b>many</b>")
    expect(dial.get_by_text("“<b>many</b>” is not a number, so it stays at 262,143.")).to_be_visible()
    unfold(dial, PAIRS)
    enter(dial.get_by_role("textbox", name="Numbers that turn"), "5")
    expect(dial.get_by_text("is an even whole number from 2 to 256: 5 became 6.")).to_be_visible()
    dial.get_by_role("combobox", name="Model").select_option("Pythia 70M")
    expect(dial.get_by_text("262,143 became 2,047.")).to_be_visible()
    facts = "64 numbers in a head, 16 of them turn; base 10,000; context 2,048"
    expect(dial.locator(".dial-facts")).to_contain_text(facts)


def test_what_is_typed_is_not_replaced_by_what_is_painted_meanwhile(dial):
    unfold(dial, PAIRS)
    field = dial.get_by_role("textbox", name="Pair")
    field.fill("31")
    dial.locator("details").first.dispatch_event("toggle")  # the browser tells of an unfolding when it has the time
    expect(field).to_have_value("31")
    field.press("Enter")
    expect(dial.get_by_role("slider", name="Pair")).to_have_value("31")
    field.press_sequentially("9")
    dial.get_by_role("button", name="Move both by 100").focus()
    expect(field).to_have_value("31")  # 319 is not one of the pairs, and what was typed has been read


def test_the_arrows_turn_by_keys(dial):
    arrow = dial.get_by_role("slider", name="Key arrow")
    arrow.focus()
    presses = {"ArrowRight": "4", "ArrowDown": "3", "PageUp": "13", "Home": "0", "End": "262143"}
    for key, now in presses.items():
        arrow.press(key)
        expect(arrow).to_have_attribute("aria-valuenow", now)
        expect(arrow).to_be_focused()
    arrow.press("ArrowUp")
    expect(place(dial, "Key")).to_have_value("262,143")


@pytest.mark.parametrize("steps", [4, -3])
def test_the_arrows_turn_by_mouse(dial, page, steps):
    enter(place(dial, "Query"), "10")
    arrow = dial.get_by_role("slider", name="Query arrow")
    arrow.scroll_into_view_if_needed()
    grip, dial_box = arrow.locator("circle").bounding_box(), dial.locator("svg[role=group]").bounding_box()
    middle = [dial_box[a] + dial_box[size] / 2 for a, size in (("x", "width"), ("y", "height"))]
    x, y = (grip[a] + grip[size] / 2 for a, size in (("x", "width"), ("y", "height")))
    radius, angle = math.hypot(x - middle[0], y - middle[1]), math.atan2(middle[1] - y, x - middle[0])
    page.mouse.move(x, y)
    page.mouse.down()
    for part in range(1, 21):  # pair 0 turns by one radian a token
        at = angle + steps * part / 20
        page.mouse.move(middle[0] + radius * math.cos(at), middle[1] - radius * math.sin(at))
    page.mouse.up()
    expect(place(dial, "Query")).to_have_value(str(10 + steps))


def test_all_pairs_and_the_table_show_what_one_pair_shows(dial):
    unfold(dial, PAIRS)
    dial.get_by_role("radio", name="all pairs").check()
    expect(dial.get_by_role("img", name="Dials of all 32 pairs.")).to_be_visible()
    dial.locator(".dial-clock").nth(9).click()
    expect(dial.get_by_role("textbox", name="Pair")).to_have_value("9")
    expect(dial.get_by_text("Pair 9 is numbers 9 and 41 of the head.")).to_be_visible()
    unfold(dial, TABLE)
    row = dial.get_by_role("row").nth(10)
    lengths, counts = position.wavelengths(64, 10**7), position.turns(64, 10**7, 262_144)
    expect(row).to_contain_text(f"9 and 41{lengths[9]:.0f}{counts[9]:,.0f}")
    dial.get_by_role("radio", name="interleaved neighbours").check()
    expect(row).to_contain_text("18 and 19")


def test_base_and_share_change_the_turns_and_come_back(dial):
    waves = dial.get_by_role("img", name="Tokens for one full turn, on a log scale")
    expect(waves.locator("circle.dial-full")).to_have_count(22)
    unfold(dial, PAIRS)
    enter(dial.get_by_role("textbox", name="Base"), "10 thousand")
    expect(dial.get_by_text("32 of 32 pairs complete a turn within the context")).to_be_visible()
    slider = dial.get_by_role("slider", name="Numbers that turn")
    slider.press("End")
    expect(dial.get_by_text("All 256 numbers of the head turn.")).to_be_visible()
    dial.get_by_role("button", name="Back to this model's numbers").click()
    expect(waves.locator("circle.dial-full")).to_have_count(22)
    expect(dial.get_by_role("button", name="Back to this model's numbers")).to_be_hidden()


def test_slow_pairs_keep_their_digits(dial):
    unfold(dial, PAIRS)
    enter(dial.get_by_role("textbox", name="Pair"), "31")
    step = position.angles(1, 64, 10**7)[31]
    expect(dial.get_by_text(f"turns it by {math.degrees(step):.2e}".replace("e-0", "e-"))).to_be_visible()
    expect(dial.get_by_text("a full turn takes 37,969,062 tokens")).to_be_visible()


def waves_of(dial):
    return dial.get_by_role("img", name="Tokens for one full turn, on a log scale")


def test_the_switch_shows_the_pairs_before_and_after(dial):
    """Figures published for Llama 3.1 8B: 49 of 64 by base alone, 39 with its scaling."""
    dial.get_by_role("combobox", name="Model").select_option("Llama 3.1 8B")
    way = dial.get_by_role("combobox", name="Scaling")
    said = dial.get_by_text("of 64 pairs complete a turn in 131,072 tokens")
    expect(way).to_have_value("llama3")
    expect(said).to_contain_text("Before: 49 of 64 pairs complete a turn in 131,072 tokens, the slowest takes 2,559")
    expect(said).to_contain_text("Now: 39, and 20,473,564. 35 pairs are slowed, up to 8 times.")
    expect(waves_of(dial).locator("circle.dial-full")).to_have_count(39)
    expect(waves_of(dial).locator(".dial-from")).to_have_count(64)
    unfold(dial, CURVE)
    expect(dial.get_by_text("Dashed: the curve without scaling.")).to_be_visible()
    way.select_option("none")
    expect(waves_of(dial).locator("circle.dial-full")).to_have_count(49)
    expect(waves_of(dial).locator(".dial-from")).to_have_count(0)
    expect(dial.get_by_role("slider", name="Factor")).to_be_hidden()
    dial.get_by_role("button", name="Back to this model's numbers").click()
    expect(way).to_have_value("llama3")


def test_scaling_by_keys_moves_the_score_and_what_the_context_holds(dial):
    """Linear by 2: the score at (10, 6) is the one that stood at (5, 3), and the text may be twice as long."""
    score = dial.locator(".dial-score")
    expect(score).to_contain_text("Score q·k = 53.5860")
    way = dial.get_by_role("combobox", name="Scaling")
    way.focus()
    way.press("ArrowDown")  # the one after "none"
    expect(way).to_have_value("linear")
    factor = dial.get_by_role("slider", name="Factor")
    for _ in range(6):
        factor.press("ArrowLeft")
    expect(dial.get_by_role("textbox", name="Factor")).to_have_value("2")
    enter(place(dial, "Key"), "6")
    enter(place(dial, "Query"), "10")
    expect(score).to_contain_text("Score q·k = 53.5860")
    enter(place(dial, "Query"), "524287")
    expect(place(dial, "Query")).to_have_value("524,287")
    way.select_option("none")
    expect(place(dial, "Query")).to_have_value("262,143")
    expect(dial.get_by_text("524,287 became 262,143.")).to_be_visible()


def test_every_span_that_the_curve_offers_can_be_sent_in_an_address():
    (offered,) = re.findall(r"const SPANS = (\[.*?\]);", (PACKAGE / "explorers" / "rope_dial.js").read_text("utf-8"))
    assert json.loads(offered) == RopeDial.shared_traits()["span"]


def test_a_way_that_no_longer_fits_is_taken_back_in_words(dial):
    way = dial.get_by_role("combobox", name="Scaling")
    expect(way.locator("option", has_text="longrope")).to_have_count(0)
    way.select_option("proportional")
    unfold(dial, PAIRS)
    enter(dial.get_by_role("textbox", name="Numbers that turn"), "256")
    expect(dial.get_by_text("These numbers leave no room for proportional")).to_be_visible()
    expect(way).to_have_value("none")


def test_it_fits_a_narrow_screen_with_targets_large_enough(dial, page):
    page.set_viewport_size({"width": 360, "height": 800})
    for model in ("Qwen3.6 27B", "Llama 3.1 8B"):  # without scaling, and with it
        dial.get_by_role("combobox", name="Model").select_option(model)
        assert dial.bounding_box()["height"] <= 1_400
    page.set_viewport_size({"width": 320, "height": 800})
    for title in (CURVE, PAIRS, TABLE):
        unfold(dial, title)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for target in dial.locator(".dial-handle, .dial-control input, select, button:visible").all():
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 24, target
    for scale in ("128", "1024", "8192", "0"):
        dial.get_by_label("Offsets shown").select_option(scale)
        expect(dial.get_by_role("img", name="The score from offset")).to_be_visible()
