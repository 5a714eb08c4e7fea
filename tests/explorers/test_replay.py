"""The replay: what its film holds, training again by its form, and the explorer on a built page."""

import gzip
import json
import math
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from axe import violations
from playwright.sync_api import expect
from scratch_book import LIVE
from watching import WIDGETS

from book_utils.asking.widget import PACKAGE
from book_utils.corpus import GROUPS, sentences, vocabulary
from book_utils.explorers import replay
from book_utils.explorers.replay import Replay
from book_utils.explorers.replay_settings import SETTINGS, checked_settings
from book_utils.lookup import UnknownToken
from book_utils.optimisers import LazyAdam
from book_utils.tiny_model import TinyModel
from book_utils.training import train

ROOT = Path(__file__).resolve().parents[2]
TEXT = sentences(2000)
SMALL = {"animals": ["cat", "dog"], "numbers": ["two", "six"]}


@pytest.fixture(scope="module")
def training():
    """As many frames and words as the chapter has, on less text."""
    return train(TinyModel(vocabulary()), TEXT, LazyAdam(), steps=600, batch=64)


@pytest.fixture(scope="module")
def film(training):
    return Replay(training).film


@pytest.fixture
def small():
    """Four words, which train again in no time; `ask` is what a page does."""
    model = TinyModel(["<bos>", "cat", "dog", "two", "six"], dim=3)
    text = ["cat dog", "two six", "dog cat", "six two"]
    return Replay(train(model, text, LazyAdam(), steps=4, snapshot_every=1), SMALL, text)


def ask(widget, **changed):
    widget.set_state({"wanted": SETTINGS | {"steps": 8} | changed})


# -- the film ------------------------------------------------------------------------------------------------


def directions(training, words):
    tables = [snapshot.table for snapshot in training.snapshots]
    rows = np.array([[table.vectors[table.id_of(word)] for word in words] for table in tables], float)
    return rows / np.sqrt((rows**2).sum(axis=2, keepdims=True))


def test_places_are_those_of_the_last_frames_axes(training, film):
    """Every frame on the two longest axes of the last frame, by NumPy's SVD; the sign of an axis is free."""
    rows = directions(training, film["words"])
    centre = rows[-1].mean(axis=0)
    _, lengths, axes = np.linalg.svd(rows[-1] - centre, full_matrices=False)
    expected = (rows - centre) @ axes[:2].T
    found = np.reshape(film["places"], (len(rows), -1, 2)) / film["scale"]
    signs = np.sign((expected[-1] * found[-1]).sum(axis=0))
    assert np.abs(expected * signs - found).max() <= 0.51 / film["scale"]
    assert film["axes"] == pytest.approx(lengths[:2] ** 2 / (lengths**2).sum(), abs=0.001)
    assert film["shares"][-1] == pytest.approx(sum(film["axes"]), abs=0.002)
    whole, on_map = ([np.var(frame, axis=0).sum() for frame in frames] for frames in (rows, expected))
    assert film["shares"] == pytest.approx(np.divide(on_map, whole), abs=0.001)


def test_scores_are_silhouettes_over_all_columns(training, film):
    """The definition, word by word: (nearest other group - own) / the larger of both, by mean distance."""
    labels = [name for name, count in film["groups"] for _ in range(count)]
    for frame in (0, 20, 40):
        rows = directions(training, film["words"])[frame]
        away = 1 - rows @ rows.T
        values = []
        for i, own in enumerate(labels):
            means = {
                name: np.mean([away[i, j] for j, other in enumerate(labels) if other == name and j != i])
                for name in replay.PICTURED
            }
            nearest = min(mean for name, mean in means.items() if name != own)
            values.append((nearest - means[own]) / max(nearest, means[own]))
        assert film["scores"][frame] == pytest.approx(np.mean(values), abs=0.001)


