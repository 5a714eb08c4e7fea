"""For the teacher's pages: what each guess is for, and links to guesses.

In a page, `{guess-guide} lookup` lists every guess of that chapter: the question, what it is for (from
`guess_purposes.json`), and folded up the answer and what each choice means. A link to a guess is written
{guess}`rows-tied`, by its name; its text is the question. What they say is read from `data/questions.json`, so
nothing of it is typed in a page.
"""

import json
from html import escape

from docutils import nodes
from sphinx.util.docutils import SphinxDirective, SphinxRole

from ..asking.questions import DATA, QUESTIONS, read_questions
from ..asking.widget import code_html, prose_html

PURPOSES = DATA / "guess_purposes.json"
COUNTS_AS_RIGHT = {
    "choices": "Right: all of these and no other.",
    "shape": "Right: every size, in this order.",
    "order": "Right: the whole order.",
    "lines": "Right: these lines and no other, in this order.",
    "point": "Right: within half the spread of the words on the map.",
    "words": "Not scored. Students compare their words with these, and tick the points that theirs had.",
}


def read_purposes() -> dict[str, dict[str, str]]:
    """Give {chapter: {name: what the guess is for}}.

    >>> sorted(read_purposes())
    ['geometry', 'grow', 'language_model', 'lookup', 'memory', 'position']
    """
    return json.loads(PURPOSES.read_text(encoding="utf-8"))


def find_guess(name: str) -> tuple[str, dict]:
    """Give the chapter of a guess, and the guess. Raises KeyError for a name that no chapter asks.

    >>> find_guess("no-such-guess")
    Traceback (most recent call last):
    KeyError: 'No chapter asks a guess called no-such-guess; `python -m book_utils key` lists them all.'
    """
    for chapter, asked in read_questions().items():
        for guess in asked["guesses"]:
            if guess["name"] == name:
                return chapter, guess
    raise KeyError(f"No chapter asks a guess called {name}; `python -m book_utils key` lists them all.")


def counts_as_right(guess: dict) -> str:
    """Say what is right besides the answer itself; empty where it is one of the choices.

    >>> counts_as_right({"kind": "number", "scale": {"by": "ratio"}, "unit": "bytes"})
    'Right: within a factor of 2.'
    >>> counts_as_right({"kind": "number", "scale": {"by": "within", "within": 0.1}, "unit": ""})
    'Right: within 0.1.'
    """
    if guess["kind"] != "number":
        return COUNTS_AS_RIGHT.get(guess["kind"], "")
    match guess["scale"]["by"]:
        case "ratio":
            return "Right: within a factor of 2."
        case "within":
            return f"Right: within {guess['scale']['within']:g}."
    return "Right: only this number."


def entry_html(guess: dict, purpose: str, address: str) -> str:
    """Set one guess of the guide: its question as a link, its purpose, and its answer folded up."""
    right = guess["answer"] if isinstance(guess["answer"], list) else [guess["answer"]]
    notes = "".join(
        f"<li><b>{code_html(choice['label'])}</b>{' (right)' if choice['label'] in right else ''}: "
        f"{code_html(choice['note'])}</li>"
        for choice in guess["choices"] if choice["note"]
    )
    notes += "".join(f"<li>{code_html(point)}</li>" for point in guess.get("points", []))
    told = f"<p><b>{code_html(guess['answer_text'])}</b></p>" + (f"<ul>{notes}</ul>" if notes else "")
    summary = "The answer, and what each choice means" if guess["choices"] and notes else "The answer"
    link = f'<a href="{escape(address)}">{code_html(guess["question"])}</a>'
    folded = f"<details><summary>{summary}</summary>{told}{prose_html(counts_as_right(guess))}</details>"
    start = f'<li id="guide-{escape(guess["name"])}" style="margin-bottom:1.2rem">'
    return f"{start}{link}<div>{code_html(purpose)}</div>{folded}</li>"


def address_of(env, chapter: str, name: str) -> str:
    """Give the address of a guess as seen from the page that is being read."""
    folder = env.docname.rpartition("/")[0]
    page = f"{folder}/{chapter}" if folder else chapter
    return f"{env.app.builder.get_relative_uri(env.docname, page)}#guess-{name}"


class GuessGuide(SphinxDirective):
    """Every guess of one chapter, for the teacher."""

    required_arguments = 1

    def run(self):
        for file in (QUESTIONS, PURPOSES):
            self.env.note_dependency(str(file))
        chapter, questions, purposes = self.arguments[0], read_questions(), read_purposes()
        if chapter not in questions:
            raise self.error(f"A chapter with guesses is one of {', '.join(questions)}; got {chapter}.")
        entries = []
        for guess in questions[chapter]["guesses"]:
            name = guess["name"]
            if name not in purposes[chapter]:
                raise self.error(f"{PURPOSES.name} does not say what the guess {name} is for.")
            entries.append(entry_html(guess, purposes[chapter][name], address_of(self.env, chapter, name)))
        return [nodes.raw("", f'<ol class="guess-guide">{"".join(entries)}</ol>', format="html")]


class GuessLink(SphinxRole):
    """A link to a guess in its chapter, with its question as the text."""

    def run(self):
        self.env.note_dependency(str(QUESTIONS))
        try:
            chapter, guess = find_guess(self.text)
        except KeyError as problem:
            return [], [self.inliner.reporter.error(problem.args[0], line=self.lineno)]
        address = address_of(self.env, chapter, self.text)
        link = nodes.reference("", "", internal=True, refuri=address)
        for i, part in enumerate(guess["question"].split("`")):
            link += nodes.literal("", part) if i % 2 else nodes.Text(part)
        return [link], []


def setup(app):
    """Join the directive and the role to Sphinx."""
    app.add_directive("guess-guide", GuessGuide)
    app.add_role("guess", GuessLink())
