"""What axe-core finds on a page that would shut somebody out."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


async def axe(page: Page) -> None:
    """Fail where axe-core finds anything on the page."""
    results = await Axe().run(page, options={"resultTypes": ["violations"], **_RULES})
    found = results.response["violations"]
    assert not found, "\n".join(
        f"{one['id']} ({one['help']}): {[node['html'] for node in one['nodes']]}" for one in found
    )