def test_numbers_beside_the_map_are_those_of_the_training(training, film):
    assert film["steps"] == list(range(0, 601, 15))
    assert film["losses"] == pytest.approx([snapshot.loss for snapshot in training.snapshots], abs=0.001)
    assert film["words"] == [word for name in replay.PICTURED for word in GROUPS[name]]
    assert film["scores"][0] < 0.1 < 0.5 < film["scores"][-1]  # islands have come out of noise


def test_the_film_weighs_little(training):
    state = Replay(training, word="queen").get_state()
    data = {name: value for name, value in state.items() if not name.startswith("_")}
    packed = gzip.compress(json.dumps(data, separators=(",", ":")).encode(), mtime=0)
    assert len(data["film"]["places"]) == 41
    assert len(packed) <= 20_000


def test_many_snapshots_are_thinned():
    model = TinyModel(["<bos>", "cat", "dog", "two", "six"])
    run = train(model, ["cat dog", "two six"], LazyAdam(), steps=97, snapshot_every=1)
    steps = Replay(run, SMALL).film["steps"]
    assert (len(steps), steps[0], steps[-1]) == (41, 0, 97)
    assert set(np.diff(steps)) == {2, 3}


@pytest.mark.parametrize(("groups", "error", "words"), [
    ({"animals": ["cat", "dog"]}, ValueError, "2 to 5 groups; got 1"),
    (GROUPS, ValueError, "2 to 5 groups; got 12"),
    ({"animals": ["cat", "dog"], "pets": ["cat", "two"]}, ValueError, "in one group only"),
    ({"animals": ["cat", "dog"], "none": []}, ValueError, "each group needs a word"),
    ({"animals": ["cat"], "numbers": ["two"]}, ValueError, "silhouette needs"),
    ({"animals": ["cat", "dgo"], "numbers": ["two", "six"]}, UnknownToken, "Did you mean 'dog'"),
])
def test_groups_that_cannot_be_drawn(small, groups, error, words):
    with pytest.raises(error, match=re.escape(words)):
        Replay(small.training, groups)


def test_a_marked_word_must_be_on_the_map(small):
    assert Replay(small.training, SMALL, word="dog").word == "dog"
    with pytest.raises(ValueError, match="'queen'"):
        Replay(small.training, SMALL, word="queen")


def test_plain_forms_say_what_the_film_shows(training, film):
    text = Replay(training).plain_text()
    assert text.splitlines()[0].startswith("Replay: 71 words in 5 groups, 41 frames, ")
    assert [int(step) for step in re.findall(r"step +(\d+)", text)] == [0, 150, 300, 450, 600]
    assert f"loss {film['losses'][-1]:.2f}  cluster score  {film['scores'][-1]:.2f}" in text
    page = Replay.plain_html({"film": film})
    assert page.count("<tr>") == (1 + 5) + (1 + 5)
    assert all(name in page for name in replay.PICTURED)
    assert f"<td>{film['losses'][20]:.2f}</td>" in page


# -- training again ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimiser", replay.OPTIMISERS)
@pytest.mark.parametrize("tied", [False, True])
def test_train_again_gives_the_film_of_a_training_with_these_settings(small, optimiser, tied):
    ask(small, optimiser=optimiser, tied=tied, lr=0.05, seed=9)
    model = TinyModel(small.training.model.tokens, dim=3, tied=tied, seed=9)
    own = train(model, small._sentences, replay.OPTIMISERS[optimiser](lr=0.05), 8, seed=9, snapshot_every=1)
    expected = Replay(own, SMALL).film
    assert small.film | {"settings": 0} == expected | {"settings": 0}
    assert small.film["settings"] == {"steps": 8, "lr": 0.05, "seed": 9, "optimiser": optimiser, "tied": tied}
    assert small.wanted == {}  # ready for the next
    assert small.said == f"Trained 8 steps with {optimiser}, lr 0.05, seed 9."
    assert small.training.model.tied is tied


def test_the_same_wish_twice_is_answered_twice(small):
    ask(small, steps=0)
    small.said = ""
    ask(small, steps=0)
    assert small.said.endswith("took 1.")


