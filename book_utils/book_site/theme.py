"""The theme made lighter and easier to reach: which files, buttons and templates a page gets."""

import re
import shutil
from html import escape
from pathlib import Path

from docutils import nodes

from ..asking.score import slug
from ..words import word
from .built_pages import Site

HERE = Path(__file__).parent
FIRST = "first.js"  # before anything is shown; a file, because many sites allow no script in a page
SCRIPTS = ["page.js", "print.js", "steps.js"]

REPLACED = ["scripts/sphinx-book-theme.js"]  # by page.js
FOR_SEARCH = ["doctools.js", "translations.js", "sphinx_highlight.js"]  # which has a page of its own
INDEX = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="book" content="{name}">
<title>{title}</title>
<link rel="icon" href="_static/favicon.svg" type="image/svg+xml">
<meta http-equiv="refresh" content="0; url={first}">
</head>
<body><main><h1><a href="{first}">{title}</a></h1></main></body>
</html>
"""


def set_options(app, config) -> None:
    """Choose what `_config.yml` would otherwise have to repeat."""
    # Both, because the theme names some of its parts with their folder and some without.
    config.templates_path[:0] = [str(HERE / "templates"), str(HERE / "templates" / "components")]
    config.html_last_updated_fmt = None  # the same bytes from every build
    config.html_copy_source = True  # for the download button
    config.html_use_index = False
    config.html_favicon = str(HERE / "favicon.svg")
    config.nb_code_prompt_show, config.nb_code_prompt_hide = word("codeShow"), word("codeHide")
    options = config.html_theme_options
    options["search_bar_text"] = word("pageSearchField")
    options["primary_sidebar_end"] = []  # the theme's place for advertisements
    if not options.get("repository_url"):
        options["launch_buttons"] = {}  # without an address they would be dead links


def copy_scripts(app) -> None:
    """Put our scripts where Sphinx looks when it works out their check sums."""
    folder = Path(app.outdir, "_static")
    folder.mkdir(parents=True, exist_ok=True)
    for name in (FIRST, *SCRIPTS):
        shutil.copyfile(HERE / name, folder / name)


def set_words(app, pagename, templatename, context, doctree) -> None:
    """Give the templates the words of the interface: `word(key)`."""
    context["word"] = word
    context["book_name"] = slug(app.config.html_title)


def set_page(app, pagename, templatename, context, doctree) -> None:
    """Give the template of one page its scripts, its description and the links of its buttons."""
    # What a browser without JavaScript shows; layout.html asks the reader's system.
    context["default_mode"] = "light"
    unused = REPLACED if pagename == "search" else REPLACED + FOR_SEARCH
    if "sd-tab-set" not in context.get("body", ""):
        unused = [*unused, "design-tabs.js"]
    context["script_files"] = [
        script for script in context["script_files"]
        if str(script.filename or "").removeprefix("_static/") not in unused
        and not script.attributes.get("body", "").startswith("DOCUMENTATION_OPTIONS.")  # nothing here reads them
    ]
    # One sheet, made when all pages are written, stands for those of the theme and its extensions.
    context["css_files"] = [sheet for sheet in context["css_files"] if not from_theme(str(sheet.filename))]
    if 'name="description"' not in context.get("metatags", ""):
        text = escape(describe(doctree) or app.config.html_title)
        context["metatags"] = context.get("metatags", "") + f'<meta name="description" content="{text}" />'
    if "body" in context:
        context["body"] = mend(context["body"])
    groups = {group.get("label"): group.get("buttons", []) for group in context["header_buttons"]}
    context["launch_links"] = [(link["text"], link["url"]) for link in groups.get("launch-buttons", [])]
    context["notebook"] = context.get("sourcename") if context.get("page_source_suffix") == ".ipynb" else None


def from_theme(sheet: str) -> bool:
    name = sheet.removeprefix("_static/")
    return name in ("pygments.css", "styles/sphinx-book-theme.css", "sphinx-design.min.css") or (
        name.startswith("mystnb.")
    )


def describe(doctree) -> str:
    """Return the first paragraph without a formula in at most 160 characters, cut between words."""
    paragraphs = doctree.findall(nodes.paragraph) if doctree else []
    texts = (paragraph.astext() for paragraph in paragraphs if not paragraph.next_node(nodes.math))
    words = next(texts, "").split()
    while len(" ".join(words)) > 160:
        words.pop()
    return " ".join(words)


def mend(body: str) -> str:
    """Repair what axe finds: a hidden name beside a visible one, a header or a box without words."""
    body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    # Sphinx has no German for these.
    body = re.sub(r'(?<=title=")Link to this (heading|image|table|code)(?=")', own_link_title, body)
    body = re.sub(r"<th>\s*</th>", "<td></td>", body)  # the corner of a pandas table
    body = re.sub(r'<details class="[a-z ]*hide .*?</details>', plain_code, body, flags=re.DOTALL)
    return re.sub(r'(<input class="task-list-item-checkbox")([^>]*>)\s*([^<\n]*)', label_box, body)


def own_link_title(match) -> str:
    return word(f"pageLinks.{match[1]}")


def plain_code(match) -> str:
    """Leave the colours out of folded code: they are half of its bytes."""
    def plain(pre):
        return re.sub(r"</?span[^>]*>", "", pre[0])

    return re.sub(r"<pre>.*?</pre>", plain, match[0], flags=re.DOTALL)


def label_box(match) -> str:
    start, rest, text = match.groups()
    return f'{start} aria-label="{escape(text.strip() or word("pageTask"))}"{rest} {text}'


def write_index(site: Site) -> None:
    """Lead from the site's folder to its first page, for machines and for people."""
    if site.first != "index":
        title, first = escape(site.title), f"{site.first}.html"
        site.pages["index.html"] = INDEX.format(name=slug(site.title), title=title, first=first, language=site.language)


def setup(app) -> None:
    app.connect("config-inited", set_options)
    app.connect("builder-inited", copy_scripts)
    app.connect("html-page-context", set_words, priority=100)  # the theme fills some templates at 500
    # After the theme (500), so that its buttons and files are all there.
    app.connect("html-page-context", set_page, priority=950)
    app.add_js_file(FIRST, priority=100)
    for priority, name in enumerate(SCRIPTS, start=600):
        app.add_js_file(name, priority=priority, loading_method="defer")
