"""The lines of a guess's own cell that work out its answer, coloured: what it shows under "How this is computed"."""

import ast
import linecache
from textwrap import indent
from typing import Any

LONG = 30  # letters: a longer text beside a key is a note, which the guess shows anyway


def own_code(frame) -> list[list[str]]:
    """Give what the cell of a frame computes for the guess that it makes there, as pairs (colour, text).

    Empty where no source is known, or where the call has no `answer=`.
    """
    source = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
    return coloured(computing(source, frame.f_lineno))


def computing(source: str, line: int) -> str:
    r"""Cut from a cell the statements that the answer of the guess in this line needs, and then the answer.

    >>> computing("# Guess first.\na = 2\nb = 3\nGuess('Twice a?', answer=2 * a, because='So.')", 4)
    'a = 2\nanswer = 2 * a'
    """
    try:
        cell = ast.parse(source)
    except SyntaxError:  # a cell with a line that is IPython's own
        return ""
    calls: list[Any] = [node for node in ast.walk(cell) if isinstance(node, ast.Call) and encloses(node, line)
                        and any(keyword.arg == "answer" for keyword in node.keywords)]
    if not calls:
        return ""
    answer = next(keyword.value for keyword in calls[-1].keywords if keyword.arg == "answer")
    needed, kept = loaded(answer), []
    for statement in reversed([one for one in cell.body if not encloses(one, line) and one.lineno < line]):
        if made(statement) & needed:
            kept.append(statement)
            needed |= loaded(statement)
    text = text_of(answer, source)
    if "\n" in text and not parses(f"answer = {text}"):
        text = f"(\n{indent(text, '    ')})"
    return "\n".join([*(text_of(statement, source) for statement in reversed(kept)), f"answer = {text}"])


def encloses(node: Any, line: int) -> bool:
    return node.lineno <= line <= node.end_lineno


def loaded(node: ast.AST) -> set[str]:
    """Name what a piece of code reads."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def made(statement: ast.stmt) -> set[str]:
    """Name what a statement makes or may change: a bare call may change whatever it names."""
    if isinstance(statement, ast.Expr):
        return loaded(statement)
    names = set()
    for one in ast.walk(statement):
        if isinstance(one, (ast.FunctionDef, ast.ClassDef)):
            names.add(one.name)
        elif isinstance(one, ast.alias):
            names.add((one.asname or one.name).split(".")[0])
        elif isinstance(one, (ast.Subscript, ast.Attribute)) and isinstance(one.ctx, ast.Store):
            names |= loaded(one.value)
        elif isinstance(one, ast.Expr):
            names |= loaded(one)
        elif isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            names.add(one.id)
    return names


def text_of(node: ast.AST, source: str) -> str:
    """Give the source of a node as it stands, a long text beside a key of a dict as `...`."""
    lines = source.encode().splitlines(keepends=True)  # the places in a tree count bytes

    def at(line: int, column: int) -> int:
        return sum(map(len, lines[: line - 1])) + column

    def span(one) -> tuple[int, int]:
        return at(one.lineno, one.col_offset), at(one.end_lineno, one.end_col_offset)

    start, end = span(node)
    notes = [span(value) for one in ast.walk(node) if isinstance(one, ast.Dict)
             for key, value in zip(one.keys, one.values, strict=True) if is_text(key) and is_text(value)]
    text, done = b"", start
    whole = b"".join(lines)
    for first, last in sorted(note for note in notes if note[1] - note[0] > LONG):
        text, done = text + whole[done:first] + b"...", last
    return (text + whole[done:end]).decode()


def is_text(node: ast.expr | None) -> bool:
    return isinstance(node, ast.JoinedStr) or isinstance(getattr(node, "value", None), str)


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def coloured(code: str) -> list[list[str]]:
    """Part code into pairs of Pygments' short name for what a piece is, empty for the plain ones, and its text.

    >>> coloured("n = len('ab')  # two")
    [['', 'n = '], ['nb', 'len'], ['', '('], ['s', "'ab'"], ['', ')  '], ['c', '# two']]
    """
    from pygments import lex
    from pygments.lexers import PythonLexer
    from pygments.token import Comment, Keyword, Name, Number, String

    colours = {Comment: "c", Keyword: "k", Name.Builtin: "nb", Number: "m", String.Interpol: "", String: "s"}
    pairs: list[list[str]] = []
    for token, text in lex(code, PythonLexer()) if code else []:
        colour = next((short for kind, short in colours.items() if token in kind), "")
        if pairs and pairs[-1][0] == colour:
            pairs[-1][1] += text
        else:
            pairs.append([colour, text])
    if pairs:
        pairs[-1][1] = pairs[-1][1].rstrip("\n")  # which a lexer adds
    return [pair for pair in pairs if pair[1]]
