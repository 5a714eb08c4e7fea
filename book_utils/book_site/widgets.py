"""Widgets on the built pages: our host in place of html-manager, each module sent once, a plain form beside each."""

import json
import re
import shutil
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path

from sphinx.util import logging

from ..asking.score import slug
from ..asking.widget import ELEMENTS, PACKAGE, WORDS, BookWidget
from ..words import speak, spoken, used_in, word

logger = logging.getLogger(__name__)

HERE = Path(__file__).parent

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = re.compile(r'<script type="application/vnd\.jupyter\.widget-view\+json">(.*?)</script>', re.DOTALL)
# Traits that only html-manager and JupyterLab read; the host does not.
UNREAD = re.compile(
    r"_(model|view)_(name|module|module_version|count)|_dom_classes|layout|tabbable|tooltip|_anywidget_id"
)


SCRIPTS = ("store.js", "host.js")


def use_our_host(app, config):
    """Name our scripts where myst-nb would name require.js and html-manager from another host."""
    config.nb_ipywidgets_js = {f"book/{name}": {"loading_method": "defer"} for name in SCRIPTS}


def copy_host(app):
    """Put the host where the pages look for it, before Sphinx takes the checksums for the addresses."""
    if app.builder.format == "html":
        folder = Path(app.outdir) / "_static" / "book"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HERE / "host.js", folder / "host.js")
        (folder / "store.js").write_text(store_script(), encoding="utf-8")
        key, text = words_file(spoken())
        path = Path(app.outdir) / "_static" / "modules" / f"{key}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def store_script() -> str:
    """Give the script that keeps what a reader does, with the rule by which two records become one."""
    rule = (PACKAGE / "asking" / "merge.js").read_text(encoding="utf-8").replace("export ", "")
    return f"(function () {{\n\"use strict\";\n{rule}\n{(HERE / 'store.js').read_text(encoding='utf-8')}}})();\n"


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
    chapter = pagename.rsplit("/", 1)[-1]
    context["body"] = VIEW.sub(lambda match: view_html(json.loads(match[1])["model_id"], names, models, plain), body)
    files = dict.fromkeys(name for record in models.values() for name in share_module(app, record["state"]))
    for name in files:
        app.add_js_file(name, loading_method="defer", priority=400)
    for cls in dict.fromkeys(class_of(record["state"]) for record in models.values()):
        if cls is not None:
            write_lazy_data(app, cls)
    state = {names[model]: pruned(record) for model, record in models.items()}
    place = {"book": slug(app.config.html_title), "chapter": chapter}
    page = {"version_major": 2, "version_minor": 0, "book": place, "state": dict(sorted(state.items()))}
    text = json.dumps(page, ensure_ascii=False, separators=(",", ":"))
    for model, name in names.items():  # references from one widget to another
        text = text.replace(model, name)
    script.attributes["body"] = in_script(text)


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


def name_of(cls) -> str:
    """Give the name under which anywidget stores a class in the state of its widgets."""
    return f"{cls.__module__}.{cls.__name__}"


def write_lazy_data(app, cls):
    """Write what a widget loads on first use, each part a classic script: a fetch would fail on file://."""
    folder = Path(app.outdir) / "_static" / "lazy"
    folder.mkdir(parents=True, exist_ok=True)
    for name, parts in cls.lazy_data().items():
        file = cls.lazy_files()[name]["file"]
        for number, text in enumerate(parts):
            call = f"bookPart({json.dumps(file)},{number},{json.dumps(text, ensure_ascii=False)});\n"
            (folder / f"{file}-{number}.js").write_text(call, encoding="utf-8")


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


def share_pieces(app, files: tuple[str, ...]) -> list[str]:
    """Write each front-end file of a module, with the sheet of its name, once for the whole site; give their keys."""
    keys = [words_file(spoken())[0]] if ELEMENTS in files else []  # in place of the words of all languages
    for stem in dict.fromkeys(file.rpartition(".")[0] for file in files):
        piece = {suffix: read_piece(f"{stem}.{suffix}", files) for suffix in ("js", "css")}
        content = json.dumps(piece, ensure_ascii=False)
        keys.append(f"{Path(stem).name}-{sha256(content.encode()).hexdigest()[:8]}")
        path = Path(app.outdir) / "_static" / "modules" / f"{keys[-1]}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'(window.bookPieces=window.bookPieces||{{}})["{keys[-1]}"]={content};\n', encoding="utf-8")
    return keys


def read_piece(file: str, files: tuple[str, ...]) -> str:
    return (PACKAGE / file).read_text(encoding="utf-8") if file in files else ""


@cache
def words_file(language: str) -> tuple[str, str]:
    """Give the key and the text of the script with the words of a language: the same one on every page.

    It is a piece of each module, in place of the line that `source` writes, and `window.bookWords` for other scripts.
    """
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.js")))
    used = json.dumps({language: used_in(scripts, language)}, ensure_ascii=False, separators=(",", ":"))
    key = f"words-{language}-{sha256(used.encode()).hexdigest()[:8]}"
    piece = json.dumps({"js": f"{WORDS}window.bookWords;", "css": ""})
    return key, f'window.bookWords={used};\n(window.bookPieces=window.bookPieces||{{}})["{key}"]={piece};\n'


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
