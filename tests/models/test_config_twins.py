"""The two readers of a config.json, Python's and the page's: they agree on the corpus, on mutated and hostile files."""

import base64
import json
import math
import random
import re
import shutil
import subprocess

import pytest
from config_corpus import corpus

from book_utils.asking.widget import source
from book_utils.explorers.config import answer_for, listed_models, reading
from book_utils.memory import FORMATS, table_bytes
from book_utils.models.config import ModelConfig
from book_utils.models.config_keys import ConfigError, config_keys, parse_config
from book_utils.models.parameters import table_share
from book_utils.models.rotations import turning
from book_utils.words import catalogue

CORPUS = [json.dumps(entry["config"]).encode() for entry in corpus().values()]
MODELS = listed_models()["models"]
LIMIT = config_keys()["limits"]["bytes"]
FILES = ("asking/elements.js", "position.js", "rope_scaling.js", "models/config_keys.js", "models/config_rules.js",
         "models/config.js", "models/parameters.js", "models/unusual.js")

DRIVER = """
import { readFileSync } from "node:fs";
import * as twin from "./twin.mjs";
const { keys, files, shares, tables } = JSON.parse(readFileSync(0, "utf8"));
const read = (text) => {
  try {
    const bytes = new Uint8Array(Buffer.from(text, "base64"));
    const now = twin.readConfig(twin.parseConfig(bytes, "config.json", keys), keys);
    const context = now.facts.context.value, turning = now.rotations.map((each) => twin.turningOf(each, context));
    return { ...now, turning, unusual: twin.unusual(now, now.parameters.value, keys) };
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
    (folder / "twin.mjs").write_text(source(*FILES), encoding="utf-8")
    (folder / "driver.mjs").write_text(DRIVER, encoding="utf-8")

    def ask(files=(), shares=(), tables=()):
        def packed(contents):
            return base64.b64encode(contents).decode()

        keys = config_keys() | {"words": catalogue("en")}
        asked = {"keys": keys, "files": list(map(packed, files)), "tables": list(tables),
                 "shares": [[packed(contents), total] for contents, total in shares]}
        done = subprocess.run(["node", str(folder / "driver.mjs")], input=json.dumps(asked), capture_output=True,
                              encoding="utf-8")
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)

    return ask


def by_python(contents):
    try:
        return reading(ModelConfig(parse_config(contents)))
    except ConfigError as problem:
        return {"error": str(problem)}


def plainly(value):
    """Write a value so that 1, 1.0 and true differ or agree as they do in a file."""
    if isinstance(value, (list, tuple)):
        return [plainly(item) for item in value]
    return f"{value:.15g}" if type(value) in (int, float) else repr(value)


def plainly_all(rotations):
    return [sorted((name, plainly(sorted(value.items()) if isinstance(value, dict) else value))
                   for name, value in rotation.items()) for rotation in rotations]


def check_turning(ours, theirs, shown):
    """Compare how slowly pairs turn; an infinite number of tokens is null in JSON."""
    for rotation, other in zip(ours["rotations"], theirs, strict=True):
        found = turning(rotation, ours["facts"]["context"]["value"])
        assert (found is None) == (other is None), (shown, rotation, found, other)
        for name, value in (found or {}).items():
            same = other[name] is None if value in (None, math.inf) else math.isclose(other[name], value, rel_tol=1e-9)
            assert same, (shown, name, value, other[name])


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
        flags = config_keys()["facts"].get(name, {}).get("is") == "flags"  # true and 1 are the same there
        for part, value in fact.items():
            other = theirs["facts"][name][part]
            if flags and part == "value" and isinstance(value, list):
                value = [int(item) for item in value]
            if flags and part == "others":
                value = [[key, list(map(int, items))] for key, items in value]
            if part != "default_from" or fact["default"] is not None:
                assert plainly(value) == plainly(other), (name, part, shown)
    assert ours["unusual"] == theirs["unusual"], shown
    check_turning(ours, theirs["turning"], shown)
    assert plainly_all(ours["rotations"]) == plainly_all(theirs["rotations"]), shown
    assert plainly(ours["parameters"]["value"]) == plainly(theirs["parameters"]["value"]), shown
    assert ours["parameters"]["key"] == theirs["parameters"]["key"], shown
    assert bool(ours["parameters"]["error"]) == bool(theirs["parameters"]["error"]), shown


def check_all(node, files, good=None):
    """Compare both readings of files; `good` is how many of them may be without fault."""
    answers = node(files)["files"]
    assert good is None or sum("facts" in answer for answer in answers) in good
    for contents, theirs in zip(files, answers, strict=True):
        check_same(contents, by_python(contents), theirs)


@pytest.mark.parametrize(("value", "named"), [
    ('"fifty"', '"fifty"'), ("7.5", "7.5"), ("true", "true"), ("[1]", "a list"), ('{"a": 1}', "an object"),
    ('"' + "x" * 39 + '"', '"' + "x" * 39 + "…"), ('"' + "x" * 38 + '"', '"' + "x" * 38 + '"'),
])
def test_the_page_says_what_it_got(node, value, named):
    error = node([f'{{"vocab_size": {value}}}'.encode()])["files"][0]["error"]
    assert re.search(r"\bgot (.*)\.$", error)[1] == named


# --- one list of names, two readers


def test_both_read_the_corpus_and_every_listed_model_alike(node):
    listed = [json.dumps(model["config"]).encode() for model in MODELS]
    check_all(node, CORPUS + listed, good=[len(CORPUS) + len(listed)])


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


def test_both_draw_the_limits_of_every_key_alike(node):
    """What is just allowed, and what is just not: numbers, words and lists, at the first key of each fact."""
    limits = config_keys()["limits"]
    edges = [0, 1, 0.5, 1.5, 1e-300, limits["size"], limits["size"] + 1, True, "", "x" * limits["word"],
             "x" * (limits["word"] + 1), [0], [1, 2], [-1], ["a"], [limits["size"] + 1], [0] * limits["list"],
             [0] * (limits["list"] + 1)]
    files = []
    for spec in config_keys()["facts"].values():
        nested = config_keys()["rope_nesting"][0]
        *path, key = (nested + spec["rope"][0] if spec.get("rope") else spec["keys"][0]).split(".")
        for value in edges[:13] if spec["is"] not in ("flags", "words", "numbers") else edges[:4] + edges[11:]:
            config = {key: value}
            for outer in reversed(path):
                config = {outer: config}
            files.append(json.dumps(config).encode())
    check_all(node, files)


def test_both_refuse_by_size_before_they_parse(node, tmp_path):
    largest = b'{"a": "' + rb"\n" * ((LIMIT - 9) // 2) + b'" }'
    assert len(largest) == LIMIT
    path = tmp_path / "config.json"
    answers = node([largest, largest + b" ", b"x" * (LIMIT + 1)])["files"]
    for contents, theirs in zip([largest, largest + b" "], answers, strict=False):
        path.write_bytes(contents)
        ours = answer_for(str(path))
        assert ("facts" in ours) == ("facts" in theirs) == (contents == largest)
    assert all("must have at most 5,000,000 bytes" in answer["error"] for answer in answers[1:])


FITTING = {
    "size": [1, 2, 3.0, 64, 768], "count": [0, 2], "number": [0.5, 1, 10_000, 1e6], "share": [0.25, 0.5, 1],
    "flag": [True, False], "word": ["rotary", "alibi", "llama", "gpt2", "qwen3_5_text", "gemma3_text", "cohere2",
                               "yarn", "llama3", "su", "nope", *config_keys()["families"]],
    "words": [["full_attention", "sliding_attention", "conv"], ["full_attention"] * 3, ["new"]],
    "flags": [[1, 0, 1], [True, False]], "numbers": [[1, 2.5], [0, 4, 128]], "null": [None],
}
ODD = [None, [], {}, "", -1, 0, 7.5, 1e13, math.inf, math.nan, True, "2", {"rope_theta": 7}, [0.5], [math.inf]]


def mutated(rng):
    """Return a config.json of a real family with values replaced, put into a nest or added; a few do not fit."""
    config = json.loads(rng.choice(CORPUS))
    for _ in range(rng.randint(1, 6)):
        spec = rng.choice([*config_keys()["facts"].values()])
        nest = rng.choice([*config_keys()["nesting"], "", ""])
        inside = [prefix + key for prefix in config_keys()["rope_nesting"] for key in spec.get("rope", [])]
        *path, key = (nest + rng.choice(inside + spec["keys"] + spec.get("last_resort", []))).split(".")
        at = config
        for step in path:
            at = at.setdefault(step, {}) if isinstance(at, dict) else {}
        if isinstance(at, dict):
            at[key] = rng.choice(ODD if rng.random() < 0.1 else FITTING[spec["is"]])
    return json.dumps(config).encode()


def test_both_read_three_thousand_mutated_files_alike(node):
    rng = random.Random(5)
    check_all(node, [mutated(rng) for _ in range(3000)], good=range(1800, 2850))


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


