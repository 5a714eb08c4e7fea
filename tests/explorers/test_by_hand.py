"""The pictures that one takes hold of: their arithmetic against Python and by hand, their keys, drags and words."""

import itertools
import math
import re

import numpy as np
import pytest
from axe import violations
from places import PACKAGE
from playwright.sync_api import expect
from sliders import check
from twins import running
from watching import WIDGETS, watch

from book_utils import load_minilm, memory, position, public_models
from book_utils.explorers import pages_of_disk
from book_utils.explorers.bag_of_rows import BagOfRows, ways_of
from book_utils.explorers.clock_hands import ClockHands
from book_utils.explorers.model_areas import FACTORS, MODELS, ModelAreas, widened
from book_utils.explorers.pages_of_disk import PagesOfDisk
from book_utils.explorers.shuffled_table import ShuffledTable
from book_utils.explorers.two_hands import LAST, TwoHands, between, hands_rows
from book_utils.explorers.two_pairings import TwoPairings, scores
from book_utils.models.config import ModelConfig
from book_utils.models.parameters import parameters, table_share
from book_utils.recorded_model import recorded_model

QUERY = np.random.default_rng(0).standard_normal(384)
ORDER = [0, 4, 2, 3, 1]
FILE = {"page": 4096, "pages": 64, "start": 128, "ahead": 32}


def in_node(widget):
    """What the front-end files of a widget export."""
    return running(*(PACKAGE / name for name in widget.files if name.endswith(".js")))


# -- two hands -----------------------------------------------------------------------------------------------------


def test_the_angle_between_the_hands_gives_the_score():
    """As `position.rope` turns them: two arrows of length 1 score the cosine of the angle between them."""
    state = TwoHands().get_state()
    np.testing.assert_allclose(state["rates"], position.angles(1, 8), rtol=1e-8)
    with in_node(TwoHands) as node:
        for m, n in [(0, 0), (5, 3), (3, 5), (105, 103), (200, 0)]:
            hands = node("handsAt", {**state, "m": m, "n": n})
            for hand, rate in zip(hands, state["rates"], strict=True):
                score = position.score([1, 0], [0, 1], m, n, frequencies=[rate])
                assert math.cos(hand["between"]) == pytest.approx(float(score), abs=1e-9)
                assert hand["between"] == pytest.approx(between(m, n, rate), abs=1e-9)


def test_the_plain_rows_move_one_hand_and_then_both_as_far_as_there_are_places():
    def shown(m, n):
        return [row[0] for row in hands_rows(m, n)[1:]]

    assert shown(5, 3) == ["(5, 3)", "(6, 3)", "(6, 4)", "(55, 53)"]
    assert shown(LAST - 50, 0) == ["(150, 0)", "(151, 0)", "(151, 1)", "(200, 50)"]
    assert shown(0, LAST - 49) == ["(0, 151)", "(1, 151)", "(1, 152)"]
    assert shown(LAST, LAST) == ["(200, 200)", "(200, 200)"]


def test_hands_move_alone_or_together_and_stay_on_their_places():
    start = {"m": 5, "n": 3, "before": [], "together": False, "last": LAST}
    with in_node(TwoHands) as node:
        alone = node("handsMoved", start, "m", 300)
        assert alone == {"m": LAST, "n": 3, "before": []}
        both = node("handsMoved", {**start, "together": True}, "n", 103)
        assert both == {"m": 105, "n": 103, "before": [5, 3]}
        for name, place in itertools.product("mn", (-9, 0, 7, 150, 999)):  # the offset and where they set out stay
            on = node("handsMoved", {**start, **both, "together": True}, name, place)
            assert on["m"] - on["n"] == 2 and on["before"] == [5, 3] and on["n"] >= 0 and on["m"] <= LAST
        assert node("handsMoved", {**both, "together": False, "last": LAST}, "m", 1)["before"] == []


@pytest.mark.parametrize("place", [-1, LAST + 1, 2.0, "5"])
def test_hands_refuse_a_place_that_they_do_not_have(place):
    with pytest.raises(ValueError, match=f"key_place is a whole number from 0 to {LAST}; got"):
        TwoHands(key_place=place)


