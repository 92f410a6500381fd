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
_IS_THERE = "'axe' in window"
_LOOK = """async (options) => {
  const ends = (one) => one.effect.getComputedTiming().iterations !== Infinity;
  const running = () => document.getAnimations().filter(ends).map((one) => one.finished.catch(() => null));
  const renewed = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added";
  let found, moved;
  const move = () => { moved = true; };
  const moves = ["htmx:beforeRequest", "htmx:beforeSwap", "transitionrun", "animationstart"];
  moves.forEach((name) => document.addEventListener(name, move, true));
  do {
    while (document.querySelector(renewed) || running().length) {
      await Promise.all(running());
      await new Promise(requestAnimationFrame);
    }
    moved = false;
    found = (await axe.run(options)).violations;
  } while (moved);
  moves.forEach((name) => document.removeEventListener(name, move, true));
  return found;
}"""
"""Look while no part of the page is being renewed, and again where one was meanwhile: half faded in, it has
no contrast."""


async def axe(page: Page) -> None:
    """Fail where axe-core finds anything on the page, once nothing on it moves or fades in any more."""
    if not await page.evaluate(_IS_THERE):
        await page.evaluate(Axe().axe_script)
    found = await page.evaluate(_LOOK, _OPTIONS)
    assert not found, "\n".join(
        f"{one['id']} ({one['help']}): {[node['html'] for node in one['nodes']]}" for one in found
    )
