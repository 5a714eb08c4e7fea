"""What the built site needs beyond Jupyter Book and its theme: a Sphinx extension named in `_config.yml`."""

from . import address, ahead, confirmed, downloads, figures, gathered_pages, guide, mathml, sheet, steps, theme, widgets


def setup(app):
    """Join the parts to the Sphinx application."""
    parts = (address, mathml, theme, confirmed, widgets, steps, gathered_pages, guide, figures, sheet, ahead, downloads)
    for part in parts:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
