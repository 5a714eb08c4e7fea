"""Formulas become the MathML that browsers draw: a table of them, what TeX would do, and what is refused."""

from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from docutils import nodes

from book_utils.book_site import mathml
from book_utils.book_site.mathml import to_mathml
from book_utils.words import word

GAP = '<mspace width="0.167em" />'
FORMULAS = {
    r"d = 4": "<mi>d</mi><mo>=</mo><mn>4</mn>",
    r"E[i]": '<mi>E</mi><mo stretchy="false">[</mo><mi>i</mi><mo stretchy="false">]</mo>',
    r"x_i^2": "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>",
    r"\frac{a}{b}": "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>",
    r"\sqrt{d}": "<msqrt><mrow><mi>d</mi></mrow></msqrt>",
    r"10{,}000": '<mn>10</mn><mrow><mo lspace="0" rspace="0">,</mo></mrow><mn>000</mn>',
    # a function has a thin gap on each side where no sign stands
    r"\cos\theta": f"<mi>cos</mi>{GAP}<mi>θ</mi>",
    r"2\cos\theta": f"<mn>2</mn>{GAP}<mi>cos</mi>{GAP}<mi>θ</mi>",
    r"\log_2 n": f"<msub><mi>log</mi><mn>2</mn></msub>{GAP}<mi>n</mi>",
    r"n \log n": f"<mi>n</mi>{GAP}<mi>log</mi>{GAP}<mi>n</mi>",
    r"-\sin x": f"<mo>−</mo><mi>sin</mi>{GAP}<mi>x</mi>",
    r"\sin(x)": '<mi>sin</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo>',
    r"\operatorname{softmax} z": f"<mi>softmax</mi>{GAP}<mi>z</mi>",
    r"y = \operatorname{softmax}": "<mi>y</mi><mo>=</mo><mi>softmax</mi>",
    r"\cos x + y": f"<mi>cos</mi>{GAP}<mi>x</mi><mo>+</mo><mi>y</mi>",
    r"\ln x": f"<mi>ln</mi>{GAP}<mi>x</mi>",
    r"\operatorname{tr} A": f"<mi>tr</mi>{GAP}<mi>A</mi>",
    # a letter and a word are no functions
    r"a b": "<mi>a</mi><mi>b</mi>",
    r"\text{if} x": "<mtext>if</mtext><mi>x</mi>",
    # one name, not seven letters; one letter stays upright
    r"\mathrm{softmax}": "<mrow><mi>softmax</mi></mrow>",
    r"\mathrm{ab}": "<mrow><mi>ab</mi></mrow>",
    r"\mathrm{V}": '<mi mathvariant="normal">V</mi>',
    r"\mathbf{q}": "<mi>𝐪</mi>",
    r"\text{a row}": "<mtext>a\N{NO-BREAK SPACE}row</mtext>",
    # brackets as tall as their matrix
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}":
        '<mo form="prefix">(</mo><mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr>'
        '<mtr><mtd><mi>c</mi></mtd><mtd><mi>d</mi></mtd></mtr></mtable><mo form="postfix">)</mo>',
    r"\begin{bmatrix} 1 & 0 \end{bmatrix}":
        '<mo form="prefix">[</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr></mtable>'
        '<mo form="postfix">]</mo>',
}


@pytest.mark.parametrize("latex", FORMULAS)
def test_formulas(latex):
    inside = to_mathml(latex).removeprefix('<math display="inline"><mrow>').removesuffix("</mrow></math>")
    assert inside == FORMULAS[latex]


@pytest.mark.parametrize("environment", ["split", "aligned", "align", "align*"])
def test_lines_are_aligned_at_their_signs(environment):
    latex = rf"\begin{{{environment}}}a &= b \\ c &= d\end{{{environment}}}"
    assert to_mathml(latex).count("<mtr>") == 2 and "columnalign" not in to_mathml(latex)
    assert to_mathml(latex).count('style="text-align:right"') == 2


def test_a_break_outside_of_an_environment_is_one_between_lines():
    assert to_mathml(r"a = b \\ c = d", "block").count("<mtr>") == 2


@pytest.mark.parametrize(("latex", "reason"), [
    (r"\nonsense{x}", "not a command"), (r"\frac{a}", "lacks a part|converter says"),
    (r"a & b", "outside of an alignment"),
    (r"{a", "braces"), (r"a}", "braces"), (r"\begin{tikzpicture}x\end{tikzpicture}", "not an environment"),
    (r"\mathit{ab}", "browsers do not draw"), (r"x^", "."),
])
def test_what_cannot_be_read_is_refused_with_a_reason(latex, reason):
    with pytest.raises(ValueError, match=reason):
        to_mathml(latex)


# -- as Sphinx asks for it -----------------------------------------------------------------------------------


class Translator:
    """A translator of Sphinx that numbers each formula 7."""

    def __init__(self):
        self.body, self.builder = [], SimpleNamespace(config=SimpleNamespace(math_numfig=False, numfig=False))

    def starttag(self, node, tag, CLASS):
        return f'<{tag} class="{CLASS}">'

    def add_permalink_ref(self, node, title):
        self.body.append(f"[{title}]")


def shown(visit, latex, number=None) -> str:
    translator = Translator()
    node = nodes.math_block(latex, latex, number=number)
    with pytest.raises(nodes.SkipNode):  # or Sphinx would set the LaTeX behind it
        visit(translator, node)
    return "".join(translator.body)


def test_a_formula_in_a_line_and_one_on_its_own_with_and_without_a_number():
    formula = '<math display="{}"><mrow><mi>d</mi></mrow></math>'
    assert shown(mathml.visit_inline, "d") == formula.format("inline")
    assert shown(mathml.visit_block, "d") == f'<div class="math">{formula.format("block")}</div>\n'
    number = f'<span class="eqno">(7)[{word("pageLinks.equation")}]</span>'
    assert shown(mathml.visit_block, "d", 7) == f'<div class="math">{formula.format("block")}{number}</div>\n'


def test_a_formula_that_cannot_be_read_is_shown_as_it_was_written_and_told(monkeypatch):
    told = []
    logger = SimpleNamespace(warning=lambda *said, **options: told.append((said, options)))
    monkeypatch.setattr(mathml, "logger", logger)
    assert shown(mathml.visit_inline, "a < {b") == "<code>a &lt; {b</code>"
    [(said, options)] = told
    assert "braces" in said[0] % said[1:] and options["location"].astext() == "a < {b"  # with its line


def test_a_book_need_not_say_how_formulas_are_set():
    config = SimpleNamespace()
    mathml.choose_mathml(None, config)
    assert config.html_math_renderer == "mathml"


@pytest.mark.parametrize("latex", [r"\mathrm{x_i}", r"\mathrm{x^i}", r"\mathrm{x_i^j}", r"\mathrm{\hat{x}}"])
def test_an_upright_letter_keeps_its_index(latex):
    """Letters side by side are joined to a name; these stand one above the other."""
    before = [*ElementTree.fromstring(to_mathml(latex.replace("\\mathrm", ""))).iter()]
    after = [*ElementTree.fromstring(to_mathml(latex)).iter()]
    parts = {"msub", "msup", "msubsup", "mover"}
    assert [len(one) for one in after if one.tag in parts] == [len(one) for one in before if one.tag in parts] != []
