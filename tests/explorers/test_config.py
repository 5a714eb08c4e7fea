"""The config explorer: what it says without a screen, hostile files, and a real page."""

import gzip
import json
import math
import re

import pytest
from bs4 import BeautifulSoup
from config_corpus import corpus
from playwright.sync_api import expect
from traitlets import TraitError
from watching import watch

from book_utils.explorers.config import ConfigExplorer, listed_models
from book_utils.memory import table_bytes
from book_utils.models.config import Fact, ModelConfig
from book_utils.models.config_keys import config_keys

DISAGREEING = json.dumps(corpus()["disagreeing"]["config"]).encode()
MODELS = listed_models()["models"]
LIMIT = config_keys()["limits"]["bytes"]

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
    assert explorer.model == "Qwen3 0.6B"
    with pytest.raises(ValueError, match="other is one of GPT-2, .*; got 'GPT-9'"):
        ConfigExplorer(other="GPT-9")


def test_plain_forms_say_what_is_absent_disagrees_or_is_not_certain(tmp_path):
    assert "tied: absent (by GPT2Config: true)" in repr(ConfigExplorer("GPT-2"))
    assert "share of the model: 31.0%" in repr(ConfigExplorer("GPT-2"))
    assert "not certain: tied: class default; not seen" in repr(ConfigExplorer("Qwen3.6 27B"))
    (tmp_path / "config.json").write_bytes(DISAGREEING)
    disagreeing = repr(ConfigExplorer(folder=tmp_path))
    assert "tied: false (text_config.tie_word_embeddings, but tie_word_embeddings says true)" in disagreeing
    html = ConfigExplorer.plain_html(ConfigExplorer("Gemma 3 270M").get_state())
    assert all(model["name"] in html for model in MODELS)
    assert "rows: 262,208 is the class default" in html
    assert repr(ConfigExplorer()) == repr(ConfigExplorer())


def card_of(name):
    return [line.strip() for line in repr(ConfigExplorer(name)).splitlines()]


def test_the_bytes_of_each_table_are_those_of_its_numbers_and_scales():
    page = BeautifulSoup(ConfigExplorer.plain_html(ConfigExplorer().get_state()), "html.parser")
    listed = [[cell.get_text() for cell in row.find_all("td")] for row in page.tbody.find_all("tr")]
    for model, row in zip(MODELS, listed, strict=True):
        card = card_of(model["name"])
        rows, width = (int(number.replace(",", "")) for number in row[1:3])
        numbers = rows * width
        each = {"fp32": 4 * numbers, "fp16": 2 * numbers, "bf16": 2 * numbers, "int8": numbers + 4 * rows,
                "4-bit": numbers / 2 + numbers / 32 * 2}
        sizes = ", ".join(f"{form} {size / 1024 / 1024:,.1f} MiB" for form, size in each.items())
        assert f"the table: {sizes}" in card, model["name"]
        assert (row[0], row[3]) == (model["name"], f"{2 * numbers / 1024 / 1024:,.1f}")
        assert f"share of the model: {row[4]}" in card
        doubts = [f"not certain: {doubt}" for doubt in row[5].split("; ") if doubt]
        assert not doubts or doubts[0] in " ".join(card)
    assert "Tables by layer, fp16: 4,480.0 MiB (262,144 rows, 8,960 numbers a token)." in repr(
        ConfigExplorer("Gemma 4 E2B, text part"))


@pytest.mark.parametrize("name, base, dims, context", [
    ("Llama 3 8B", 500_000, 128, 8192), ("Pythia 70M", 10_000, 16, 2048), ("GPT-J 6B", 10_000, 64, 2048),
    ("SmolLM2 135M", 100_000, 64, 8192)])
def test_turns_are_those_of_the_base_pair_by_pair(name, base, dims, context):
    lengths = [2 * math.pi * base ** (pair / dims) for pair in range(0, dims, 2)]
    card = card_of(name)
    assert f"The slowest pair takes {lengths[-1]:,.0f} tokens for a turn." in card
    full = sum(length <= context for length in lengths)
    assert f"{full} of {len(lengths)} pairs complete a turn in the context of {context:,} tokens." in card


def test_a_stretched_model_says_both_and_one_without_turns_neither():
    slow, plain = 8 * 2 * math.pi * 500_000 ** (126 / 128), 2 * math.pi * 500_000 ** (126 / 128)
    assert f"The slowest pair takes {slow:,.0f} tokens for a turn; without stretching, {plain:,.0f}." in card_of(
        "Llama 3.1 8B")
    assert not re.search("slowest|complete a turn", repr(ConfigExplorer("GPT-2")))


def test_two_models_stand_one_after_the_other_and_are_read_at_once():
    both = card_of("GPT-2") + card_of("Llama 3 8B")
    beside = [line.strip() for line in repr(ConfigExplorer("GPT-2", "Llama 3 8B")).splitlines()]
    assert beside == [line.removeprefix("Config explorer: ") if at else line for at, line in enumerate(both)]
    assert (ConfigExplorer().reads, ConfigExplorer().other) == (0, "")


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
    expect(page.locator(".config")).to_be_visible()
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
                 "Looked for: vocab_size, n_vocab", "Not certain: 262,208 is the class default"):
        expect(fact(explorer, "rows of the table")).to_contain_text(said)
    expect(explorer.get_by_text("taken from its family's code: rows of the table.")).to_be_visible()