# -- hands of clocks -----------------------------------------------------------------------------------------------


def test_the_hands_are_the_rows_of_sinusoids_and_only_the_distance_counts():
    state = ClockHands().get_state()
    with in_node(ClockHands) as node:
        for place, apart in [(0, 0), (3, 5), (200, 99)]:
            one, other = position.sinusoids([place, place + apart], 16)
            np.testing.assert_allclose(node("rowAt", place, state["rates"]), one, atol=1e-9)
            assert node("productAt", apart, state["rates"]) == pytest.approx(float(one @ other), abs=1e-9)
    for given in ({"place": 201}, {"place": 1.5}, {"apart": 100}, {"apart": -1}):
        with pytest.raises(ValueError, match=f"{[*given][0]} is a whole number from 0 to"):
            ClockHands(**given)


# -- the two pairings ----------------------------------------------------------------------------------------------


def test_partners_turn_together_and_the_other_order_makes_one_pairing_the_other():
    """A number's partner is the one that changes with it in `position.rope`; results and scores are those of Python."""
    dice = np.random.default_rng(3)
    for size in (2, 6, 8):
        state = TwoPairings(dice.standard_normal(size), dice.standard_normal(size)).get_state()
        query, columns = np.array(state["query"]), position.pairing_permutation(size)
        with in_node(TwoPairings) as node:
            for pairing, mixed in itertools.product(position.PAIRINGS, (False, True)):
                given = {**state, "reordered": mixed}
                order = columns if mixed and pairing == "split" else np.arange(size)
                turned = position.rope(query[order], 7, pairing=pairing)
                np.testing.assert_allclose(node("turnedBy", given, pairing, 7), turned, atol=1e-9)
                for number in range(size):
                    alone = np.where(np.arange(size) == number, 1.0, 0)[order]
                    held = set(order[np.flatnonzero(position.rope(alone, 1, pairing=pairing))].tolist())
                    found = node("partnerOf", given, pairing, number)
                    assert held == {number, found["partner"]}
                    same = node("partnerOf", given, "interleaved", number)
                    assert pairing == "interleaved" or not mixed or found == same
            for place in (0, 1, 40):
                found = node("scoresAt", state, place)
                assert found == pytest.approx(scores(state, place), abs=1e-9)
                assert found["reordered"] == pytest.approx(found["interleaved"], abs=1e-9)


