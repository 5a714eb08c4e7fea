"""A small book with `language: de`, in Chromium: the whole interface speaks German, in every state that a page has."""

import contextlib
import json
import re
from functools import cache

import nbformat
import pytest
import yaml
from axe import violations
from browse import serving
from catalogues import ENGLISH, leaves
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import expect
from scratch_book import KINDS, LIVE, PICTURES, ROOT, Scratch
from watching import WIDGETS

from book_utils import words
from book_utils.explorers.replay import Replay
from book_utils.explorers.replay_settings import SETTINGS

DE = words.catalogue("de")
SMALL_REPLAY = """\
from book_utils import Replay
from book_utils.optimisers import LazyAdam
from book_utils.tiny_model import TinyModel
from book_utils.training import train

model = TinyModel(["<bos>", "cat", "dog", "two", "six"])
training = train(model, ["cat dog", "two six"], LazyAdam(lr=0.1), steps=8)
Replay(training, {"eins": ["cat", "dog"], "zwei": ["two", "six"]}, sentences=["cat dog", "two six"])"""
PAGES = {
    "kinds": KINDS,
    "explorers": [
        "from book_utils import ConfigExplorer, Neighbours, RopeDial, SentenceExplorer",
        'SentenceExplorer("the cat sat on the embedding")', "Neighbours()", "RopeDial()", "ConfigExplorer()",
    ],
    "replay": [SMALL_REPLAY],
    "model": ["from book_utils import BreakIt, RowOnItsWay", "BreakIt()", "RowOnItsWay()"],
    "pictures": PICTURES,
    "broken": [
        "import anywidget, ipywidgets\nclass Mine(anywidget.AnyWidget):\n    _esm = 'export default { render('\nMine()",
        "ipywidgets.IntSlider()",
        'from book_utils import Guess\nGuess("Hm?", choices=["ja", "nein"], answer="ja", name="hm")',
    ],
}
# Text that the theme or Sphinx brings, where a page of this book would show it.
THEIRS = ["Skip to main content", "Back to top", "By ", "Link to this", "Permalink", "previous", "next", "On this page",
          "Search", "Section Navigation", "Toggle", "Site navigation", "Main", "Page", "Show code", "Loading"]
# All texts and names of a page, hidden ones too (the plain forms, the help, the menus), but not what is code or
# marked as English.
TEXTS = """() => {
    const left = "script, style, pre, code, svg text, [lang=en], #documentation_options";
    const found = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode()); ) {
        const element = node.nodeType === 3 ? node.parentElement : node;
        if (element.closest(left) && !element.closest("svg")) continue;
        const names = ["aria-label", "title", "placeholder", "alt", "aria-valuetext"];
        if (node.nodeType === 3) found.push(node.textContent);
        else found.push(...names.map((name) => node.getAttribute(name) || ""));
    }
    return [...new Set(found.map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean))];
}"""


MARKS = "✓✗▸↳: "  # may stand around a text of the catalogue


def looked_for():
    """The English texts to look for: {text: key}, and (pattern, key) for those with placeholders and some words more.

    A text that is German too is left out, and so is `token`, the header of a chapter's own table.
    """
    left = {part for _, text in leaves(DE) for part in text.split("|")} | {"token"}
    whole, patterns = {}, []
    for key, text in ENGLISH.items():
        for part in text.replace("`", "").split("|"):
            fixed = re.split(r"\{\w+\}", part)
            if len(fixed) == 1 and part not in left:
                whole[part.strip(MARKS)] = key
            elif len("".join(fixed).split()) > 2:
                patterns.append((re.compile(".*?".join(map(re.escape, fixed)).strip(MARKS)), key))
    return whole, patterns


WHOLE, PATTERNS = looked_for()


@cache  # a page is looked at in many states, and most of its texts are the same in all
def english_in(text):
    """List what is English about a text: keys of our catalogue, and texts of the theme."""
    ours = [WHOLE[text]] if text in WHOLE else [key for found, key in PATTERNS if found.fullmatch(text)]
    return [*ours, *(part for part in THEIRS if text.startswith(part))]


