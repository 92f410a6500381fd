"""What axe-core finds on a page that would shut somebody out."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_STILL = """async () => {
  const ends = (one) => one.effect.getComputedTiming().iterations !== Infinity;
  const running = () => document.getAnimations().filter(ends).map((one) => one.finished.catch(() => null));
  const renewed = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added";
  while (document.querySelector(renewed) || running().length) {
    await Promise.all(running());
    await new Promise(requestAnimationFrame);
  }
}"""
"""Wait while a part of the page is being renewed: what is half faded in has no contrast."""


async def axe(page: Page) -> None:
    """Fail where axe-core finds anything on the page, once nothing on it moves or fades in any more."""
    await page.evaluate(_STILL)
    results = await Axe().run(page, options={"resultTypes": ["violations"], **_RULES})
    found = results.response["violations"]
    assert not found, "\n".join(
        f"{one['id']} ({one['help']}): {[node['html'] for node in one['nodes']]}" for one in found
    )
