"""The page "Find your question": each number is computed, each address stays, and the search finds each question."""

import json
import re

import pytest
from places import ROOT
from playwright.sync_api import expect

from book_utils import public_models

PAGE = "chapters/faq"
# Each entry by its address, which people have sent to others: one may be added, none taken away. What they ask, in
# words of theirs; the search must bring its entry first.
ASKED = {
    "tokenizer-vectors": ["is the embedding created by the tokenizer", "tokenizer converts words to vectors"],
    "one-hot-step": ["where is the one-hot encoding before nn.Embedding", "one hot in the code"],
    "trained-or-given": ["are word embeddings learned together with the model", "embeddings pre-trained or trained"],
    "token-or-sentence": ["token embedding vs sentence embedding", "cosine similarity of token ids"],
    "two-ids": ["same word different token id with space", "why two ids for one word, capital letter"],
    "dimension-meaning": ["what does each dimension of the embedding represent", "meaning of one number of a vector"],
    "index-out-of-range": ["index out of range in self", "CUDA device-side assert srcIndex"],
    "new-rows-start": ["how are new token embeddings initialized", "initialize rows of added tokens with the mean"],
    "only-new-tokens": ["model generates only new token after resize_token_embeddings", "gpt2 outputs just the added tokens"],
    "train-new-rows": ["train only the new token embeddings", "PEFT train only new rows"],
    "frozen-rows-drift": ["frozen embeddings still change", "I froze rows and they drift", "weight decay moves frozen embeddings"],
    "padding-row": ["padding_idx gradient", "does padding embedding stay zero"],
    "normal-start": ["nn.Embedding default initialization N(0,1) bad", "embedding init standard normal trains badly"],
    "decay-table": ["should weight decay apply to embeddings", "no decay for embedding weights"],
    "short-rows": ["glitch tokens norm", "untrained tokens small norm short rows"],
    "sqrt-d": ["why multiply embedding by sqrt(d_model)", "scale embeddings square root"],
    "tied-small": ["why do small models use tied embeddings and large do not", "weight tying small models"],
    "parameter-count": ["GPT-2 163M parameters instead of 124M", "gpt2 parameter count 163 million"],
    "lm-head": ["lm_head.weight missing in checkpoint", "where is lm_head"],
    "more-rows-than-tokens": ["embedding has more rows than the vocabulary", "why vocab size padded to multiple of 64"],
    "len-tokenizer": ["len(tokenizer) and vocab_size mismatch", "tokenizer.vocab_size vs config vocab_size"],
    "gguf-shape": ["gguf tensor shape reversed", "ggml dimension order"],
    "nonsense-output": ["model loads without errors but outputs nonsense", "shapes match but output is garbage"],
    "gibberish-after-converting": ["gibberish after converting llama weights to hugging face", "why permute wq wk"],
    "per-layer-embeddings": ["what are per-layer embeddings gemma", "embed_tokens_per_layer"],
    "add-positions": ["why add positional encoding to token embedding instead of concatenating", "adding position vectors mixes"],
    "past-last-position": ["sequence longer than max position", "what happens past the last position"],
    "row-514": ["roberta 514 max_position_embeddings", "why 514 and not 512"],
    "table-or-waves": ["learned positions instead of sinusoidal, is the code wrong", "paper uses sine waves, code uses a table"],
    "left-padding": ["left padding position ids", "padding side left batch positions shift"],
    "longer-texts": ["extend context length: rope base or interpolation", "rope_theta or position interpolation longer context"],
    "values-not-turned": ["why is RoPE not applied to values", "rope only queries and keys"],
    "which-pairs": ["rotate_half or interleaved pairs", "which pairs does rope rotate"],
    "bfloat16-positions": ["RoPE bfloat16 precision", "rotary embedding in bf16 precision long context"],
    "high-cosines": ["all cosine similarities are high", "cosine between 0.7 and 0.9 for everything"],
    "king-analogy": ["king - man + woman returns king", "analogy king man woman queen"],
}
# Numbers that stand in names and formulas, or in what the claims table gives a source for.
NAMES = [*public_models.entries(), "Gemma 4 E2B", "GPT-2", "N(0, 1)", "1/(n + 1)", "0 and 1, 2 and 3", "(0, 1), (2, 3)",
         "sqrt(d / 2)", "d/2", "release 4.46", "paper of 2017", "Rows 0 and 1", "[-1]"]
