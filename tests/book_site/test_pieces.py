"""Front-end files as the site sends them: each once, its comments left out, under a name that says what is in it."""

import json
import re
from types import SimpleNamespace

import pytest
from places import PACKAGE

from book_utils.asking import Guess
from book_utils.book_site import pieces
from book_utils.book_site.pieces import CLASSIC, EAGER, classic, set_apart, share_pieces, without_comments, words_file

FILES = ("asking/score.js", "asking/orders.js", "asking/guess.css", "asking/guess.js")


def piece(folder, key) -> dict:
    """What a script of the site puts into `window.bookPieces`."""
    text = (folder / "_static" / "modules" / f"{key}.js").read_text(encoding="utf-8")
    [(name, content)] = re.findall(r'^\(window\.bookPieces=window\.bookPieces\|\|\{\}\)\["(.*?)"\]=(.*);\n$', text)
    assert name == key
    return json.loads(content)


def test_only_whole_lines_of_comment_are_left_out():
    assert without_comments("// a\n  // b\nc; // d\n'// e'\n\n") == "c; // d\n'// e'\n\n"


@pytest.mark.parametrize("name", CLASSIC)
def test_a_classic_script_holds_all_its_files_and_exports_nothing(name):
    script = classic(name)
    assert script.startswith(EAGER + '\n(function () {\n"use strict";\n') and script.endswith("\n})();\n")
    place = 0
    for file in CLASSIC[name]:
        lines = [line.removeprefix("export ") for line in (PACKAGE / file).read_text(encoding="utf-8").splitlines()
                 if not line.strip().startswith("//")]
        place = script.index("\n".join(lines), place)
    assert not re.search("(?m)^export ", script)


def test_a_module_is_compiled_as_it_comes_as_a_classic_script_is():
    """The line is an agreement with V8, so it is spelled out here."""
    assert EAGER == "//# allFunctionsCalledOnLoad"
    assert f'const EAGER = "{EAGER}\\n"' in (PACKAGE / "book_site" / "loading.js").read_text(encoding="utf-8")


def test_a_module_is_written_once_in_pieces_with_the_sheet_of_its_name(tmp_path):
    app = SimpleNamespace(outdir=tmp_path)
    keys = share_pieces(app, FILES)
    assert [key.rpartition("-")[0] for key in keys] == ["score", "orders", "guess"]
    assert all(re.fullmatch(r"\w+-[0-9a-f]{8}", key) for key in keys)
    for key, file in zip(keys, ("asking/score", "asking/orders", "asking/guess"), strict=True):
        written = piece(tmp_path, key)
        assert written["js"] == without_comments((PACKAGE / f"{file}.js").read_text(encoding="utf-8"))
        sheet = (PACKAGE / f"{file}.css").read_text(encoding="utf-8") if f"{file}.css" in FILES else ""
        assert written["css"] == sheet
    assert share_pieces(app, FILES[:1]) == keys[:1] and len(list(tmp_path.rglob("*.js"))) == 3
    assert share_pieces(app, FILES[3:]) != keys[2:]  # without its sheet it is another piece


def test_a_module_with_elements_has_the_words_of_the_language_before_it(tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_LANGUAGE", "de")
    keys = share_pieces(SimpleNamespace(outdir=tmp_path), Guess.files)
    assert keys[0] == words_file("de")[0] and keys[1].startswith("elements-")
    assert not share_pieces(SimpleNamespace(outdir=tmp_path), FILES)[0].startswith("words")


def test_the_words_of_a_language_are_those_that_scripts_use():
    key, text = words_file("de")
    catalogue = json.loads((PACKAGE / "words" / "de.json").read_text(encoding="utf-8"))
    words, piece_line = text.splitlines()
    told = json.loads(words.removeprefix("window.bookWords=").removesuffix(";"))
    assert list(told) == ["de"] and told["de"].items() <= catalogue.items()
    assert "shareCopy" in told["de"] and "needsNotebook" not in told["de"]  # which only Python says
    assert re.fullmatch("words-de-[0-9a-f]{8}", key) and f'["{key}"]=' in piece_line
    assert json.loads(piece_line.partition("]=")[2].rstrip(";")) == {"js": "const WORDS = window.bookWords;", "css": ""}
    assert words_file("en")[0] != key and "ü" in text


def test_what_is_set_apart_can_be_found_by_the_page_that_holds_its_name(tmp_path):
    app = SimpleNamespace(outdir=tmp_path)
    held = [set_apart(app, text) for text in ('{"a": "é"}', '{"a": 1}', '{"a": "é"}')]
    assert held[0] == held[2] != held[1] and len(list(tmp_path.rglob("*.js"))) == 2
    assert held[0]["state"] == {} and re.fullmatch("[0-9a-f]{12}", held[0]["apart"])
    text = (tmp_path / "_static" / "states" / f"{held[0]['apart']}.js").read_text(encoding="utf-8")
    assert text == f'(window.bookStates=window.bookStates||{{}})["{held[0]["apart"]}"]={{"a": "é"}};\n'


def test_data_comes_in_numbered_parts(tmp_path):
    for _ in range(2):
        pieces.write_parts(tmp_path, "big-1", ['say "é"', "two"])
    written = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "_static" / "lazy").iterdir()}
    assert written == {"big-1-0.js": 'bookPart("big-1",0,"say \\"é\\"");\n',
                       "big-1-1.js": 'bookPart("big-1",1,"two");\n'}


def test_what_a_widget_loads_later_is_written_under_the_name_that_it_asks_for(tmp_path):
    named = {"table": {"file": "table-1", "parts": 1}, "words": {"file": "words-2", "parts": 2}}
    cls = SimpleNamespace(lazy_data=lambda: {"table": ["t"], "words": ["a", "b"]}, lazy_files=lambda: named)
    pieces.write_lazy_data(SimpleNamespace(outdir=str(tmp_path)), cls)
    assert {path.name for path in tmp_path.rglob("*.js")} == {"table-1-0.js", "words-2-0.js", "words-2-1.js"}
