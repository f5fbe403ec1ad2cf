"""axe-core, run inside a page: what keeps people out, by the rules of WCAG 2.2 A and AA and by good practice."""

from pathlib import Path
from typing import Final

from tests.browser.screens import Screen

AXE: Final = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
AXE_RUN: Final = """
async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await axe.run(document, {
    runOnly: { type: "tag", values: tags },
    resultTypes: ["violations"],
    preload: false, // It would write imported style into the page, which the content policy forbids.
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}
"""


def axe(screen: Screen) -> list[str]:
    """What keeps people out, by axe-core."""
    if not screen.page.evaluate("typeof axe === 'object'"):
        screen.page.evaluate(AXE)
    violations: list[str] = screen.page.evaluate(AXE_RUN)
    return violations
