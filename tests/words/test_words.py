"""The words of the interface: one catalogue a language, complete, used, and the only place where they stand."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from catalogues import ENGLISH, leaves
from places import ROOT

from book_utils import words
from book_utils.asking.widget import source

PACKAGE = Path(words.__file__).parents[1]
OTHERS = [language for language in words.languages() if language != "en"]
# Words that are the same in both languages, and names.
WAYS = {f"dialWays.{way}" for way in ("linear", "dynamic", "yarn", "llama3", "longrope", "proportional")}  # names
SAME = {"de": {"configLabels.alibi"} | WAYS}


# -- the catalogues against each other ------------------------------------------------------------------------


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_the_same_keys_in_the_same_order(language):
    assert [key for key, _ in leaves(words.catalogue(language))] == list(ENGLISH)


def form(text):
    """What a text must have in every language: its placeholders, its columns, its pairs of backticks."""
    return sorted(set(re.findall(r"\{\w+\}", text))), text.count("|"), text.count("`"), text != text.strip()


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_form_of_the_english_text(language):
    wrong = [key for key, text in leaves(words.catalogue(language)) if form(text) != form(ENGLISH[key])]
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_was_left_untranslated(language):
    same = {key for key, text in leaves(words.catalogue(language)) if text == ENGLISH[key]}
    assert same <= SAME[language], same - SAME[language]
    assert same == SAME[language], "no longer the same: take them off the list"


@pytest.mark.parametrize("language", words.languages())
def test_no_text_needs_escaping_or_is_empty(language):
    for key, text in leaves(words.catalogue(language)):
        assert text.strip() and not re.search('[<>&"]', text), key


# -- the catalogues against what uses them ----------------------------------------------------------------------


def read(scripts):
    """What a JavaScript parser finds in scripts, {name: text}: see read_scripts.mjs."""
    assert shutil.which("node"), "the scripts are read in node: install Node.js 20 or newer"
    command = ["node", ROOT / "tests" / "support" / "read_scripts.mjs"]
    done = subprocess.run(command, input=json.dumps(scripts), capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def front_end():
    """What stands in the front-end files of our own."""
    paths = [path for path in PACKAGE.rglob("*.js") if path.name != "ts-fsrs.js"]
    return read({path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in paths})


def test_every_key_is_used(front_end):
    held = {name for found in front_end.values() for name in found["held"]}
    texts = [path.read_text(encoding="utf-8") for form in ("*.py", "*.html") for path in PACKAGE.rglob(form)]
    held |= set(re.findall(r"\w+", "\n".join(texts)))
    assert [key for key in words.catalogue("en") if key not in held] == []


def test_every_word_asked_for_is_there(front_end):
    asked = {(name, key) for name, found in front_end.items() for key in found["asked"]}
    assert len(asked) > 100
    for path in [path for form in ("*.py", "*.html") for path in PACKAGE.rglob(form)]:
        keys = re.findall(r"\bword\(\s*[\"']([\w.]+)[\"'][,)]", path.read_text(encoding="utf-8"))
        asked |= {(path.name, key) for key in keys}
    assert [one for one in sorted(asked) if one[1] not in words.catalogue("en") and one[1] not in ENGLISH] == []


# What a person may read as words.
PROSE = re.compile(r"[A-Za-z]{2,}[,.:;!?]? +[A-Za-z]{2,}|^ *[A-Z][a-z]+[.!?]? *$")
# Literals that look like words and are none for a reader: names of keys, selectors, formats, models.
NO_WORDS = re.compile(
    r"^(use strict|Arrow\w+|Page\w+|Home|End|Enter|Escape|Esc|Adam|Range)$"
    r"|^[.#\[]|\[role|:not\(|::|prefers-|text/|application/|^change:|rgb\("
)


def prose(found):
    return [(line, text) for line, text in found["texts"] if PROSE.search(text) and not NO_WORDS.search(text)]


def test_the_scan_finds_words_and_only_those():
    script = """
      // Say no words here
      const a = "Copy", b = { className: "one two" }, c = `${n} tokens are ${x ? "very many" : ""}`;
      if (/no "words here/.test(a)) throw new Error("For a developer only.");
    """
    [found] = read({"a.js": script}).values()
    assert {text for _, text in prose(found)} == {"Copy", "\0 tokens are \0", "very many"}


def test_no_words_for_readers_stand_in_the_front_end(front_end):
    assert {name: words for name, found in front_end.items() if (words := prose(found))} == {}


# -- Python -----------------------------------------------------------------------------------------------------


def test_word_speaks_the_language_chosen(monkeypatch):
    monkeypatch.delenv(words.VARIABLE, raising=False)
    assert words.spoken() == "en" and words.word("sentenceMore", n=3) == "… 3 more"
    monkeypatch.setenv(words.VARIABLE, "xx")  # so that it is put back
    words.speak("de_CH")
    assert words.spoken() == "de" and words.word("neighboursMissing.empty") == "Schreib in beide Felder ein Wort."
    words.speak("tlh")
    assert words.spoken() == "en"


@pytest.mark.parametrize(("key", "values"), [("nothing", {}), ("sentenceMore", {}), ("storageProblem.lost", {})])
def test_word_does_not_guess(key, values):
    with pytest.raises(KeyError):
        words.word(key, **values)


def test_what_is_filled_in_is_not_filled_again(monkeypatch):
    monkeypatch.delenv(words.VARIABLE, raising=False)
    assert words.word("neighboursHeadline", first="{second}", second="b", cosine="1") == "{second} and b have cosine 1."


def test_every_fact_has_a_label_and_every_note_its_words():
    from book_utils.models.config import ModelConfig
    from book_utils.models.config_keys import config_keys

    facts, english = config_keys()["facts"], words.catalogue("en")
    assert {name for name, spec in facts.items() if spec.get("note")} <= set(english["configNotes"])
    assert {*facts, *ModelConfig({}).facts} == set(english["configLabels"])


# -- the front end with a kernel: all languages are there, and the nearest `lang` decides -------------------------


@pytest.mark.parametrize(("page_lang", "near", "text"), [
    ("en", "", "Turn the card"), ("de", "", "Karte umdrehen"), ("", "", "Turn the card"), ("fr", "", "Turn the card"),
    ("en", "de-AT", "Karte umdrehen"), ("de", "en", "Turn the card"), ("de", "la", "Turn the card"),
])
def test_a_module_follows_the_language_around_it(page, page_lang, near, text):
    around = f"<div lang='{near}'><p></p></div>" if near else "<p></p>"
    page.set_content(f"<html lang='{page_lang}'><body>{around}")
    shown = page.evaluate("""async (esm) => {
        const module = await import(URL.createObjectURL(new Blob([esm], { type: "text/javascript" })));
        const data = { question: "q", answer: "a", because: "", turned: false, knew: "" };
        const model = { get: (name) => data[name], on() {}, off() {} };
        module.default.render({ model, el: document.querySelector("p") });
        return document.querySelector(".card-turn").textContent;
    }""", source("asking/elements.js", "asking/card.js"))
    assert shown == text


def test_a_module_brings_the_words_that_it_uses_and_no_others():
    line = source("asking/elements.js", "asking/card.js").partition("\n")[0]
    assert '"turn":"Karte umdrehen"' in line and "neighbours" not in line and "Drehscheibe" not in line
