"""What whoever starts the gateway is told about the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.app import Gateway


def how_to_enter(gateway: Gateway) -> str:
    """Say where the dashboard is, and how the first coordinator gets in."""
    if not gateway.address:
        return gateway.troubles.get("page", "")
    words = f"Be a coordinator: open {gateway.address} in a browser"
    if not gateway.setup_code:
        return f"{words}."
    return f"{words}\nand type the setup code {gateway.setup_code} to become the first one."