NUMBER = re.compile(r"(?<![\w.])-?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?!\w)")


def entries():
    """{address: (question, text, outputs)} of the page: an entry ends where the next heading begins."""
    cells, found, address = json.loads((ROOT / f"{PAGE}.ipynb").read_text(encoding="utf-8"))["cells"], {}, None
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            if address:
                found[address][2] += "".join("".join(output.get("text", "")) for output in cell["outputs"])
            continue
        for part in re.split(r"\n(?=\([\w-]+\)=\n)|\n(?=## )", "\n" + source):
            if named := re.match(r"\n?\(([\w-]+)\)=\n### (.*)\n", part):
                address = named[1]
                found[address] = [named[2], part[named.end():], ""]
            elif part.startswith("## "):
                address = None
            elif address:
                found[address][1] += part
    return found


ENTRIES = entries()


def numbers(text):
    return {abs(float(number.replace(",", ""))) for number in NUMBER.findall(text)}


def test_every_address_is_there_and_each_question_is_in_the_table_at_the_top():
    assert list(ENTRIES) == list(ASKED)
    first = json.loads((ROOT / f"{PAGE}.ipynb").read_text(encoding="utf-8"))["cells"][3]["source"]
    links = dict((address, words) for words, address in re.findall(r"\[([^]]*)\]\(#([\w-]+)\)", "".join(first)))
    assert links == {address: question for address, (question, _, _) in ENTRIES.items()}


@pytest.mark.parametrize("address", ASKED)
def test_every_number_of_an_answer_is_computed_below_it(address):
    _, text, outputs = ENTRIES[address]
    assert outputs.strip()
    said = re.sub(r"\]\(.*?\)|\[[\w./-]+#\d+", "", text)
    for name in NAMES:
        said = said.replace(name, "")
    assert numbers(said) - numbers(outputs) == set()


@pytest.mark.parametrize("address", ASKED)
def test_every_answer_is_short_and_names_its_step_and_its_threads(address):
    _, text, _ = ENTRIES[address]
    answer = text.strip().split("\n\n")[0]
    assert 20 <= len(answer.split()) <= 105
    assert re.search(r"Taught in \[[^]]+\]\(\w+\.ipynb#[\w-]+\)\. Asked in \[", text)
    threads = re.findall(r"\[([\w.-]+/[\w.-]+)#(\d+)\]\(https://github\.com/([\w.-]+/[\w.-]+)/issues/(\d+)\)", text)
    assert threads and all(named[:2] == named[2:] for named in threads)


def test_a_link_to_a_step_leads_to_a_heading_of_its_chapter(site):
    page = (site / f"{PAGE}.html").read_text(encoding="utf-8")
    steps = re.findall(r'Taught in <a [^>]*href="([\w.]+)#([\w-]+)"', page)
    assert len(steps) == len(ASKED)
    for file, anchor in steps:
        assert f'id="{anchor}"' in (site / "chapters" / file).read_text(encoding="utf-8"), (file, anchor)


def test_the_link_behind_a_title_is_the_short_address(site):
    page = (site / f"{PAGE}.html").read_text(encoding="utf-8")
    for address in ASKED:
        assert f'<section id="{address}">' in page and f'href="#{address}" title=' in page


def test_the_search_brings_each_question_first(page, served):
    """In the words of its title, and in those of people who have never seen it."""
    page.goto(served + "search.html")
    asked = [(address, words) for address, queries in ASKED.items() for words in [ENTRIES[address][0], *queries]]
    page.wait_for_function("window.bookSections && Search.hasIndex()")
    first = page.evaluate(
        "(queries) => queries.map((query) => Search._performSearch(...Search._parseQuery(query)).at(-1))",
        [words for _, words in asked])
    wrong = [(words, found and found[0] + found[2]) for (address, words), found in zip(asked, first, strict=True)
             if not found or found[0] + found[2] != f"{PAGE}#{address}"]
    assert wrong == []


def test_a_reader_searches_and_arrives(watched, start):
    watched.goto(start + "chapters/lookup.html")
    watched.keyboard.press("/")
    watched.keyboard.type("does the padding row stay zero")
    watched.keyboard.press("Enter")
    watched.wait_for_url("**/search.html?q=*")
    watched.locator("#search-results li a").first.click()
    watched.wait_for_url("**/faq.html*#padding-row")
    expect(watched.get_by_role("heading", name="Does the padding row stay zero?")).to_be_in_viewport()
