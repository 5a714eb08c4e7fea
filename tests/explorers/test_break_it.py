"""Break it: its record against the model and against the chapter's record, its JavaScript, and a built page."""

import math
import re

import numpy as np
import pytest
from axe import violations
from places import PACKAGE
from playwright.sync_api import expect
from scratch_book import LIVE
from threadpoolctl import threadpool_limits
from twins import running
from weights import smollm2

from book_utils import model_experiments, places, table_changes
from book_utils.explorers import breaks
from book_utils.explorers.break_it import BreakIt
from book_utils.explorers.breaks import BREAKS, key_of, recorded, settings
from book_utils.model_experiments import SIX_TEXTS
from book_utils.models.smollm2 import RECORDED, SHA256, VARIABLE
from book_utils.recorded_model import recorded_model

TEXTS, BLIND = [*SIX_TEXTS], math.log(49_152)


def found(what, amount=None, side="both"):
    return recorded()["broken"][key_of(what, amount, side)]


# -- the record ------------------------------------------------------------------------------------------------


def test_the_record_has_every_setting_and_weighs_little():
    assert recorded()["weights_sha256"] == SHA256 and recorded()["vocabulary"] == 49_152
    assert list(recorded()["broken"]) == [key_of(*setting) for setting in settings()]
    for answer in (recorded()["right"], *recorded()["broken"].values()):
        assert len(answer["losses"]) == 6 and len(answer["goesOn"]) == len(breaks.PROMPTS)
        assert np.isfinite(answer["losses"]).all()
    assert breaks.RECORD.stat().st_size < 40_000


def test_the_record_agrees_with_that_of_the_chapter():
    """Made by another tool, of other calls: the same losses."""
    model = recorded_model()
    table = model.table
    alike = {
        "right": {}, ("pairing",): {"pairing": "split"}, ("base", 10_000): {"base": 10_000},
        ("scaled", 24): {"scale": 24.0}, ("shifted", 100_000): {"positions": places.far_beyond},
        ("stretched", 0.5): {"positions": places.halved}, ("dealt",): {"positions": places.shuffled},
        ("nowhere",): {"positions": places.nowhere}, ("bits", 3): {"table": table_changes.rounded(table, 3)},
        ("blocks", 4): {"table": table_changes.rounded(table, 4, 32)},
        ("centred",): {"table": table_changes.centred(table)},
        ("shuffled", None, "input"): {"table": table_changes.shuffled(table), "output": table},
        ("random",): {"table": table_changes.noise(table)},
        ("sameLength", None, "input"): {"table": table_changes.same_length(table), "output": table},
    }  # fmt: skip
    for setting, keywords in alike.items():
        losses = recorded()["right"] if setting == "right" else found(*setting)
        np.testing.assert_allclose(losses["losses"], model_experiments.losses(model, **keywords), rtol=1e-4)


def test_some_settings_give_the_same_again():
    """With the weights: one of each group, on the shortest text, and the beginning of what it writes."""
    model = smollm2()
    shortest = min(TEXTS, key=lambda name: len(model.encode(SIX_TEXTS[name])))
    ids, told = model.encode(SIX_TEXTS[shortest]), model.encode(breaks.PROMPTS[0])
    with threadpool_limits(1):
        for setting in (("noisy", 0.5, "both"), ("stretched", 4, "both"), ("base", 100, "both")):
            keywords = breaks.keywords(model, *setting)
            loss = found(*setting)["losses"][TEXTS.index(shortest)]
            assert model.loss(ids, **keywords) == pytest.approx(loss, abs=2e-4)
            assert found(*setting)["goesOn"][0].startswith(model.decode(model.generate(told, 2, **keywords)))


def test_noise_has_the_spread_that_is_asked_for():
    table = np.random.default_rng(1).standard_normal((400, 30)).astype(np.float32) * 3 + 1
    added = table_changes.noisy(breaks.table_changes.ChangedTable(table), 0.5).vectors - table
    assert added.std() == pytest.approx(0.5 * table.std(), rel=0.03) and abs(added.mean()) < 0.05


# -- with a kernel ---------------------------------------------------------------------------------------------


@pytest.fixture
def no_weights(monkeypatch):
    monkeypatch.setenv(VARIABLE, RECORDED)

def ask(widget, what, amount=None, side="both", own=""):
    widget.asked = {"what": what, "amount": amount, "side": side, "own": own}
    return widget.answer


@pytest.mark.parametrize(("given", "message"), [
    ({"what": "everything"}, "what is one of bits, blocks, .*; got 'everything'"),
    ({"what": "bits", "amount": 7}, r"amount of bits is one of \(8, 6, 5, 4, 3, 2\); got 7"),
])
def test_what_was_not_recorded_is_refused_at_the_start(given, message):
    with pytest.raises(ValueError, match=message):
        BreakIt(**given)


