"""What reads as plain Markdown in a notebook, and is more on the built page: tabs, short addresses, other words.

JupyterLab, Notebook 7 and GitHub show a directive of MyST as it is typed. So the chapters hold none, and these forms,
which read well anywhere, are written anew before Sphinx reads a notebook.
"""

import json
import re

ADDRESS = re.compile(r'^<a id="([\w-]+)"></a>$', re.MULTILINE)
ALSO = re.compile(r"^(Also asked: .*)$", re.MULTILINE)
TAB = r"^\*\*\w+\*\*\n\n```\w+\n.*?\n```$"
ONE_TAB = re.compile(TAB, re.DOTALL | re.MULTILINE)
TABS = re.compile(rf"{TAB}(?:\n\n{TAB})+", re.DOTALL | re.MULTILINE)


def as_myst(text: str) -> str:
    r"""Write the plain forms of a Markdown text as MyST.

    An anchor before a heading becomes its address, a line of other words the block that the search reads, and two
    or more blocks of code that follow one another, each below its name in bold, become tabs.

    >>> print(as_myst('<a id="rows"></a>\n### Rows?\n\nAlso asked: lines?'))
    (rows)=
    ### Rows?
    <BLANKLINE>
    :::{div} book-also
    Also asked: lines?
    :::
    """
    text = ADDRESS.sub(r"(\1)=", text)
    text = ALSO.sub(r":::{div} book-also\n\1\n:::", text)
    return TABS.sub(lambda tabs: f"::::{{tab-set}}\n{ONE_TAB.sub(_item, tabs[0])}\n::::", text)


def _item(tab):
    name, code = tab[0].split("\n\n", 1)
    return f":::{{tab-item}} {name.strip('*')}\n{code}\n:::"


def rewrite(app, docname, source) -> None:
    """Write the Markdown cells of a notebook anew, just before it is read."""
    if not str(app.env.doc2path(docname)).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = as_myst("".join(cell["source"]))
    source[0] = json.dumps(notebook, ensure_ascii=False)


def setup(app) -> None:
    app.connect("source-read", rewrite)
