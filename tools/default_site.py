"""The same chapters as Jupyter Book builds them with its default settings, to measure beside ours.

Its pages load MathJax, require.js and the widget manager from other hosts. Here they come from the same
server as the pages, in exactly the versions that the pages name, so that both books meet the same network.
"""

import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
BUILD = "from jupyter_book.cli.main import main; main()"
SETTINGS = {"title": "The same chapters", "execute": {"execute_notebooks": "cache", "timeout": 120}}
NPM = "https://cdn.jsdelivr.net/npm/"
REQUIRE = re.compile(r'https://cdnjs\.cloudflare\.com/ajax/libs/require\.js/([\d.]+)/require\.min\.js')
MANAGER = re.compile(r"@jupyter-widgets/html-manager@[\d.]+")
ANYWIDGET = re.compile(r'"_model_module": "anywidget", "_model_module_version": "([^"]+)"')
MATHJAX, MATHJAX_NOW = "mathjax@3", "mathjax@3.2.2"  # the pages name the first, which leads to the second


def default_site(folder: Path) -> Path:
    """Build the default site in a folder, with everything that its pages need; give where its pages are."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = contents.get("parts", [contents])
    files = [contents["root"], *(entry["file"] for part in parts for entry in part["chapters"])]
    # Pages that show what a reader has done are of our own making.
    names = [name for name in files if (ROOT / f"{name}.ipynb").exists() or name == contents["root"]]
    toc = {"format": "jb-book", "root": names[0], "chapters": [{"file": name} for name in names[1:]]}
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    (folder / "_config.yml").write_text(yaml.safe_dump(SETTINGS), encoding="utf-8")
    for name in names:
        source = next(ROOT.glob(f"{name}.*"))
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(source, (folder / name).parent)
    subprocess.run([sys.executable, "-c", BUILD, "build", str(folder)], check=True, capture_output=True)
    site = folder / "_build" / "html"
    bring_home(site, site / "cdn")
    return site


def bring_home(site: Path, cdn: Path) -> None:
    """Put what the pages load from other hosts into a folder of the site, and let them load it from there."""
    pages = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    text = "".join(pages.values())
    require, manager = REQUIRE.search(text)[1], MANAGER.search(text)[0]
    unpack(manager, cdn, ["dist/"])
    unpack(MATHJAX_NOW, cdn, ["es5/"])
    unpack(f"requirejs@{require}", cdn, ["require.js", "bin/r.js"])
    (cdn / MATHJAX_NOW).rename(cdn / MATHJAX)
    script = cdn / f"requirejs@{require}"
    # npm has it long, the host that the pages name has it short: made short by its own tool.
    make_short = ["node", "bin/r.js", "-o", "baseUrl=.", "name=it", "paths.it=require", "out=require.min.js"]
    subprocess.run(make_short, cwd=script, check=True, capture_output=True)
    anywidget = cdn / f"anywidget@{ANYWIDGET.search(text)[1]}" / "dist"
    anywidget.mkdir(parents=True)
    shutil.copy(Path(sys.prefix) / "share" / "jupyter" / "nbextensions" / "anywidget" / "index.js", anywidget)
    for path, page in pages.items():
        page = REQUIRE.sub(f"/cdn/requirejs@{require}/require.min.js", page.replace(NPM, "/cdn/"))
        page = re.sub(r' crossorigin="anonymous"( integrity="[^"]*")?', "", page)
        path.write_text(page, encoding="utf-8")


def unpack(package: str, cdn: Path, wanted: list[str]) -> None:
    """Fetch a package with npm, and keep the files whose names begin as wanted."""
    cdn.mkdir(exist_ok=True)
    done = subprocess.run(["npm", "pack", "--silent", package], cwd=cdn, check=True, capture_output=True, text=True)
    archive = cdn / done.stdout.split()[-1]
    with tarfile.open(archive) as packed:
        for member in packed.getmembers():
            member.name = member.name.removeprefix("package/")
            if member.name.startswith(tuple(wanted)):
                packed.extract(member, cdn / package, filter="data")
    archive.unlink()
