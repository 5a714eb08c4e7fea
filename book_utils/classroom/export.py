"""The guesses with choices in the forms of other systems: QTI 3, QTI 2.1 (1EdTech) and GIFT (Moodle).

`python -m book_utils export qti3 FOLDER`. The same bytes on every run. What stands between backticks is code there
too; the note on a choice becomes feedback.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ..asking.questions import BOOK
from ..asking.widget import code_html
from .answers import Question, questions_of_the_book
from .gift import gift_of

KINDS = {"choice": "single", "choices": "multiple", "order": "ordered"}  # what other systems can ask and score
ASI3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
CP3 = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
ASI2, CP2 = "http://www.imsglobal.org/xsd/imsqti_v2p1", "http://www.imsglobal.org/xsd/imscp_v1p1"
TEMPLATE = {  # of response processing: all or nothing, as in the book
    "qti3": "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml",
    "qti21": "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct",
}


@dataclass(frozen=True)
class Form:
    """How one edition of QTI writes its names: `qti-simple-choice`, or `simpleChoice`."""

    name: str

    def tag(self, name: str) -> str:
        """Write the name of an element, given with hyphens."""
        return f"qti-{name}" if self.name == "qti3" else camel(name)

    def attribute(self, name: str) -> str:
        """Write the name of an attribute, given with hyphens."""
        return name if self.name == "qti3" else camel(name)


def camel(name: str) -> str:
    """Write a name with hyphens as QTI 2 does.

    >>> camel("simple-choice")
    'simpleChoice'
    """
    return re.sub("-(.)", lambda letter: letter[1].upper(), name)


def exported() -> list[Question]:
    """List the guesses that other systems can ask: one choice, several, or an order."""
    return [question for question in questions_of_the_book() if question.kind in KINDS]


def write_export(form: str, folder: str | Path) -> Path:
    """Write the guesses as `qti3`, `qti21` (a content package) or `gift` (a text) into a folder; gives the file.

    Raises ValueError for another form, and where the disk refuses.
    """
    names = {"qti3": "guesses-qti3.zip", "qti21": "guesses-qti21.zip", "gift": "guesses.gift.txt"}
    if form not in names:
        raise ValueError(f"The forms are {', '.join(names)}; got {form}.")
    path = Path(folder) / names[form]
    raw = gift_of(exported()).encode() if form == "gift" else package_of(Form(form), exported())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    except OSError as problem:
        raise ValueError(f"{path} cannot be written ({(problem.strerror or str(problem)).lower()}).") from None
    return path




def identifier_of(question: Question) -> str:
    """Name a guess so that it is unique in the book, and an XML name.

    >>> identifier_of(exported()[0])
    'lookup.a-bank-by-the-river-a-bank'
    """
    return f"{question.chapter}.{question.name}"


def item_of(form: Form, question: Question) -> str:
    """Write one guess as an assessment item."""
    tag, attribute = form.tag, form.attribute
    ids = {label: f"c{place}" for place, label in enumerate(question.labels, 1)}
    answer = question.answer if isinstance(question.answer, list) else [question.answer]
    values = "".join(f"<{tag('value')}>{ids[label]}</{tag('value')}>" for label in answer)
    ordered = question.kind == "order"
    kind = tag("order-interaction" if ordered else "choice-interaction")
    most = "" if ordered else f' {attribute("max-choices")}="{1 if question.kind == "choice" else 0}"'
    choices = "".join(
        f'<{tag("simple-choice")} identifier="{ids[choice["label"]]}">{code_html(choice["label"])}'
        f"{_note(form, ids[choice['label']], choice['note'])}</{tag('simple-choice')}>" for choice in question.choices)
    space = f'xmlns="{ASI3 if form.name == "qti3" else ASI2}"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{tag("assessment-item")} {space} '
        f'identifier="{identifier_of(question)}" title="{escape(question.question.replace("`", ""))}" xml:lang="en" '
        f'adaptive="false" {attribute("time-dependent")}="false">'
        f'<{tag("response-declaration")} identifier="RESPONSE" cardinality="{KINDS[question.kind]}" '
        f'{attribute("base-type")}="identifier"><{tag("correct-response")}>{values}</{tag("correct-response")}>'
        f'</{tag("response-declaration")}><{tag("outcome-declaration")} identifier="SCORE" cardinality="single" '
        f'{attribute("base-type")}="float"><{tag("default-value")}><{tag("value")}>0</{tag("value")}>'
        f'</{tag("default-value")}></{tag("outcome-declaration")}><{tag("item-body")}><{kind} '
        f'{attribute("response-identifier")}="RESPONSE" shuffle="false"{most}>'
        f'<{tag("prompt")}>{code_html(question.question)}</{tag("prompt")}>{choices}</{kind}></{tag("item-body")}>'
        f'<{tag("response-processing")} template="{TEMPLATE[form.name]}"/></{tag("assessment-item")}>\n')


def _note(form: Form, choice: str, note: str) -> str:
    if not note:
        return ""
    tag, attribute = form.tag("feedback-inline"), form.attribute
    return (f'<{tag} {attribute("outcome-identifier")}="RESPONSE" identifier="{choice}" '
            f'{attribute("show-hide")}="show"> {code_html(note)}</{tag}>')


def package_of(form: Form, questions: list[Question]) -> bytes:
    """Pack the items with a manifest, as a content package."""
    files = {f"items/{identifier_of(question)}.xml": item_of(form, question) for question in questions}
    three = form.name == "qti3"
    kind = "imsqti_item_xmlv3p0" if three else "imsqti_item_xmlv2p1"
    resources = "".join(
        f'<resource identifier="{identifier_of(question)}" type="{kind}" href="{name}"><file href="{name}"/></resource>'
        for question, name in zip(questions, files, strict=True))
    about = f"<schema>{'QTI Package' if three else 'QTIv2.1 Package'}</schema><schemaversion>" \
            f"{'3.0.0' if three else '1.0.0'}</schemaversion>"
    manifest = (f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest xmlns="{CP3 if three else CP2}" '
                f'identifier="{BOOK}"><metadata>{about}</metadata><organizations/>'
                f"<resources>{resources}</resources></manifest>\n")
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in {"imsmanifest.xml": manifest, **files}.items():
            package.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return whole.getvalue()
