"""`Card`: a question to answer from memory, then turn."""

import hashlib
import json

import traitlets

from .score import label_of, slug
from .widget import BookWidget, code_html


class Card(BookWidget):
    """A recall card: read the question, answer it in your head, turn it, and say whether you knew.

    `answer` is words or a value that the chapter computed; `because` is one more sentence for the back.
    Raises ValueError where the question or the answer is empty.

    >>> Card("What is a token ID?", "A name: the number of a row.")
    Card: What is a token ID?
    Back: A name: the number of a row.
    """

    files = ("asking/elements.js", "asking/card.js", "asking/elements.css", "asking/card.css")

    question = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Unicode().tag(sync=True)
    because = traitlets.Unicode().tag(sync=True)
    turned = traitlets.Bool(False).tag(sync=True)
    knew = traitlets.Unicode().tag(sync=True)  # "", "knew" or "notYet": what the reader said last

    def __init__(self, question, answer, because="", *, name=None):
        text = label_of(answer)
        if not str(question).strip() or not text.strip():
            raise ValueError(f"A Card needs a question and an answer; got {question!r} and {answer!r}.")
        digest = hashlib.sha256(json.dumps([question]).encode()).hexdigest()[:12]
        super().__init__(name=name or slug(question) or digest, digest=digest, question=question, answer=text,
                         because=because, kept=["knew"])

    def plain_text(self):
        return f"Card: {self.question}\nBack: {' '.join(filter(None, [self.answer, self.because]))}"

    @staticmethod
    def plain_html(state):
        back = " ".join(filter(None, [state["answer"], state["because"]]))
        return (f'<div class="book-plain"><details><summary>{code_html(state["question"])}</summary>'
                f'<div class="book-plain-answer"><p>{code_html(back)}</p></div></details></div>')