@pytest.mark.parametrize(("asked", "problem"), [
    (("bits", 2.5), "a whole number from 2 to 16; got 2.5"),
    (("bits", 99), "a whole number from 2 to 16; got 99"),
    (("base", 0), "a number from 1 to 1,000,000,000,000; got 0"),
    (("base", "many"), "a number from 1 to .*; got many"),
    (("base", float("nan")), "a number from 1 to .*; got nan"),
    (("pairing", 3), "pairing takes no amount"),
    (("bits", 4, "input"), "not among what can be broken"),
    (("all", None), "not among what can be broken"),
    (("base", 777), "python -m book_utils model"),
    (("base", 100, "both", "my text"), "python -m book_utils model"),
])
def test_what_cannot_be_is_said_and_nothing_breaks(no_weights, asked, problem):
    widget = BreakIt()
    assert re.search(problem, ask(widget, *asked)["problem"])
    assert ask(widget, "base", 100)["losses"] == found("base", 100)["losses"]


def test_with_the_weights_any_amount_and_any_text(monkeypatch):
    model = smollm2()
    monkeypatch.setattr(breaks, "N_TOKENS", 1)
    widget, text = BreakIt(model=model), "Water boils."
    with threadpool_limits(1):
        answer = ask(widget, "base", 333, own=text)
        ids, history = model.encode(text), model.encode(SIX_TEXTS["history"])
        assert answer["own"] == [model.loss(ids), model.loss(ids, base=333.0)]
        assert answer["losses"][0] == pytest.approx(model.loss(history, base=333.0), abs=1e-4)
    assert ask(widget, "base", 333, own="W")["problem"].startswith("a loss needs two tokens or more")
    assert ask(widget, "pairing", own=text)["losses"] == found("pairing")["losses"]  # at once, from the record


def test_the_plain_forms_have_every_setting():
    widget = BreakIt()
    assert len(widget.plain_text().splitlines()) == 46
    html = BreakIt.plain_html(widget.get_state())
    for what, amount, side in settings():
        assert f"<td>{np.mean(found(what, amount, side)['losses']):.2f}</td>" in html
    assert "<script" not in html and html.count("<tr>") >= 46


# -- the front end in node ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def node():
    names = [name for name in BreakIt.files if name.endswith(".js")]
    with running(*(PACKAGE / name for name in names)) as call:
        yield call


def test_settings_have_the_same_names_and_all_of_them_can_be_chosen(node):
    for setting in settings():
        assert node("keyOf", *setting) == key_of(*setting)
    source = (PACKAGE / "explorers" / "break_form.js").read_text(encoding="utf-8")
    groups = source[source.index("BREAK_GROUPS = "):]
    assert sorted(re.findall(r'"(\w+)"', groups)) == sorted(BREAKS)


def test_losses_are_compared_as_by_hand(node):
    right = [2.0, 4.0, 3.0, 1.0, 3.0, 5.0]
    assert node("lossOf", right, "all", TEXTS) == pytest.approx(3)
    assert node("lossOf", right, "code", TEXTS) == 1
    assert node("compared", 3.001, 3, BLIND) == ["same", 0]
    for loss, which, gap in ((4.5, "more", 1.5), (2.5, "less", 0.5), (BLIND + 2, "blind", 2)):
        said, how_much = node("compared", loss, 3, BLIND)
        assert (said, how_much) == (which, pytest.approx(gap))


def test_the_number_line_is_one_of_powers(node):
    for loss in (0.5, 0.78, 3.04, 10.8, 50):
        assert node("placeOf", loss) == pytest.approx(math.log(loss / 0.5) / math.log(100))
        assert node("lossAt", node("placeOf", loss)) == pytest.approx(loss, abs=0.05)
    assert node("placeOf", 0.01) == 0 and node("placeOf", 400) == 1


