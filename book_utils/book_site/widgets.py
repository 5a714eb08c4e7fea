"""Widgets on the built pages: our host in place of html-manager, each module sent once, a plain form beside each."""

import json
import re
from hashlib import sha256
from html import escape
from pathlib import Path

from sphinx.util import logging

from ..asking.score import slug
from ..asking.widget import BookWidget
from ..words import speak, spoken, word
from .pieces import CLASSIC, classic, set_apart, share_pieces, words_file, write_lazy_data

logger = logging.getLogger(__name__)


STATE = "application/vnd.jupyter.widget-state+json"
VIEW = re.compile(r'<script type="application/vnd\.jupyter\.widget-view\+json">(.*?)</script>', re.DOTALL)
# Traits that only html-manager and JupyterLab read; the host does not.
UNREAD = re.compile(
    r"_(model|view)_(name|module|module_version|count)|_dom_classes|layout|tabbable|tooltip|_anywidget_id"
)


def use_our_host(app, config):
    """Name our scripts where myst-nb would name require.js and html-manager from another host."""
    config.nb_ipywidgets_js = {f"book/{name}": {"loading_method": "defer"} for name in CLASSIC}


def copy_host(app):
    """Put the host where the pages look for it, before Sphinx takes the checksums for the addresses."""
    if app.builder.format == "html":
        folder = Path(app.outdir) / "_static" / "book"
        folder.mkdir(parents=True, exist_ok=True)
        for name in CLASSIC:
            (folder / name).write_text(classic(name), encoding="utf-8")
        key, text = words_file(spoken())
        path = Path(app.outdir) / "_static" / "modules" / f"{key}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def set_widgets(app, pagename, templatename, context, doctree):
    """Rewrite the widget state and the views of one page."""
    script = next((s for s in app.builder._js_files if s.attributes.get("type") == STATE), None)
    if script is None:
        return
    whole = json.loads(script.attributes["body"])
    body = context["body"]
    # The same bytes on every run: widgets are numbered in the order in which the page shows them.
    shown = [json.loads(view)["model_id"] for view in VIEW.findall(body)]
    views = {model: f"w{i}" for i, model in enumerate(dict.fromkeys(shown))}
    models = {model: record for model, record in whole["state"].items() if "_esm" in record["state"]}
    names = views | {model: f"h{i}" for i, model in enumerate(m for m in models if m not in views)}
    for record in models.values():
        set_figures_apart(app, record["state"], context["pathto"])
    plain = {model: plain_form(record["state"]) for model, record in models.items() if model in views}
    for record in models.values():
        cls = class_of(record["state"])
        if cls is not None and (shared := cls.shared_traits()):
            record["state"]["shared"] = shared
        if record["state"].get("code"):
            record["state"]["code"] = []  # sent once: the guess takes it from its plain form
    chapter = pagename.rsplit("/", 1)[-1]
    context["body"] = VIEW.sub(lambda match: view_html(json.loads(match[1])["model_id"], names, models, plain), body)
    files = {model: share_module(app, record["state"]) for model, record in models.items()}
    waiting = {model for model in views if model in models and waits(models[model]["state"])}
    for name in dict.fromkeys(name for model in files if model not in waiting for name in files[model]):
        app.add_js_file(name, loading_method="defer", priority=400)
    for cls in dict.fromkeys(class_of(record["state"]) for record in models.values()):
        if cls is not None:
            write_lazy_data(app, cls)
    state = {names[model]: pruned(record) for model, record in models.items()}
    state |= {names[model]: set_apart(app, renamed(in_json(state[names[model]]), names)) for model in waiting}
    place = {"book": slug(app.config.html_title), "chapter": chapter}
    page = {"version_major": 2, "version_minor": 0, "book": place, "state": dict(sorted(state.items()))}
    script.attributes["body"] = in_script(renamed(in_json(page), names))


def renamed(text: str, names: dict) -> str:
    """Give the widgets their names, where one refers to another too."""
    for model, name in names.items():
        text = text.replace(model, name)
    return text


def in_json(content) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def in_script(text: str) -> str:
    """Keep JSON from ending the script that holds it."""
    return text.replace("</", "<\\/").replace("<!--", "\\u003c!--")


def set_figures_apart(app, state: dict, pathto) -> None:
    """Write the figures that a guess reveals into files of their own: they load when they are shown."""
    for part in state.get("reveal", []) if class_of(state) else []:
        if svg := part.pop("svg", ""):
            name = f"_images/{sha256(svg.encode()).hexdigest()[:16]}.svg"
            path = Path(app.outdir) / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(svg, encoding="utf-8")
            part["address"] = pathto(name, 1)


def plain_form(state: dict) -> str:
    """Give the plain HTML of a widget, from what its class says of its state."""
    cls = class_of(state)
    if cls is None:
        return f'<p class="book-quiet">{word("needsScript")}</p>'
    return cls.plain_html(state)


def class_of(state: dict):
    """Give the class of a widget of ours from its state, None for any other."""
    return next((cls for cls in BookWidget.__subclasses__() if name_of(cls) == state.get("_anywidget_id")), None)


def waits(state: dict) -> bool:
    """Say whether a widget waits until the reader comes near: it, its module and its state are loaded then."""
    cls = class_of(state)
    return cls is not None and not cls.at_once


def name_of(cls) -> str:
    """Give the name under which anywidget stores a class in the state of its widgets."""
    return f"{cls.__module__}.{cls.__name__}"


def view_html(model: str, names: dict, models: dict, plain: dict) -> str:
    """Give the place of one widget on the page; one that is no anywidget says that it needs a notebook."""
    if model not in models:
        return f'<p class="book-quiet">{word("needsNotebook")}</p>'
    state = models[model]["state"]
    kind = state.get("_anywidget_id", "").rpartition(".")[2].lower()
    anchor = f' id="{escape(kind)}-{escape(state["name"])}"' if state.get("name") and state.get("digest") else ""
    return (f'<div class="book-widget"{anchor} data-kind="{escape(kind)}" data-model="{names[model]}">'
            f"{plain[model]}</div>")


def share_module(app, state: dict) -> list[str]:
    """Write the pieces of a module of ours into files that the whole site shares; give their names.

    The state then only says which pieces make the module. A module of anyone else stays in the state of its page.
    """
    cls = class_of(state)
    if cls is None:
        return []
    keys = share_pieces(app, cls.files)
    state["_esm"], state["_css"] = "book:" + " ".join(keys), ""
    return [f"modules/{key}.js" for key in keys]


def choose_language(app, config):
    """Speak the language of the book from here on, in the kernels of its chapters too."""
    speak(config.language)
    if spoken() != re.split("[-_]", config.language)[0].lower():
        logger.warning("book_utils/words/ has no %s.json: the interface will be English.", config.language,
                       type="book_site", subtype="language")
    key, _ = words_file(spoken())
    app.add_js_file(f"modules/{key}.js", loading_method="defer", priority=400)


def pruned(record: dict) -> dict:
    """Leave out what the host does not read."""
    kept = {"state": {k: v for k, v in record["state"].items() if not UNREAD.fullmatch(k)}}
    return kept | ({"buffers": record["buffers"]} if record.get("buffers") else {})


def setup(app):
    """Connect to Sphinx: before myst-nb reads its settings, and after it has added the state to a page."""
    app.connect("config-inited", choose_language, priority=400)  # before what is said in it
    app.connect("config-inited", use_our_host)
    app.connect("builder-inited", copy_host)
    app.connect("html-page-context", set_widgets, priority=900)
