"""Ask axe-core what is wrong with a page."""

from places import AXE

# Two rules beyond those that run by default.
RUN = """(only) => axe.run(document, {
    resultTypes: ["violations"],
    ...(only && { runOnly: only }),
    rules: only ? {} : {"target-size": {enabled: true}, "label-content-name-mismatch": {enabled: true}},
})"""


def violations(page, least: int = 20, only: list | None = None) -> list:
    """Return what axe finds on a page as it is now; `only` names the rules to try."""
    assert AXE.exists(), "axe-core is missing; this line installs it: npm ci --prefix tests"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate("axe.version") == "4.14.1"
    result = page.evaluate(RUN, only)
    assert len(result["passes"]) > (0 if only else least)  # it has looked
    return [
        (page.url, fault["impact"], fault["id"], node["html"][:200])
        for fault in result["violations"] for node in fault["nodes"]
    ]
