"""What asks and what builds the pages knows nothing of embeddings: a book on sorting is built and played."""

import re

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from places import ROOT
from playwright.sync_api import expect

CONFIG = {
    "title": "Sort it out",
    "execute": {"execute_notebooks": "cache"},
    "sphinx": {"config": {"extensions": yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]
                          ["config"]["extensions"]}},
}
TOC = "format: jb-book\nroot: start\nchapters:\n- file: sorting\n- file: progress\n"
PROGRESS = "# What you guessed\n\n```{book-part} progress\nIt lives in the browser.\n```\n"
CELLS = [
    "from book_utils.asking import Card, Guess\nnumbers = [3, 1, 2]",
    """\
Guess("How many neighbours does bubble sort swap in [3, 1, 2]?", choices={1: "", 2: "", 3: "the worst case"},
      answer=sum(a > b for i, a in enumerate(numbers) for b in numbers[i:]), because="3 passes 1, then 2.")""",
    'Guess("How many pairs are there in 10 numbers?", answer=sum(range(10)))',
    'Guess("Smallest first?", order=numbers, answer=sorted(numbers))',
    'Card("What keeps equal items in their order?", "A stable sort.")',
]


@pytest.fixture(scope="module")
def sorting(build_book, tmp_path_factory):
    """The built pages of a small book that shares nothing with ours but the extension."""
    folder = tmp_path_factory.mktemp("sorting")
    (folder / "_config.yml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    (folder / "_toc.yml").write_text(TOC, encoding="utf-8")
    (folder / "start.md").write_text("# Sort it out\n\nRead on.\n", encoding="utf-8")
    (folder / "progress.md").write_text(PROGRESS, encoding="utf-8")
    notebook = new_notebook(cells=[new_markdown_cell("# Swaps"), *map(new_code_cell, CELLS)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (folder / "sorting.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
    return build_book(folder).site


def test_another_book_is_played(watched, sorting):
    watched.goto((sorting / "sorting.html").as_uri())
    guesses = watched.locator('.book-widget[data-kind="guess"]')
    expect(watched.locator(".book-widget[data-live]")).to_have_count(4)
    choice, number, order = (guesses.nth(i) for i in range(3))
    choice.get_by_label("2", exact=True).check()
    number.get_by_role("textbox").fill("45")
    for guess in (choice, number, order):
        guess.get_by_role("button", name="leaning").click()
    expect(choice).to_contain_text("3 passes 1, then 2.")
    expect(number).to_contain_text("Right.")
    card = watched.locator('.book-widget[data-kind="card"]')
    card.get_by_role("button", name="Turn the card").click()
    expect(card).to_contain_text("A stable sort.")
    kept = watched.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('guess/'))")
    assert len(kept) == 3 and all(key.startswith("guess/sort-it-out/sorting/") for key in kept)
    watched.goto((sorting / "progress.html").as_uri())
    expect(watched.locator("tr", has_text="All chapters")).to_contain_text("3 / 3")


def test_no_word_of_embeddings_is_in_its_code():
    rooms = [ROOT / "book_utils" / room for room in ("asking", "book_site")]
    code = [path for room in rooms for path in room.rglob("*") if path.suffix in (".py", ".js", ".css", ".html")]
    assert len(code) > 30
    ours = re.compile(r"\b(embeddings?|minilm|rope|tokenizers?)\b", re.IGNORECASE)
    assert {path.name: found for path in code if (found := ours.findall(path.read_text(encoding="utf-8")))} == {}
