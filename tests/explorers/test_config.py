"""The config explorer: its JavaScript reader against Python's, hostile files, and a real page."""

import base64
import gzip
import json
import math
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect
from traitlets import TraitError
from watching import watch

from book_utils.explorers.config import ConfigExplorer, listed_models, page_names, reading
from book_utils.memory import FORMATS, table_bytes
from book_utils.models.config import Fact, ModelConfig
from book_utils.models.config_keys import ConfigError, config_keys
from book_utils.models.parameters import table_share
from book_utils.models.untrusted import parse_object
from book_utils.words import catalogue

CONFIGS = sorted((Path(__file__).parents[1] / "fixtures" / "configs").glob("*.json"))
MODELS = listed_models()["models"]
LIMIT = config_keys()["limits"]["bytes"]

DRIVER = """
import { readFileSync } from "node:fs";
import * as twin from "./twin.mjs";
const { keys, files, shares, tables } = JSON.parse(readFileSync(0, "utf8"));
const read = (text) => {
  try {
    return twin.readConfig(twin.parseConfig(new Uint8Array(Buffer.from(text, "base64")), "config.json", keys), keys);
  } catch (problem) {
    if (problem instanceof twin.ConfigError) return { error: problem.message };
    throw problem;
  }
};
console.log(JSON.stringify({
  files: files.map(read),
  shares: shares.map(([text, total]) => twin.tableShare(read(text).facts, total)),
  tables: tables.map(([rows, dim, format]) => twin.tableBytes(rows, dim, format)),
}));
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """Ask the JavaScript reader about `files` (bytes each), `shares` and `tables`, in one process."""
    assert shutil.which("node"), "node is missing: install Node.js 20 or later"
    folder = tmp_path_factory.mktemp("config")
    (folder / "twin.mjs").write_text(ConfigExplorer._esm, encoding="utf-8")
    (folder / "driver.mjs").write_text(DRIVER, encoding="utf-8")

    def ask(files=(), shares=(), tables=()):
        def packed(contents):
            return base64.b64encode(contents).decode()

        keys = page_names() | {"words": catalogue("en")}
        asked = {"keys": keys, "files": list(map(packed, files)), "tables": list(tables),
                 "shares": [[packed(contents), total] for contents, total in shares]}
        done = subprocess.run(["node", str(folder / "driver.mjs")], input=json.dumps(asked), capture_output=True,
                              encoding="utf-8")
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)

    return ask


def by_python(contents):
    try:
        return reading(ModelConfig(parse_object(contents, "config.json", ConfigError)))
    except ConfigError as problem:
        return {"error": str(problem)}


def plainly(value):
    """Write a value so that 1, 1.0 and true differ or agree as they do in a file."""
    if isinstance(value, (list, tuple)):
        return [plainly(item) for item in value]
    return f"{value:.15g}" if type(value) in (int, float) else repr(value)


def check_same(contents, ours, theirs):
    """Compare Python's reading of a file with the page's."""
    shown = contents[:300]
    assert ("error" in ours) == ("error" in theirs), (shown, ours.get("error"), theirs.get("error"))
    if "error" in ours:
        asked, there, _ = ours["error"].partition("; got")
        assert theirs["error"].startswith(asked + there) or not re.match(r"[\w.]+ must be", asked), shown
        assert theirs["error"].endswith("."), shown
        return
    assert list(ours["facts"]) == list(theirs["facts"])
    for name, fact in ours["facts"].items():
        flags = name == "rope_on_layers"  # true and 1 are the same there
        for part, value in fact.items():
            other = theirs["facts"][name][part]
            if flags and part == "value" and value is not None:
                value = [int(item) for item in value]
            if flags and part == "others":
                value = [[key, list(map(int, items))] for key, items in value]
            if part != "default_from" or fact["default"] is not None:
                assert plainly(value) == plainly(other), (name, part, shown)
    assert plainly(ours["parameters"]["value"]) == plainly(theirs["parameters"]["value"]), shown
    assert ours["parameters"]["key"] == theirs["parameters"]["key"], shown
    assert bool(ours["parameters"]["error"]) == bool(theirs["parameters"]["error"]), shown


def check_all(node, files, good=None):
    """Compare both readings of files; `good` is how many of them may be without fault."""
    answers = node(files)["files"]
    assert good is None or sum("facts" in answer for answer in answers) in good
    for contents, theirs in zip(files, answers, strict=True):
        check_same(contents, by_python(contents), theirs)


# --- one list of names, two readers


def test_both_read_every_fixture_and_every_listed_model_alike(node):
    listed = [json.dumps(model["config"]).encode() for model in MODELS]
    check_all(node, [path.read_bytes() for path in CONFIGS] + listed)


HOSTILE = [
    b'{"a": "\xff"}', b'{"a": "\xed\xa0\x80"}',
    b"", b"[1, 2]", b'"gpt2"', b"null", b"7", b"{" * 5, b"{}", b"\xff\xfe{}", b"\xef\xbb\xbf{}",
    b"\xef\xbb\xbf\xef\xbb\xbf{}", b"\xed\xa0\x80", b'{"n_embd": 768} {}', b"{'n_embd': 768}",
    b'{"n_embd": 768,}', b'{"n_embd": 0768}', b'{"a": "\n"}', b"[" * 10_000 + b"]" * 10_000,
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b'{"a":' * 101 + b"1" + b"}" * 101,
    b'{"a":' * 100 + b"1" + b"}" * 100, b'{"a":' * 99 + b"[]" + b"}" * 99,
    b'{"a": ' + b"[" * 99 + b"]" * 99 + b"}", b'{"a": ' + b"[" * 100 + b"]" * 100 + b"}",
    b'{"vocab_size": NaN}', b'{"other": NaN}', b'{"rope_theta": Infinity}', b'{"vocab_size": "50257"}',
    b'{"vocab_size": -5}', b'{"vocab_size": 0}', b'{"vocab_size": -0}', b'{"vocab_size": 1e30}',
    b'{"vocab_size": 1' + b"0" * 30 + b"}", b'{"vocab_size": 1' + b"0" * 5000 + b"}", b'{"vocab_size": 1e999}',
    b'{"other": 1e999}', b'{"vocab_size": 1e12}', b'{"vocab_size": 1000000000001}', b'{"vocab_size": 50257.0}',
    b'{"n_embd": 7.5}', b'{"n_embd": true}', b'{"n_embd": null}', b'{"n_embd": []}', b'{"n_embd": {}}',
    b'{"n_embd": {"length": 0}}', b'{"n_embd": ""}', b'{"type_vocab_size": -0.0}',
    b'{"rotary_dim": 0, "qk_rope_head_dim": 64}',
    b'{"rotary_dim": 0, "model_type": "gptj", "n_embd": 64, "n_head": 4}', b'{"tie_word_embeddings": "no"}',
    b'{"tie_word_embeddings": 1}',
    b'{"tie_word_embeddings": false, "text_config": {"tie_word_embeddings": true}}', b'{"rope_theta": -1}',
    b'{"rope_theta": 0}', b'{"rope_theta": 0.1}', b'{"rope_theta": 1e-320}', b'{"rotary_pct": 1.5}',
    b'{"rotary_pct": 1}', b'{"rotary_pct": 0.3333333333333333, "head_dim": 96}',
    b'{"text_config": {"hidden_size": []}, "hidden_size": {}}', b'{"text_config": [], "hidden_size": 8}',
    b'{"text_config": "hidden_size", "hidden_size": 8}', b'{"rope_parameters": "rope_theta", "rope_theta": 5}',
    b'{"layer_types": "full"}', b'{"layer_types": [3]}', b'{"layer_types": []}', b'{"layer_types": [[]]}',
    b'{"layer_types": ["full_attention", "mamba"], "rope_theta": 5}',
    b'{"layer_types": ["full_attention", "new"], "rope_theta": 5, "n_layer": 2}',
    json.dumps({"layer_types": ["a"] * 10_000}).encode(), json.dumps({"layer_types": ["a"] * 10_001}).encode(),
    b'{"no_rope_layers": ["a"]}', b'{"no_rope_layers": [1, 0, 2]}',
    b'{"no_rope_layers": [true, 0, 1.0], "rope_theta": 5}',
    b'{"no_rope_layers": [1, 0], "text_config": {"no_rope_layers": [true, false]}, "rope_theta": 5}',
    b'{"rope_scaling": {"type": 3}}', b'{"rope_scaling": {"type": "yarn", "rope_type": "linear"}}',
    b'{"vocab_size": 1, "vocab_size": 2}', b'{"a": {"b": 1, "b": 1}}', rb'{"a": 1, "\u0061": 2}',
    b'{"a": "b", "b": "a"}', b'{"a": [{"b": 1}, {"b": 1}], "b": "a:b"}',
    rb'{"a\"b": 1, "a\\": 2, "c": "\\\"a\": 1, \"a\": 2"}', b'{"model_type": ""}', b'{"model_type": ["gpt2"]}',
    b'{"model_type": {"gpt2": 1}}', b'{"model_type": "constructor", "n_embd": 8}',
    b'{"model_type": "__proto__", "__proto__": {"n_embd": 8}}', b'{"__proto__": {"vocab_size": 8}}',
    b'{"model_type": "toString"}', b'{"position_embedding_type": "constructor"}',
    b'{"position_embedding_type": "__proto__"}', rb'{"model_type": "\ud800"}',
    json.dumps({"model_type": "\U0001F600" * 100}).encode(),
    json.dumps({"model_type": "\U0001F600" * 101}).encode(),
    b'{"model_type": "<img src=x onerror=alert(1)>"}', '{"n_embd": "é\u2028"}'.encode(),
    b'{"model_type": "gpt2", "n_embd": 8, "n_head": 3, "n_layer": 2, "vocab_size": 9, "n_positions": 4}',
    b'{"model_type": "gpt2", "n_embd": 1e12, "vocab_size": 1e12, "n_head": 1, "n_layer": 3, "n_positions": 7}',
    b'{"hidden_dim": 512, "dim": null}', b'{"hidden_dim": 512, "dim": 768}', b'{"hidden_dim": "x", "dim": 768}',
]


def test_both_take_or_refuse_hostile_files_alike(node):
    check_all(node, HOSTILE)


def test_both_refuse_by_size_before_they_parse(node, tmp_path):
    largest = b'{"a": "' + rb"\n" * ((LIMIT - 9) // 2) + b'" }'
    assert len(largest) == LIMIT
    path = tmp_path / "config.json"
    answers = node([largest, largest + b" ", b"x" * (LIMIT + 1)])["files"]
    for contents, theirs in zip([largest, largest + b" "], answers, strict=False):
        path.write_bytes(contents)
        ours = ConfigExplorer(folder=path).answer
        assert ("facts" in ours) == ("facts" in theirs) == (contents == largest)
    assert all("must have at most 5,000,000 bytes" in answer["error"] for answer in answers[1:])


FITTING = {
    "size": [1, 2, 3.0, 64, 768], "count": [0, 2], "number": [0.5, 10_000, 1e6], "share": [0.25, 0.5, 1],
    "flag": [True, False], "word": ["rotary", "alibi", "llama", "gpt2", "qwen3_5_text", "gemma3_text", "cohere2"],
    "words": [["full_attention", "sliding_attention", "conv"], ["full_attention"] * 3, ["new"]],
    "flags": [[1, 0, 1], [True, False]],
}
ODD = [None, [], {}, "", -1, 0, 7.5, 1e13, True, "2", {"rope_theta": 7}, [0.5]]


def mutated(rng):
    """Return a config.json of a real family with values replaced, put into a nest or added; a few do not fit."""
    config = json.loads(rng.choice(CONFIGS).read_text(encoding="utf-8"))
    for _ in range(rng.randint(1, 6)):
        spec = rng.choice([*config_keys()["facts"].values()])
        nest = rng.choice([*config_keys()["nesting"], "", ""])
        *path, key = (nest + rng.choice(spec["keys"] + spec.get("last_resort", []))).split(".")
        at = config
        for step in path:
            at = at.setdefault(step, {}) if isinstance(at, dict) else {}
        if isinstance(at, dict):
            at[key] = rng.choice(ODD if rng.random() < 0.1 else FITTING[spec["is"]])
    return json.dumps(config).encode()


def test_both_read_a_thousand_mutated_files_alike(node):
    rng = random.Random(5)
    check_all(node, [mutated(rng) for _ in range(1000)], good=range(600, 950))


def test_bytes_and_shares_are_those_of_python(node):
    shapes = [(50257, 768), (262144, 640), (30522, 384), (7, 33), (1, 1)]
    asked = [(rows, dim, name) for rows, dim in shapes for name in FORMATS]
    totals = [(json.dumps(model["config"]).encode(), model["parameters"]) for model in MODELS]
    answer = node(shares=totals, tables=[(rows, dim, FORMATS[name]) for rows, dim, name in asked])
    assert answer["tables"] == [table_bytes(*each) for each in asked]
    for model, share in zip(MODELS, answer["shares"], strict=True):
        try:
            expected = table_share(ModelConfig(model["config"]), model["parameters"])
        except ConfigError:
            assert share is None
        else:
            assert math.isclose(share, expected, rel_tol=1e-12)
    shares = dict(zip((model["name"] for model in MODELS), answer["shares"], strict=True))
    assert [round(100 * shares[name]) for name in ("Pythia 70M", "Gemma 3 270M", "GPT-2")] == [73, 63, 31]
    assert round(100 * shares["Llama 2 7B"], 1) == 3.9


# --- the Python side


def test_a_folder_is_read_by_python_each_time_it_is_asked(tmp_path):
    explorer = ConfigExplorer()
    assert explorer.answer == {}
    explorer.set_state({"folder": str(tmp_path), "reads": 1})  # what a message from the page does
    assert explorer.answer["error"].startswith("there is no file") and explorer.answer["reads"] == 1
    (tmp_path / "config.json").write_text('{"n_embd": 768, "vocab_size": 10}')
    explorer.set_state({"reads": 2})
    assert explorer.answer["facts"]["width"]["value"] == 768 and explorer.answer["reads"] == 2
    assert "width (d_model): 768 (n_embd)" in repr(explorer)
    assert "not known: the shapes are known here" in repr(explorer)
    assert json.loads(json.dumps(explorer.answer))["name"] == str(tmp_path)
    file = ConfigExplorer(folder=tmp_path / "config.json")
    assert file.answer["facts"] == explorer.answer["facts"]


@pytest.mark.parametrize(
    ("contents", "sentence"),
    [(b"[]", "must hold one JSON object"), (b'{"n_embd": -1}', "n_embd must be a whole number"),
     (b"\0" * 100, "must hold JSON"), (b" " * (LIMIT + 1), "must have at most 5,000,000 bytes")],
)
def test_what_is_wrong_with_a_folder_is_a_sentence(tmp_path, contents, sentence):
    (tmp_path / "config.json").write_bytes(contents)
    explorer = ConfigExplorer(folder=tmp_path)
    assert sentence in explorer.answer["error"] and "facts" not in explorer.answer
    assert repr(explorer) == f"Config explorer: {tmp_path}\n  {explorer.answer['error']}"


def test_paths_that_are_none_are_sentences():
    for path in ("/nowhere", "a\0b", "~nobody-of-this-name/x", "x" * 5000, "   "):
        explorer = ConfigExplorer(folder=path)
        assert re.search(r"(there is no file|cannot be read|a path is needed)", explorer.answer["error"]), path
        assert explorer.answer["error"].endswith(".")


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match="model is one of GPT-2, GPT-2 medium, .*; got 'GPT-9'"):
        ConfigExplorer("GPT-9")
    explorer = ConfigExplorer()
    with pytest.raises((ValueError, TraitError)):
        explorer.model = "GPT-9"
    assert explorer.model == "GPT-2"


def test_plain_forms_say_what_is_absent_disagrees_or_is_not_certain():
    assert "tied: absent (by GPT2Config: true)" in repr(ConfigExplorer())
    assert "share of the model: 31.0%" in repr(ConfigExplorer())
    assert "not certain: tied: class default; not seen" in repr(ConfigExplorer("Qwen3.6 27B"))
    disagreeing = repr(ConfigExplorer(folder=next(path for path in CONFIGS if path.stem == "disagreeing")))
    assert "tied: false (text_config.tie_word_embeddings, but tie_word_embeddings says true)" in disagreeing
    html = ConfigExplorer.plain_html(ConfigExplorer("Gemma 3 270M").get_state())
    assert all(model["name"] in html for model in MODELS)
    assert "rows: 262,208 is the class default" in html
    assert repr(ConfigExplorer()) == repr(ConfigExplorer())


def test_markup_in_a_file_stays_text_in_the_plain_form(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "<img src=x onerror=alert(1)>"}')
    explorer = ConfigExplorer(folder=tmp_path)
    assert "<img" not in ConfigExplorer.plain_html(explorer.get_state())


def test_a_page_carries_little():
    state = {name: value for name, value in ConfigExplorer().get_state().items() if not name.startswith("_")}
    assert len(gzip.compress(json.dumps(state).encode())) < 12_000


# --- a real page


@pytest.fixture(scope="module")
def config_page(scratch):
    return (scratch.folder / "config.html").as_uri()


@pytest.fixture
def explorer(page, config_page):
    faults = []
    watch(page, faults)
    page.on("dialog", lambda dialog: faults.append(("a file was run", dialog.message)))
    page.goto(config_page)
    yield page.locator(".config")
    assert faults == []


def fact(explorer, name):
    header = explorer.page.get_by_role("rowheader", name=name, exact=True)
    return explorer.get_by_role("row").filter(has=header).get_by_role("cell")


def give(explorer, contents, name="config.json"):
    file = {"name": name, "mimeType": "application/json", "buffer": contents}
    explorer.get_by_label("Choose a file").set_input_files(file)


def test_every_model_can_be_chosen(explorer):
    models = explorer.get_by_role("combobox", name="Model")
    for model in MODELS:
        models.select_option(model["name"])
        facts = ModelConfig(model["config"]).facts
        said = f"{model['name']}: a table of {facts['rows'].assumed:,} rows"
        expect(explorer.get_by_role("status")).to_contain_text(said)
        for name, label in (("width", "width (d_model)"), ("context", "context")):
            said = "absent" if facts[name].value is None else f"{facts[name].value:,}from {facts[name].key}"
            expect(fact(explorer, label)).to_contain_text(said)
    models.select_option("Gemma 3 4B, text part")
    for said in ("absentIts family's code would take 262,208 (Gemma3TextConfig).",
                 "Looked for: vocab_size, padded_vocab_size, n_vocab", "Not certain: 262,208 is the class default"):
        expect(fact(explorer, "rows of the table")).to_contain_text(said)
    expect(explorer.get_by_text("taken from its family's code: rows of the table.")).to_be_visible()


def test_bytes_and_share_of_the_model_chosen(explorer):
    expect(explorer.get_by_role("row", name="fp16, bf16 77,194,752 77.2 73.6")).to_be_visible()
    four_bit = explorer.get_by_role("row").filter(has_text="4-bit")
    expect(four_bit).to_contain_text(f"{table_bytes(50257, 768, '4-bit'):,}")
    expect(explorer.get_by_text("31.0%")).to_be_visible()
    expect(explorer.get_by_text("of 124,439,808 parameters")).to_be_visible()
    expect(fact(explorer, "tied")).to_contain_text("absentIts family's code would take true (GPT2Config).")
    explorer.get_by_role("combobox", name="Model").select_option("GPT-2 XL")
    expect(explorer.get_by_text("Not known: a share needs rows, width and tied")).to_be_visible()


def test_a_file_of_ones_own_with_keys_that_disagree(explorer):
    give(explorer, next(path for path in CONFIGS if path.stem == "disagreeing").read_bytes(), "mine.json")
    said = "Keys of this file disagree about: rows of the table, width (d_model), tied"
    expect(explorer.get_by_role("status")).to_contain_text("mine.json: a table of 1,024 rows")
    expect(explorer.get_by_role("status")).to_contain_text(said)
    both = "falsefrom text_config.tie_word_embeddingsbut tie_word_embeddings says true"
    expect(fact(explorer, "tied")).to_contain_text(both)
    expect(explorer.get_by_role("combobox", name="Model")).to_have_value("own")
    explorer.get_by_role("combobox", name="Model").select_option("GPT-2")
    expect(explorer.get_by_role("status")).to_contain_text("GPT-2: a table of 50,257 rows")


def test_what_a_file_says_is_text_and_is_kept_nowhere(explorer, page):
    marked = "<img src=x onerror=alert(1)>"
    give(explorer, json.dumps({"model_type": marked, "vocab_size": 9, "n_embd": 4}).encode(), f"{marked}.json")
    expect(fact(explorer, "family")).to_contain_text(marked)
    expect(explorer.get_by_role("status")).to_contain_text(f"{marked}.json: a table of 9 rows, 4 numbers each.")
    assert explorer.locator("img").count() == 0
    assert "onerror" not in page.evaluate("JSON.stringify(localStorage)")


@pytest.mark.parametrize(
    ("contents", "sentence"),
    [(b"[1]", "must hold one JSON object, {...}; got a list."),
     (b'{"vocab_size": "9"}', "vocab_size must be a whole number from 1 to 1,000,000,000,000; got \"9\"."),
     (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "nested"), (b"\xff", "must hold JSON"), (b"", "must hold JSON"),
     (b" " * (LIMIT + 1), "must have at most 5,000,000 bytes; it has 5,000,001.")],
    ids=["list", "string", "deep", "bytes", "empty", "huge"],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(explorer, contents, sentence):
    give(explorer, contents)
    expect(explorer.get_by_role("alert")).to_contain_text("config.json was not read")
    expect(explorer.get_by_role("alert")).to_contain_text(sentence)
    expect(explorer.get_by_role("row")).to_have_count(0)  # no facts of another file stand below
    give(explorer, b'{"vocab_size": 9, "n_embd": 4}')
    expect(explorer.get_by_role("alert")).to_be_empty()
    expect(fact(explorer, "rows of the table")).to_contain_text("9from vocab_size")


def test_pasting_by_keyboard_alone(explorer, page):
    explorer.get_by_label("Choose a file").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type('{"hidden_size": 640, "vocab_size": 262144}')
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(explorer.get_by_role("status")).to_contain_text("config.json: a table of 262,144 rows, 640 numbers each.")


def test_a_text_too_long_is_refused_unread(explorer):
    explorer.get_by_text("Or paste its text").click()
    explorer.get_by_label("Text of a config.json").evaluate("(box, n) => { box.value = ' '.repeat(n) }", LIMIT + 1)
    explorer.get_by_role("button", name="Read this text").click()
    expect(explorer.get_by_role("alert")).to_contain_text("at most 5,000,000 bytes; it has 5,000,001.")


DROP = """([name, text]) => {
  const data = new DataTransfer();
  for (const file of name ? ["tokenizer.json", name] : []) data.items.add(new File([text], file));
  if (!name) data.setData("text/plain", text);
  const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
  document.querySelector(".config").dispatchEvent(drop);
}"""


def test_dropping(explorer, page):
    page.evaluate(DROP, ["config.json", '{"n_embd": 12, "vocab_size": 7}'])
    expect(explorer.get_by_role("status")).to_contain_text("config.json: a table of 7 rows, 12 numbers each.")
    page.evaluate(DROP, ["", "no file"])
    expect(explorer.get_by_role("alert")).to_contain_text("no file came with this drop")


STATE = ("names", "models", "sources", "formats", "main", "model", "folder", "reads", "answer")
LIVE = """async ([esm, data]) => {
  const module = await import(URL.createObjectURL(new Blob([esm], { type: "text/javascript" })));
  const heard = {}, model = {
    get: (trait) => data[trait],
    set(trait, value) { data[trait] = value; (heard["change:" + trait] ?? []).forEach((f) => f()); },
    save_changes() { window.sent.push(JSON.stringify(data)); },
    on(name, f) { (heard[name] ??= []).push(f); },
  };
  window.sent = [];
  window.answer = (given) => model.set("answer", given);
  document.querySelector(".config").remove();
  const el = document.querySelector("article").appendChild(document.createElement("div"));
  module.default.render({ model, el });
}"""


def test_with_a_kernel_python_reads_a_folder_and_never_sees_a_file_of_the_page(explorer, page, tmp_path):
    expect(explorer.get_by_label("A folder on this notebook's machine")).to_be_hidden()
    state = ConfigExplorer().get_state()
    page.evaluate(LIVE, [state["_esm"], {name: state[name] for name in STATE}])
    give(explorer, b'{"vocab_size": 9, "n_embd": 4, "model_type": "secret"}')
    expect(fact(explorer, "family")).to_contain_text("secret")
    (tmp_path / "config.json").write_bytes(CONFIGS[0].read_bytes())
    explorer.get_by_label("A folder on this notebook's machine").fill(str(tmp_path))
    explorer.get_by_role("button", name="Read the folder").click()
    expect(explorer.get_by_text("Waiting for the notebook.")).to_be_visible()
    sent = page.evaluate("window.sent")
    assert "secret" not in "".join(sent)
    news = json.loads(sent[-1])
    kernel = ConfigExplorer()
    kernel.set_state({"folder": news["folder"], "reads": news["reads"]})
    page.evaluate("answer => window.answer(answer)", json.loads(json.dumps(kernel.answer)))
    rows = Fact(**kernel.answer["facts"]["rows"])
    expect(explorer.get_by_role("status")).to_contain_text(f"{tmp_path}: a table of {rows.value:,} rows")
    expect(explorer.get_by_text("Waiting for the notebook.")).to_be_hidden()


@pytest.mark.parametrize("width", [320, 1280])
def test_it_fits_with_targets_large_enough(explorer, page, width):
    page.set_viewport_size({"width": width, "height": 800})
    for name in ("GPT-2", "Qwen3.6 27B", "DeepSeek-V3"):
        explorer.get_by_role("combobox", name="Model").select_option(name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    for target in explorer.locator("select, input:visible, button:visible, summary:visible").all():
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 24, target