def test_the_answer_comes_in_one_message(small):
    """A page that got the film and the frame apart would draw a frame that the film does not have."""
    sent = []
    small.send_state = lambda key=None: sent.append({key} if isinstance(key, str) else set(key))
    small.frame = 4
    sent.clear()
    small.wanted = SETTINGS | {"steps": 2}
    assert small.frame == 2
    assert [keys for keys in sent if "film" in keys] == [{"film", "frame", "said", "wanted"}]


def test_a_run_that_leaves_the_road_is_said_and_its_good_part_shown(training):
    widget = Replay(training, sentences=TEXT)
    ask(widget, optimiser="SGD", lr=100)
    assert re.match(r"Training stopped at step \d: the loss rose to .* lr=100 is too high", widget.said)
    assert widget.film["steps"][0] == 0 and all(map(math.isfinite, widget.film["losses"]))
    assert max(widget.film["losses"]) < 10
    assert widget.wanted == {}


def test_what_cannot_be_trained_or_drawn_keeps_the_film(small):
    before, training = small.film, small.training
    small._sentences = ["cat cat"]
    ask(small)
    assert "the text has one word only" in small.said
    assert small.said.endswith("The film is still the one before.")
    small._sentences = ["cat mouse"]
    ask(small)
    assert "'mouse' is not in the vocabulary" in small.said
    small._sentences = ["cat dog cat"]
    ask(small, optimiser="AdamW", lr=10, steps=1)  # the decay takes all of a row that is not looked up: zeros
    assert "a vector of zeros has no direction" in small.said
    assert (small.film, small.training, small.wanted) == (before, training, {})


@pytest.mark.parametrize(("wanted", "settings", "notes"), [
    ({}, {}, []),
    ({"steps": 3000, "lr": 0.0001, "seed": 0, "tied": True, "optimiser": "SGD"},) * 2 + ([],),
    ({"steps": 3001}, {"steps": 3000}, ["Steps are whole numbers and run from 1 to 3,000: took 3,000."]),
    ({"steps": -1}, {"steps": 1}, ["Steps are whole numbers and run from 1 to 3,000: took 1."]),
    ({"steps": 2.6}, {"steps": 3}, ["Steps are whole numbers and run from 1 to 3,000: took 3."]),
    ({"steps": None}, {"steps": 600}, ["Steps are numbers: took 600."]),
    ({"steps": True}, {"steps": 600}, ["Steps are numbers: took 600."]),
    ({"steps": "9"}, {"steps": 600}, ["Steps are numbers: took 600."]),
    ({"lr": 0}, {"lr": 0.0001}, ["Learning rates run from 0.0001 to 100: took 0.0001."]),
    ({"lr": math.inf}, {"lr": 100}, ["Learning rates run from 0.0001 to 100: took 100."]),
    ({"lr": math.nan}, {"lr": 0.01}, ["Learning rates are numbers: took 0.01."]),
    ({"seed": 1e9}, {"seed": 9999}, ["Seeds are whole numbers and run from 0 to 9,999: took 9,999."]),
    ({"optimiser": "Lion"}, {}, ["The optimisers are SGD, LazyAdam, Adam, AdamW: took LazyAdam."]),
    ({"optimiser": ["SGD"]}, {}, ["The optimisers are SGD, LazyAdam, Adam, AdamW: took LazyAdam."]),
    ({"tied": "yes"}, {"tied": False}, []),
])
def test_settings_are_clamped_and_said(wanted, settings, notes):
    assert checked_settings(SETTINGS | wanted) == (SETTINGS | settings, notes)


# -- the same in JavaScript ----------------------------------------------------------------------------------

