"""What stands behind each sentence of the book: `tests/claims/PAGE.json` names it, sentence by sentence.

    python tools/claims.py             print every sentence that gives a reason, and what backs it
    python tools/claims.py PAGE ...    the same for some pages, such as  lookup welcome
    python tools/claims.py --write     bring the tables up to the pages; a new or changed sentence gets "?"

What may stand beside a sentence: names of experiments in `tests/claims/test_PAGE_claims.py` (without `test_`),
commas between them; `test: FILE::NAME`, a test elsewhere under tests/; `source: ...`; or one of the words of PLAIN.
`pytest tests/claims` holds tables and pages together.
"""

import json
import re
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "tests" / "claims"
PLAIN = {
    "definition": "says what a word or a sign stands for here",
    "arithmetic": "follows by arithmetic or logic from what the page has said",
    "computed": "says what a cell of the page computes, and nbval compares",
    "guide": "talks to the reader and claims nothing about tables or models",
}
# Words of cause, comparison and generality: a sentence with one of them claims something.
REASON = re.compile(
    r"\b(because|so that|that is why|therefore|depends?|nearly|almost|most|mostly|often|usually|typical\w*|rarely|"
    r"tends?|seldom|in general|more than|less than|fewer|better|worse)\b", re.IGNORECASE)
# Where a sentence ends: not behind "al.", and only before what can begin one.
END = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][)”\"*`_])|(?<=[.!?]\*\*))(?<!\bal\.)(?<!e\.g\.)\s+(?=[^a-z\s])")
NOT_PROSE = re.compile(r"\A---\n.*?\n---\n|```.*?```|^:::[^\n]*$|^\$\$.*?\$\$|^\|[-:| ]+\|$|^\([^\n]*\)=$|<!--.*?-->|"
                       r"^:[\w-]+:[^\n]*$|^<a id=[^\n]*$|^\*\*\w+\*\*$|^### (?:BEGIN|END) [A-Z ]+$",
                       re.DOTALL | re.MULTILINE)


def sentences(text: str) -> list[str]:
    """Cut prose into its statements; questions, code and formulas that stand alone are none.

    >>> sentences("A row is copied. Why? Because an ID `is` a name.")
    ['A row is copied.', 'Because an ID `is` a name.']
    """
    blocks = re.split(r"\n\s*\n|\n(?=\s*(?:[-*|#]|\d+\.)\s?)", NOT_PROSE.sub("\n\n", text))
    blocks = [re.sub(r"^(?:#+|[-*]|\d+\.)\s+", "", " ".join(block.split())) for block in blocks]
    cut = [part for block in blocks if block for part in END.split(block)]
    return [part for part in cut if re.search(r"\w{2}", part) and not part.rstrip("*)”").endswith("?")]


def of_widget(text: str) -> list[str]:
    """Cut the text form of a guess or a card, without the question, the bare choices and the tables of its reveal.

    The first sentence of a note keeps the choice before it, for without it nobody knows what it says.
    """
    lines = text.splitlines()
    if text.startswith("Card: "):
        return [f"{lines[0][6:]} {' '.join(lines[1:])[6:]}"]
    asked = lines[0].partition("]: ")[2]
    # An answer that is a sentence is a model answer; all others are numbers and names that the page computes.
    told = [line for line in lines[1:] if " | " not in line and not line.startswith("  ( )")]
    told = [line.removeprefix("Answer: ") for line in told if not line.startswith("Answer: ") or line.endswith(".")]
    return [part for line in [asked, *told] for part in sentences(line.strip())]


def of_page(path: Path) -> list[str]:
    """List the statements of a page in the order in which a reader meets them, each once."""
    if path.suffix == ".md":
        return list(dict.fromkeys(sentences(path.read_text(encoding="utf-8"))))
    found = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            found += sentences(cell.source)
            continue
        shown = cell.metadata.get("mystnb", {})
        for part, words in (("figure", "caption"), ("image", "alt")):
            found += sentences(shown.get(part, {}).get(words, ""))
        for output in cell.outputs:
            text = output.get("data", {}).get("text/plain", "")
            found += of_widget(text) if text.startswith(("Guess [", "Card: ")) else []
    return list(dict.fromkeys(found))


def pages() -> dict[str, Path]:
    """Name the pages that have a table, and give their files; an assignment's page is called `PAGE_assignment`."""
    named = {}
    for table in sorted(TABLES.glob("*.json")):
        chapter = table.stem.removesuffix("_assignment")
        folder = f"assignments/source/{chapter}" if chapter != table.stem else "chapters"
        notebook = ROOT / folder / f"{chapter}.ipynb"
        named[table.stem] = notebook if notebook.exists() else notebook.with_suffix(".md")
    return named


def read_table(page: str) -> dict[str, str]:
    """Give {sentence: what backs it} of a page."""
    return json.loads((TABLES / f"{page}.json").read_text(encoding="utf-8"))


def brought_up(page: str, path: Path) -> dict[str, str]:
    """Give the table as the page asks for it: its sentences in their order, "?" beside those not confirmed yet."""
    confirmed = read_table(page)
    return {sentence: confirmed.get(sentence, "?") for sentence in of_page(path)}


def main(*arguments: str) -> int:
    """Print or write the tables; give the exit code."""
    known, wanted = pages(), [page for page in arguments if page != "--write"]
    if unknown := set(wanted) - set(known):
        print(f"A page with a table is one of {', '.join(known)}; got {', '.join(sorted(unknown))}.")
        return 2
    open_ones = 0
    for page in wanted or known:
        table = brought_up(page, known[page])
        if "--write" in arguments:
            text = json.dumps(table, indent=1, ensure_ascii=False) + "\n"
            (TABLES / f"{page}.json").write_text(text, encoding="utf-8")
        asked = {sentence: backing for sentence, backing in table.items() if backing not in PLAIN}
        missing = [sentence for sentence, backing in asked.items() if backing == "?"]
        open_ones += len(missing)
        print(f"\n{page}: {len(table)} sentences, {len(asked)} of them with an experiment or a source, "
              f"{len(missing)} not confirmed\n")
        for sentence, backing in asked.items():
            print(f"  {sentence}\n      {backing}")
    return 1 if open_ones else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
