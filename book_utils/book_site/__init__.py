"""What the built site needs beyond Jupyter Book and its theme: a Sphinx extension named in `_config.yml`."""

from . import (
    address,
    ahead,
    confirmed,
    deeper,
    downloads,
    figures,
    gathered_pages,
    guide,
    mathml,
    sheet,
    steps,
    theme,
    widgets,
)

PARTS = (
    address, mathml, theme, confirmed, widgets, deeper, steps, gathered_pages, guide, figures, sheet, ahead, downloads,
)


def setup(app):
    """Join the parts to the Sphinx application."""
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