@pytest.mark.parametrize(("given", "message"), [
    (([1, 2, 3], [1, 2, 3]), "one even size up to 8; got (3,), (3,)"),
    (([1] * 10, [1] * 10), "one even size up to 8"), (([1, 2], [1, 2, 3, 4]), "got (2,), (4,)"),
    (([1, 2], [3, 4], 61), "place is a whole number from 0 to 60; got 61"),
])  # fmt: skip
def test_pairings_refuse_what_cannot_be_paired(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        TwoPairings(*given)


# -- the shuffled table --------------------------------------------------------------------------------------------


def test_a_shuffle_at_the_output_renames_what_the_model_wants():
    """What it says first stands, in the shuffled table, where the row of what it wants was dealt to."""
    state, model = ShuffledTable().get_state(), recorded_model()
    tokens, order = model.table.tokens, np.random.default_rng(0).permutation(len(model.table))  # as table_changes deals
    ends = state["ends"]
    assert ends["neither"]["said"][0] == "ĠParis" and "Paris" in ends["neither"]["goesOn"]
    assert ends["neither"]["wanted"] == ends["output"]["wanted"] and ends["input"]["wanted"] == ends["both"]["wanted"]
    for end, found in ends.items():
        token, place = found["said"]
        assert tokens[place] == token and found["goesOn"].strip().startswith(token.removeprefix("Ġ"))
        assert found["wanted"][1] == (order[place] if end in ("output", "both") else place)
    for one, i in zip(state["read"], model.encode(state["prompt"]), strict=True):
        assert (one["token"], one["id"], one["from"]) == (tokens[i], i, [tokens[order[i]], order[i]])
    assert ends["neither"]["loss"] < 3 < ends["input"]["loss"] < np.log(len(tokens)) < ends["both"]["loss"]
    with in_node(ShuffledTable) as node:
        assert [node("endOf", *ends) for ends in itertools.product((False, True), repeat=2)] == [
            "neither", "output", "input", "both"]
        heights = [node("heightOf", i, state["rows"]) for i in (0, 4_649, 49_151)]
        assert (heights[1] - heights[0]) / (heights[2] - heights[0]) == pytest.approx(4_649 / 49_151)


# -- the bag of rows -----------------------------------------------------------------------------------------------


def test_what_comes_out_of_the_bag_in_every_order():
    """On both sides as with whole rows: only the reading with position rows sees the order."""
    minilm, bag = load_minilm(), BagOfRows("the cat chased the dog", QUERY).bag
    rows = minilm.table.lookup(minilm.encode("the cat chased the dog", special=False)).astype(np.float64)
    with in_node(BagOfRows) as node:
        first = {on: node("bagOf", bag, [0, 1, 2, 3, 4], on) for on in (True, False)}
        for order, on in itertools.product([ORDER, [4, 3, 2, 1, 0], [3, 1, 2, 0, 4]], (True, False)):
            vectors = rows[order] + (minilm.positions[:5] if on else 0)
            weights = np.exp(vectors @ QUERY)
            expected = {"sum": vectors.sum(axis=0), "mean": vectors.mean(axis=0),
                        "reading": weights / weights.sum() @ vectors}  # fmt: skip
            found = node("bagOf", bag, order, on)
            for way, numbers in expected.items():
                np.testing.assert_allclose(found[way], numbers[:12], atol=1e-4)
                np.testing.assert_allclose(ways_of(bag, order, on)[way], found[way], atol=1e-12)
                apart = node("farthest", first[on][way], found[way])
                same = not on or way != "reading" or [order[0], order[3]] == [3, 0] and order[1:3] == [1, 2]
                assert (apart < 1e-9) == same  # to exchange the two `the` changes nothing at all


def test_a_token_is_carried_to_its_place_and_the_others_keep_their_order():
    with in_node(BagOfRows) as node:
        for start, end in itertools.product(range(5), repeat=2):
            order = [7, 8, 9, 5, 6]
            found = node("carried", order, start, end)
            taken = order.pop(start)
            assert found[end] == taken and [one for one in found if one != taken] == order


@pytest.mark.parametrize(("given", "message"), [
    (("cat", QUERY), "a sentence has 2 to 7 tokens here; got 1"),
    (("the cat " * 4, QUERY), "a sentence has 2 to 7 tokens here; got 8"),
    (("the cat", QUERY, [0, 2]), "order holds each place from 0 to 1 once; got"),
])  # fmt: skip
def test_a_bag_refuses_what_it_cannot_show(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        BagOfRows(*given)


# -- the pages of a disk -------------------------------------------------------------------------------------------


def touched(rows, size, start=128):
    """Byte by byte: the pages of all bytes of these rows."""
    return sorted({(start + byte) // 4096 for row in rows for byte in range(row * size, (row + 1) * size)})


def test_pages_of_rows_are_those_of_their_bytes():
    for name, form in pages_of_disk.MODELS.items():
        assert pages_of_disk.row_sizes()[name] == memory.table_bytes(1, public_models.config_of(name).width.value, form)
    with in_node(PagesOfDisk) as node:
        for size in pages_of_disk.row_sizes().values():
            assert node("rowsDrawn", size, FILE) == pages_of_disk.rows_drawn(size) == (64 * 4096 - 128) // size
            for apart, choose in ((True, pages_of_disk.scattered), (False, pages_of_disk.neighbours)):
                rows = node("chosenRows", size, FILE, apart)
                assert rows == choose(size) and rows[-1] < pages_of_disk.rows_drawn(size)
                assert node("pagesRead", rows, size, FILE) == touched(rows, size)
                assert sorted(pages_of_disk.pages_read(rows, size)) == touched(rows, size)
                ahead = node("pagesRead", rows, size, FILE, 32)
                assert ahead == sorted(pages_of_disk.pages_read(rows, size, ahead=32))
                assert set(touched(rows, size)) <= set(ahead) and len(ahead) >= 32
        assert node("pagesRead", [13], 4096, FILE, 32) == list(range(32))  # nothing before the file
        assert node("pagesRead", [], 3072, FILE, 32) == []


@pytest.mark.parametrize(("given", "message"), [
    (("GPT-9",), "model is one of GPT-2, Gemma 3 270M, Qwen3 0.6B, Llama 3 8B; got 'GPT-9'"),
    (("GPT-2", [85]), "the rows that are drawn run from 0 to 84; got 85"),
])  # fmt: skip
def test_pages_refuse_what_is_not_drawn(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        PagesOfDisk(*given)


# -- areas to one scale ----------------------------------------------------------------------------------------------


def test_parts_are_those_of_the_models_and_of_wider_ones():
    """Own numbers: as the file of models counts them. Wider: as the shapes of the wider config give them."""
    models = {one["name"]: one for one in ModelAreas().models}
    assert list(models) == list(MODELS)
    with in_node(ModelAreas) as node:
        for (name, one), (at, factor) in itertools.product(models.items(), enumerate(FACTORS)):
            config = ModelConfig(widened(public_models.entries()[name]["config"], factor))
            assert config.width.assumed == factor * public_models.config_of(name).width.assumed
            own = node("partsWhen", one, FACTORS, at, "own")
            assert own["total"] == parameters(config).value and own["share"] == pytest.approx(table_share(config))
            assert factor > 1 or own["total"] == public_models.entries()[name]["parameters"]
            tied, two = (node("partsWhen", one, FACTORS, at, tie) for tie in ("tied", "two"))
            assert two["total"] - tied["total"] == tied["input"] == two["output"] and tied["output"] == 0
            assert own in (tied, two) and two["share"] > tied["share"]


def test_areas_refuse_a_model_that_they_do_not_have():
    with pytest.raises(ValueError, match="shown names some of SmolLM2 135M, .*; got 'GPT-9'"):
        ModelAreas(["GPT-2", "GPT-9"])


# -- all of them on one page ---------------------------------------------------------------------------------------


def drag(page, start, end):
    """From the middle of one element to that of another, with the pointer."""
    for element, act in ((start, page.mouse.down), (end, page.mouse.up)):
        box = element.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
        act()


def hands_by_key_and_drag(page):
    hands = page.get_by_role("region", name="Two hands that turn with their places")
    said = hands.locator(".hand-said")
    hands.get_by_role("slider", name="Place of the query").press("ArrowRight")
    expect(said).to_have_text("Places 6 and 3, offset 3. From the key’s hand to the query’s: 81.9°.")
    hands.get_by_role("button", name="Move both together").press("Space")
    hands.get_by_role("slider", name="Key arrow").press("PageUp")
    expect(said).to_have_text(re.compile(r"Places 16 and 13, offset 3.*: 81\.9°\. At \(6, 3\), .*: 81\.9°\.$"))
    hands.get_by_role("button", name="Move both by 100").click()
    expect(said).to_contain_text("Places 116 and 113, offset 3.")
    hands.get_by_role("button", name="Four pairs").click()
    angles = [f"{math.degrees(between(116, 113, rate)):.1f}°".replace("-", "−") for rate in (1, 0.1, 0.01, 0.001)]
    expect(hands.locator("figcaption strong")).to_have_text(angles)
    query = hands.get_by_role("slider", name="Query arrow")
    query.scroll_into_view_if_needed()
    drag(page, query, hands.get_by_role("slider", name="Key arrow"))  # less than half a turn away
    expect(said).not_to_contain_text("Places 116 and 113")
    expect(said).to_contain_text("offset 3.")


def bag_by_key_and_drag(page):
    bag = page.get_by_role("region", name="A bag of rows")
    said, own = bag.locator(".hand-said"), bag.locator(".bag-own li")
    none = "Largest difference of the sums: none; of the means: none; of the readings: none."
    expect(said).to_contain_text(f"the dog chased the cat. {none}")
    bag.get_by_role("button", name="Add the position rows").press("Enter")
    expect(said).to_contain_text(re.compile(r"of the readings: 0\.0\d+\."))
    swap = bag.get_by_role("button", name="Swap “chased” at place 2 and “the” at place 3")
    swap.press("Enter")
    expect(said).to_contain_text("the dog the chased cat.")
    own.nth(0).scroll_into_view_if_needed()
    drag(page, own.nth(0), own.nth(4))
    expect(said).to_contain_text("dog the chased cat the. Largest difference of the sums: none;")
    bag.get_by_role("button", name="As it was written").click()
    expect(said).to_contain_text(f"the cat chased the dog. {none}")


def pages_by_key_and_tap(page):
    disk = page.get_by_role("region", name="Rows in the pages of a disk")
    said = disk.locator(".hand-said")
    disk.get_by_role("button", name="Five neighbours").press("Enter")
    expect(said).to_contain_text("rows wanted: 5, of 3,072 bytes each, 15,360 bytes in all. Pages that they lie on: 5,")
    expect(disk.locator(".disk-touched")).to_have_count(5)
    disk.get_by_role("button", name="No rows").click()
    disk.get_by_role("slider", name="Row").fill("2")
    disk.get_by_role("button", name="Want this row").press("Enter")
    expect(said).to_contain_text("Pages that they lie on: 2, 8,192 bytes. That is 2.7 times")
    disk.get_by_role("button", name="Mapped, with read-ahead").click()
    expect(said).to_contain_text("With 32 pages around each page that was not there yet: 32 pages, 131,072 bytes.")
    disk.locator("[data-page='1']").click()  # its middle lies in row 1, which reaches from page 0 to page 1
    expect(said).to_contain_text("rows wanted: 2, ")
    disk.get_by_label("Rows of the table of").select_option("Llama 3 8B")
    expect(said).to_contain_text("Llama 3 8B: rows wanted: 5, of 8,192 bytes each")


def areas_by_key_and_drag(page):
    areas = page.get_by_role("region", name="Models to one scale")
    said, squares = areas.locator(".hand-said"), areas.locator(".area-square")

    def shares(factor):
        configs = [ModelConfig(widened(public_models.entries()[name]["config"], factor)) for name in MODELS[:3]]
        return ", ".join(f"{name} {table_share(c):.1%}" for name, c in zip(MODELS[:3], configs, strict=True))

    expect(said).to_have_text(f"Width × 1. Share in token tables: {shares(1)}.")
    areas.get_by_role("slider", name="How wide").press("ArrowRight")
    expect(said).to_have_text(f"Width × 2. Share in token tables: {shares(2)}.")
    squares.nth(2).scroll_into_view_if_needed()
    box = squares.nth(2).bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 20, steps=3)
    page.mouse.up()
    expect(said).to_have_text(f"Width × 4. Share in token tables: {shares(4)}.")
    sides = [square.bounding_box()["width"] for square in squares.all()]
    totals = [parameters(ModelConfig(widened(public_models.entries()[name]["config"], 4))).value for name in MODELS[:3]]
    assert np.array(sides) ** 2 / sides[2] ** 2 == pytest.approx(np.array(totals) / totals[2], rel=0.05)
    areas.get_by_role("button", name="Two tables each").press("Space")
    expect(areas.locator(".area-square .area-output")).to_have_count(3)
    areas.get_by_role("checkbox", name="Llama 2 7B").check()
    expect(squares).to_have_count(4)
    areas.get_by_role("button", name="As they are").click()
    expect(areas.locator(".area-square .area-output")).to_have_count(1)


def clocks_by_key(page):
    clocks = page.get_by_role("region", name="Hands of clocks")
    said = clocks.locator(".hand-said")
    expect(said).to_have_text("Places 3 and 8, 5 apart: the dot product of their rows is 6.14. The most is 8.")
    clocks.get_by_role("slider", name="Place", exact=True).press("End")
    expect(said).to_contain_text("Places 200 and 205, 5 apart: the dot product of their rows is 6.14.")
    clocks.get_by_role("slider", name="Places apart").press("Home")
    expect(said).to_contain_text("Places 200 and 200, 0 apart: the dot product of their rows is 8.00.")


def pairings_by_key_and_press(page):
    pairings = page.get_by_role("region", name="The two pairings of one vector")
    said, split = pairings.locator(".hand-said"), pairings.get_by_role("group", name="Split")
    expect(said).to_have_text("Number 0 turns with number 1 when interleaved, and with number 4 when split.")
    split.get_by_role("button", name="turns with number 2").press("Enter")
    expect(said).to_have_text("Number 6 turns with number 7 when interleaved, and with number 2 when split.")
    lit = "button:is(.pairing-own, .pairing-partner) .pairing-id"
    expect(split.locator(lit)).to_have_text(["2", "6"])
    pairings.get_by_role("slider", name="Place").press("Home")
    expect(split.get_by_role("button", name="6 7.0 turns with number 2")).to_be_visible()
    pairings.get_by_role("button", name="other order").press("Space")
    expect(said).to_contain_text("Number 6 turns with number 7 in both")
    expect(split.locator(".pairing-id")).to_have_text([*"02461357"])
    expect(split.locator(lit)).to_have_text(["6", "7"])


def shuffle_by_key(page):
    table = page.get_by_role("region", name="A table that is shuffled")
    said, ends = table.locator(".hand-said"), ShuffledTable().ends
    expect(said).to_contain_text("the model says ĠParis.")
    for name, end in (("Shuffle at the output", "output"), ("Shuffle at the input", "both")):
        table.get_by_role("button", name=name).press("Space")
        expect(said).to_contain_text(f"it says {ends[end]['said'][0]}")
        expect(table.locator(".shuffle-loss").first).to_contain_text(f"{ends[end]['loss']:.2f}")
        assert table.locator("mark").text_content() == ends[end]["goesOn"]
    expect(table.get_by_role("listitem").filter(has_text="ID 4649")).to_contain_text("the row of Land")


def test_by_keys_and_by_hand_on_a_phone_in_the_dark(new_context, scratch):
    page = new_context(color_scheme="dark", viewport={"width": 360, "height": 800}, reduced_motion="reduce").new_page()
    problems = []
    watch(page, problems)
    page.goto((scratch.folder / "by_hand.html").as_uri())
    page.wait_for_function(WIDGETS)
    for play in (hands_by_key_and_drag, bag_by_key_and_drag, pages_by_key_and_tap, areas_by_key_and_drag,
                 pairings_by_key_and_press, shuffle_by_key, clocks_by_key):
        play(page)
    for slider in page.locator("input[type=range]").all():
        check(page, slider)
        shown = slider.locator("xpath=..").locator(".hand-value")
        expect(shown).to_have_text(slider.get_attribute("aria-valuetext") or "-")
    assert problems == [] and violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_javascript_each_is_a_table(new_context, scratch):
    page = new_context(java_script_enabled=False).new_page()
    page.goto((scratch.folder / "by_hand.html").as_uri())
    expect(page.get_by_role("row", name=re.compile(r"^\(55, 53\) .* 24\.6°$"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile(r"^with position rows none none 0\.0\d+$"))).to_be_visible()
    expect(page.get_by_role("row", name="Qwen3 0.6B 155,582,464 440,467,456 26.1%")).to_be_visible()
    expect(page.get_by_role("row", name="Qwen3 0.6B 2,048 10,240 24,576 12,288")).to_be_visible()
    expect(page.get_by_role("row", name="2 3 6", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name="mixed up 0.79 -6.50", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name="1 0.84 0.54 0.31 0.95 0.10 1.00", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name=re.compile(r"^at both ends Land ability ĠGur 13\.39 "))).to_be_visible()