@pytest.mark.parametrize(("blind", "side"), [(5.0, "start"), (5.1, "end")])
@pytest.mark.parametrize("broken", [None, 50.0, 50.5, 1234.5])
def test_the_number_line_has_rows_a_scale_and_an_arrow_where_a_loss_goes_beyond_it(node, blind, side, broken):
    rows = [{"name": name, "right": 3.0, "broken": broken, "chosen": name == "b"} for name in "abc"]
    given = {"rows": rows, "guess": 4, "blind": blind, "width": 500, "label": "", "blindWords": "?"}
    picture = node("lossPicture", given)
    texts = [(one["children"][0], {name: one["attributes"][name] for name in ("x", "y", "text-anchor")})
             for one in picture["children"] if one["tag"] == "text"]  # fmt: skip
    _, _, width, height = map(float, picture["attributes"]["viewBox"].split())

    def of(name):
        return [one for one in picture["children"] if one["attributes"].get("class") == name]

    lines = [float(one["attributes"]["y1"]) for one in of("break-line")]
    assert [two - one for one, two in zip(lines, lines[1:], strict=False)] == [40, 40] and lines[-1] < height - 26
    told = {None: "3.00", 50.0: "3.00 → 50.00", 50.5: "3.00 → 50.50", 1234.5: "3.00 → 1,235"}[broken]
    for (words, place), name, y in zip(texts[-3:], "abc", lines, strict=True):
        assert (words, float(place["x"]), place["text-anchor"]) == (f"{name}: {told}", 12, "start")
        assert y - 20 < float(place["y"]) < y - 6, "above its line and its marks"
    assert texts[0][0] == "?" and texts[0][1]["text-anchor"] == side, "it leans to where there is room"
    scale = {words: (float(place["x"]), place["text-anchor"]) for words, place in texts[1:-3]}
    for words, (x, anchor) in scale.items():
        assert x == pytest.approx(12 + 476 * math.log(float(words) / 0.5) / math.log(100))
        assert anchor == {"0.5": "start", "50": "end"}.get(words, "middle")
    assert {"0.5", "1", "10", "50"} <= set(scale) and width == 500
    ways = of("break-way")
    beyond = [one for one in ways if one["tag"] == "path"]
    assert len(ways) - len(beyond) == (0 if broken is None else 3)
    assert len(beyond) == (3 if broken and broken > 50 else 0)
    for one in beyond:
        assert float(re.match(r"M([\d.]+)", one["attributes"]["d"])[1]) == pytest.approx(486)
    assert len(of("break-guessed")) == 1


def test_marks_stand_where_their_losses_are(node):
    rows = [{"name": "all", "right": 3.0, "broken": 6.0, "chosen": True},
            {"name": "code", "right": 0.7, "broken": 80.0, "chosen": False}]
    given = {"rows": rows, "guess": 4.2, "blind": BLIND, "width": 400, "label": "A line.", "blindWords": "blind"}
    picture = node("lossPicture", given)

    def parts(tag, name):
        return [one for one in picture["children"] if isinstance(one, dict) and one["tag"] == tag
                and one["attributes"].get("class") == name]  # fmt: skip

    def across(loss):
        return 12 + 376 * min(1, math.log(loss / 0.5) / math.log(100))

    assert picture["attributes"]["aria-label"] == "A line."
    for name in ("right", "broken"):
        places = [float(one["attributes"]["cx"]) for one in parts("circle", f"break-{name}")]
        assert places == pytest.approx([across(row[name]) for row in rows])
    (guess,) = parts("path", "break-guessed")
    assert float(re.match(r"M([\d.]+)", guess["attributes"]["d"])[1]) == pytest.approx(across(4.2))
    (blind,) = parts("line", "break-blind")
    assert float(blind["attributes"]["x1"]) == pytest.approx(across(BLIND))


# -- on a built page ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(scratch):
    return (scratch.folder / "break_it.html").as_uri()


@pytest.fixture
def explorer(watched, address):
    watched.goto(address)
    return watched.locator("section.break-it")


def go(explorer):
    explorer.get_by_role("button", name="Break it", exact=True).click()


def test_a_guess_and_what_came_by_keys(watched, address):
    loaded = []
    watched.on("request", lambda request: "/lazy/" in request.url and loaded.append(request.url))
    watched.goto(address)
    explorer = watched.locator("section.break-it")
    right, broken = (np.mean(one["losses"]) for one in (recorded()["right"], found("pairing")))
    expect(explorer.get_by_role("img")).to_have_attribute("aria-label", re.compile(f"right model has {right:.2f} "))
    expect(explorer.get_by_role("status").first).to_be_empty()
    assert loaded == [] and f"{broken:.2f}" not in explorer.inner_text()
    slider = explorer.get_by_role("slider", name="Your guess on the line")
    slider.focus()
    watched.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "0.5"
    field = explorer.get_by_label("Your guess: the loss")
    field.fill("6.5")
    field.press("Enter")
    said = explorer.locator(".break-said")
    expect(said).to_have_text(f"The other pairing: the loss is {broken:.2f}, {broken - right:.2f} more than the right "
                              f"model's {right:.2f}. You said 6.5.")
    for text in (*recorded()["right"]["goesOn"], *found("pairing")["goesOn"]):
        assert text.replace("\n", "↵") in explorer.locator(".break-texts").evaluate("element => element.textContent")
    slider.focus()
    watched.keyboard.press("End")
    expect(said).to_contain_text("You said 6.5.")  # the first guess stands
    explorer.locator("summary", has_text="as a table").click()
    rows = explorer.get_by_role("region", name="The losses as a table").get_by_role("row")
    expect(rows).to_have_count(8)
    for i, (before, after) in enumerate(zip(recorded()["right"]["losses"], found("pairing")["losses"], strict=True)):
        expect(rows.nth(i + 2)).to_contain_text(f"{before:.2f}{after:.2f}")
    assert len(loaded) == 1


