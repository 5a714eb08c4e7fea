"""Print the built book: a worksheet (questions open, the answers at the end) and everything in full.

    python tools/make_pdf.py [SITE]      SITE is _build/html unless given

All chapters become one page of HTML, which the browser prints as a tagged PDF: so its links, bookmarks and page
numbers go through the whole book, and the questions of a worksheet are numbered from the first to the last.
"""

import posixpath
import re
import sys
from html import unescape
from pathlib import Path

import yaml
from browse import launch_options, serving
from finish_pdf import finish_tags, set_bookmarks
from pypdf import PdfWriter

from book_utils.book_site.downloads import OFFERS, finish_site

ROOT = Path(__file__).resolve().parents[1]
ARTICLE = re.compile(r'(<article class="bd-article[^>]*>)(.*)(</article>)', re.DOTALL)
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
# Of all scripts, the one that arranges a page for paper, and its words.
FOR_PAPER = re.compile(r'<script [^>]*src="([^"]*(?:/print|/words-[\w-]+)\.js)')
STYLE = """<style>
  .chapter { break-before: page; }
  .chapter:first-child { break-before: auto; }
  .book-download { display: none; }
  body, .bd-article { font-size: 10.5pt; }
  h1, h2, h3, summary { break-after: avoid; }
  .cell_input, .cell_output > *, div.highlight, .math, dl, blockquote { break-inside: avoid; }
  .sd-tab-set { display: block; }
  .sd-tab-set > .sd-tab-label { display: block; border: 0; break-after: avoid; }
  .sd-tab-set > .sd-tab-content { display: block; }
</style>
"""
# Every image, also those that a reader would scroll to, and nothing twice: print.js must not begin again.
PREPARE = """async (kind) => {
  document.documentElement.dataset.print = kind;
  dispatchEvent(new Event("beforeprint"));
  addEventListener("beforeprint", (event) => event.stopImmediatePropagation(), true);
  if (!document.querySelector(".book-on-paper")) throw new Error("print.js has not arranged the page for paper.");
  const heading = document.querySelector("#book-answers h2");
  if (heading) heading.outerHTML = `<h1>${heading.innerHTML}</h1>`;
  for (const image of document.images) image.loading = "eager";
  await Promise.all([...document.images].map((image) => image.decode()));
  // An empty cell would have no tag, and its row one cell less.
  for (const cell of document.querySelectorAll(":is(td, th):empty")) cell.textContent = "\\u00a0";
  const words = (one) => {
    const plain = one.cloneNode(true);
    plain.querySelector(".headerlink")?.remove();
    return plain.textContent.trim().replace(/\\s+/g, " ");
  };
  const seen = (selector) =>
    [...document.querySelectorAll(`.bd-article ${selector}`)].filter((one) => one.checkVisibility());
  const place = (link) => link.getAttribute("href").startsWith("#") ? link.hash.slice(1) : link.href;
  return { headings: seen(":is(h1, h2, h3)").map((one) => [Number(one.tagName[1]), words(one)]),
           links: Object.fromEntries(seen("a[href]").map((one) => [place(one), words(one)])) };
}"""
FOOTER = '<div style="width: 100%; font-size: 8px; text-align: center"><span class="pageNumber"></span></div>'
MARGIN = {"top": "16mm", "bottom": "18mm", "left": "16mm", "right": "16mm"}


