"""The header of a gguf file, byte by byte: what is just allowed, what is just not, and what is made of each value."""

import io
import struct

import numpy as np
import pytest

from book_utils.models.gguf_header import LONGEST_NAME, MOST_KEYS, MOST_STRINGS, MOST_TENSORS, SCALARS, Header
from book_utils.models.gguf_keys import _KeepingHeader, read_keys
from book_utils.models.untrusted import ModelFileError

BOTH = pytest.mark.parametrize("kind", [Header, _KeepingHeader])
STRING, ARRAY = 8, 9
# The struct module's letter for each kind of number, from the format's description (ggml, docs/gguf.md).
LETTERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}


def start(n_tensors=0, n_keys=0, version=3):
    return b"GGUF" + struct.pack("<IQQ", version, n_tensors, n_keys)


def text(contents):
    return struct.pack("<Q", len(contents)) + contents


def key(name, kind, value):
    return text(name.encode()) + struct.pack("<I", kind) + value


def strings(*contents, count=None):
    return struct.pack("<IQ", STRING, len(contents) if count is None else count) + b"".join(map(text, contents))


def header(contents, kind=Header, size=None):
    return kind(io.BufferedReader(io.BytesIO(contents)), len(contents) if size is None else size, "a.gguf")


def test_versions_two_and_three_are_read():
    for version in (2, 3):
        assert header(start(7, 5, version)).n_tensors == 7
    for version in (0, 1, 4):
        with pytest.raises(ModelFileError, match="^gguf versions 2 and 3 are read here; got version "):
            header(start(version=version))


@pytest.mark.parametrize(("version", "hint"), [
    (1, ""), (65_535, ""), (65_537, ""), (3 << 24, " It may be big-endian: convert it."), (1 << 16, " It may be"),
])
def test_a_version_with_its_bytes_turned_round_is_recognised(version, hint):
    with pytest.raises(ModelFileError) as error:
        header(start(version=version))
    assert str(error.value).partition(f"got version {version}.")[2].startswith(hint)
    assert ("endian" in str(error.value)) == bool(hint)


def test_as_many_tensors_and_keys_as_the_limit_and_no_more():
    assert header(start(MOST_TENSORS, MOST_KEYS)).n_keys == MOST_KEYS
    for n_tensors, n_keys in ((MOST_TENSORS + 1, 0), (0, MOST_KEYS + 1)):
        with pytest.raises(ModelFileError) as error:
            header(start(n_tensors, n_keys))
        assert str(error.value) == (
            "a gguf file has at most 100,000 tensors and as many keys; the header announces "
            f"{n_tensors:,} and {n_keys:,}."
        )


def test_the_start_of_another_file_is_shown():
    with pytest.raises(ModelFileError, match=r"begin with the letters GGUF; it begins with b'PK345678'\.$"):
        header(b"PK3456789" * 9)


@BOTH
def test_a_name_has_as_many_bytes_as_the_limit_and_no_more(kind):
    (name,) = header(start(0, 1) + key("n" * LONGEST_NAME, 0, b"\7"), kind).keys_and_values()
    assert name == "n" * LONGEST_NAME
    with pytest.raises(ModelFileError, match=r"^a name or token has at most 65,535 bytes; got 65,536\.$"):
        header(start(0, 1) + key("n" * (LONGEST_NAME + 1), 0, b"\7"), kind).keys_and_values()


@BOTH
def test_names_and_tokens_have_a_limit_together(kind):
    contents = start(0, 2) + key("abc", 0, b"\7") + key("de", 0, b"\7")
    for most, fits in ((5, True), (4, False)):
        found = header(contents, kind)
        found.text_left = most
        if fits:
            assert found.keys_and_values() == {"abc": 7, "de": 7}
        else:
            with pytest.raises(ModelFileError, match=r"^names and tokens have at most 100,000,000 bytes in all\.$"):
                found.keys_and_values()


@BOTH
def test_lists_have_a_limit_of_strings_together(kind):
    few = key("few", ARRAY, strings(b"a", b"b", b"c"))
    for count, sentence in (
        (MOST_STRINGS - 3, "^the file is cut short: "),
        (MOST_STRINGS - 2, "^lists must have at most 2,000,000 strings in all; got one of 1,999,998\\.$"),
    ):
        with pytest.raises(ModelFileError, match=sentence):
            header(start(0, 2) + few + key("many", ARRAY, strings(count=count)), kind).keys_and_values()