@pytest.mark.parametrize(("what", "amount", "side", "words"), [
    ("bits", 2, "both", "more than blind guessing"), ("shifted", 100_000, "both", "to two decimals"),
    ("shuffled", None, "input", "less|more than the right"), ("scaled", 0.25, "both", "the right model"),
])
def test_every_choice_reaches_its_setting(explorer, what, amount, side, words):
    explorer.get_by_label("What to break").select_option(what)
    if amount is not None:
        explorer.get_by_role("radio", name=f"{amount:,}", exact=True).check()
    if side == "input":
        explorer.get_by_role("radio", name="at the input only").check()
    explorer.get_by_label("The loss is told on").select_option("science")
    go(explorer)
    said = explorer.locator(".break-said")
    expect(said).to_contain_text(f"the loss is {found(what, amount, side)['losses'][TEXTS.index('science')]:.2f}")
    expect(said).to_have_text(re.compile(words))
    explorer.get_by_label("What to break").select_option("nowhere")
    expect(said).to_be_empty()  # another setting is another guess
    explorer.locator("summary", has_text="broken so far").click()
    expect(explorer.get_by_role("region", name="What you have broken so far").get_by_role("row")).to_have_count(2)


def test_no_number_is_no_guess(explorer):
    field = explorer.get_by_label("Your guess: the loss")
    for text in ("<b>much</b>", "-1", "0", "1e9"):
        field.fill(text)
        field.press("Tab")
        expect(explorer.get_by_text(f"“{text}” is not a loss")).to_be_visible()


def test_what_does_not_load_can_be_asked_for_again(page, address):
    page.route("**/lazy/broken-*", lambda route: route.abort())
    page.goto(address)
    explorer = page.locator("section.break-it")
    go(explorer)
    expect(explorer.get_by_role("alert")).to_contain_text("could not be loaded")
    page.unroute("**/lazy/broken-*")
    go(explorer)
    expect(explorer.locator(".break-said")).to_contain_text("the loss is")
    expect(explorer.get_by_role("alert")).to_be_empty()


def test_with_a_kernel_python_answers(no_weights, watched, address):
    watched.goto(address)
    expect(watched.locator(".book-widget[data-live]")).to_have_count(1)
    watched.evaluate(LIVE)
    explorer, python = watched.locator("section.break-it"), BreakIt()
    explorer.get_by_label("What to break").select_option("base")
    explorer.get_by_label("Any other amount").fill("1e6")
    explorer.get_by_label("Any other amount").press("Tab")
    expect(explorer.get_by_role("radio", name="1,000,000", exact=True)).to_be_checked()
    for amount, own in (("1e6", ""), ("12", "Mine.")):
        explorer.get_by_label("Any other amount").fill(amount)
        explorer.get_by_label("Any other amount").press("Tab")
        explorer.get_by_label("A text of your own").fill(own)
        go(explorer)
        expect(explorer.get_by_text("Waiting for the notebook")).to_be_visible()
        python.asked = watched.evaluate("live.data.asked")
        watched.evaluate("(answer) => live.answer({ answer })", python.answer)
        expect(explorer.get_by_text("Waiting for the notebook")).to_be_hidden()
        if own:
            expect(explorer.get_by_role("alert")).to_contain_text("python -m book_utils model")
        else:
            expect(explorer.locator(".break-said")).to_contain_text(f"{np.mean(found('base', 10**6)['losses']):.2f}")


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1000, "light")])
def test_nothing_for_axe_and_nothing_too_wide(new_context, address, width, scheme):
    page = new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    page.goto(address)
    explorer = page.locator("section.break-it")
    go(explorer)
    expect(explorer.locator(".break-said")).to_contain_text("the loss is")
    for one in explorer.locator("summary").all():
        one.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_javascript_there_is_a_table(new_context, address):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(address)
    page.locator(".book-plain summary").click()
    loss = np.mean(found("pairing")["losses"])
    expect(page.get_by_role("row", name="The other pairing")).to_contain_text(f"{loss:.2f}")
