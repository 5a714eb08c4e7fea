"""Measure the pages as a reader with a slow phone and a slow network feels them, beside the default settings.

    python tools/page_speed.py [SITE] [DEFAULT]     writes tools/page_speed.json and tools/page_speed.svg

SITE is _build/html unless given; DEFAULT, the same chapters built by tools/default_site.py, is made anew
unless given. Use a quiet machine: the times are those of one run. The browser slows its processor four times
and its network to 1.6 Mbit/s with 150 ms of delay, and begins each page with an empty cache.
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path

from browse import launch_options, serving
from default_site import default_site

from book_utils.book_site.built_pages import Site

ROOT = Path(__file__).resolve().parents[1]
SLOWER = 4
DELAY = 80
READING = 1000  # ms from a question that comes into sight to its answer, which no reader beats
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
PATIENCE = 180_000  # ms
# Looks once a frame whether the first guess has its fields and its button, and notes when.
WATCH = """(() => {
  const look = () => {
    const guess = document.querySelector(".guess form, .guess");
    const field = guess?.querySelector("input:not(:disabled), textarea, button[type=button]");
    const press = guess?.querySelector("button[value=sure], .guess-actions button");
    if (field && press) window.guessReady = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()"""
# On a page of ours, steps.js then has set apart what is far from sight; a page built by default has none of it.
AT_REST = "() => !window.bookStore || document.querySelector('.book-apart, article:not(:has(section > section))')"
ALL_LIVE = "() => !document.querySelector('.book-widget[data-kind=guess]:not([data-live])')"
UNFOLD = "() => document.querySelectorAll('details:has(.guess)').forEach((part) => { part.open = true; })"
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
# From the moment of the click to the first moment after the frame that shows the verdict. What is refused gets none.
VERDICT = """(guess) => new Promise((done, fail) => guess.addEventListener("click", (event) => {
  const look = () => {
    const refused = guess.querySelector(".guess-problem")?.textContent, waited = performance.now() - event.timeStamp;
    if (refused || waited > 60_000) { fail(new Error(`No verdict after ${waited} ms: ${refused}`)); return; }
    if (!guess.querySelector(".guess-verdict:not(:empty), .guess-answer")) { requestAnimationFrame(look); return; }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now() - event.timeStamp);
    port2.postMessage(0);
  };
  requestAnimationFrame(look);
}, { capture: true, once: true }))"""
COLUMNS = {"kB": "{:,.0f}", "requests": "{}", "paint": "{:.1f}", "ready": "{:.1f}", "main": "{:.1f}",
           "median": "{:.0f}", "worst": "{:.0f}"}
HEADS = {"kB": "kB sent", "requests": "requests", "paint": "first paint, s", "ready": "first guess ready, s",
         "main": "main thread, s", "median": "verdict, ms", "worst": "worst, ms"}


def measure(site: Path, names: list[str], browser) -> dict[str, dict]:
    """Return for each page what HEADS names; for a page without a guess some of it is None."""
    with serving(site) as server:
        return {name: measure_page(server, name, browser) for name in names}


def measure_page(server, name: str, browser) -> dict:
    """Open one page with an empty cache, wait until it is at rest, then answer each of its guesses."""
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    tools = context.new_cdp_session(page)
    for domain in ("Network", "Performance"):
        tools.send(f"{domain}.enable")
    tools.send("Network.emulateNetworkConditions", NETWORK)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(WATCH)
    server.sent.clear()
    page.goto(server.address + name, wait_until="networkidle", timeout=PATIENCE)
    has_guess = '"answer_text"' in page.content()
    if has_guess:
        page.wait_for_function("() => window.guessReady", timeout=PATIENCE)
        page.wait_for_load_state("networkidle")
        page.wait_for_function(AT_REST, timeout=PATIENCE)
    metrics = {metric["name"]: metric["value"] for metric in tools.send("Performance.getMetrics")["metrics"]}
    found = {
        "kB": sum(size for _, size in server.sent) / 1000,
        "requests": len(server.sent),
        "paint": page.evaluate(PAINT) / 1000,
        "ready": page.evaluate("() => window.guessReady / 1000") if has_guess else None,
        "main": metrics["TaskDuration"],
        "script": metrics["ScriptDuration"],
    }
    page.wait_for_function(ALL_LIVE, timeout=PATIENCE)
    page.evaluate(UNFOLD)
    verdicts = [verdict(guess) for guess in page.locator(".guess").all()] if has_guess else []
    context.close()
    more = {"median": statistics.median(verdicts), "worst": max(verdicts)} if verdicts else {}
    return found | {"median": None, "worst": None} | more | {"verdicts": verdicts}


def verdict(guess) -> float:
    """Answer one guess, whatever its kind, and return the milliseconds from the click to the painted verdict."""
    fields = guess.locator("form").first
    if fields.locator(".guess-choice input").count():
        fields.locator(".guess-choice input").first.check()
    elif fields.locator("textarea").count():
        fields.locator("textarea").fill("A row.")
    elif fields.locator("input[type=range]").count():
        fields.locator("input[type=range]").first.press("ArrowRight")
    elif fields.locator("input[type=text]").count():
        fields.locator("input[type=text]").fill("(5, 768)" if "shape" in guess.inner_text() else "1")
    elif fields.locator(".guess-offers button").count():
        fields.locator(".guess-offers button").first.click()
    # Where the guess is the reader's own words nobody asks how sure they are.
    press = guess.locator("button[value=leaning], .guess-actions .book-button").locator("visible=true").first
    press.scroll_into_view_if_needed()
    guess.page.wait_for_timeout(READING)
    guess.evaluate("() => new Promise((done) => requestIdleCallback(done))")
    painted = guess.evaluate_handle(f"(guess) => ({{ promise: ({VERDICT})(guess) }})")
    press.click(delay=DELAY)
    return painted.evaluate("({ promise }) => promise")


def table(ours: dict, default: dict) -> str:
    """Return the figures as text: for each page two lines, and the default divided by ours."""
    lines = [f"{'page':22}{'':9}" + "".join(f"{head:>22}" for head in HEADS.values())]
    for name in ours:
        for label, found in (("ours", ours[name]), ("default", default[name])):
            cells = [shape.format(found[key]) if found[key] is not None else "" for key, shape in COLUMNS.items()]
            lines.append(f"{Path(name).stem:22}{label:9}" + "".join(f"{cell:>22}" for cell in cells))
    return "\n".join(lines)


def chart(ours: dict, default: dict, path: Path) -> str:
    """Draw bytes and the time until the first guess is ready, and return a sentence that says the same."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    names = [name for name in ours if ours[name]["ready"] and default[name]["ready"]]
    panels = {"kB": "kB sent", "ready": "seconds until the first guess is ready"}
    with plt.style.context(ROOT / "book_utils" / "book.mplstyle"), plt.rc_context({"svg.hashsalt": "book"}):
        figure, axes = plt.subplots(1, 2, figsize=(8, 0.6 * len(names) + 1.5), sharey=True)
        for ax, (key, title) in zip(axes, panels.items(), strict=True):
            for offset, label, found in ((-0.2, "this book", ours), (0.2, "default settings", default)):
                places = [place + offset for place in range(len(names))]
                bars = ax.barh(places, [found[name][key] for name in names], height=0.38, label=label)
                ax.bar_label(bars, fmt=COLUMNS[key].format, padding=3)
            ax.set(title=title, yticks=range(len(names)), yticklabels=[Path(name).stem for name in names])
            ax.margins(x=0.18)
        axes[0].invert_yaxis()
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
        sentence = alt(ours, default, names)
        figure.savefig(path, metadata={"Date": None, "Creator": None, "Description": sentence})
        plt.close(figure)
    return sentence


def alt(ours: dict, default: dict, names: list[str]) -> str:
    def share(key):
        return [default[name][key] / ours[name][key] for name in names]

    return (f"Over {len(names)} chapters, the default settings send {min(share('kB')):.0f} to {max(share('kB')):.0f} "
            f"times the bytes of this book, and the first guess is ready after {min(share('ready')):.1f} to "
            f"{max(share('ready')):.1f} times the time.")


def main() -> int:
    site = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "_build" / "html").resolve()
    if not (site / "index.html").exists():
        print(f"{site} holds no built site; `make book` builds one.", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        other = Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else default_site(Path(folder))
        names = [name for name in Site(site).in_order() if (other / name).exists()]
        browser = playwright.chromium.launch(**launch_options(playwright))
        ours, default = measure(site, names, browser), measure(other, names, browser)
        browser.close()
    sentence = chart(ours, default, ROOT / "tools" / "page_speed.svg")
    figures = {"alt": sentence, "this book": ours, "default settings": default}
    text = json.dumps(figures, indent=1, default=lambda number: round(number, 3))
    (ROOT / "tools" / "page_speed.json").write_text(text + "\n", encoding="utf-8")
    print(table(ours, default), sentence, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