SCRIPT = """
import { readFileSync } from "node:fs";
const source = readFileSync(process.argv[1], "utf8");
const rules = await import("data:text/javascript;base64," + Buffer.from(source).toString("base64"));
const { film, moments } = JSON.parse(readFileSync(0, "utf8"));
const place = rules.scaleOf(film);
console.log(JSON.stringify({
  places: moments.map((moment) => rules.placesAt(film, moment)),
  islands: film.places.map((_, frame) => rules.islands(film, rules.placesAt(film, frame))),
  near: film.words.map((_, word) =>
    rules.nearestPlaces(film.places[0], rules.pointOf(film.places[0], word), 5, word)),
  drawn: film.places.map((_, frame) => {
    const places = rules.placesAt(film, frame);
    return film.words.map((_, word) => place(rules.pointOf(places, word)));
  }),
}));
"""


@pytest.fixture(scope="module")
def in_javascript(film):
    assert shutil.which("node"), "the rules in JavaScript are run by node: install Node.js 20 or newer"
    command = ["node", "--input-type=module", "-e", SCRIPT, str(PACKAGE / "explorers" / "replay_film.js")]
    given = json.dumps({"film": film, "moments": [0, 0.25, 19.5, 39.9, 40]})
    return json.loads(subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout)


def test_places_between_two_frames(film, in_javascript):
    places = np.array(film["places"]) / film["scale"]
    expected = [places[0], 0.75 * places[0] + 0.25 * places[1], (places[19] + places[20]) / 2,
                0.1 * places[39] + 0.9 * places[40], places[40]]
    np.testing.assert_allclose(in_javascript["places"], expected, atol=1e-9)


def test_islands_are_the_same_in_both_languages(film, in_javascript):
    for frame, rows in enumerate(in_javascript["islands"]):
        for (name, *numbers), (expected, *others) in zip(rows, replay.islands(film, frame), strict=True):
            assert name == expected
            assert numbers == pytest.approx(others, abs=1e-9)


def test_nearest_words_on_the_map(film, in_javascript):
    places = np.reshape(film["places"][0], (-1, 2))
    for word, found in enumerate(in_javascript["near"]):
        away = ((places - places[word]) ** 2).sum(axis=1)  # whole numbers: there are ties
        others = [i for i in range(len(places)) if i != word]
        assert found == sorted(others, key=lambda i: (away[i], i))[:5]


def test_every_frame_fits_the_map_without_distortion(film, in_javascript):
    drawn, places = np.array(in_javascript["drawn"]), np.reshape(film["places"], (41, -1, 2))
    assert drawn.min() >= 14 - 1e-9
    assert drawn[..., 0].max() <= 400 - 14 + 1e-9 and drawn[..., 1].max() <= 300 - 14 + 1e-9
    across, up = (np.polyfit(places[..., axis].ravel(), drawn[..., axis].ravel(), 1)[0] for axis in (0, 1))
    assert across == pytest.approx(-up) and across > 0


# -- on a built page -----------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def address(scratch):
    return (scratch.folder / "replay.html").as_uri()


@pytest.fixture
def explorer(watched, address):
    watched.goto(address)
    watched.wait_for_function(WIDGETS)
    return watched.locator("section.replay")


def says(explorer, step):
    slider = explorer.get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(f"^step {step}: loss "))


def test_slider_by_keys_and_buttons(explorer, film):
    says(explorer, 0)
    explorer.get_by_role("slider").focus()
    explorer.page.keyboard.press("ArrowRight")
    says(explorer, 15)
    explorer.page.keyboard.press("End")
    says(explorer, 600)
    shown = [f"{film['losses'][-1]:.2f}", f"{film['scores'][-1]:.2f}", f"{film['shares'][-1]:.0%}"]
    for text in shown:
        expect(explorer.locator(".replay-numbers")).to_contain_text(text)
    explorer.get_by_role("button", name="Next").press("Enter")
    says(explorer, 600)  # there is no more
    explorer.get_by_role("button", name="Back").press("Enter")
    says(explorer, 585)
    expect(explorer.get_by_role("img", name="Map of 71 words at step 585. animals around")).to_be_visible()
    expect(explorer.get_by_role("img", name=re.compile("^Cluster score: .* at step 585, "))).to_be_visible()


