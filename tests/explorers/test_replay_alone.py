"""The replay lives in node: what it draws and says of a moment, plays, saves and asks for, from a film made up here."""

import json
import math

import numpy as np
import pytest
from living import WORDS, all_of, at, classes, living, numbers, text_of

from book_utils.explorers.replay import Replay
from book_utils.explorers.replay_settings import LIMITS, OPTIMISERS, SETTINGS

# A clock that stands still until a test moves it, and a device that may ask for less motion.
CLOCK = """
let frames = new Map(), asked = 0, calmed = () => {};
const wish = { matches: false, addEventListener: (_, act) => { calmed = act; },
  removeEventListener: () => { calmed = null; } };
globalThis.matchMedia = () => wish;
globalThis.requestAnimationFrame = (act) => { frames.set(++asked, act); return asked; };
globalThis.cancelAnimationFrame = (number) => { frames.delete(number); };
export function clock(now) {
  const due = [...frames.values()];
  frames.clear();
  for (const act of due) act(now);
  return shown();
}
export function calm(on) { wish.matches = on; calmed?.(); return shown(); }
export const waiting = () => [frames.size, calmed === null];
"""
PLACES = np.array([
    [[0, 10], [20, -10], [10, 10], [-10, -20]],
    [[60, 20], [60, 0], [-40, 10], [-50, -20]],
    [[100, 20], [100, -10], [-100, 0], [-90, -30]],
]) / 100
GROUPS = {"animals": ["cat", "dog"], "numbers": ["two", "six"]}
FILM = {"words": ["cat", "dog", "two", "six"], "groups": [["animals", 2], ["numbers", 2]], "columns": 3,
        "steps": [0, 1000, 3000], "losses": [2.0, 1.5, 0.5], "scores": [-0.25, 0.25, 0.75],
        "shares": [0.3, 0.5, 0.8], "axes": [0.52, 0.28], "scale": 100,
        "places": [(100 * frame).round().astype(int).ravel().tolist() for frame in PLACES],
        "settings": SETTINGS}  # fmt: skip
STATE = {"film": FILM, "frame": 1, "word": "", "wanted": {}, "said": "",
         "limits": {name: list(ends) for name, ends in LIMITS.items()} | {"optimiser": [*OPTIMISERS]}}
MIDDLE, UNIT = np.array([0, -0.05]), (400 - 28) / 2  # all frames, 2 wide and 0.5 high, with a margin of 14


@pytest.fixture(scope="module")
def replay(tmp_path_factory):
    clock = tmp_path_factory.mktemp("clock") / "clock.js"
    clock.write_text(CLOCK, encoding="utf-8")
    with living(Replay, clock) as life:
        yield life
        assert life.ends() and life.call("waiting") == [0, True], "nothing plays and nothing is heard any more"


@pytest.fixture
def begun(replay):
    replay.call("calm", False)

    def begins(**more):
        return replay.begins(json.loads(json.dumps(STATE | more)))
    return begins


def say(name, /, **values):
    return WORDS[name].format(**values)


def signed(number, digits=2):
    return f"{number:z.{digits}f}".replace("-", "−")


def on_map(place):
    x, y = UNIT * (np.array(place) - MIDDLE)
    return pytest.approx([200 + x, 150 - y], abs=0.06)


def layers(life):
    """The parts of the map: trails, threads, marks, names of groups and names of words."""
    return life.one("replay-map")["children"]


def moved(element):
    return numbers(element["attributes"]["transform"])


def points(path):
    return np.reshape(numbers(path["attributes"]["d"]), (-1, 2)).tolist()


def clock(life, now):
    return life.see(life.call("clock", now))


def assert_at(life, places):
    for mark, place in zip(layers(life)[2]["children"], places, strict=True):
        assert moved(mark) == on_map(place)