@pytest.mark.parametrize("code", LETTERS)
@BOTH
def test_every_kind_of_number(kind, code):
    assert {*LETTERS} == {*SCALARS}
    one, many = (struct.pack("<" + LETTERS[code] * count, *[1] * count) for count in (1, 3))
    contents = start(0, 3) + key("one", code, one) + key("many", ARRAY, struct.pack("<IQ", code, 3) + many)
    found = header(contents + key("end", 0, b"\7"), kind).keys_and_values()
    assert (found["one"], type(found["one"]), found["end"]) == (1, type(struct.unpack("<" + LETTERS[code], one)[0]), 7)
    if kind is _KeepingHeader:
        assert found["many"].tolist() == [1, 1, 1] and found["many"].dtype == np.dtype("<" + LETTERS[code])
    else:
        assert found["many"] == "a list of numbers"


@BOTH
def test_texts_and_lists_of_texts(kind):
    contents = start(0, 4) + key("text", STRING, text(b"one")) + key("tokenizer.ggml.tokens", ARRAY, strings(b"a", b""))
    contents += key("many", ARRAY, strings("ü".encode(), b"v")) + key("end", 0, b"\7")
    found = header(contents, kind).keys_and_values()
    kept = kind is _KeepingHeader
    assert found == {"text": "one" if kept else "a string", "tokenizer.ggml.tokens": ["a", ""],
                     "many": ["ü", "v"] if kept else "a list of strings", "end": 7}  # fmt: skip


def test_a_text_longer_than_a_name_is_stepped_over():
    for length in (LONGEST_NAME, LONGEST_NAME + 1):
        contents = start(0, 2) + key("text", STRING, text(b"x" * length)) + key("end", 0, b"\7")
        found = header(contents, _KeepingHeader).keys_and_values()
        assert found == {"text": "a long text" if length > LONGEST_NAME else "x" * length, "end": 7}


@BOTH
@pytest.mark.parametrize(("value", "sentence"), [
    ((13, b""), r"^a value must be of type 0 to 12; got 13 at byte 37\.$"),
    ((ARRAY, struct.pack("<IQ", 13, 1)), r"^a list must hold numbers or strings; got type 13\.$"),
    ((ARRAY, struct.pack("<IQ", ARRAY, 1)), r"^a list must hold numbers or strings; got type 9\.$"),
    ((ARRAY, struct.pack("<IQ", 2, 4) + bytes(7)), r"^the file is cut short: 57 bytes are needed; got 56\.$"),
    ((STRING, struct.pack("<Q", 3) + b"ab"), r"^the file is cut short: 48 bytes are needed; got 47\.$"),
    ((STRING, b"abc"), r"^the file is cut short: 45 bytes are needed; got 40\.$"),
])
def test_values_that_cannot_be(kind, value, sentence):
    """The start takes 24 bytes, the key's length, name and type 8, 1 and 4."""
    with pytest.raises(ModelFileError, match=sentence):
        header(start(0, 1) + key("k", *value), kind).keys_and_values()


def test_a_key_stands_there_once():
    with pytest.raises(ModelFileError, match=r"^the key 'k' stands there twice\.$"):
        header(start(0, 2) + key("k", 0, b"\1") * 2).keys_and_values()


def info(dims, kind=0, offset=32, name=b"t"):
    return text(name) + struct.pack(f"<I{len(dims)}QIQ", len(dims), *dims, kind, offset)


@pytest.mark.parametrize("dims", [(5,), (5, 2, 3, 4), (2**53,), (2**26, 2**27)])
def test_shapes_that_can_be(dims):
    assert header(start(1) + info(dims, 8)).tensor_info() == ("t", dims, 8, 32)


@pytest.mark.parametrize(("dims", "sentence"), [
    ((), r"^'t' must have 1 to 4 dimensions; got 0\.$"), ((1,) * 5, r"^'t' must have 1 to 4 dimensions; got 5\.$"),
    ((2, 0), r"^'t' must have a possible shape; got \(2, 0\)\.$"),
    ((2**53 + 1,), r"^'t' must have a possible shape; got \(9007199254740993,\)\.$"),
    ((2**26, 2**27 + 1), "^'t' must have a possible shape; got "),
])
def test_shapes_that_cannot_be(dims, sentence):
    with pytest.raises(ModelFileError, match=sentence):
        header(start(1) + info(dims)).tensor_info()


def test_a_file_that_became_shorter_is_said():
    contents = start(0, 1) + key("k", 10, bytes(7))
    with pytest.raises(ModelFileError, match="^the file became shorter while it was read: open it again"):
        header(contents, size=len(contents) + 1).keys_and_values()


def test_keys_are_read_from_a_file(tmp_path):
    path = tmp_path / "a.gguf"
    path.write_bytes(start(0, 2) + key("one", 4, struct.pack("<I", 9)) + key("two", STRING, text(b"x")))
    assert read_keys(path) == {"one": 9, "two": "x"}
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelFileError, match="^the file is cut short: "):
        read_keys(path)
