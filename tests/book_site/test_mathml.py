"""Formulas become the MathML that browsers draw: a table of them, what TeX would do, and what is refused."""

import pytest

from book_utils.book_site.mathml import to_mathml

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
    # one name, not seven letters; one letter stays upright
    r"\mathrm{softmax}": "<mrow><mi>softmax</mi></mrow>",
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
