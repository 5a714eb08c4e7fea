"""A name for each row from the tokenizer beside the weights: every kind of file, and those that do not fit."""

import json

import pytest
from damage import TOKENS, VECTORS, tokenizer_json, write_gguf
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models

from book_utils.models import tokenizer_files
from book_utils.models.tables import ModelFileWarning, open_table
from book_utils.models.tokenizer_files import vocabulary, vocabulary_beside
from book_utils.models.untrusted import ModelFileError


@pytest.fixture
def folder(tmp_path):
    save_file({"wte.weight": VECTORS}, tmp_path / "model.safetensors")
    return tmp_path


def test_other_tokenizers(folder):
    (folder / "tokenizer.json").write_text(tokenizer_json(TOKENS[:10], added=[("<eos>", 10), ("<bos>", 11)]))
    assert open_table(folder).tokens[-3:] == ("token9", "<eos>", "<bos>")
    unigram = {"model": {"vocab": [[token, -1.5] for token in TOKENS]}, "added_tokens": None}
    (folder / "tokenizer.json").write_text(json.dumps(unigram))
    assert open_table(folder).tokens == tuple(TOKENS)
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text("\n".join(TOKENS[:11] + ["\u2028"]) + "\n", encoding="utf-8")
    assert open_table(folder).tokens == (*TOKENS[:11], "\u2028")
    (folder / "vocab.json").write_text(json.dumps({token: 11 - i for i, token in enumerate(TOKENS)}))
    assert open_table(folder).tokens == tuple(TOKENS[::-1])


def doubled_unigram(tokens):
    unigram = Tokenizer(models.Unigram([(token, -1.0) for token in tokens], 0, False))
    return "tokenizer.json", unigram.to_str(), unigram


def doubled_words(tokens):
    words = "\n".join(["[UNK]", *tokens[1:]]) + "\n"
    return "vocab.txt", words, None


def doubled_and_added(tokens):
    model = models.WordLevel({token: i for i, token in enumerate(tokens[:11])}, unk_token=tokens[0])
    added = {"id": 11, "content": tokens[11], "special": False, "normalized": False}
    added |= dict.fromkeys(("single_word", "lstrip", "rstrip"), False)
    text = json.dumps(json.loads(Tokenizer(model).to_str()) | {"added_tokens": [added]})
    return "tokenizer.json", text, Tokenizer.from_str(text)


@pytest.mark.parametrize("kind", [doubled_unigram, doubled_words, doubled_and_added])
def test_a_doubled_token_keeps_both_rows_and_finds_the_one_of_the_library(folder, tmp_path, kind):
    tokens = [*TOKENS[:11], "token3"]
    name, text, library = kind(tokens)
    (folder / name).write_text(text)
    if library is None:  # the library reads a vocab.txt from a file
        library = Tokenizer(models.WordPiece.from_file(str(folder / name), unk_token="[UNK]"))
    with pytest.warns(ModelFileWarning, match="'token3' for rows") as said:
        table = open_table(folder)
    assert len(said) == 1
    assert (table.tokens[3], table.tokens[11]) == ("token3", "token3")
    assert table.id_of("token3") == library.encode("token3").ids[0]
    assert table.lookup("token3").tolist() == VECTORS[table.id_of("token3")].tolist()
    assert f"takes row {table.id_of('token3')}. Tokens of several rows in all: 1." in table.notes[0]


def test_a_doubled_token_of_a_gguf_file(tmp_path):
    """llama.cpp fills its map from the first token to the last, so the last one stays (llama-vocab.cpp)."""
    path = write_gguf(tmp_path / "a.gguf", tokens=[*TOKENS[:10], "token4", "token3"])
    said = "'token4' for rows 4, 10: .* takes row 10. Tokens of several rows in all: 2"
    with pytest.warns(ModelFileWarning, match=said):
        table = open_table(path)
    assert table.id_of("token3") == 11 and table.id_of("token4") == 10 and len(table.tokens) == 12


