"""The sentence explorer: its JavaScript against the `tokenizers` library and the true rows, its text, its switch."""

import base64
import gzip
import json
import shutil
import subprocess
import unicodedata

import numpy as np
import pytest
from axe import violations
from hypothesis import given, settings
from hypothesis import strategies as st
from many_scripts import TEXTS
from playwright.sync_api import expect
from traitlets import TraitError
from watching import WIDGETS

from book_utils.bpe import bytes_of
from book_utils.explorers.sentence import CHARACTERS, COLUMNS, SHOWN, SentenceExplorer, pack_rows
from book_utils.minilm import load_minilm
from book_utils.recorded_model import recorded_model

# Answers each line of JSON with a line of JSON: {call, given} in, what the function returns out.
DRIVER = """
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { READERS, meaningOf, readable, repeats, tokenize, unpackRow } from "./explorer.mjs";
const { vocabulary, rows, bytePairs, sizes } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const idOf = new Map(vocabulary.join("\\n").split("\\n").map((token, id) => [token, id]));
const parts = rows.map(atob);
const byteLevel = READERS.smollm2.made([bytePairs]);
const calls = {
  tokenize: (texts) => texts.map((text) => tokenize(text, idOf)),
  unpackRow: (ids) => ids.map((id) => unpackRow(parts, id, sizes)),
  readable: ([text, most]) => readable(text, most),
  repeats: (ids) => [...repeats(ids)],
  byteLevel: (texts) => texts.map(byteLevel),
  meaningOf: (tokens) => tokens.map((token) => meaningOf(token, ["byte", "bytes"])),
};
for await (const line of createInterface({ input: process.stdin })) {
  const { call, given } = JSON.parse(line);
  console.log(JSON.stringify(calls[call](given)));
}
"""

