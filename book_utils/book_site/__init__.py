"""What the built site needs beyond Jupyter Book and its theme: a Sphinx extension named in `_config.yml`."""

from . import address, ahead, deeper, downloads, figures, gathered_pages, guide, mathml, sheet, steps, theme, widgets


def setup(app):
    """Join the parts to the Sphinx application."""
    for part in (address, mathml, theme, widgets, deeper, steps, gathered_pages, guide, figures, sheet, ahead, downloads):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
