"""Front-end files as the site sends them: each once, as a classic script, because file:// has no other."""

import json
import re
from functools import cache
from hashlib import sha256
from pathlib import Path

from ..asking.widget import ELEMENTS, PACKAGE, WORDS
from ..words import spoken, used_in

# A browser compiles a function when it is first called, which would be at a reader's first answer; with this line V8
# compiles all of a script as it comes (v8.dev/blog/explicit-compile-hints), and others see a comment.
EAGER = "//# allFunctionsCalledOnLoad"
COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)
# What a classic script of ours is joined of; what these files declare is seen by each other and by nobody else.
CLASSIC = {
    "store.js": ("asking/merge.js", "book_site/store.js"),
    "host.js": tuple(f"book_site/{name}.js" for name in ("calm", "model", "loading", "host", "share", "waiting")),
}


def without_comments(script: str) -> str:
    """Leave out the lines that only comment: they are a tenth of what would be sent.

    >>> without_comments("// Add one.\\nconst one = 1;  // so\\n")
    'const one = 1;  // so\\n'
    """
    return COMMENT.sub("", script)


def classic(name: str) -> str:
    """Join the files of a classic script; what a module exports is there for all of them."""
    texts = [(PACKAGE / file).read_text(encoding="utf-8").replace("export ", "") for file in CLASSIC[name]]
    return "\n".join([EAGER, "(function () {", '"use strict";', *map(without_comments, texts), "})();", ""])


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
    text = (PACKAGE / file).read_text(encoding="utf-8") if file in files else ""
    return without_comments(text) if file.endswith(".js") else text


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


def set_apart(app, content: str) -> dict:
    """Write the record of a widget, as JSON, into a file of its own; give what the page holds in its place."""
    name = sha256(content.encode()).hexdigest()[:12]
    path = Path(app.outdir) / "_static" / "states" / f"{name}.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'(window.bookStates=window.bookStates||{{}})["{name}"]={content};\n', encoding="utf-8")
    return {"state": {}, "apart": name}


def write_lazy_data(app, cls):
    """Write what a widget loads on first use, each part a classic script: a fetch would fail on file://."""
    for name, parts in cls.lazy_data().items():
        write_parts(Path(app.outdir), cls.lazy_files()[name]["file"], parts)


def write_parts(site: Path, file: str, parts: list[str]) -> None:
    """Write parts of data where the host of a site (`load` in host.js) finds them under this name."""
    folder = site / "_static" / "lazy"
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(parts):
        call = f"bookPart({json.dumps(file)},{number},{json.dumps(text, ensure_ascii=False)});\n"
        (folder / f"{file}-{number}.js").write_text(call, encoding="utf-8")
