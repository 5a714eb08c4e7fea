"""HTML in which every text is escaped, whoever wrote it: only what `h` and `safe` made goes in as it is."""

from html import escape
from typing import NamedTuple

from ..asking.widget import code_html


class Html(NamedTuple):
    """A piece of finished HTML; not a str, so that no text can pass for one."""

    text: str


def h(tag: str, *children, **attributes) -> Html:
    """Make an element; its children are texts, finished pieces, None, or lists of these. A `_` ends class_ and for_.

    >>> h("p", "1 < 2", h("b", "!"), class_="small").text
    '<p class="small">1 &lt; 2<b>!</b></p>'
    """
    given = "".join(f' {name.rstrip("_").replace("_", "-")}="{escape(clean(str(value)))}"'
                    for name, value in attributes.items() if value is not None)
    inside = joined_html(children)
    return Html(f"<{tag}{given}>" if tag in ("meta", "input", "br") else f"<{tag}{given}>{inside}</{tag}>")


def joined_html(children) -> str:
    """Join texts (escaped), finished pieces, None and lists of these."""
    parts = []
    for child in children:
        if isinstance(child, Html):
            parts.append(child.text)
        elif isinstance(child, (list, tuple)):
            parts.append(joined_html(child))
        elif child is not None:
            parts.append(escape(clean(str(child))))
    return "".join(parts)


def with_code(text: str) -> Html:
    """Escape a text of the book and set what stands between backticks as code."""
    return Html(code_html(text))


def clean(text: str) -> str:
    """Replace what HTML cannot hold: control characters and halves of surrogate pairs.

    >>> clean("a\\x00b\\ud800c")
    'a�b�c'
    """
    return "".join("�" if (one < " " and one not in "\n\t") or "\x7f" <= one < "\xa0" or "\ud800" <= one < "\ue000"
                   else one for one in text)
