"""The config explorer lives in node: the facts as text against Python's, areas to scale, and files that are given."""

import copy
import itertools
import json
import math
import re

import pytest
from living import WORDS, all_of, classes, living, state_of, text_of

from book_utils.explorers.config import ConfigExplorer, listed_models
from book_utils.explorers.config_text import card, doubts_of
from book_utils.memory import FORMATS, table_bytes
from book_utils.models.config import ModelConfig
from book_utils.models.config_keys import config_keys
from book_utils.models.parameters import per_layer_numbers, table_share

MODELS = {entry["name"]: entry for entry in listed_models()["models"]}
LIMIT = config_keys()["limits"]["bytes"]
TINY = {"model_type": "llama", "vocab_size": 1000, "hidden_size": 64, "tie_word_embeddings": False,
        "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 128}  # fmt: skip


@pytest.fixture(scope="module")
def state():
    return json.loads(json.dumps(state_of(ConfigExplorer("GPT-2"))))


@pytest.fixture(scope="module")
def explorer(state):
    with living(ConfigExplorer) as life:
        life.begins(state)
        yield life
        assert life.ends()


@pytest.fixture
def shown(explorer, state):
    return explorer.begins(copy.deepcopy(state))


def names_that_differ():
    """One model of each way to say something: tied and not, with layers of tables, with doubts, scaled."""
    tell = {}
    for name, entry in MODELS.items():
        config = ModelConfig(entry["config"])
        if config.output_table.assumed is None:  # then its share is not known
            continue
        tell.setdefault((config.output_table.assumed, bool(per_layer_numbers(config)), config.scaling.assumed,
                         bool(doubts_of(entry)), bool(config.part.value), config.position.assumed), name)  # fmt: skip
    return sorted(tell.values())


def shares_unknown():
    return [name for name, entry in MODELS.items() if ModelConfig(entry["config"]).output_table.assumed is None]


SIZE = r"[\d,]+\.\d"


def amounts(text):
    return [float(size.replace(",", "")) for size in re.findall(SIZE, text)]


def test_the_facts_as_text_are_those_of_python(shown):
    for name in [*names_that_differ(), *shares_unknown()[:1]]:
        entry = MODELS[name]
        shown.happens("select", "change", 0, {"value": name})
        lines = text_of(shown.one("config-card")).split("\n")
        plain = card(ModelConfig(entry["config"]), entry["parameters"], doubts=doubts_of(entry))
        for line, expected in zip(lines, [name, *plain], strict=True):
            expected = expected.replace("this config.json does not say", "this file does not say")
            line, expected = (re.sub(r"\[[^\]]*\]", "[]", each) for each in (line, expected))  # a list, or its length
            # Python adds where a fact is explained.
            assert line == expected or expected.startswith(f"{line}; "), name


@pytest.mark.parametrize("name", names_that_differ())
def test_bytes_and_share_are_those_of_python(shown, name):
    shown.happens("select", "change", 0, {"value": name})
    entry, config = MODELS[name], ModelConfig(MODELS[name]["config"])
    rows, width = config.rows.assumed, config.table_width.assumed
    table = next(one for one in shown.all("table") if text_of(one["children"][0]).startswith("Numbers as"))
    found = [[text_of(cell) for cell in row["children"]] for row in all_of(table, "tr")]
    assert found[0] == WORDS["configColumns"].split("|")
    sizes = {}
    for kind in FORMATS:
        sizes.setdefault(table_bytes(rows, width, kind), []).append(kind)
    for row, (size, kinds) in zip(found[1:], sizes.items(), strict=True):
        assert row[:2] == [", ".join(kinds), f"{size:,}"]
        assert [amounts(cell)[0] for cell in row[2:]] == pytest.approx([size / 1e6, size / 2**20], abs=0.0501)
    share = table_share(config, entry["parameters"])
    paragraphs = [text_of(one) for one in shown.all("p")]
    layered = config.per_layer_rows.assumed, config.per_layer_numbers.assumed
    told = [text for text in paragraphs if text.startswith(WORDS["configPerLayer"].split("{")[0])]
    assert len(told) == all(layered)
    for text in told:
        size = float(re.sub(",", "", re.search(r"([\d,.]+) MiB", text)[1]))
        assert size == pytest.approx(table_bytes(*layered, "fp16") / 2**20, abs=0.0501)
        assert f"({layered[0]:,} rows, {layered[1]:,} numbers a token)" in text
    assert f"{share:.1%} of {entry['parameters']:,} parameters" in [text.replace("  ", " ") for text in paragraphs]
    assert (WORDS["configUntied"] in paragraphs) == bool(config.output_table.assumed)
    assert (WORDS["configTied"] in paragraphs) == (not config.output_table.assumed)
    head = WORDS["configSaid"].format(rows=f"{rows:,}", width=f"{width:,}")
    assert f"{name}: {head}" in paragraphs
    for doubt in doubts_of(entry):
        assert any(doubt.split(": ")[-1] in text for text in paragraphs)


@pytest.mark.parametrize("pair", list(itertools.pairwise(names_that_differ())))
def test_areas_are_to_one_scale_and_facts_that_differ_are_marked(shown, pair):
    shown.happens("select", "change", 0, {"value": pair[0]}).happens("select", "change", 1, {"value": pair[1]})
    configs = [ModelConfig(MODELS[name]["config"]) for name in pair]
    totals = [MODELS[name]["parameters"] for name in pair]
    for figure, config, total, name in zip(shown.all("figure"), configs, totals, pair, strict=True):
        square = figure["children"][0]
        side = float(square["given"]["style"].removeprefix("--side:"))
        assert side == pytest.approx(math.sqrt(total / max(totals)))
        table = config.rows.assumed * config.table_width.assumed
        parts = {"input": table, "output": table * bool(config.output_table.assumed),
                 "per_layer": per_layer_numbers(config)}  # fmt: skip
        parts = {part: number for part, number in (parts | {"rest": total - sum(parts.values())}).items() if number}
        bands = {classes(band)[0]: band["given"]["style"] for band in square["children"]}
        assert bands == {f"config-part-{part}": f"flex:{number} 0 0" for part, number in parts.items()}
        told = [f"{WORDS['configParts'][part]} {number:,}" for part, number in parts.items()]
        items = [text_of(one) for one in all_of(figure, "li")]
        assert [item.split(" (")[0] for item in items] == told and text_of(figure["children"][1]).startswith(name)
        shares = [float(item.split(" (")[1].rstrip("%)")) for item in items]
        assert shares == pytest.approx([100 * number / total for number in parts.values()], abs=0.0501)
    table = next(one for one in shown.all("config-facts"))
    assert [text_of(one) for one in all_of(table["children"][0], "th")] == list(pair)
    for row in all_of(table["children"][1], "tr"):
        label = text_of(row["children"][0]).rstrip("≠ ")
        name = next(key for key, text in WORDS["configLabels"].items() if text == label)
        unlike = configs[0].facts[name].assumed != configs[1].facts[name].assumed
        assert (classes(row) == ["config-unlike"]) == unlike == bool(list(all_of(row, "config-differs"))), name


def test_alone_nothing_is_marked_and_absent_facts_say_what_was_looked_for(shown):
    assert not shown.all("config-differs") and not shown.all("config-unlike")
    paste(shown, {"vocab_size": 10})
    cells = [[text_of(cell) for cell in row["children"]] for row in shown.all("tr")]
    rows = {name.strip(): told for name, told in (row for row in cells if len(row) == 2)}
    width = rows[WORDS["configLabels"]["width"]]
    assert width.startswith("absentLooked for: ") and "hidden_size" in width
    many = [told.partition("Looked for: ")[2].split("How it")[0] for told in rows.values() if ", …" in told]
    assert many and {text.count(",") for text in many} == {8}, "eight names, and that there are more"
    assert all(told.count(",") < 8 for told in rows.values() if "Looked for: " in told and ", …" not in told)
    beside = shown.happens("select", "change", 1, {"value": "GPT-2"})
    assert "Looked for" not in text_of(beside.page), "beside another model there is no room for it"


@pytest.mark.parametrize(("kind", "said"), [("default", "none"), ("dynamic", "dynamic")])
def test_a_way_to_scale_has_its_name_also_without_numbers(shown, kind, said):
    paste(shown, {"model_type": "llama", "hidden_size": 8, "rope_scaling": {"rope_type": kind}})
    cells = [row["children"] for row in shown.all("tr")]
    (cell,) = [told for name, told, *_ in cells if text_of(name).strip() == WORDS["configLabels"]["scaling"]]
    (value,) = all_of(cell, "strong")
    assert text_of(value) == said


def test_a_share_that_is_not_known_is_said_to_be_so(shown):
    name, *_ = shares_unknown()
    shown.happens("select", "change", 0, {"value": name})
    assert f"Not known: {WORDS['configNeeds']}" in [text_of(one) for one in shown.all("p")]
    assert [classes(band) for band in shown.one("config-area")["children"]] == [["config-part-input"]]


def test_a_width_without_rows_has_no_areas(shown):
    paste(shown, {"hidden_size": 10})
    assert not shown.all("figure") and WORDS["configUnsized"] in [text_of(one) for one in shown.all("p")]
    shown.happens("select", "change", 1, {"value": "GPT-2"})
    assert len(shown.all("figure")) == 1
    assert f"config.json: {WORDS['configUnsized']}" in [text_of(one) for one in shown.one("config-areas")["children"]]


def paste(life, config):
    text = config if isinstance(config, str) else json.dumps(config)
    return life.happens("textarea", "input", 0, {"value": text}).press(WORDS["configRead"])


def problem(life):
    return life.text("config-problem")


def test_a_text_that_is_pasted_is_read_here(shown):
    paste(shown, TINY)
    assert problem(shown) == "" and shown.saves == [], "no trait carries the reader's file"
    assert text_of(shown.one("config-card")).split("\n")[0] == "config.json"
    choice = shown.all("select")[0]
    assert choice["given"]["value"] == "own" and not choice["children"][0]["given"]["hidden"]
    paste(shown, "{")
    assert problem(shown).startswith("config.json was not read: config.json must hold JSON;")
    shown.happens("select", "change", 0, {"value": "Llama 3 8B"})
    assert shown.saves == [{"model": "Llama 3 8B", "reads": 0}] and problem(shown) == ""
    assert shown.all("select")[0]["children"][0]["given"]["hidden"]


@pytest.mark.parametrize("more", [0, 1])
def test_a_text_may_be_as_long_as_the_limit(shown, more):
    text = json.dumps(TINY)
    paste(shown, text + " " * (LIMIT - len(text) + more))
    assert (problem(shown) == "") == (more == 0)
    if more:
        size = WORDS["configErrors"]["size"].format(name="config.json", limit=f"{LIMIT:,}", size=f"{LIMIT + 1:,}")
        assert problem(shown).endswith(size)


def test_a_file_that_cannot_be_opened_and_one_too_large_are_refused(shown):
    files = [{"name": "a.json", "size": 5}, {"name": "config.json", "size": 5}]
    for given, name in ((files, "config.json"), (files[:1], "a.json")):
        shown.happens("section", "drop", dataTransfer={"files": given})
        shown.set()
        assert problem(shown) == f"{name} was not read: {WORDS['configUnread'].format(name=name)}"
    shown.happens("section", "drop", dataTransfer={"files": []})
    assert problem(shown) == WORDS["configProblem"].format(name=WORDS["configYours"], error=WORDS["configNoFile"])
    shown.happens("section", "drop", dataTransfer={"files": [{"name": "b.json", "size": LIMIT + 1}]})
    shown.set()
    assert problem(shown).startswith("b.json was not read: b.json must have at most ")
    shown.happens("section", "dragover")
    root = shown.one("config")["attributes"]
    assert shown.prevented and root["data-over"] == "true"
    shown.happens("section", "dragleave")
    assert shown.one("config")["attributes"]["data-over"] == "false"
    shown.happens("section", "dragover")
    shown.happens("section", "drop", dataTransfer={"files": files})
    assert shown.prevented and shown.one("config")["attributes"]["data-over"] == "false"
    shown.happens("select", "change", 0, {"value": "GPT-2"})
    shown.set()
    assert problem(shown) == "", "what comes of a file after another choice counts no more"


def test_a_folder_is_asked_for_and_waited_for(shown):
    place = next(i for i, one in enumerate(shown.all("input")) if one["given"].get("autocapitalize") == "off")
    shown.happens("input", "input", place, {"value": "some/where"}).press(WORDS["configReadFolder"])
    assert shown.saves == [{"folder": "some/where", "reads": 1}]
    (waiting,) = [one for one in shown.all("p") if text_of(one) == WORDS["configWaiting"]]
    assert not waiting["given"]["hidden"]
    shown.set(answer={"reads": 1, "name": "some/where", "error": "it is not there"})
    (waiting,) = [one for one in shown.all("p") if text_of(one) == WORDS["configWaiting"]]
    assert waiting["given"]["hidden"] and problem(shown) == "some/where was not read: it is not there"
    shown.press(WORDS["configReadFolder"])
    assert shown.saves[-1]["reads"] == 2
