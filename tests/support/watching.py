"""Watch a page for what should not happen on it: other hosts, console errors and warnings, missing files."""

LOUD = ("error", "warning")
# Whether every widget of a page lives, or has said that it does not. Those that wait until a reader comes near are
# told to come.
WIDGETS = """async () => {
    await window.bookAll?.();
    return !document.querySelector(".book-widget:not([data-live], :has(> .book-quiet))");
}"""
BLOCKED = "Service Worker registration blocked by Playwright"


def is_loud(line) -> bool:
    return line.type in LOUD and line.text != BLOCKED


def watch(page, faults: list) -> None:
    """List requests to other hosts (the browser finds none: see browse.py), and all else that should not happen."""

    def asked(request):
        if not request.url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:")):
            faults.append(("other host", request.url))

    def failed(request):
        if request.failure != "net::ERR_ABORTED":  # the page was left before all had arrived
            faults.append((request.failure, request.url))

    page.on("request", asked)
    page.on("pageerror", lambda error: faults.append(("error", str(error))))
    page.on("console", lambda line: is_loud(line) and faults.append((line.type, line.text)))
    page.on("response", lambda answer: answer.status >= 400 and faults.append((answer.status, answer.url)))
    page.on("requestfailed", failed)


# Each view of a page is made in a task of its own (host.js): with this, as late as on a slow phone.
LATE_VIEWS = """
    const at = MessagePort.prototype.postMessage;
    MessagePort.prototype.postMessage = function (...all) { setTimeout(() => at.apply(this, all), 100); };
"""
