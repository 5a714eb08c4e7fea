"""What a teacher opens holds nothing of a student's that runs, or asks another host: feedback pages and Formgrader.

Two walls. Outputs keep only kinds of data that cannot run, HTML only tags and attributes of a list; and each page says
to the browser that nothing but our own scripts may run and nothing be loaded (templates/*/mathjax.html.j2).
"""

import base64
import binascii
import html
import re

import bleach
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from traitlets import Bool

KEPT = ("text/plain", "text/html")
PLAIN = """p br hr h1 h2 h3 h4 h5 h6 pre div span sub sup del table caption thead tbody tfoot tr th td dl dt dd img"""
TAGS = {*bleach.ALLOWED_TAGS, *PLAIN.split()}
ATTRIBUTES = {"a": ["href", "title"], "img": ["src", "alt", "title"], "th": ["colspan", "rowspan", "scope"],
              "td": ["colspan", "rowspan"], "ol": ["start"]}
PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*")


def allowed(tag: str, name: str, value: str) -> bool:
    """Tell whether a tag may have an attribute: a picture where its bytes stand in the page, a link to elsewhere."""
    if (tag, name) == ("img", "src"):
        return PICTURE.fullmatch(value) is not None
    if (tag, name) == ("a", "href"):
        return not value.strip().lower().startswith("data:")
    return name in ATTRIBUTES.get(tag, ())


def cleaned(text: str) -> str:
    """Keep of HTML the tags and attributes of the list, and the text of all others.

    >>> cleaned('<b onclick="x()">bold</b><img src="https://a.example/"><script>run()</script>')
    '<b>bold</b><img>run()'
    """
    return bleach.clean(text, tags=TAGS, attributes=allowed, protocols=["http", "https", "mailto", "data"], strip=True)


class Renderer(IPythonRenderer):
    """Renders Markdown as nbconvert does, also where a picture is named that is not there."""

    def image(self, text, url, title=None):
        """Show a picture that was pasted into the cell, or its text."""
        if url.startswith("attachment:") and url.removeprefix("attachment:") not in self.attachments:
            return html.escape(str(text))
        return super().image(text, url, title)


@pass_context
def markdown(context, source: str) -> str:
    """Render Markdown for a page; stands in for nbconvert's filter, which lets everything through.

    >>> markdown({}, "A **row** <script>run()</script>").strip()
    '<p>A <strong>row</strong> run()</p>'
    """
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = Renderer(escape=False, exclude_anchor_links=True, attachments=attachments)
    return cleaned(MarkdownWithMath(renderer=renderer).render(source))


class Harmless(Preprocessor):
    """Takes from a graded notebook what could run when it is shown; code and text of the cells stay as they are."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb, resources):
        """Give the notebook with harmless outputs, and no metadata but those of grading."""
        nb.metadata = type(nb.metadata)({"kernelspec": {"name": "python3", "display_name": "Python 3"},
                                         "language_info": {"name": "python"}})
        for cell in nb.cells:
            cell.metadata = type(cell.metadata)({k: v for k, v in cell.metadata.items() if k == "nbgrader"})
            if "attachments" in cell:
                cell.attachments = type(cell.metadata)({name: pictures(of) for name, of in cell.attachments.items()
                                                        if pictures(of)})
            if cell.cell_type == "code":
                cell.outputs = [kept(output) for output in cell.outputs]
        return nb, resources


def kept(output):
    """Give an output without what can run: pictures that are pictures, text, and cleaned HTML."""
    if "data" not in output:
        return output
    output.metadata = type(output.metadata)()
    data = {kind: value for kind, value in output.data.items() if kind in KEPT and isinstance(value, str)}
    if "text/html" in data:
        data["text/html"] = cleaned(data["text/html"])
    output.data = type(output.data)(data | pictures(output.data))
    return output


def pictures(data) -> dict:
    """Give of some data the pictures that are pictures."""
    return {kind: value for kind, value in data.items()
            if kind in ("image/png", "image/jpeg") and isinstance(value, str) and is_base64(value)}


def is_base64(text: str) -> bool:
    """Tell whether a text is bytes in base64, and nothing else."""
    try:
        return bool(base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError):
        return False
