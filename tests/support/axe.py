"""Ask axe-core what is wrong with a page."""

from places import AXE

# Two rules beyond those that run by default. What passed is only counted: to send all of it takes as long as a rule.
RUN = """async ([within, only]) => {
    const { violations, passes } = await axe.run(within || document, {
        resultTypes: ["violations"],
        ...(only && { runOnly: only }),
        rules: only ? {} : {"target-size": {enabled: true}, "label-content-name-mismatch": {enabled: true}},
    });
    return { looked: passes.length, faults: violations.flatMap(({ impact, id, nodes }) =>
        nodes.map(({ html }) => [impact, id, html.slice(0, 200)])) };
}"""


def violations(page, least: int = 20, only: list | None = None, within: str = "") -> list:
    """Return what axe finds on a page as it is now; `only` names the rules to try, `within` a part of the page."""
    assert AXE.exists(), "axe-core is missing; this line installs it: npm ci --prefix tests"
    if not page.evaluate("window.axe?.version"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate("axe.version") == "4.14.1"
    result = page.evaluate(RUN, [within, only])
    assert result["looked"] > (0 if only else least)
    return [(page.url, *fault) for fault in result["faults"]]
