"""Files from strangers: what is just allowed, and the sentence for what is not."""

import json

import pytest

from book_utils.models import untrusted
from book_utils.models.untrusted import ModelFileError, parse_object, plain, read_at_most


def test_a_file_is_read_up_to_its_limit(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"12345")
    assert read_at_most(path, 5) == b"12345"
    with pytest.raises(ModelFileError, match=r"^a.json must have at most 4 bytes; it has more\.$"):
        read_at_most(path, 4)
    with pytest.raises(KeyError, match="must have at most 4 bytes"):
        read_at_most(path, 4, KeyError)
    for nothing in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(FileNotFoundError, match="^there is no file "):
            read_at_most(nothing, 5)


def test_each_bracket_quote_and_comma_counts(monkeypatch):
    contents = b'{"a": [1, {"b": 2}, "c"]}'
    marks = sum(contents.decode().count(mark) for mark in '{[",')
    monkeypatch.setattr(untrusted, "MOST_MARKS", marks)
    assert parse_object(contents, "a.json") == {"a": [1, {"b": 2}, "c"]}
    monkeypatch.setattr(untrusted, "MOST_MARKS", marks - 1)
    said = rf"^a.json must have at most {marks - 1} brackets, quotes and commas; it has more\.$"
    with pytest.raises(ModelFileError, match=said):
        parse_object(contents, "a.json")


@pytest.mark.parametrize(("contents", "sentence"), [
    (b"[1]", "a.json must hold one JSON object, {...}; got [1]."), (b"7", "got 7."), (b"null", "got None."),
    (b'{"a": 1, "b": 2, "b": 3, "a": 4}', "a.json must hold JSON; a key stands twice in one object, 'b'."),
    (b'[{"c": {"a": 1, "a": 1}}]', "a key stands twice in one object, 'a'."),
    (b'{"a": -Infinity}', "a.json must hold JSON; -Infinity is no JSON number."),
    (b"{]", "a.json must hold JSON; Expecting property name enclosed in double quotes: line 1 column 2 (char 1)."),
])
def test_what_is_no_object_of_json(contents, sentence):
    with pytest.raises(ModelFileError) as error:
        parse_object(contents, "a.json")
    assert str(error.value).endswith(sentence)


def test_numbers_without_end_are_read_where_they_are_allowed():
    found = parse_object(b'{"a": NaN, "b": Infinity, "c": -Infinity}', "a.json", infinite=True)
    assert repr(found) == "{'a': nan, 'b': inf, 'c': -inf}"


def test_a_long_sentence_of_the_parser_is_cut():
    key = "k" * 5000
    with pytest.raises(ModelFileError) as error:
        parse_object(b'{"%b": 1, "%b": 2}' % (key.encode(), key.encode()), "a.json")
    assert len(str(error.value)) <= len("a.json must hold JSON; .") + 200


@pytest.mark.parametrize("name", ["a" * 98, "a" * 99, "a" * 1000])
def test_a_name_is_shown_whole_up_to_a_hundred_characters_with_its_quotes(name):
    shown = plain(name)
    assert len(repr(shown)) <= 100 and (shown == name) == (len(name) <= 98)
    assert shown == name or shown.startswith("aaa") and shown.endswith("aaa") and "..." in shown


def test_a_key_once_in_each_of_two_objects_is_no_key_twice():
    assert parse_object(json.dumps({"a": {"a": 1}, "b": {"a": 1}}).encode(), "a.json")["b"] == {"a": 1}