# -- a moment --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frame", [0, 1, 2])
def test_a_frame_has_its_places_and_its_numbers(begun, frame):
    life = begun(frame=frame)
    assert_at(life, PLACES[frame])
    now = {"step": f"{FILM['steps'][frame]:,}", "loss": signed(FILM["losses"][frame]),
           "score": signed(FILM["scores"][frame]), "share": f"{FILM['shares'][frame]:.0%}"}
    shown = life.one("replay-numbers")["children"]
    names = [WORDS[name] for name in ("replayStep", "replayLoss", "replayScore", "replayKept")]
    assert [text_of(one) for one in shown] == [f"{name} {text}" for name, text in zip(names, now.values(), strict=True)]
    slider = next(one for one in life.all("input") if one["given"].get("type") == "range")
    assert (int(slider["given"]["value"]), slider["given"]["min"], slider["given"]["max"]) == (frame, 0, 2)
    assert slider["attributes"]["aria-valuetext"] == say("replayNow", **now)
    off = [one["attributes"]["aria-disabled"] for one in life.all("button")[1:3]]
    assert off == [str(frame == 0).lower(), str(frame == 2).lower()], "before the first and after the last is nothing"


@pytest.mark.parametrize("frame", [0, 1, 2])
def test_curves_go_over_the_steps_and_say_their_ends(begun, frame):
    life = begun(frame=frame)
    for i, (name, those, low) in enumerate([("Loss", FILM["losses"], 0), ("Cluster score", FILM["scores"], -0.25)]):
        (drawing,) = all_of(life.one("replay-numbers")["children"][1 + i], "svg")
        (line,), (dot,), (rule,) = (list(all_of(drawing, f"replay-{part}")) for part in ("line", "dot", "rule"))
        place = [[4 + 152 * step / 3000, 4 + 36 * (max(those) - one) / (max(those) - low)]
                 for step, one in zip(FILM["steps"], those, strict=True)]
        assert points(line) == [pytest.approx(one) for one in place]
        assert at(dot, "cx", "cy") == pytest.approx(place[frame])
        assert numbers(rule["attributes"]["d"]) == pytest.approx([place[frame][0], 0, 44])
        assert drawing["attributes"]["aria-label"] == say(
            "replayCurve", name=name, first=signed(those[0]), now=signed(those[frame]),
            step=f"{FILM['steps'][frame]:,}", last=signed(those[2]), end="3,000")  # fmt: skip


def test_a_curve_without_change_lies_flat_and_a_score_above_0_begins_at_0(begun):
    life = begun(film=FILM | {"losses": [0, 0, 0], "scores": [0.2, 0.4, 0.4]})
    for i, heights in enumerate([[40, 40, 40], [22, 4, 4]]):  # of 36 below 4
        (line,) = all_of(life.one("replay-numbers")["children"][1 + i], "replay-line")
        assert [y for _, y in points(line)] == pytest.approx(heights)


def test_the_map_and_its_table_say_where_the_groups_are(begun):
    life = begun(frame=2)
    rows = [[text_of(cell) for cell in row["children"]] for row in life.all("tr")]
    assert rows[0] == [WORDS[f"replay{name}"] for name in ("Group", "Across", "Up", "From")]
    label = [say("replayMap", n=4, step="3,000")]
    for row, (name, group) in zip(rows[1:], (("animals", PLACES[2, :2]), ("numbers", PLACES[2, 2:])), strict=True):
        x, y = group.mean(axis=0)
        far = np.linalg.norm(group - [x, y], axis=1).mean()
        assert row == [name, signed(x), signed(y), signed(far)]
        label.append(say("replayIsland", group=name, x=signed(x), y=signed(y)))
    assert life.one("replay-map")["attributes"]["aria-label"] == " ".join(label)
    soft = [text_of(one) for one in life.all("replay-soft")]
    assert say("replayAxes", columns=3, share="80%", across="52%", up="28%") in soft


def test_legend_and_list_have_the_words_of_each_group_and_each_group_its_mark(begun):
    life = begun()
    legend = life.one("replay-legend")["children"]
    assert [text_of(one) for one in legend] == [*GROUPS]
    marks = [next(all_of(one, "replay-mark"))["attributes"]["d"] for one in legend]
    drawn = [one["attributes"]["d"] for one in layers(life)[2]["children"]]
    assert len(set(marks)) == 2 and drawn == [marks[0], marks[0], marks[1], marks[1]]
    (first, *groups) = next(one for one in life.all("select") if text_of(one["children"][0]) == "none")["children"]
    assert first["given"]["value"] == ""
    assert {one["given"]["label"]: [text_of(word) for word in one["children"]] for one in groups} == GROUPS