def chapter_html(name: str, page: str, names: list[str]) -> str:
    """Return the article of a page as a section, with names that no other chapter has, and links that stay inside.

    >>> page = '<article class="bd-article"><h2 id="a">A</h2><a href="two.html#b">b</a><img src="../i.svg"></article>'
    >>> chapter_html("x/one.html", page, ["x/one.html", "x/two.html"])
    '<section class="chapter" id="one"><h2 id="one--a">A</h2><a href="#two--b">b</a><img src="i.svg"></section>\\n'
    """
    folder = posixpath.dirname(name)

    def rename(match):
        return f'{match[1]}="' + " ".join(f"{stem(name)}--{word}" for word in match[2].split()) + '"'

    def lead(match):
        attribute, address = match.groups()
        file, _, part = address.partition("#")
        target = posixpath.normpath(posixpath.join(folder, file)) if file else name
        if re.match(r"[a-z]+:", address):
            return match[0]
        if attribute == "src":
            return f'src="{target}"'
        return f'href="#{stem(target)}{"--" * bool(part)}{part}"' if target in names else ""

    body = ARTICLE.search(page)[2].strip()
    body = re.sub(r'\b(id|for|aria-labelledby|aria-describedby|aria-controls)="([^"]+)"', rename, body)
    body = re.sub(r'\b(href|src)="([^"]*)"', lead, SCRIPT.sub("", body))
    return f'<section class="chapter" id="{stem(name)}">{body}</section>\n'


def stem(name: str) -> str:
    return posixpath.splitext(posixpath.basename(name))[0]


def pages_on_paper() -> list[str]:
    """Return the first page and the chapters. The parts after them are a reader's own record, or a teacher's.

    >>> pages_on_paper()[:2]
    ['chapters/welcome.html', 'chapters/lookup.html']
    """
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = contents.get("parts", [contents])[0]["chapters"]
    return [f"{name}.html" for name in (contents["root"], *(chapter["file"] for chapter in chapters))]


def whole_book(site: Path) -> str:
    """Return one page of HTML, for the top folder of the site, that holds all chapters in their order."""
    names = pages_on_paper()
    texts = [(site / name).read_text(encoding="utf-8") for name in names]
    chapters = "".join(chapter_html(name, text, names) for name, text in zip(names, texts, strict=True))
    top = posixpath.relpath(".", posixpath.dirname(names[0]) or ".")
    addresses = [address.removeprefix(f"{top}/") for address in FOR_PAPER.findall(texts[0])]
    scripts = "".join(f'<script src="{address}"></script>' for address in addresses)
    frame = SCRIPT.sub("", texts[0]).replace(f'"{top}/', '"')  # the head with its sheet
    title = re.search(r'<title>(?:.*? &#8212; )?(.*?)</title>', texts[0])[1]
    frame = re.sub(r"<title>.*?</title>", lambda _: f"<title>{title}</title>", frame)
    frame = frame.replace("</head>", STYLE + "</head>", 1)
    return ARTICLE.sub(lambda match: match[1] + chapters + match[3] + scripts, frame)


def print_book(site: Path, browser) -> list[Path]:
    """Write both PDFs into the site and let its pages offer them."""
    page_file = site / "book-on-paper.html"
    text = whole_book(site)
    page_file.write_text(text, encoding="utf-8")
    made = []
    try:
        with serving(site) as server:
            for kind in ("worksheet", "full"):
                page = browser.new_page(service_workers="block")
                page.emulate_media(media="print")
                # Not "networkidle": on a busy machine that can come before the scripts at the page's end.
                page.goto(server.address + page_file.name, wait_until="load")
                said = page.evaluate(PREPARE, kind)
                made.append(site / OFFERS[kind])
                page.pdf(path=made[-1], format="A4", margin=MARGIN, tagged=True, outline=True, print_background=True,
                         display_header_footer=True, header_template="<span></span>", footer_template=FOOTER)
                page.close()
                writer = PdfWriter(clone_from=made[-1])
                set_bookmarks(writer, said["headings"])
                finish_tags(writer, writer.metadata.title, said["links"])
                writer.write(made[-1])
    finally:
        page_file.unlink()
    finish_site(site, unescape(re.search(r"<title>(.*?)</title>", text)[1]))
    return made


def main() -> int:
    site = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "_build" / "html").resolve()
    if not (site / "index.html").exists():
        print(f"{site} holds no built site; `make book` builds one.", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(playwright))
        for path in print_book(site, browser):
            print(f"{path} ({path.stat().st_size / 1e6:.1f} MB)")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