def whole(text):
    """Half of a surrogate pair is no character: both sides read U+FFFD in its place."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def expected(text):
    return load_minilm().tokenize(whole(text), special=False)


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """Call a function of the explorer's module in one node process that all tests share."""
    assert shutil.which("node"), "node is missing: install Node.js 20 or later"
    folder = tmp_path_factory.mktemp("explorer")
    module = SentenceExplorer._esm
    (folder / "explorer.mjs").write_text(module, encoding="utf-8")
    (folder / "driver.mjs").write_text(DRIVER, encoding="utf-8")
    data = SentenceExplorer.lazy_data() | {"sizes": SentenceExplorer("").sizes}
    (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
    command = ["node", str(folder / "driver.mjs"), str(folder / "data.json")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def call(name, given):
        process.stdin.write(json.dumps({"call": name, "given": given}) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, "node stopped: its message is above"
        return json.loads(line)

    yield call
    process.stdin.close()
    process.wait()
    process.stdout.close()


@pytest.fixture(scope="module")
def newer(node):
    """Every character that JavaScript reads otherwise than the library, whose tables are of Unicode 8."""
    # Every character of the planes 0 and 1; above these, where long blocks are alike, the ends of the blocks.
    ranges = [(0, 0xD800), (0xE000, 0x20100), (0x2A600, 0x2A800), (0x2B700, 0x2BA00), (0x2CE00, 0x2CF00),
              (0x2F700, 0x2FB00), (0xE0000, 0xE0200)]
    every = [chr(i) for start, end in ranges for i in range(start, end)]
    texts = ["".join(f"a{c}b " for c in every[i : i + 64]) for i in range(0, len(every), 64)]
    found = set()
    for i, (text, tokens) in enumerate(zip(texts, node("tokenize", texts), strict=True)):
        if tokens != expected(text):
            some = every[64 * i : 64 * (i + 1)]
            each = node("tokenize", [f"a{c}b" for c in some])
            found |= {c for c, tokens in zip(some, each, strict=True) if tokens != expected(f"a{c}b")}
    return found


def test_every_character_reads_as_in_the_library_but_for_rare_new_ones(newer):
    assert len(newer) < 1000  # 600 with the tables of Node 20
    # None of them was there in Unicode 3.2 (2002), but for four that have changed their class since.
    assert {c for c in newer if unicodedata.ucd_3_2_0.category(c) != "Cn"} <= set("\u166d\u1734\u1885\u1886")
    assert not newer & set("".join(load_minilm().table.tokens))


def test_fixed_texts_read_as_in_the_library(node):
    assert node("tokenize", TEXTS) == [expected(text) for text in TEXTS]


pieces = st.one_of(
    st.text(max_size=12), st.text(alphabet=st.characters(max_codepoint=0x24F), max_size=30),
    st.sampled_from(TEXTS), st.sampled_from(load_minilm().table.tokens),
    st.text(alphabet="aé\u0301İßΣ我🙂 \t\u200b\u00ad'-[]#ا\u05b7", max_size=20),
    st.sampled_from(["\ud800", "x\udfff"]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(pieces, max_size=6).map("".join), min_size=1, max_size=20))
def test_any_text_reads_as_in_the_library(node, newer, texts):
    old = [text.translate(dict.fromkeys(map(ord, newer))) for text in texts]
    mended = [node("readable", [text, CHARACTERS]) for text in old]
    assert mended == [whole(text) for text in old]
    assert node("tokenize", mended) == [expected(text) for text in old]


def test_a_text_is_cut_between_characters(node):
    assert node("readable", ["a🙂🙂b", 2]) == "a🙂"
    assert node("readable", ["x" * 100_000, CHARACTERS]) == "x" * CHARACTERS
    assert node("readable", ["\ud83da\ude42", 3]) == "\ufffda\ufffd"  # halves that are no pair


@settings(deadline=None)
@given(ids=st.lists(st.integers(0, 6)))
def test_repeats_are_named_with_all_their_places(node, ids):
    spec = {i: [place for place, other in enumerate(ids) if other == i] for i in ids if ids.count(i) > 1}
    found = node("repeats", ids)
    assert dict(map(tuple, ((i, places) for i, places in found))) == spec
    assert [i for i, _ in found] == list(spec)


def test_rounded_rows_are_near_the_true_ones(node):
    ids = list(range(0, 30_522, 5))
    true = load_minilm().table.vectors[ids, :COLUMNS]
    rounded = np.array(node("unpackRow", ids))
    error = np.abs(rounded - true)
    assert rounded.shape == true.shape
    assert round(float(error.mean()), 3) == 0.004  # what the page says
    assert error.max() < 0.0205
    # 16 levels from minus to plus the largest: at most half a step off, the step itself rounded up
    assert (error.max(axis=1) <= np.abs(true).max(axis=1) / 15 + 0.5 / 6000 + 1e-6).all()


def test_packed_rows_are_one_byte_and_four_bits_a_number():
    packed = pack_rows(np.array([[-0.03, 0.03, 0.0021, 0.0], [0.075, -0.075, 0.075, 0.075]]))
    assert packed.tolist() == [[24, 0x0F, 0x88], [60, 0xF0, 0xFF]]


def test_the_other_tokenizer_reads_as_the_library_and_shows_what_a_token_stands_for(node):
    library = recorded_model().tokenizer
    for text, read in zip(TEXTS, node("byteLevel", TEXTS), strict=True):
        encoding = library.encode(text)
        assert read == {"tokens": encoding.tokens, "ids": encoding.ids, "rows": []}
        for token, shown in zip(encoding.tokens, node("meaningOf", encoding.tokens), strict=True):
            raw = bytes_of(token)
            spelled = raw.decode("utf-8", "replace").translate(str.maketrans(" \n\r\t", "␣⏎␍⇥"))
            if "\ufffd" in spelled:
                spelled = f"byte{'s' * (len(raw) > 1)} {raw.hex(' ').upper()}"
            assert shown == spelled


def test_lazy_data_holds_the_vocabulary_and_is_light():
    data = dict(SentenceExplorer.lazy_data())
    assert round(sum(len(gzip.compress(part.encode())) for part in data.pop("bytePairs")) / 1e6, 1) == 0.2
    assert "\n".join(data["vocabulary"]).split("\n") == list(load_minilm().table.tokens)
    lengths = {len(base64.b64decode(part)) // (1 + COLUMNS // 2) for part in data["rows"][:-1]}
    assert len(lengths) == 1  # the front end finds a row by the length of a part
    parts = [part for all_parts in data.values() for part in all_parts]
    assert len(parts) == 10
    megabytes = sum(len(gzip.compress(part.encode())) for part in parts) / 1e6
    assert round(megabytes, 1) == 0.6  # what the page says


def test_setting_the_text_reads_it_again():
    explorer, minilm = SentenceExplorer("the cat"), load_minilm()
    explorer.text = "Tokenization of the tokenization"
    assert explorer.tokens == ["token", "##ization", "of", "the", "token", "##ization"]
    assert explorer.ids == minilm.encode(explorer.text, special=False).tolist()
    np.testing.assert_allclose(explorer.rows, minilm.table.lookup(explorer.ids)[:, :32], atol=5.1e-5)
    explorer.text = ""
    assert explorer.tokens == explorer.ids == explorer.rows == []


def test_tokens_ids_and_rows_leave_in_one_message(monkeypatch):
    explorer, sent = SentenceExplorer("the cat"), []
    monkeypatch.setattr(explorer, "send_state", lambda key: sent.append(set(key)))
    explorer.set_state({"text": "a dog"})  # what a message from the front end does
    assert sent == [{"tokens", "ids", "rows"}]


def test_the_other_tokenizer_reads_again_and_has_no_rows(monkeypatch):
    explorer, sent = SentenceExplorer("The cat", tokenizer="smollm2"), []
    assert (explorer.tokens, explorer.rows, explorer.reader) == (["The", "Ġcat"], [], "smollm2")
    assert explorer.ids == recorded_model().encode("The cat").tolist()
    monkeypatch.setattr(explorer, "send_state", lambda key: sent.append(set(key)))
    explorer.set_state({"tokenizer": "minilm"})
    assert sent == [{"tokens", "ids", "rows", "reader"}] and explorer.tokens == ["the", "cat"]
    with pytest.raises(TraitError, match="minilm"):
        explorer.tokenizer = "gpt-2"


def test_a_long_text_counts_all_tokens_and_shows_the_first():
    explorer = SentenceExplorer("a b c d " * 2000)
    assert (len(explorer.tokens), len(explorer.ids), len(explorer.rows)) == (8000, 8000, SHOWN)
    assert repr(explorer).endswith("… 7,936 more")
    assert "… 7,936 more" in explorer.plain_html(explorer.get_state())


def test_unreadable_text_is_refused_and_nothing_changes():
    explorer = SentenceExplorer("the cat")
    with pytest.raises(ValueError, match=r"20,000 characters; got 20,001"):
        explorer.text = "x" * (CHARACTERS + 1)
    with pytest.raises(ValueError, match="half of one"):
        explorer.text = "\ud800"
    assert (explorer.text, explorer.tokens) == ("the cat", ["the", "cat"])


def test_plain_forms_show_text_as_text():
    explorer = SentenceExplorer("<b>`the` & the")
    html = explorer.plain_html(explorer.get_state())
    assert "<p>&lt;b&gt;`the` &amp; the</p>" in html
    assert "<td>7</td><td>the</td><td>1996</td>" in html
    assert repr(explorer).splitlines()[4] == "  3  `    1036"


# -- the switch on a built page ----------------------------------------------------------------------------------


def shown_on(page):
    return page.locator(".sentence ol li").evaluate_all(
        "all => all.map(one => one.querySelector('code').textContent.replace('space ', ''))")


def test_the_tokenizer_is_changed_by_keys_and_remembered(page, scratch):
    """What is typed and chosen while data load is read when they have come; what does not come is said."""
    held, text = [], " and 猫"
    page.route("**/lazy/bytePairs-*-1.js", lambda route: held.append(route))
    page.goto(scratch.address + "kinds.html")
    page.wait_for_function(WIDGETS)
    explorer = page.locator("section.sentence")
    other = explorer.get_by_role("radio", name="SmolLM2")
    explorer.get_by_role("radio", name="MiniLM").focus()
    page.keyboard.press("ArrowDown")
    bar = explorer.get_by_role("progressbar")
    expect(bar).to_have_js_property("value", 0.5)
    assert shown_on(page) == ["the", "cat"]  # until the others are there
    explorer.locator("textarea").press("End")
    explorer.locator("textarea").press_sequentially(text)
    held.pop().abort()
    expect(explorer.get_by_role("alert")).to_contain_text("could not be loaded")
    explorer.get_by_role("button", name="Try again").click()
    expect(bar).to_be_visible()
    explorer.get_by_role("radio", name="MiniLM").check()
    other.check()
    page.wait_for_function("() => document.querySelector('.sentence progress').value === 0.5")
    held.pop().continue_()
    expect(explorer.get_by_role("alert")).to_be_hidden()
    rows = explorer.get_by_role("listitem")
    expect(rows).to_have_count(6)
    library = recorded_model()
    assert shown_on(page) == library.tokenize("the cat" + text)
    assert f"ID {library.encode(' cat')[0]}" in rows.nth(1).inner_text() and "␣cat" in rows.nth(1).inner_text()
    assert "bytes" in rows.nth(3).inner_text()
    expect(explorer.get_by_text("is a space, kept at the front of a token")).to_be_visible()
    expect(explorer.get_by_text("[CLS]")).to_have_count(0)
    assert violations(page) == []

    page.unroute("**/lazy/bytePairs-*-1.js")
    page.reload()
    page.wait_for_function(WIDGETS)
    explorer.scroll_into_view_if_needed()
    expect(other).to_be_checked()
    page.wait_for_function("() => document.querySelectorAll('.sentence mark').length === 1")
    assert shown_on(page) == ["the", "Ġcat"]
    explorer.get_by_role("radio", name="MiniLM").check()
    expect(explorer.get_by_text("[CLS]")).to_be_visible()
    assert shown_on(page) == ["the", "cat"]
    explorer.get_by_role("radio", name="cat").check()
    expect(explorer.get_by_text("numbers 0 to 31 of its 384")).to_be_visible()
    # What a pointer shows of a piece stays while it goes on to it, and Esc takes it away (WCAG 1.4.13).
    where = explorer.locator(".sentence-where")
    of_cat = where.inner_text()
    explorer.locator(".sentence-pieces code").first.hover()
    expect(where).to_contain_text("the")
    expect(where).not_to_have_text(of_cat)
    where.hover()
    expect(where).to_contain_text("the")
    page.locator("body").press("Escape")
    expect(where).to_have_text(of_cat)
