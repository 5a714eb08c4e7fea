"""What the built site needs beyond Jupyter Book and its theme: a Sphinx extension named in `_config.yml`."""

from . import (
    address,
    asking_cells,
    confirmed,
    deeper,
    figures,
    gathered_pages,
    guide,
    mathml,
    offline,
    opening,
    plain_markdown,
    sections,
    steps,
    streams,
    theme,
    widgets,
)
from .ahead import hint_ahead
from .built_pages import Site
from .downloads import offer_downloads
from .figures import finish_figures
from .gathered_pages import fill_gathered
from .sections import write_sections
from .sheet import make_one_sheet
from .theme import write_index

PARTS = (address, mathml, streams, theme, asking_cells, confirmed, figures, widgets, deeper, steps, gathered_pages,
         opening, guide, offline, plain_markdown, sections)
# What is done when all pages are written, in this order: the one sheet is made of what all pages hold, and what is
# offered holds the pages as a reader gets them.
FINISHING = (write_index, finish_figures, fill_gathered, write_sections, make_one_sheet, hint_ahead, offer_downloads)


def finish(app, exception) -> None:
    """Finish the site that Sphinx has built: all pages are read once, and written once."""
    if exception or app.builder.format != "html":
        return
    site = Site.of(app)
    for step in FINISHING:
        step(site)
    site.write()


def setup(app):
    """Join the parts to the Sphinx application."""
    for part in PARTS:
        part.setup(app)
    app.connect("build-finished", finish, priority=950)  # after the theme, which writes a sheet at the same event
    return {"parallel_read_safe": True, "parallel_write_safe": True}
