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
ASKED = json.loads((ROOT / "tests" / "fixtures" / "asked.json").read_text(encoding="utf-8"))
# Numbers that stand in names and formulas, or in what the claims table gives a source for.
NAMES = [*public_models.entries(), "Gemma 4 E2B", "GPT-2", "N(0, 1)", "1/(n + 1)", "0 and 1, 2 and 3", "(0, 1), (2, 3)",
         "sqrt(d / 2)", "d/2", "Rows 0 and 1", "[-1]"]
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
        for part in re.split(r"\n(?=<a id=)|\n(?=## )", "\n" + source):
            if named := re.match(r'\n?<a id="([\w-]+)"></a>\n### (.*)\n', part):
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
    said = re.sub(r"^Also asked: .*|\]\(.*?\)|\[[\w./-]+#\d+", "", text, flags=re.MULTILINE)
    for name in NAMES:
        said = said.replace(name, "")
    assert numbers(said) - numbers(outputs) == set()


@pytest.mark.parametrize("address", ASKED)
def test_every_answer_is_short_and_names_its_step_and_its_threads(address):
    _, text, _ = ENTRIES[address]
    answer = text.strip().split("\n\n")[0]
    assert 20 <= len(answer.split()) <= 105
    assert re.search(r"Taught in (?:(?: and )?\[[^]]+\]\(\w+\.ipynb#[\w-]+\))+\. Asked in \[", text)
    threads = re.findall(r"\[([\w.-]+/[\w.-]+)#(\d+)\]\(https://github\.com/([\w.-]+/[\w.-]+)/issues/(\d+)\)", text)
    assert threads and all(named[:2] == named[2:] for named in threads)


def test_a_link_to_a_step_leads_to_a_heading_of_its_chapter(site):
    page = (site / f"{PAGE}.html").read_text(encoding="utf-8")
    steps = re.findall(r'<a class="reference internal" href="(\w+\.html)#([\w-]+)"', page)
    assert len(steps) >= len(ASKED)
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