@pytest.mark.parametrize(
    "tokens, names, sentences",
    [
        (TOKENS[:11], ["[row 11]"], []),
        (TOKENS[:9], ["[row 9]", "[row 10]", "[row 11]"],
         ["names 9 of the table's 12 rows; the others are called [row 9] and so on. It may be another model's."]),
        ([*TOKENS, "a"], ["token11"],
         ["has IDs beyond the table's 12 rows (1 in all, from 12 on): they are left out."]),
        ([*TOKENS, "a", "b"], ["token11"],
         ["has IDs beyond the table's 12 rows (2 in all, from 12 on): they are left out. It may be another "
          "model's."]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("gguf", [False, True])
@pytest.mark.filterwarnings("ignore::book_utils.models.tables.ModelFileWarning")
def test_fewer_or_more_tokens_than_rows(folder, tokens, names, sentences, gguf):
    (folder / "tokenizer.json").write_text(tokenizer_json(tokens))
    path, source = folder, "tokenizer.json"
    if gguf:
        path, source = write_gguf(folder / "a.gguf", tokens=tokens), "the gguf file"
    table = open_table(path)
    assert list(table.tokens[-len(names):]) == names and len(table.tokens) == 12
    assert list(table.notes) == [f"{source} {sentence}" for sentence in sentences]
    assert table.id_of(names[-1]) == 11


@pytest.mark.parametrize(("n_tokens", "fits"), [(8, False), (9, True), (10, True), (11, True), (12, False)])
def test_a_tenth_of_the_rows_may_not_fit(n_tokens, fits):
    found = vocabulary([(str(i), i) for i in range(n_tokens)], 10, "a.txt")
    assert found.fits == fits and found.ids == {token: i for i, token in enumerate(found.tokens)}
    assert found.tokens == [str(i) if i < n_tokens else f"[row {i}]" for i in range(10)]
    assert any("It may be another model's." in note for note in found.notes) == (not fits)
    assert len(found.notes) == (n_tokens not in (9, 10))


def test_the_first_rows_of_a_doubled_token_are_named_and_all_doubled_ones_counted():
    pairs = [("a", 0), ("a", 2), ("b", 3), ("a", 4), ("b", 5), ("a", 6), ("a", 7), ("c", 1)]
    found = vocabulary(pairs, 8, "a.txt")
    assert found.tokens == [*"acabab"] + ["a", "a"] and found.ids == {"a": 7, "b": 5, "c": 1} and found.fits
    assert found.notes == ["a.txt has 'a' for rows 0, 2, 4, 6: all are kept, and a lookup of the token takes row 7. "
                           "Tokens of several rows in all: 2."]


def test_the_same_pair_twice_is_no_doubled_token():
    assert vocabulary([("a", 0), ("a", 0)], 1, "a.txt").notes == []


@pytest.mark.parametrize("pair", [("a", -1), ("a", True), ("a", 0.0), ("a", None), (0, 0), (None, 0)])
def test_a_pair_that_is_none(pair):
    with pytest.raises(ModelFileError, match=r"^a.txt must give each token an ID; got .*: .*\.$"):
        vocabulary([pair], 2, "a.txt")


@pytest.mark.parametrize(("contents", "tokens"), [
    (b"a\nb\n", ["a", "b"]), (b"a\nb", ["a", "b"]), (b"a\r\nb\r\n", ["a", "b"]), (b"a\n\nb\n", ["a", "", "b"]),
    (b"\na\n", ["", "a"]), (b"a\n\n", ["a", ""]), (b"\xef\xbb\xbfa\n b\n", ["a", " b"]),
])
def test_each_line_of_a_vocab_txt_is_a_token(tmp_path, contents, tokens):
    (tmp_path / "vocab.txt").write_bytes(contents)
    assert vocabulary_beside(tmp_path, len(tokens)).tokens == tokens
    assert vocabulary_beside(tmp_path, len(tokens)).notes == []


def test_a_vocab_txt_has_as_many_lines_as_the_limit_and_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(tokenizer_files, "MOST_TOKENS", 3)
    (tmp_path / "vocab.txt").write_text("a\nb\nc\n")
    assert vocabulary_beside(tmp_path, 3).tokens == ["a", "b", "c"]
    (tmp_path / "vocab.txt").write_text("a\nb\nc\nd\n")
    with pytest.raises(ModelFileError, match=r"^vocab.txt must have at most 3 lines; it has 4\.$"):
        vocabulary_beside(tmp_path, 3)
    (tmp_path / "vocab.txt").write_bytes(b"\xff\n")
    with pytest.raises(ModelFileError, match=r"^vocab.txt must be UTF-8 text\.$"):
        vocabulary_beside(tmp_path, 3)


def test_a_folder_without_a_tokenizer_has_no_vocabulary(tmp_path):
    assert vocabulary_beside(tmp_path, 3) is None


@pytest.mark.parametrize(
    "contents, sentence",
    [
        (tokenizer_json(TOKENS[:11], added=[("x", 3)]), "gives ID 3 to 'x' and to 'token3'"),
        (tokenizer_json(TOKENS[:11], added=[("x", "11")]), "each token an ID; got 'x': '11'"),
        (tokenizer_json(TOKENS[:11], added=[("x", -1)]), "each token an ID"),
        (tokenizer_json(TOKENS[:11], added=[(None, 11)]), "each token an ID"),
        ("[]", "must hold one JSON object"),
        ("{}", "must have a vocab in its model"),
        ('{"model": {"vocab": [[]]}}', "each token an ID"),
        ('{"model": {"vocab": {}}, "added_tokens": [3]}', "must have a list of added_tokens"),
        ('{"model": {"vocab": {"a": 0, "a": 1}}}', "a key stands twice in one object, 'a'"),
        ('{"model":' * 100_000 + "1" + "}" * 100_000, "nested too deep"),
        ("[" * 8_000_001, "at most 8,000,000 brackets"),
        (tokenizer_json([*TOKENS[:11], "\ud800"]), r"must hold Unicode text; got '\\ud800'"),
        ('{"model": {"vocab": {"a": NaN}}}', "NaN is no JSON number"),
        ('{"model": {"vocab": 7}}', "must have a vocab in its model; got 7"),
        ('{"model": {"vocab": {"a": 0}}, "added_tokens": 7}', "a list of added_tokens; got 7"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n", "git-lfs pointer.* run git lfs pull"),
        ("\xff", "must hold JSON"),
    ],
)
def test_tokenizers_that_cannot_be(folder, contents, sentence):
    (folder / "tokenizer.json").write_bytes(contents.encode("latin-1"))
    with pytest.raises(ModelFileError, match=sentence):
        open_table(folder)