def test_bytes_and_share_of_the_model_chosen(explorer):
    explorer.get_by_role("combobox", name="Model").select_option("GPT-2")
    expect(explorer.get_by_role("row", name="fp16, bf16 77,194,752 77.2 73.6")).to_be_visible()
    four_bit = explorer.get_by_role("row").filter(has_text="4-bit")
    expect(four_bit).to_contain_text(f"{table_bytes(50257, 768, '4-bit'):,}")
    expect(explorer.get_by_text("31.0%", exact=True)).to_be_visible()
    expect(explorer.get_by_text("of 124,439,808 parameters")).to_be_visible()
    expect(fact(explorer, "tied")).to_contain_text("absentIts family's code would take true (GPT2Config).")
    explorer.get_by_role("combobox", name="Model").select_option("GPT-2 XL")
    not_known = explorer.get_by_role("paragraph").filter(has_text="Not known: a share needs rows, width and tied")
    expect(not_known).to_be_visible()


def test_two_models_side_by_side(explorer, page):
    explorer.get_by_role("combobox", name="Model").select_option("Llama 3.1 8B")
    explorer.get_by_role("combobox", name="Beside it").select_option("Gemma 4 E2B, text part")
    said = explorer.get_by_role("status")
    expect(said).to_contain_text("Its positions are stretched 8 times, by llama3.")
    expect(said).to_contain_text("Each token has a row for every layer as well")
    expect(explorer.get_by_text("The slowest pair takes 20,473,564 tokens for a turn; without stretching, 2,559,196.",
                                exact=True)).to_be_visible()
    scaling = explorer.get_by_role("row").filter(has=page.get_by_role("rowheader", name="rotary scaling"))
    expect(scaling.get_by_role("cell")).to_contain_text(["llama3: factor 8", "proportional"])
    expect(scaling.get_by_role("img", name="differs")).to_be_visible()
    position = explorer.get_by_role("row").filter(has=page.get_by_role("rowheader", name="position scheme"))
    assert position.get_by_role("img", name="differs").count() == 0  # both are rotary
    explorer.get_by_role("combobox", name="Beside it").select_option("")
    expect(scaling.get_by_role("cell")).to_have_count(1)


def test_areas_are_to_scale(explorer):
    """The squares are as large as the models, and their bands as the tables."""
    explorer.get_by_role("combobox", name="Model").select_option("Llama 3.1 8B")
    explorer.get_by_role("combobox", name="Beside it").select_option("Llama 3.2 1B")
    large, small = (explorer.get_by_role("img", name=name).bounding_box() for name in ("Llama 3.1 8B", "Llama 3.2 1B"))
    ratio = large["width"] * large["height"] / (small["width"] * small["height"])
    assert math.isclose(ratio, 8_030_261_248 / 1_235_814_400, rel_tol=0.04)
    band = explorer.get_by_role("img", name="Llama 3.2 1B").locator("div").first.bounding_box()
    assert math.isclose(band["height"] / small["height"], 128_256 * 2048 / 1_235_814_400, rel_tol=0.06)
    expect(explorer.get_by_text("input table 262,668,288 (21.3%)")).to_be_visible()


def test_the_facts_as_text_to_copy(explorer, page):
    explorer.get_by_role("combobox", name="Model").select_option("Gemma 3 270M")
    explorer.get_by_role("button", name="Copy as text").click()
    card = explorer.get_by_role("region", name="The facts as text")
    expect(card).to_be_visible()
    lines = card.inner_text().splitlines()
    assert lines[:2] == ["Gemma 3 270M", "62.6% of its numbers are in token tables."]
    assert "width (d_model): 640 (hidden_size)" in lines and "share of the model: 62.6%" in lines
    assert set(lines[2:]) <= {line.strip() for line in repr(ConfigExplorer("Gemma 3 270M")).splitlines()} | {
        line for line in lines if line.startswith("tied")}
    explorer.get_by_role("combobox", name="Model").select_option("Gemma 4 E2B, text part")
    lines, plain = card.inner_text().splitlines(), repr(ConfigExplorer("Gemma 4 E2B, text part")).splitlines()
    for start in ("not certain: ", "the table: fp32 ", "Tables by layer, fp16: ", "These are the parameters of the "):
        said = [line for line in lines if line.startswith(start)]
        assert said and said == [line.strip() for line in plain if line.strip().startswith(start)]


def test_a_file_of_ones_own_with_keys_that_disagree(explorer):
    give(explorer, DISAGREEING, "mine.json")
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


STATE = ("names", "models", "sources", "formats", "main", "if_there", "model", "other", "folder", "reads", "answer")
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
    (tmp_path / "config.json").write_bytes(json.dumps(corpus()["gpt2"]["config"]).encode())
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
