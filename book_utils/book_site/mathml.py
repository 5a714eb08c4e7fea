"""Formulas as MathML, made when the book is built: nothing to load, and a screen reader can read them."""

import html
import re
from xml.etree import ElementTree

from docutils import nodes
from latex2mathml.converter import convert_to_element
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from ..words import word

logger = logging.getLogger(__name__)

# The converter takes these apart, and passes over others without a word.
ENVIRONMENTS = {"split", "align*", "cases", "array", *(letter + "matrix" for letter in ("", *"pbBvV"))}
# Two synonyms for this purpose: one it does not know, the other would number its lines.
SYNONYMS = {"{aligned}": "{split}", "{align}": "{align*}"}
CHILDREN = dict.fromkeys(["mfrac", "mroot", "msub", "msup", "munder", "mover"], 2) | dict.fromkeys(
    ["msubsup", "munderover"], 3
)


def to_mathml(latex: str, display: str = "inline") -> str:
    r"""Return the MathML of a formula, using only what browsers draw (MathML Core).

    Raises ValueError, with the reason, for LaTeX that the converter passes through unread.

    >>> to_mathml(r"d = 4")
    '<math display="inline"><mrow><mi>d</mi><mo>=</mo><mn>4</mn></mrow></math>'
    """
    if unbalanced(latex):
        raise ValueError("its braces do not pair up")
    if breaks_lines(latex):
        latex = rf"\begin{{split}}{latex}\end{{split}}"
    for name, known in SYNONYMS.items():
        latex = latex.replace(name, known)
    if unknown := set(re.findall(r"\\begin\{(.*?)\}", latex)) - ENVIRONMENTS:
        raise ValueError(f"{', '.join(sorted(unknown))} is not an environment that the converter knows")
    try:
        tree = convert_to_element(latex, display=display)
    except Exception as error:  # its errors share no base class
        raise ValueError(f"the converter says {error!r}") from error
    del tree.attrib["xmlns"]
    for element in tree.iter("mo"):
        if element.text and len(element.text) > 1 and element.text.isalpha():
            element.tag = "mi"  # \operatorname: a name, not a relation with wide gaps
    for element in list(tree.iter()):
        check(element)
        mend(element)
    return ElementTree.tostring(tree, encoding="unicode")


def unbalanced(latex: str) -> bool:
    plain = re.sub(r"\\.", "", latex)
    return plain.count("{") != plain.count("}")


def breaks_lines(latex: str) -> bool:
    """Whether a line break stands outside of every environment, as Sphinx allows."""
    return r"\\" in re.sub(r"\\begin\{([a-z*]+)\}.*?\\end\{\1\}", "", latex, flags=re.S)


def check(element) -> None:
    text = element.text or ""
    if text.startswith("\\") and element.tag != "mtext":
        raise ValueError(f"{text} is not a command that the converter knows")
    if text == "&":
        raise ValueError("a & stands outside of an alignment")
    if len(element) != CHILDREN.get(element.tag, len(element)):
        raise ValueError(f"<{element.tag}> lacks a part")
    if element.get("mathvariant", "normal") != "normal":
        raise ValueError(rf"browsers do not draw {element.get('mathvariant')}; \mathbf and \mathbb work")


def mend(element) -> None:
    """Say in MathML Core what the converter says in attributes that browsers no longer read."""
    if element.tag == "mi" and re.fullmatch("&#x000[4-7].;", element.text or ""):
        element.set("mathvariant", "normal")  # only \mathrm{V} makes a plain letter arrive as a number
    element.text = html.unescape(element.text) if element.text else None
    children = list(element)
    if element.tag == "mtd" and element.get("columnalign"):
        element.set("style", f"text-align:{element.attrib.pop('columnalign')}")
    if element.tag != "mrow":  # whose parts each have a place of their own: an index stays one
        return
    if len(children) > 1 and all(child.get("mathvariant") == "normal" for child in children):
        # \mathrm{softmax} arrives as seven letters; as one name it is spaced and read as a word.
        element[:] = [ElementTree.Element("mi")]
        element[0].text = "".join(html.unescape(child.text) for child in children)
    else:
        space(element, children)


def space(row, children) -> None:
    """Do as TeX does in a row: no gap in 10{,}000, a thin one in cos θ, brackets as tall as their matrix."""
    if [child.tag for child in children] == ["mo"]:
        children[0].attrib |= {"lspace": "0", "rspace": "0"}
    for before, table, after in zip(children, children[1:], children[2:], strict=False):
        if table.tag == "mtable" and before.tag == after.tag == "mo":
            before.set("form", "prefix")
            after.set("form", "postfix")
    for place in reversed(range(len(children) - 1)):
        pair = children[place : place + 2]
        if any(map(is_function, pair)) and not any(child.tag == "mo" for child in pair):
            row.insert(place + 1, ElementTree.Element("mspace", width="0.167em"))


def is_function(element) -> bool:
    if element.tag in ("msub", "msup", "munder"):
        element = element[0]
    return element.tag == "mi" and len(element.text or "") > 1 and element.text.isalpha()


def render(node, display: str) -> str:
    latex = node.astext()
    try:
        return to_mathml(latex, display)
    except ValueError as error:
        logger.warning("formula not converted: %s: %s", error, latex, location=node, type="book_site")
        return f"<code>{html.escape(latex)}</code>"


def visit_inline(translator, node) -> None:
    translator.body.append(render(node, "inline"))
    raise nodes.SkipNode


def visit_block(translator, node) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    translator.body.append(render(node, "block"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, word("pageLinks.equation"))
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def choose_mathml(app, config) -> None:
    config.html_math_renderer = "mathml"


def setup(app) -> None:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.connect("config-inited", choose_mathml)
