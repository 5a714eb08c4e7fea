"""Byte-level BPE three times: the `tokenizers` library as the model's makers set it up, plain Python, JavaScript."""

import json
import re
import sys
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from many_scripts import TEXTS
from places import PACKAGE, ROOT
from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers
from twins import running

from book_utils import bpe
from book_utils.bpe import BYTES, NEWER, SYMBOLS, BytePairs, bytes_of
from book_utils.byte_level import UnknownPieces, Vocabulary
from book_utils.recorded_model import VOCABULARY

SMOLLM2 = Vocabulary.from_json(VOCABULARY.read_text(encoding="utf-8"))
RANGES = [part.split("-") for ranges in NEWER.values() for part in ranges.split()]
NEWER_CODES = {code for first, last in RANGES for code in range(int(first, 16), int(last, 16) + 1)}
# The inside of large blocks that are Chinese, private or empty throughout is left out.
CODES = [*range(0xD800), *range(0xE000, 0x20100), *range(0x2A600, 0x2D000), *range(0x2F700, 0x2FB00)]
CODES += [*range(0x31300, 0x31400), *range(0xE0000, 0xE0200), *range(0xEFFF0, 0xF0010), 0x10FFFF]
CODES = [code for code in CODES if unicodedata.category(chr(code)) != "Cn" or code in NEWER_CODES]
# By hand: what the model cards give, not what is written in bpe.py.
LLAMA_3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
BYTE_LEVEL = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
MAKERS = {
    "smollm": pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), BYTE_LEVEL]),
    "gpt-2": BYTE_LEVEL,
    "llama-bpe": pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(LLAMA_3), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)]
    ),
}
PIECES = st.one_of(
    st.characters(exclude_categories=["Cs", "Cn"]),
    st.sampled_from(list("aezéſİΣς̣́東🙂 \t\n\r\x00\x1c\x85\u00a0\u2028\u3000\ufeff$#'7٣½Ⅷ—")),
    st.sampled_from(["'s", "'S", "'ll", "'ſ", "  ", " \n", "\r\n", "1234", " 7", "the ", "<|im_end|>", "<|im"]),
)


@cache
def as_made(pieces):
    """The library's tokenizer, put together as the model's makers did."""
    ids = {token: i for i, token in enumerate(SMOLLM2.tokens)}
    merges = [tuple(merge.split(" ")) for merge in SMOLLM2.merges]
    tokenizer = Tokenizer(models.BPE(ids, merges, ignore_merges=pieces == "llama-bpe"))
    tokenizer.pre_tokenizer = MAKERS[pieces]
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in SMOLLM2.special])
    return tokenizer


@cache
def ours(pieces):
    return BytePairs(SMOLLM2.tokens, SMOLLM2.merges, SMOLLM2.special, pieces)


def same(text, pieces="smollm"):
    expected = as_made(pieces).encode(text)
    assert ours(pieces).encode(text) == (expected.ids, expected.tokens)


def around(codes):
    """Each character alone, between letters, between digits and after a space."""
    return " ".join(f"{chr(code)} a{chr(code)}b 1{chr(code)}2  {chr(code)}" for code in codes)


@pytest.mark.parametrize("start", range(0, len(CODES), 20_000))
def test_every_character_gives_what_the_library_gives(start):
    same(around(CODES[start : start + 20_000]))


