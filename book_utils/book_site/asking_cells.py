"""Keep the source of a cell that asks off its page: it holds the question, the notes and the answer.

A guess shows the lines that compute after it was made (`asking/own_code.py`); the notebook has all of them.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..asking.questions import ASKS


class LeaveOutAskingCode(SphinxPostTransform):
    """Take out the hidden source of each cell that asks, before myst-nb folds it up (199)."""

    default_priority = 190
    formats = ("html",)

    def run(self, **kwargs):
        for cell in list(self.document.findall(nodes.container)):
            source = cell.children[0] if cell.get("hide_mode") == "input" and cell.children else None
            if source is not None and source.get("nb_element") == "cell_code_source" and ASKS.search(source.astext()):
                cell.remove(source)


def setup(app):
    """Join the transform to Sphinx."""
    app.add_post_transform(LeaveOutAskingCode)
