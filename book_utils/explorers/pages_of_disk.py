"""`PagesOfDisk`: the rows of a table lie in pages of 4 KiB, and a disk is read in whole pages."""

import traitlets

from ..asking.reveal import table_html
from ..asking.widget import BookWidget
from ..memory import table_bytes
from ..models.public_models import config_of
from ..words import word

PAGE = 4_096  # bytes
PAGES = 64  # that are drawn: the beginning of a file
START = 128  # bytes of a file in NumPy's form before its first row
AHEAD = 32  # pages read around one that is touched in a mapped file: 128 KiB
MODELS = {"GPT-2": "fp32", "Gemma 3 270M": "bf16", "Qwen3 0.6B": "bf16", "Llama 3 8B": "bf16"}


class PagesOfDisk(BookWidget):
    """The beginning of a file with a table: choose rows, and see which pages are read for them, and how many bytes.

    `model` is one of MODELS, and says how long a row is; `rows` are those that are wanted. Raises ValueError for
    another model, or a row that does not lie in the pages that are drawn.

    >>> print(PagesOfDisk("GPT-2", rows=[3, 80]).plain_text().splitlines()[0])
    GPT-2: rows wanted: 2, of 3,072 bytes each, 6,144 bytes in all. Pages that they lie on: 3, 12,288 bytes.
    """

    files = ("asking/elements.js", "asking/score.js", "explorers/by_hand.js", "explorers/pages_of_disk.js",
             "asking/elements.css", "explorers/by_hand.css", "explorers/pages_of_disk.css")  # fmt: skip
    at_once = False

    sizes = traitlets.Dict().tag(sync=True)  # the bytes of a row, by model
    file = traitlets.Dict({"page": PAGE, "pages": PAGES, "start": START, "ahead": AHEAD}).tag(sync=True)
    model = traitlets.Unicode().tag(sync=True)
    rows = traitlets.List(traitlets.Int()).tag(sync=True)
    cursor = traitlets.Int(0).tag(sync=True)  # the row that the slider points at
    ahead = traitlets.Bool(False).tag(sync=True)

    def __init__(self, model="GPT-2", rows=None):
        if model not in MODELS:
            raise ValueError(f"model is one of {', '.join(MODELS)}; got {model!r}.")
        sizes, last = row_sizes(), rows_drawn(row_sizes()[model]) - 1
        rows = scattered(sizes[model]) if rows is None else list(rows)
        if wrong := [row for row in rows if type(row) is not int or not 0 <= row <= last]:
            raise ValueError(f"the rows that are drawn run from 0 to {last}; got {wrong[0]!r}.")
        super().__init__(sizes=sizes, model=model, rows=rows, cursor=rows[0] if rows else 0)

    def plain_text(self):
        return "\n  ".join([said(self.get_state()), *("  ".join(row) for row in compared())])

    @staticmethod
    def plain_html(state):
        return f'<div class="book-plain"><p>{said(state)}</p>{table_html(compared())}</div>'


def row_sizes() -> dict[str, int]:
    """Give the bytes of one row of each model's table."""
    return {name: table_bytes(1, config_of(name).width.value, form) for name, form in MODELS.items()}


def rows_drawn(size: int) -> int:
    """Count the rows of so many bytes that lie wholly in the pages that are drawn."""
    return (PAGE * PAGES - START) // size


def scattered(size: int, n: int = 5) -> list[int]:
    """Choose rows far from each other among those that are drawn."""
    return [int((i + 0.5) * rows_drawn(size) / n) for i in range(n)]


def neighbours(size: int, n: int = 5) -> list[int]:
    """Choose rows that follow each other."""
    return [int(0.4 * rows_drawn(size)) + i for i in range(n)]


def pages_of(row: int, size: int, start: int = START) -> list[int]:
    """List the pages on which a row lies.

    >>> pages_of(0, 3072), pages_of(1, 3072), pages_of(2, 8192)
    ([0], [0, 1], [4, 5, 6])
    """
    return list(range((start + row * size) // PAGE, (start + (row + 1) * size - 1) // PAGE + 1))


def pages_read(rows, size: int, start: int = START, ahead: int = 0, pages: int = PAGES) -> set[int]:
    """Give the pages that are read for rows, in their order.

    With `ahead`, a page that is not there yet brings in so many: half of them before it, as a mapped file does on
    Linux (do_sync_mmap_readahead in mm/filemap.c). What it does besides is left out: the page at three quarters of
    such a stretch is marked, and to touch it brings in the next stretch.

    >>> len(pages_read([3, 64], 3072)), len(pages_read([3, 64], 3072, ahead=32))
    (3, 64)
    """
    held = set()
    for page in (page for row in rows for page in pages_of(row, size, start)):
        if page not in held:
            first = max(0, page - ahead // 2)
            held |= set(range(first, min(pages, first + ahead))) if ahead else {page}
    return held


def said(state: dict) -> str:
    """Say for the rows of a state how many bytes are wanted, and how many lie on their pages."""
    size, n = state["sizes"][state["model"]], len(state["rows"])
    read = len(pages_read(state["rows"], size))
    return word("pagesSaid", model=state["model"], n=n, size=f"{size:,}", wanted=f"{n * size:,}", pages=read,
                read=f"{read * PAGE:,}")  # fmt: skip


def compared() -> list[list[str]]:
    """Give a header and a row for each model: five scattered rows beside five neighbours, without read-ahead."""
    rows = [word("pagesColumns").split("|")]
    for name, size in row_sizes().items():
        apart, together = (len(pages_read(choose(size), size)) for choose in (scattered, neighbours))
        rows.append([name, f"{size:,}", f"{5 * size:,}", f"{apart * PAGE:,}", f"{together * PAGE:,}"])
    return rows
