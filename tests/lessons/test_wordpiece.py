"""The tokenizer in plain Python, against the `tokenizers` library, and the book without that library."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from many_scripts import TEXTS
from tokenizers import Tokenizer

from book_utils import wordpiece
from book_utils.minilm import DATA, load_minilm
from book_utils.wordpiece import WordPiece

ROOT = Path(__file__).resolve().parents[2]
FILE = (DATA / "tokenizer.json").read_text(encoding="utf-8")
LIBRARY, OURS = Tokenizer.from_str(FILE), WordPiece.from_str(FILE)
# No halves of surrogate pairs: MiniLM refuses them before either is asked.
# Left out, too, is the inside of large blocks that are Chinese, private or empty throughout.
CODES = [*range(0xD800), *range(0xE000, 0x20100), *range(0x2A600, 0x2D000), *range(0x2F700, 0x2FB00)]
CODES += [*range(0x31300, 0x31400), *range(0xE0000, 0xE0200), *range(0xEFFF0, 0xF0010), 0x10FFFF]
PIECES = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from(list("aezéßſİΣς̣́ـ東豈\U00020000🙂👩‍ \t\n\r\x00\x1c\x85\u00a0\u2028\u3000\ufffd$#[]'-—…")),
    st.sampled_from(["[CLS]", "[cls]", "[MASK]", "[UNK", "the ", "##ing", "embedding", "x" * 99, "é" * 101]),
)


def same(text):
    for special in (True, False):
        expected = LIBRARY.encode(text, add_special_tokens=special)
        assert OURS.encode(text, add_special_tokens=special) == (expected.ids, expected.tokens)


@pytest.mark.parametrize("start", range(0, len(CODES), 20_000))
def test_every_character_gives_what_the_library_gives(start):
    """Alone, inside a word, and under an accent."""
    same(" ".join(f"{chr(code)} a{chr(code)}b {chr(code)}\u0301" for code in CODES[start : start + 20_000]))


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text_gives_what_the_library_gives(text):
    same(text)


@pytest.mark.parametrize("text", [*TEXTS[:-1], "x" * 100_000, "a " * 10_000, "[MASK]" * 1_000])
def test_these_texts_give_what_the_library_gives(text):
    same(text)


def test_the_sentences_of_the_chapters_give_what_the_library_gives():
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            same("".join(cell["source"]))


def test_special_tokens_stand_around_a_text_unless_they_are_refused():
    assert OURS.encode("cats").tokens == LIBRARY.encode("cats").tokens == ["[CLS]", "cats", "[SEP]"]
    assert OURS.encode("cats", add_special_tokens=False).tokens == ["cats"]


def test_the_vocabulary_is_the_same():
    assert OURS.get_vocab() == LIBRARY.get_vocab()


def test_a_text_has_a_largest_length(monkeypatch):
    monkeypatch.setattr(wordpiece, "MOST_CHARACTERS", 5)
    assert OURS.encode("a b c", add_special_tokens=False).tokens == ["a", "b", "c"]
    with pytest.raises(ValueError, match="a text must have at most 5 characters; got 6"):
        OURS.encode("a b cd")


def changed(*path, value):
    file = json.loads(FILE)
    place = file
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(file)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (lambda: changed("normalizer", "lowercase", value=False), "only the settings of bert-base-uncased"),
        (lambda: changed("pre_tokenizer", "type", value="Whitespace"), "only the settings of bert-base-uncased"),
        (lambda: changed("model", "type", value="BPE"), "only the settings of bert-base-uncased"),
        (lambda: changed("model", "max_input_chars_per_word", value=50), "only the settings of bert-base-uncased"),
        (lambda: changed("added_tokens", 0, "lstrip", value=True), "only the settings of bert-base-uncased"),
        (lambda: changed("added_tokens", 0, "id", value=7), "only the settings of bert-base-uncased"),
        (lambda: changed("model", "vocab", value={"a": 0}), "lacks a part"),
        (lambda: changed("model", value=None), "lacks a part"),
        (lambda: changed("post_processor", "single", value=[]), "lacks a part"),
        (lambda: "{}", "lacks a part"),
        (lambda: "[1]", "must be a tokenizer.json of BERT"),
        (lambda: "{", "must be a tokenizer.json of BERT"),
    ],
)
def test_other_tokenizers_are_refused(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        WordPiece.from_str(text())


def test_a_vocabulary_without_a_special_token_is_refused():
    with pytest.raises(ValueError, match=r"it has no \[UNK\], \[CLS\]"):
        WordPiece({"a": 0}, ["[CLS]"], ([], []))


def test_the_library_is_used_where_there_is_one():
    assert isinstance(load_minilm().tokenizer, Tokenizer)


def test_a_chapter_gives_the_same_outputs_without_the_library(tmp_path):
    (tmp_path / "tokenizers.py").write_text("raise ModuleNotFoundError('hidden by a test')", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}

    def run(*arguments):
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    used = run("-c", "from book_utils import load_minilm; print(type(load_minilm().tokenizer))")
    assert used == "<class 'book_utils.wordpiece.WordPiece'>\n"
    run("-m", "pytest", "-q", "-p", "no:cacheprovider", "chapters/lookup.ipynb")  # strict nbval