def test_a_group_is_named_once_it_has_drawn_together(begun):
    assert layers(begun(frame=0))[3]["children"] == []
    for name, group in zip(layers(begun(frame=2))[3]["children"], (PLACES[2, :2], PLACES[2, 2:]), strict=True):
        spread = np.linalg.norm(group - group.mean(axis=0), axis=1).mean()
        x, y = UNIT * (group.mean(axis=0) + [0, spread] - MIDDLE)
        assert at(name) == pytest.approx((np.clip(200 + x, 50, 350), np.clip(150 - y - 8, 18, 292)))
    assert [text_of(one) for one in layers(begun(frame=2))[3]["children"]] == [*GROUPS]
    places = [[0, 0, 100, 0, 0, 100, 100, 100]] * 3  # a group half as far from its centre as the other centre is
    assert layers(begun(film=FILM | {"places": places}))[3]["children"] == []
    tall = [[0, 1000, 0, 1010, 0, 0, 0, -10]] * 3
    high, low = layers(begun(film=FILM | {"places": tall}))[3]["children"]
    assert at(high)[1] == 18 and 18 < at(low)[1] < 292, "no name leaves the map"


# -- a word ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "frame"), [("cat", 2), ("two", 2), ("dog", 1), ("six", 0)])
def test_a_chosen_word_is_named_with_its_way_and_its_neighbours(begun, word, frame):
    life, i = begun(word=word, frame=frame), FILM["words"].index(word)
    trails, threads, _, _, names = layers(life)
    (name,) = names["children"]
    assert classes(name) == ["replay-chosen"] and text_of(name) == word and moved(name) == on_map(PLACES[frame, i])
    left = moved(name)[0] > 280  # there is no room on its right
    assert (name["children"][1]["attributes"]["text-anchor"], at(name["children"][1])[0]) == (
        ("end", -12) if left else ("start", 12))
    assert points(trails) == [on_map(place) for place in [*PLACES[: frame + 1, i], PLACES[frame, i]]]
    away = np.linalg.norm(PLACES[frame] - PLACES[frame, i], axis=1)
    near = [j for j in np.argsort(away, kind="stable") if j != i]
    assert points(threads) == [on_map(PLACES[frame, j]) for other in near for j in (i, other)]
    x, y = PLACES[frame, i]
    far = math.dist(PLACES[frame, i], PLACES[0, i])
    came = f" {say('replayCame', far=signed(far))}" if frame else ""
    found = life.one("replay-found")
    assert text_of(found) == say("replayWord", word=word, x=signed(x), y=signed(y),
                                 near=", ".join(FILM["words"][j] for j in near)) + came
    assert found["attributes"]["aria-live"] == "polite"
    assert next(one for one in life.all("select") if text_of(one["children"][0]) == "none")["given"]["value"] == word


def test_five_neighbours_are_named_and_no_more(begun):
    film = FILM | {"words": list("abcdefgh"), "groups": [["x", 4], ["y", 4]],
                   "places": [[n for i in range(8) for n in (10 * i, i)]] * 3}
    life = begun(film=film, word="a")
    assert "Nearest on this map: b, c, d, e, f." in life.text("replay-found")
    assert len(points(layers(life)[1])) == 10


def pointer(life, type, x, y, **more):
    """An event at a place of the map, whose box is 100 by 100, 20 and 10 from the corner."""
    return life.happens(".replay-map", type, 0, clientX=20 + x / 4, clientY=10 + y / 3, **more)


def test_a_press_chooses_the_word_within_reach_and_else_none(begun):
    (x, y), life = moved(layers(begun())[2]["children"][3]), begun()
    for away, word in ((0, "six"), (21.9, "six"), (22.1, "")):
        pointer(life, "click", x - away, y)
        assert life.saves[-1] == {"word": word}
    begun().happens("select", "change", 0, {"value": "dog"})
    assert life.saves == [{"word": "dog"}]


