"""What axe-core finds on a page that would shut somebody out."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

# Only the element itself is told of, so its path through the page need not be worked out.
_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "selectors": False,
}
_STILL = """async () => {
  const ends = (one) => one.effect.getComputedTiming().iterations !== Infinity;
  const running = () => document.getAnimations().filter(ends).map((one) => one.finished.catch(() => null));
  const renewed = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added";
  while (document.querySelector(renewed) || running().length) {
    await Promise.all(running());
    await new Promise(requestAnimationFrame);
  }
  return "axe" in window;
}"""
"""Wait while a part of the page is being renewed (half faded in it has no contrast). Is axe there."""
_RUN = "async (options) => (await axe.run(options)).violations"


async def axe(page: Page) -> None:
    """Fail where axe-core finds anything on the page, once nothing on it moves or fades in any more."""
    is_there = await page.evaluate(_STILL)
    if not is_there:
        await page.evaluate(Axe().axe_script)
    found = await page.evaluate(_RUN, _OPTIONS)
    assert not found, "\n".join(
        f"{one['id']} ({one['help']}): {[node['html'] for node in one['nodes']]}" for one in found
    )
