"""What a guess shows after its answer: words, tables and figures, as data that any front end can draw."""

import base64
import io
from html import escape

from ..words import word
from .score import label_of
from .widget import code_html, prose_html


def reveal_parts(reveal, alt: str | None) -> list[dict]:
    """Turn words, tables and figures into a list of parts; a table is a list of rows, its header first.

    Raises ValueError for a figure without `alt`, a column without a name and what is none of the three.

    >>> reveal_parts([["token", "ID"], ["cat", 4937]], None)
    [{'kind': 'table', 'rows': [['token', 'ID'], ['cat', '4,937']]}]
    """
    if reveal is None:
        return []
    if isinstance(reveal, str):
        return [{"kind": "words", "text": reveal}]
    if hasattr(reveal, "savefig"):
        if not alt or not alt.strip():
            raise ValueError("A figure needs alt=: one sentence that says what it shows.")
        return [{"kind": "figure", "alt": alt, "svg": svg_of(reveal)}]
    if isinstance(reveal, (list, tuple)) and reveal:
        if all(isinstance(row, (list, tuple)) for row in reveal):
            return [{"kind": "table", "rows": headed([[label_of(cell) for cell in row] for row in reveal])}]
        parts = [part for item in reveal for part in reveal_parts(item, alt)]
        if sum(part["kind"] == "figure" for part in parts) > 1:
            raise ValueError("alt= describes one figure: draw the others as further axes of it.")
        return parts
    raise ValueError(f"reveal= takes words, a table (a list of rows) or a figure; got {type(reveal).__name__}.")


def svg_of(figure) -> str:
    """Draw a matplotlib figure as SVG: the same bytes on every run, its text kept as text."""
    import matplotlib
    import matplotlib.pyplot as plt

    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "book", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)  # or the notebook would show it a second time, before the guess
    svg = buffer.getvalue()
    return svg[svg.index("<svg"):]


def data_address(svg: str) -> str:
    """Give an SVG as a data: address, so that it is an image with alt text and can run nothing."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def address_of(part: dict) -> str:
    """Give where a figure is: in a file of the built site, or in the state itself."""
    return part["address"] if "address" in part else data_address(part["svg"])


def table_html(rows: list[list[str]]) -> str:
    """Set rows as a table, the first row as its header; one wider than a phone scrolls in its own frame."""
    head = "".join(f"<th scope='col'>{code_html(cell)}</th>" for cell in headed(rows)[0])
    body = "".join(f"<tr>{''.join(f'<td>{code_html(cell)}</td>' for cell in row)}</tr>" for row in rows[1:])
    table = f"<table class='book-table'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    name = escape(", ".join(rows[0]), quote=True)
    return f"<div class='book-scroll' tabindex='0' role='group' aria-label='{name}'>{table}</div>"


def headed(rows: list[list[str]]) -> list[list[str]]:
    """Give the rows of a table as they are; raise ValueError where its first row leaves a column without a name.

    >>> headed([["", "cosine"], ["king", "0.9"]])
    Traceback (most recent call last):
    ValueError: the first row of a table names its columns; column 1 of ['', 'cosine'] has no name.
    """
    for number, name in enumerate(rows[0], start=1):
        if not name.strip():
            raise ValueError(f"the first row of a table names its columns; column {number} of {rows[0]} has no name.")
    return rows


def parts_html(parts: list[dict]) -> str:
    """Set the parts as HTML, for readers without JavaScript."""
    forms = {
        "words": lambda part: prose_html(part["text"]),
        "table": lambda part: table_html(part["rows"]),
        "figure": lambda part: f'<img src="{address_of(part)}" alt="{escape(part["alt"])}" loading="lazy">',
    }
    return "".join(forms[part["kind"]](part) for part in parts)


def code_parts_html(code: list[list[str]]) -> str:
    """Set coloured code, as `own_code` gives it, folded under a line that says what it is; nothing for none.

    >>> code_parts_html([["k", "if"], ["", " a < b"]])  # doctest: +ELLIPSIS
    '<details><summary>How this is computed</summary><pre class="highlight"><span class="k">if</span> a &lt; b</pre>...
    """
    if not code:
        return ""
    texts = [(colour, escape(text, quote=False)) for colour, text in code]
    spans = "".join(f'<span class="{colour}">{text}</span>' if colour else text for colour, text in texts)
    return f'<details><summary>{word("howComputed")}</summary><pre class="highlight">{spans}</pre></details>'


def parts_text(parts: list[dict]) -> str:
    """Set the parts as text, for a terminal and for nbval."""
    forms = {
        "words": lambda part: part["text"],
        "table": lambda part: "\n".join("  " + " | ".join(row) for row in part["rows"]),
        "figure": lambda part: f"[figure: {part['alt']}]",
    }
    return "\n".join(forms[part["kind"]](part) for part in parts)