def test_what_is_pointed_at_has_a_name_until_escape(begun):
    life = begun(word="cat")
    x, y = moved(layers(life)[2]["children"][2])
    pointer(life, "pointermove", x, y)
    pointed, chosen = layers(life)[4]["children"]
    assert (text_of(pointed), classes(pointed), text_of(chosen)) == ("two", ["replay-pointed"], "cat")
    assert moved(pointed) == [x, y] and layers(life)[0]["attributes"]["d"].count("M") == 2, "two ways"
    life.happens("input", "keydown", 0, key="a")
    assert len(layers(life)[4]["children"]) == 2
    life.happens("input", "keydown", 0, key="Escape")
    assert [text_of(one) for one in layers(life)[4]["children"]] == ["cat"]
    pointer(life, "pointermove", x, y)
    assert len(layers(life)[4]["children"]) == 1, "it does not come back under a pointer that rests there"
    pointer(life, "pointerleave", 0, 0)
    pointer(life, "pointermove", x, y)
    assert len(layers(life)[4]["children"]) == 2
    pointer(life, "pointerleave", 0, 0)
    assert len(layers(life)[4]["children"]) == 1
    x, y = moved(layers(life)[2]["children"][0])
    pointer(life, "pointermove", x, y)
    assert len(layers(life)[4]["children"]) == 1 and life.saves == [], "what is chosen is not named twice"
    pointer(life, "pointerleave", 0, 0)


# -- through the film ------------------------------------------------------------------------------------------------


def test_buttons_and_slider_go_by_frames_and_stay_inside(begun):
    life = begun()
    for text, frame in (("Next", 2), ("Next", 2), ("Back", 1), ("Back", 0), ("Back", 0)):
        life.press(text)
        assert life.saves[-1] == {"frame": frame}
        assert_at(life, PLACES[frame])
    place = next(i for i, one in enumerate(life.all("input")) if one["given"].get("type") == "range")
    life.happens("input", "input", place, {"value": "2"})
    assert life.saves[-1] == {"frame": 2}
    assert_at(begun(frame=7), PLACES[2])


def test_a_drag_along_a_curve_goes_to_the_nearest_step(begun):
    life = begun()
    for x, frame in ((0, 0), (2.5, 0), (18, 0), (19, 1), (65, 1), (66, 2), (97.5, 2), (100, 2)):
        # in units of the curve 1.6 x, of which 4 to 156 are the steps 0 to 3,000
        step = 3000 * (1.6 * x - 4) / 152
        assert frame == min(range(3), key=lambda i: abs(FILM["steps"][i] - step))
        number = next(i for i, one in enumerate(life.all("svg")) if list(all_of(one, "replay-dot")))
        before = len(life.saves)
        life.happens("svg", "pointermove", number, clientX=20 + x, buttons=0)
        assert len(life.saves) == before, "nothing is pressed"
        life.happens("svg", "pointermove", number, clientX=20 + x, buttons=1)
        assert life.saves[-1] == {"frame": frame}
        life.happens("svg", "pointerdown", number, clientX=20 + x, pointerId=1)
        assert life.saves[-1] == {"frame": frame} and life.prevented


def test_the_whole_film_plays_in_six_seconds_and_ends(begun):
    life = begun(frame=0, word="cat").press("Play")
    assert text_of(life.all("button")[0]) == "Pause"
    clock(life, 500)
    assert_at(life, PLACES[0])
    clock(life, 500 + 1500)
    assert_at(life, (PLACES[0] + PLACES[1]) / 2)
    assert life.one("replay-found")["attributes"]["aria-live"] == "off" and life.saves == []
    clock(life, 500 + 3000)
    assert_at(life, PLACES[1])
    clock(life, 500 + 5999)
    assert life.saves == []
    clock(life, 500 + 6000)
    assert_at(life, PLACES[2])
    assert life.saves == [{"frame": 2}] and text_of(life.all("button")[0]) == "Play"
    assert life.one("replay-found")["attributes"]["aria-live"] == "polite" and life.call("waiting")[0] == 0


