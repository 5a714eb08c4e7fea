"""Fold up what a chapter can be read without: each section whose title begins with "Go deeper"."""

from html import escape

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..words import word

TITLE = "Go deeper"


class FoldDeeper(SphinxPostTransform):
    """Put all but the title of such a section into <details>; a link into it opens it, and print opens all."""

    default_priority = 900  # when everything else in the section is what it will be
    formats = ("html",)

    def run(self, **kwargs):
        for section in self.document.findall(nodes.section):
            title = section.next_node(nodes.title)
            if title and title.astext().startswith(TITLE):
                opening = f'<details class="book-deeper"><summary>{escape(word("deeper"))}</summary>'
                section.insert(1, nodes.raw("", opening, format="html"))
                section.append(nodes.raw("", "</details>", format="html"))
                section["classes"].append("book-aside")


def setup(app):
    app.add_post_transform(FoldDeeper)