def test_a_word_is_found_by_keys(explorer, film):
    explorer.get_by_label("Find a word").focus()
    explorer.page.keyboard.type("king")
    explorer.get_by_role("slider").press("End")
    found = explorer.locator(".replay-found")
    i = film["words"].index("king")
    places = np.reshape(film["places"][-1], (-1, 2))
    away = np.linalg.norm(places - places[i], axis=1)
    near = ", ".join(film["words"][j] for j in np.argsort(away, kind="stable")[1:6])
    x, y = (f"{number / film['scale']:.2f}".replace("-", "−") for number in places[i])
    expect(found).to_contain_text(f"king is {x} across and {y} up. Nearest on this map: {near}.")
    expect(explorer.locator(".replay-chosen text")).to_have_text("king")
    explorer.get_by_label("Find a word").select_option("none")
    expect(found).to_be_empty()


def test_a_pointer_names_a_word_and_a_tap_chooses_it(explorer, film):
    explorer.get_by_role("slider").press("End")
    places = np.reshape(film["places"][-1], (-1, 1, 2))
    away = np.linalg.norm(places - places.swapaxes(0, 1), axis=2)
    alone = int(np.sort(away, axis=1)[:, 1].argmax())  # its mark is not under another
    mark = explorer.locator(".replay-map .replay-mark").nth(alone).bounding_box()
    middle = mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2
    explorer.page.mouse.move(*middle)
    name = explorer.locator(".replay-pointed text")
    expect(name).to_have_text(film["words"][alone])
    # WCAG 1.4.13: it stays while the pointer goes on to it, and Esc takes it away, wherever the focus is.
    box = name.bounding_box()
    ends = box["x"] + 0.1 * box["width"], box["x"] + 0.9 * box["width"]
    far = max(ends, key=lambda x: abs(x - middle[0])), box["y"] + box["height"] / 2
    explorer.page.mouse.move(*far, steps=9)
    expect(name).to_have_text(film["words"][alone])
    explorer.page.mouse.move(*middle)
    explorer.page.locator("body").press("Escape")
    expect(name).to_have_count(0)
    explorer.page.mouse.move(middle[0] + 1, middle[1])
    expect(name).to_have_count(0)
    explorer.page.mouse.move(0, 0)
    explorer.page.mouse.move(*middle)
    expect(name).to_have_text(film["words"][alone])
    explorer.page.mouse.click(*middle)
    expect(explorer.locator(".replay-chosen text")).to_have_text(film["words"][alone])
    expect(explorer.get_by_label("Find a word")).to_have_value(film["words"][alone])
    explorer.page.mouse.move(0, 0)
    expect(explorer.locator(".replay-pointed")).to_have_count(0)
    # The word's way is drawn, and who drags along a curve with a word chosen goes through the film.
    assert explorer.locator(".replay-trail").get_attribute("d").count("L") == len(film["steps"])
    expect(explorer.locator(".replay-group")).to_have_count(5)
    curve = explorer.locator(".replay-numbers svg").first
    curve.scroll_into_view_if_needed()
    box = curve.bounding_box()
    explorer.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 10)
    explorer.page.mouse.down()
    says(explorer, 300)
    explorer.page.mouse.move(box["x"] + 1, box["y"] + 10, steps=3)
    says(explorer, 0)
    explorer.page.mouse.up()


def test_groups_differ_by_shape(explorer):
    look = "all => all.map(mark => mark.getAttribute('d'))"
    shapes = explorer.locator(".replay-map .replay-mark").evaluate_all(look)
    in_legend = explorer.locator(".replay-legend .replay-mark").evaluate_all(look)
    assert len(set(in_legend)) == 5
    counts = [len(GROUPS[name]) for name in replay.PICTURED]
    assert shapes == [shape for shape, count in zip(in_legend, counts, strict=True) for _ in range(count)]
    assert explorer.locator(".replay-legend li").all_text_contents() == list(replay.PICTURED)


