"""Draw the icon of the installed book from its SVG: python tools/make_icon.py (needs a browser)."""

from pathlib import Path

from browse import launch_options

FOLDER = Path(__file__).resolve().parents[1] / "book_utils" / "book_site"
SIDE = 512  # pixels, the size that browsers ask for


def main() -> None:
    from playwright.sync_api import sync_playwright

    svg = (FOLDER / "favicon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(playwright))
        page = browser.new_page(viewport={"width": SIDE, "height": SIDE})
        page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{svg}")
        page.screenshot(path=FOLDER / "icon.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
