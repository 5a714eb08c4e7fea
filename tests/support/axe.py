"""Ask axe-core what is wrong with a page."""

from places import AXE

# Two rules beyond those that run by default.
RUN = """() => axe.run(document, {
    resultTypes: ["violations"],
    rules: {"target-size": {enabled: true}, "label-content-name-mismatch": {enabled: true}},
})"""


def violations(page, least: int = 20) -> list:
    """Return what axe finds on a page as it is now."""
    assert AXE.exists(), "axe-core is missing; this line installs it: npm ci --prefix tests"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate("axe.version") == "4.14.1"
    result = page.evaluate(RUN)
    assert len(result["passes"]) > least  # it has looked
    return [
        (page.url, fault["impact"], fault["id"], node["html"][:200])
        for fault in result["violations"] for node in fault["nodes"]
    ]