def test_play_and_pause(page, address):
    page.clock.install(time=0)
    page.goto(address)
    explorer = page.locator("section.replay")
    expect(explorer.get_by_role("button", name="Play")).to_be_visible()
    page.clock.pause_at(3_600_000)  # from here on, time passes only as the test says
    explorer.get_by_role("button", name="Play").click()
    page.clock.run_for(3000)
    step = int(re.match(r"step (\d+)", explorer.get_by_role("slider").get_attribute("aria-valuetext"))[1])
    assert 250 <= step <= 350  # half of six seconds
    explorer.get_by_role("button", name="Pause").click()
    stood = explorer.get_by_role("slider").get_attribute("aria-valuetext")
    page.clock.run_for(3000)
    expect(explorer.get_by_role("slider")).to_have_attribute("aria-valuetext", stood)
    explorer.get_by_role("button", name="Play").click()
    page.clock.run_for(4000)
    says(explorer, 600)
    explorer.get_by_role("button", name="Play").click()  # at the end: from the start again
    page.clock.run_for(300)
    says(explorer, 30)
    explorer.get_by_role("slider").press("End")  # a hand on the slider stops the film
    says(explorer, 600)
    expect(explorer.get_by_role("button", name="Play")).to_be_visible()


def test_less_motion_means_frame_by_frame(browser, address):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    explorer = page.locator("section.replay")
    expect(explorer.get_by_text("asks for less motion")).to_be_visible()
    expect(explorer.get_by_role("button", name="Play")).to_be_hidden()
    explorer.get_by_role("button", name="Next").click()
    says(explorer, 15)
    context.close()


def test_the_page_offers_no_training_without_a_kernel(explorer):
    expect(explorer.get_by_text("In a notebook you can train again")).to_be_visible()
    expect(explorer.get_by_role("button", name="Train again")).to_have_count(0)


def test_train_again_asks_and_is_answered(watched, address, film, small):
    watched.goto(address)
    expect(watched.locator("section.replay")).to_be_visible()
    watched.evaluate(LIVE)
    explorer = watched.locator("section.replay")
    explorer.get_by_role("slider").press("End")
    explorer.get_by_label("Steps").fill("")
    explorer.get_by_label("Learning rate").fill("0.5")
    explorer.get_by_label("Optimiser").select_option("SGD")
    explorer.get_by_label("Tied output weights").check()
    explorer.get_by_label("Seed").fill("7")
    explorer.get_by_label("Seed").press("Enter")
    expect(explorer.get_by_role("status")).to_have_text("Training …")
    wanted = {"steps": None, "lr": 0.5, "optimiser": "SGD", "seed": 7, "tied": True}
    assert watched.evaluate("live.data.wanted") == wanted
    ask(small)
    watched.evaluate("live.answer", {"film": small.film, "frame": 3, "said": "Done.", "wanted": {}})
    expect(explorer.get_by_role("status")).to_have_text("Done.")
    says(explorer, 3)
    expect(explorer.locator(".replay-map .replay-mark")).to_have_count(4)
    expect(explorer.get_by_label("Steps")).to_have_value("8")
    only = {name: small.film[name][:1] for name in ("steps", "losses", "scores", "shares", "places")}
    watched.evaluate("live.answer", {"film": small.film | only, "frame": 0})  # a run that stopped at once
    says(explorer, 0)
    expect(explorer.get_by_role("button", name="Play")).to_be_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1000, "light")])
def test_axe_finds_no_violation_with_and_without_a_kernel(browser, address, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    page.locator("section.replay").wait_for()
    for live in (False, True):
        if live:
            page.evaluate(LIVE)
        page.get_by_label("Find a word").select_option("queen")
        page.locator("section.replay details").evaluate("part => { part.open = true }")
        assert violations(page, least=10, within="section.replay") == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