def test_it_plays_on_from_a_frame_and_from_the_start_at_the_end(begun):
    for frame, first in ((1, 1), (2, 0)):
        life = begun(frame=frame).press("Play")
        clock(life, 0)
        clock(life, 1500)  # half a frame
        assert_at(life, (PLACES[first] + PLACES[first + 1]) / 2)
        clock(life, 1800)  # 0.6 of one
        life.press("Pause")
        assert life.saves == [{"frame": first + 1}] and life.call("waiting")[0] == 0
        assert_at(life, PLACES[first + 1])


def test_what_the_reader_takes_hold_of_stops_the_film(begun):
    life = begun(frame=0).press("Play")
    clock(life, 0)
    clock(life, 300)
    life.set(said="x")
    assert text_of(life.all("button")[0]) == "Pause", "what Python says does not"
    life.press("Next")
    assert life.saves[-1] == {"frame": 1} and text_of(life.all("button")[0]) == "Play"


def test_a_device_that_wants_less_motion_has_no_film(begun):
    life = begun(frame=0)
    note = next(one for one in life.all("replay-soft") if text_of(one) == WORDS["replayCalm"])
    assert note["given"]["hidden"] and not life.all("button")[0]["given"]["hidden"]
    life.press("Play")
    clock(life, 0)
    life.see(life.call("calm", True))
    note = next(one for one in life.all("replay-soft") if text_of(one) == WORDS["replayCalm"])
    assert not note["given"]["hidden"] and life.all("button")[0]["given"]["hidden"]
    assert life.call("waiting")[0] == 0 and life.saves == [{"frame": 0}]


def test_one_frame_is_no_film(begun):
    one = {name: FILM[name][:1] for name in ("steps", "losses", "scores", "shares", "places")}
    life = begun(film=FILM | one, frame=0)
    assert life.all("button")[0]["given"]["hidden"]
    assert [one["attributes"]["aria-disabled"] for one in life.all("button")[1:3]] == ["true", "true"]


# -- training again --------------------------------------------------------------------------------------------------


def test_the_form_has_the_settings_and_their_limits_and_asks_once(begun):
    life = begun()
    form = life.one("replay-form")
    fields = {text_of(label["children"][0]): label["children"][1]["given"] for label in all_of(form, "label")}
    for name, title in (("steps", "Steps"), ("lr", "Learning rate"), ("seed", "Seed")):
        given = fields[title]
        assert (given["min"], given["max"], float(given["value"])) == (*LIMITS[name], SETTINGS[name])
        assert given["step"] == ("any" if name == "lr" else 1)
    assert fields["Optimiser"]["value"] == SETTINGS["optimiser"]
    assert fields["Tied output weights"]["checked"] == SETTINGS["tied"]
    place = [one["given"].get("type") for one in life.all("input")].index("number")
    life.happens("input", "input", place, {"valueAsNumber": 7})
    life.press("Train again")
    assert life.saves == [{"wanted": SETTINGS | {"steps": 7, "lr": None, "seed": None}}], "no number is none"
    assert life.prevented, "no form is sent"
    (train,) = [one for one in life.all("button") if text_of(one) == "Train again"]
    said = text_of(life.one("replay-form")["children"][-1])
    assert train["attributes"]["aria-disabled"] == "true" and said == WORDS["replayBusy"]
    life.press("Train again")
    assert len(life.saves) == 1
    life.set(wanted={}, said="Done.")
    (train,) = [one for one in life.all("button") if text_of(one) == "Train again"]
    assert train["attributes"]["aria-disabled"] == "false"
    assert text_of(life.one("replay-form")["children"][-1]) == "Done."


def test_a_new_film_takes_the_place_of_the_old_one(begun):
    life = begun(frame=2)
    other = FILM | {"words": ["a", "b", "c", "d"], "losses": [3.0, 2.5, 0.25], "settings": SETTINGS | {"steps": 77}}
    life.set(film=other)
    assert " 0.25" in text_of(life.one("replay-numbers")["children"][1])
    fields = {text_of(label["children"][0]): label["children"][1]["given"] for label in life.all("label")
              if isinstance(label["children"][1], dict)}
    assert float(fields["Steps"]["value"]) == 77
    texts = [text_of(one) for one in life.all("option")]
    assert texts[:5] == ["none", "a", "b", "c", "d"]