@pytest.mark.parametrize("pieces", MAKERS)
@settings(deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text_gives_what_the_library_gives(pieces, text):
    same(text, pieces)


@pytest.mark.parametrize("pieces", MAKERS)
def test_many_scripts_give_what_the_library_gives(pieces):
    for text in TEXTS:
        same(text, pieces)
    same("".join(f"{word}\n\n  {word}" for word in TEXTS), pieces)


@pytest.fixture(scope="module")
def in_javascript(tmp_path_factory):
    calls = tmp_path_factory.mktemp("js") / "calls.js"
    calls.write_text(
        "let made; export function prepare(...parts) { made = bytePairs(...parts); return true; }\n"
        "export const tokensOf = (text) => made.tokenize(text);\n"
        "export const idsOf = (text) => made.tokenize(text).map(made.idOf);\n"
    )
    with running(PACKAGE / "bpe.js", calls) as call:
        call("prepare", SMOLLM2.tokens, SMOLLM2.merges, SMOLLM2.special)
        yield call


def test_javascript_gives_the_same(in_javascript):
    known = [code for code in CODES if code not in NEWER_CODES]
    known = [code for code in known if code < 0x3200 or not code % 16]  # node and the harness are slow at long texts
    texts = [*TEXTS, *(around(known[start : start + 2_000]) for start in range(0, len(known), 2_000))]
    for text in texts:
        assert in_javascript("tokensOf", text) == as_made("smollm").encode(text).tokens
    for special in SMOLLM2.special[:2]:
        for text in (f"cats{special}dogs run", special + special, f"{special}1 {special} 2{special}x"):
            assert in_javascript("tokensOf", text) == as_made("smollm").encode(text).tokens
    assert in_javascript("idsOf", "The cat's 12 cats") == as_made("smollm").encode("The cat's 12 cats").ids


def test_the_chapters_give_the_same_in_all_three(in_javascript):
    for path in sorted(Path(ROOT / "chapters").glob("*.ipynb")):
        text = "".join("".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"])
        same(text)
        assert in_javascript("tokensOf", text) == as_made("smollm").encode(text).tokens


def test_javascript_gives_a_token_its_text(in_javascript):
    for token in ("Ġcat", "Ċ", "東", "ÃĤ", "<|im_end|>", "ðŁĻĤ", "ï»¿"):
        assert in_javascript("textOf", token) == bytes_of(token).decode("utf-8", "replace")


def test_the_library_that_the_book_sets_up_gives_the_same():
    for pieces in MAKERS:
        made = Vocabulary(SMOLLM2.tokens, SMOLLM2.merges, SMOLLM2.special, pieces).tokenizer()
        assert isinstance(made, Tokenizer)
        for text in [*TEXTS, around(CODES[:3_000])]:
            assert made.encode(text).ids == as_made(pieces).encode(text).ids


def test_a_space_is_written_as_a_letter():
    assert ours("smollm").encode("the cat\n12").tokens == ["the", "Ġcat", "Ċ", "1", "2"]
    assert len(BYTES) == 256 and bytes_of("Ġ") == b" "


@pytest.mark.parametrize("kind", NEWER)
def test_a_class_holds_what_unicode_calls_so_and_what_is_newer(kind):
    """Without what was worked out before: __wrapped__."""
    names = bpe.categories.__wrapped__()
    assert len(names) == sys.maxunicode + 1 and names[ord("a")] + names[ord("7")] + names[0x10FFFF] == "LNC"
    newer = {code for part in NEWER[kind].split() for first, last in [part.split("-")]
             for code in range(int(first, 16), int(last, 16) + 1)}  # fmt: skip
    found = re.findall(f"[{bpe.unicode_class.__wrapped__(kind)}]", "".join(map(chr, CODES)))
    assert found == [chr(code) for code in CODES if unicodedata.category(chr(code))[0] == kind or code in newer]


@pytest.mark.parametrize("pieces", MAKERS)
@pytest.mark.parametrize("special", [[], ["<|a|>"], ["<|a|>", "<|a|>b", "<|a|>bc"], ["a|b", "((", ".*"]])
def test_the_longest_special_token_is_found_as_it_stands(pieces, special):
    tokens = [*special, *SYMBOLS]
    made = BytePairs(tokens, [], special, pieces)
    for text in ("x<|a|>bcd<|a|>b<|a|> b", "a|b((.*)", "a b", ""):
        found, rest = [], text
        while rest:
            whole = max((one for one in special if rest.startswith(one)), key=len, default="")
            found += [whole] if whole else [SYMBOLS[ord(rest[0])]]
            rest = rest[len(found[-1]) :]
        assert made.encode(text) == ([tokens.index(token) for token in found], found)


@pytest.mark.parametrize(("pieces", "found"), [("llama-bpe", ["Ġcat"]), ("gpt-2", ["Ġ", "c", "at"]),
                                               ("smollm", ["Ġ", "c", "at"])])
def test_only_llama_takes_a_piece_whole_that_no_merges_reach(pieces, found):
    parts = [[*SYMBOLS, "at", "Ġcat"], ["a t"], [], pieces]
    assert BytePairs(*parts).encode(" cat").tokens == Vocabulary(*parts).tokenizer().encode(" cat").tokens == found


@pytest.mark.parametrize("pieces", MAKERS)
def test_without_the_library_plain_python_cuts_the_same(monkeypatch, pieces):
    made = Vocabulary([*SYMBOLS, "<s>", "'S", "at"], ["' S", "a t"], ["<s>"], pieces)
    library = made.tokenizer()
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    plain = made.tokenizer()
    assert isinstance(library, Tokenizer) and isinstance(plain, BytePairs)
    for text in ("cat's", "CAT'S cat", "<s>at <s>", " a  t\n", "at12345"):
        assert plain.encode(text) == (library.encode(text).ids, library.encode(text).tokens), text


@pytest.mark.parametrize("made", [SMOLLM2, Vocabulary(["a", "b", "ab"], ["a b"], [], "gpt-2"),
                                  Vocabulary(["<東>", "a", "é", "aé"], ["a é"], ["<東>"], "llama-bpe")])
def test_a_vocabulary_comes_back_from_its_text(made):
    text = made.to_json()
    assert Vocabulary.from_json(text) == made
    assert "\\u" not in text  # it is read and compared as it stands


@pytest.mark.parametrize("text", ["x" * 20_000, "ab" * 5_000, "東" * 3_000])
def test_a_long_word_gives_the_same(text):
    same(text)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"pieces": "deepseek"}, "cuts text into pieces as 'deepseek' does; known here are smollm, gpt-2"),
        ({"tokens": ["a", "a"]}, "2 IDs have 1 tokens"),
        ({"merges": ["a c"]}, "a merge joins two tokens to a third; got 'a c'"),
        ({"merges": ["ab"]}, "a merge joins two tokens"),
    ],
)
def test_a_vocabulary_that_does_not_fit_is_refused(changed, sentence):
    parts = {"tokens": ["a", "b", "ab"], "merges": ["a b"], "special": [], "pieces": "gpt-2"} | changed
    with pytest.raises(ValueError, match=sentence) as caught:
        Vocabulary(**parts)
    assert isinstance(caught.value, UnknownPieces) == ("pieces" in changed)
