"""The commands about calls and USSD."""

from __future__ import annotations

from modem.virtual.commands import Handler

COMMANDS: dict[str, Handler] = {}