def english_on(page):
    """List what is still English on a page, each with its text."""
    return [(found, text) for text in page.evaluate(TEXTS) for found in english_in(text.strip(MARKS))]


@pytest.fixture(scope="module")
def german(build_book, tmp_path_factory):
    """The built book: four pages, the settings of the real book, another language and the address of a repository."""
    source = tmp_path_factory.mktemp("german")
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8")) | {"title": "Ein Buch"}
    config["sphinx"]["config"]["language"] = "de"
    config["repository"]["url"] = "https://github.com/someone/embeddings"
    (source / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    chapters = "".join(f"- file: {name}\n" for name in list(PAGES)[1:])
    (source / "_toc.yml").write_text(f"format: jb-book\nroot: kinds\nchapters:\n{chapters}", encoding="utf-8")
    for name, codes in PAGES.items():
        text = f"# Seite {name}\n\nEine Gleichung:\n\n$$\na = b\n$$ (gleich-{name})\n\n## Teil\n\n- [ ] \n"
        notebook = new_notebook(cells=[new_markdown_cell(text), *map(new_code_cell, codes)])
        for cell in notebook.cells[1:]:
            cell.metadata["tags"] = ["hide-input"]
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        (source / f"{name}.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    folder = build_book(source).site
    with contextlib.ExitStack() as stack:
        yield Scratch(folder, stack.enter_context(serving(folder)).address)


@pytest.fixture
def kinds(watched, german):
    watched.goto(german.address + "kinds.html")
    expect(watched.locator("html")).to_have_attribute("lang", "de")
    watched.wait_for_function(WIDGETS)
    expect(watched.locator(".book-widget[data-live]")).to_have_count(watched.locator(".book-widget").count())
    return watched


@pytest.mark.parametrize("name", [*PAGES, "search"])
def test_nothing_on_a_page_is_english(watched, german, name):
    watched.goto(f"{german.address}{name}.html")
    watched.wait_for_function(WIDGETS)
    assert english_on(watched) == []


def test_a_search_is_german_under_a_strict_policy(watched, german):
    """Sphinx would compile the language's rule for plurals in the browser, which such a policy forbids."""
    def strictly(route):
        answer = route.fetch()
        route.fulfill(response=answer, headers=answer.headers | {"content-security-policy": "script-src 'self' blob:"})

    watched.route("**/search.html*", strictly)
    watched.goto(german.address + "search.html?q=Seite")
    expect(watched.locator(".search-summary")).to_have_text("Suche beendet. Passende Seiten: 6")
    assert english_on(watched) == []


def test_the_search_for_english_finds_it(kinds):
    """The check above would be worth nothing if it saw nothing."""
    kinds.evaluate("""() => document.querySelector("article").insertAdjacentHTML("beforeend",
        "<p>✓ Right.</p><button title='Copy'></button><p hidden>Only the first 20 characters are read.</p>" +
        "<p>Back to top</p>")""")
    assert {key for key, _ in english_on(kinds)} == {"right", "textCut", "copy", "Back to top"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe(new_context, german, scheme):
    page = new_context(viewport={"width": 360, "height": 800}, color_scheme=scheme, reduced_motion="reduce").new_page()
    found = []
    for name in ("kinds", "explorers", "replay"):
        page.goto(f"{german.address}{name}.html")
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
        found += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert found == []


# -- guesses and cards --------------------------------------------------------------------------------------


def enter(guess, kind):
    if kind in ("choice", "choices"):
        guess.locator(".guess-choice input").nth(1).check()
    elif kind == "order":
        guess.locator(".guess-moves button").nth(1).click()
    elif kind == "lines":
        guess.locator(".guess-offers button").first.click()
    elif kind == "point":
        guess.locator("input[type=range]").first.press("ArrowRight")
    else:
        text = {"number": "1,500", "shape": "5, 768"}.get(kind, "Eine Zeile.")
        guess.locator("input[type=text], textarea").fill(text)


MISSING = {"choice": "needGuess", "choices": "needGuess", "number": "needNumber", "shape": "needShape",
           "words": "needWords", "point": "needPoint", "lines": "needLines"}


def test_a_guess_of_every_kind(kinds, german):
    """Each through all its states, on one page; then what is left of them when the page is opened again."""
    kinds.goto(german.address + "kinds.html?class")
    expect(kinds.locator(".book-go-on")).to_contain_text(DE["classOn"])
    expect(kinds.locator(".guess")).to_have_count(12)
    for guess in kinds.locator(".guess").all():
        play_in_german(kinds, guess)
    assert violations(kinds) == []
    kinds.reload()
    expect(kinds.locator(".guess[data-state=revealed]")).to_have_count(12)
    assert english_on(kinds) == []


def play_in_german(page, guess):
    kind = guess.get_attribute("data-kind")
    commit = guess.get_by_role("button", name=DE["commit" if kind == "words" else "sure"], exact=True)
    if kind in MISSING:
        commit.click()
        expect(guess.locator("[role=alert]")).to_have_text(DE[MISSING[kind]])
    enter(guess, kind)
    expect(guess.locator(".guess-sure legend")).to_have_text(f"{DE['howSure']} {DE['sureCommits']}")
    commit.click()
    expect(guess.locator(".guess-own")).to_contain_text(DE["yourGuess"])
    assert english_on(page) == []
    guess.get_by_role("button", name=DE["changeMind"]).click()
    if kind in ("choice", "choices"):
        guess.locator(".guess-choice input").first.check()
    guess.get_by_role("button", name=DE["commitSecond"]).click()
    guess.get_by_role("button", name=DE["reveal"]).click()
    verdict = guess.locator(".guess-verdict")
    expect(verdict).to_contain_text(DE["modelAnswer" if kind == "words" else "theAnswer"])
    if kind == "words":
        rated = verdict.get_by_role("group", name=DE["rate"]).get_by_label(DE["partly"])
        rated.or_(verdict.get_by_role("group", name=DE["tick"]).get_by_label(DE["tickNone"])).check()
    assert english_on(page) == []


def test_a_number_that_cannot_be_is_refused_in_german(kinds):
    guess = kinds.locator("#guess-slider")
    guess.get_by_role("textbox").fill("-5")
    guess.get_by_role("button", name=DE["leaning"]).click()
    expect(guess.get_by_role("alert")).to_have_text(
        "Das kann nicht sein: Die Antwort liegt zwischen 0 und 1,000,000,000. Was schätzt du?")


def test_numbers_keep_their_form_and_a_point_is_told_in_german(kinds):
    for name, text in (("slider", "50,257 rows"), ("point", "bei (1.50, 0.50), am nächsten an cow")):
        guess = kinds.locator(f"#guess-{name}")
        guess.get_by_role("button", name=DE["skip"]).click()
        expect(guess.locator(".guess-answer")).to_have_text(f"Antwort: {text}")
        expect(guess.locator(".guess-said")).to_have_text(DE["skipped"])


def test_card_and_how_sure(kinds):
    card = kinds.locator(".card")
    card.get_by_role("button", name=DE["turn"]).click()
    card.get_by_role("button", name=DE["notYet"]).click()
    expect(card).to_contain_text(DE["notYetNoted"])
    table = kinds.get_by_role("region", name=DE["sureTable"])
    expect(table).to_contain_text(DE["noGuesses"])
    guess = kinds.locator(".guess").nth(1)
    guess.get_by_label("1", exact=True).check()
    guess.get_by_role("button", name=DE["sure"], exact=True).click()
    expect(table).to_contain_text(DE["surelyWrong"])
    expect(table.locator("thead th")).to_have_text([DE["howSureHead"], DE["answered"], DE["rightHead"]])
    assert english_on(kinds) == []


# -- explorers ------------------------------------------------------------------------------------------------


@pytest.fixture
def explorers(watched, german):
    watched.goto(german.address + "explorers.html")
    watched.wait_for_function(WIDGETS)
    expect(watched.locator(".book-widget[data-live]")).to_have_count(4)
    return watched


def test_sentence_and_neighbours(explorers):
    box = explorers.get_by_label(DE["yourText"])
    box.fill("the cat saw the 🦩")
    expect(explorers.locator(".explorer-count")).to_have_text("5 Tokens, 4 verschiedene Zeilen.")
    explorers.locator(".sentence ol input").first.check()
    first = explorers.get_by_label(DE["neighboursFirst"])
    for word in ("dog", "embeddings", "🦩", "", "[UNK]"):
        first.fill(word)
        explorers.get_by_role("button", name=DE["neighboursCompare"]).click()
        expect(explorers.locator(".neighbours [role=status]")).not_to_be_empty()
        assert english_on(explorers) == []
    explorers.evaluate("scrollTo(0, 0)")  # or the bar at the top would lie over what is tapped
    assert violations(explorers) == []


def test_what_could_not_be_loaded_is_said(page, german):
    page.goto(german.address + "explorers.html")
    page.route("**/_static/lazy/*", lambda route: route.abort())
    page.get_by_label(DE["yourText"]).fill("the")
    expect(page.locator(".sentence [role=alert]")).to_contain_text(DE["noTable"])
    expect(page.get_by_role("button", name=DE["tryAgain"])).to_be_visible()
    page.get_by_role("button", name=DE["neighboursCompare"]).click()
    expect(page.locator(".neighbours [role=alert]")).to_have_text(DE["neighboursNoTable"])
    assert english_on(page) == []


def test_rope_dial(explorers):
    dial = explorers.get_by_role("region", name=DE["dial"], exact=True)
    for fold in dial.locator("summary").all()[:2]:
        fold.click()
    for model in ("GPT-J 6B", "Llama 3 8B", "Pythia 70M"):
        dial.get_by_label(DE["dialModel"]).select_option(model)
        expect(dial.locator(".dial-facts")).to_contain_text(DE["dialNotes"][model])
    field = dial.get_by_label(DE["dialQuery"]).first
    for text in ("99999999", "viele"):
        field.fill(text)
        field.press("Enter")
        expect(dial.locator(".dial-note:not(:empty)").first).to_be_visible()
        assert english_on(explorers) == []
    dial.get_by_role("button", name="Beide um 100 verschieben").click()
    for name in (DE["dialMixed"], DE["dialAll"]):
        dial.get_by_label(name, exact=True).check()
        assert english_on(explorers) == []
    ways = dial.get_by_role("combobox", name=DE["dialScaling"])
    for way in DE["dialWays"]:
        if ways.locator(f"option[value={way}]").count():
            ways.select_option(way)
            assert english_on(explorers) == []
    dial.locator("summary").last.click()
    assert english_on(explorers) == []
    assert violations(explorers) == []


BAD = ["", "[1]", '{"a": 1, "a": 2}', '{"vocab_size": "many"}', '{"vocab_size": 10, "n_embd": 4}', '{"rope_theta": 0}',
       '{"layer_types": 3, "n_embd": 4}', '{"tie_word_embeddings": 7}', '{"rotary_pct": 7}', '{"rotary_dim": -1}',
       '{"n_embd": 4, "model_type": "llama"}', '{"no_rope_layers": "x"}', '{"model_type": {}}',
       '{"a":' * 120 + "1" + "}" * 120,
       '{"model_type": "llama", "hidden_size": 64, "num_attention_heads": 4, "num_hidden_layers": 8, "vocab_size": 9,'
       ' "intermediate_size": 9, "no_rope_layer_interval": 4, "partial_rotary_factor": 0.5, "rope_theta": 5,'
       ' "n_embd": 32}']


def test_config(explorers):
    config = explorers.get_by_role("region", name=DE["config"], exact=True)
    models = config.get_by_role("combobox", name=DE["configModel"])
    for model in ("Llama 3 8B", "Qwen3.6 27B", "BERT base uncased"):
        models.select_option(model)
        expect(config.get_by_role("status")).to_contain_text("eine Tabelle von")
        assert english_on(explorers) == []
    config.locator("summary", has_text=DE["configPaste"]).click()
    for text in BAD:
        config.get_by_label(DE["configText"]).fill(text)
        config.get_by_role("button", name=DE["configRead"]).click()
        said = " ".join(config.locator("[role=alert], [role=status]").all_text_contents())
        assert said.strip()
        assert english_on(explorers) == [], text
        assert not re.search(r"\b(must|absent|holds|shapes of|less|true or false)\b", said), said
    expect(config).to_contain_text("num_hidden_layers minus 1 von je no_rope_layer_interval")
    expect(config).to_contain_text("partial_rotary_factor von hidden_size / num_attention_heads")
    assert violations(explorers) == []


def test_break_it_and_the_row_on_its_way(watched, german):
    watched.goto(german.address + "model.html")
    explorer = watched.get_by_role("region", name=DE["breakIt"], exact=True)
    for what in ("pairing", "bits", "shuffled", "shifted"):  # more than the right model, blind guessing, the same
        explorer.get_by_label(DE["breakWhat"]).select_option(what)
        explorer.get_by_role("button", name=DE["breakGo"], exact=True).click()
        expect(explorer.locator(".break-said")).to_contain_text(DE["breakNames"][what])
        assert english_on(watched) == []
    explorer.get_by_label(DE["breakGuess"]).fill("viel")
    explorer.get_by_label(DE["breakGuess"]).press("Tab")
    expect(explorer.locator(".break-note").first).to_contain_text("viel")
    way = watched.get_by_role("region", name=DE["wayTitle"], exact=True)
    way.get_by_role("button", name=DE["wayNext"]).click()
    expect(way.locator(".way-said")).to_contain_text("Nach Block 1")
    for one in watched.locator(".explorer summary").all():
        one.click()
    assert english_on(watched) == []
    assert violations(watched) == []


# -- with a kernel ---------------------------------------------------------------------------------------------


def test_a_live_model_and_its_python_speak_german(watched, german, monkeypatch):
    watched.goto(german.address + "replay.html")
    replay = watched.get_by_role("region", name=DE["replayTitle"])
    expect(replay).to_contain_text(DE["replayNotebook"])
    watched.evaluate(LIVE)
    for label in ("replaySteps", "replayLr", "replayOptimiser", "replayTied", "replaySeed"):
        expect(replay.locator("label", has_text=DE[label]).last).to_be_visible()
    replay.get_by_label(DE["replaySteps"], exact=True).fill("9000")
    replay.get_by_label(DE["replayLr"]).fill("")
    replay.get_by_role("button", name=DE["replayAgain"]).click()
    expect(replay.get_by_role("status")).to_have_text(DE["replayBusy"])
    assert english_on(watched) == []
    monkeypatch.setenv(words.VARIABLE, "de")
    made: dict = {}
    exec(SMALL_REPLAY.replace("Replay(training", "kernel = Replay(training"), made)
    kernel: Replay = made["kernel"]
    kernel.wanted = SETTINGS | {"steps": 0, "lr": None, "optimiser": "Sonne"}
    assert kernel.said.startswith("1 Schritte trainiert mit LazyAdam") and "Lernraten sind Zahlen" in kernel.said
    watched.evaluate("live.answer", {"film": kernel.film, "frame": 0, "said": kernel.said, "wanted": {}})
    expect(replay.get_by_role("status")).to_have_text(kernel.said)
    assert english_on(watched) == []
    assert violations(watched) == []


# -- around the text -----------------------------------------------------------------------------------------


def test_help_menus_and_copying(kinds):
    kinds.get_by_role("button", name=DE["helpTitle"], exact=True).click()
    dialog = kinds.get_by_role("dialog", name=DE["helpTitle"])
    expect(dialog).to_contain_text("Leertaste")
    assert violations(kinds) == []
    dialog.get_by_role("button", name=DE["helpClose"]).click()
    kinds.locator(f"summary[aria-label='{DE['pageRun']}']").click()
    link = "https://colab.research.google.com/github/someone/embeddings/blob/main/kinds.ipynb"
    expect(kinds.get_by_role("link", name="Auf Colab ausführen")).to_have_attribute("href", link)
    expect(kinds.get_by_role("link", name="Auf Colab ausführen")).to_be_visible()
    kinds.keyboard.press("Escape")
    code = kinds.locator("details.hide").first
    code.locator("summary").click()
    expect(code.locator("summary")).to_contain_text(DE["codeHide"])
    code.get_by_role("button", name=DE["copy"]).click()
    expect(kinds.get_by_text(DE["copied"], exact=True)).to_have_count(1)
    expect(kinds.locator(".component-author")).to_have_text("Von The founders of this book")
    expect(kinds.locator("#pst-skip-link")).to_have_text("Zum Hauptinhalt springen")
    expect(kinds.locator("a.headerlink").first).to_have_attribute("title", DE["pageLinks"]["heading"])
    expect(kinds.locator(".eqno a")).to_have_attribute("title", DE["pageLinks"]["equation"])


def test_print(kinds):
    kinds.evaluate("window.print = () => dispatchEvent(new Event('beforeprint'))")
    kinds.locator("#book-print summary").click()
    kinds.get_by_role("button", name=DE["pageWorksheet"]).click()
    kinds.emulate_media(media="print")
    expect(kinds.get_by_role("heading", name=DE["printAnswers"])).to_be_visible()
    assert english_on(kinds) == []


def test_search(watched, german):
    watched.goto(german.address + "search.html?q=Gleichung")
    expect(watched.locator("html")).to_have_attribute("lang", "de")
    expect(watched.locator("#search-results h2")).to_have_text("Suchergebnisse")
    expect(watched.locator("ul.search li")).to_have_count(len(PAGES))
    expect(watched.locator(".search-summary")).to_have_text(f"Suche beendet. Passende Seiten: {len(PAGES)}")
    assert english_on(watched) == []
    expect(watched.get_by_placeholder(DE["pageSearchField"]).first).to_be_attached()


def test_storage_and_what_does_not_start(page, german):
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); };")
    page.goto(german.address + "broken.html")
    assert DE["needsScript"] in (german.folder / "broken.html").read_text(encoding="utf-8")
    expect(page.get_by_text(DE["hostFailed"])).to_be_visible()
    expect(page.get_by_text(DE["needsNotebook"])).to_be_visible()
    guess = page.locator(".guess")
    guess.get_by_label("nein").check()
    guess.get_by_role("button", name=DE["leaning"]).click()
    expect(page.get_by_text(DE["storageNote"].replace("{problem}", DE["storageProblem"]["full"]))).to_be_visible()
    assert english_on(page) == []


# -- what is sent -----------------------------------------------------------------------------------------------


def test_only_the_words_of_the_page_are_sent(german):
    [script] = (german.folder / "_static" / "modules").glob("words-*.js")
    text = script.read_text(encoding="utf-8")
    assert script.name.startswith("words-de-") and DE["reveal"] in text and ENGLISH["reveal"] not in text
    sent = json.loads(text.split("=", 1)[1].split(";\n")[0])
    assert list(sent) == ["de"] and "plainAnswer" not in sent["de"]
    assert '<html lang="de">' in (german.folder / "index.html").read_text(encoding="utf-8")
    for name in [*PAGES, "search"]:
        page = (german.folder / f"{name}.html").read_text(encoding="utf-8")
        assert page.count(f"_static/modules/{script.name}") == 1, name
        assert page.index(f"modules/{script.name}") < page.index("page.js")
