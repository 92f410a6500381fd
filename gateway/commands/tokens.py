"""`plainline tokens`: let another system in, or a driver's calendar; see who may; take it back."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from gateway.commands import exits
from gateway.commands.command import add_command, add_config

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.commands.command import Commands
    from gateway.store.database import Tx
    from gateway.store.tokens import Token

DAYS = 365


def add(commands: Commands) -> None:
    """Add the command with its parts."""
    parser = add_command(
        commands,
        "tokens",
        list_tokens,
        summary="let other systems and drivers' calendars in, and take that back",
        example="plainline tokens add 'Council cases' requests:read requests:write\n"
        "plainline tokens add 'Bob, phone' --driver +447700900101",
        statuses="see: plainline tokens add --help, and the same for list and revoke",
    )
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    _add_add(parts)
    listing = add_command(
        parts,
        "list",
        list_tokens,
        summary="list the tokens there are, never what they are",
        example="plainline tokens list",
        statuses="0  listed\n1  the database cannot be used\n2  wrong use\n3  a mistake in the settings",
    )
    add_config(listing)
    revoking = add_command(
        parts,
        "revoke",
        revoke,
        summary="let a token be used no more, from its next request on",
        example="plainline tokens revoke 3",
        statuses="0  revoked\n1  there is no such token in use\n2  wrong use\n3  a mistake in the settings",
    )
    revoking.add_argument("id", type=int, metavar="ID", help="its number in: plainline tokens list")
    add_config(revoking)


def _add_add(parts: Commands) -> None:
    from gateway.api.scopes import SCOPES

    adding = add_command(
        parts,
        "add",
        add_token,
        summary="make a token, and show it once",
        example="plainline tokens add 'Council cases' requests:read requests:write --days 90",
        statuses="0  made; the token is on a line of its own\n1  not made\n2  wrong use\n"
        "3  a mistake in the settings",
    )
    adding.add_argument("name", metavar="NAME", help="who gets it, for the list")
    adding.add_argument(
        "scopes", nargs="*", metavar="SCOPE", help=f"what it may do; there are: {', '.join(SCOPES)}"
    )
    adding.add_argument(
        "--days", type=int, default=DAYS, metavar="N", help=f"how long it holds (otherwise {DAYS} days)"
    )
    adding.add_argument(
        "--driver", metavar="NUMBER", help="make a calendar address for the driver with this number instead"
    )
    add_config(adding)


def add_token(options: argparse.Namespace) -> int:
    """Make a token and print it."""
    from gateway.api.tokens import new_calendar, new_token
    from gateway.commands.in_database import in_database

    if options.driver:

        def make(tx: Tx, now: datetime) -> str:
            return new_calendar(tx, options.name, options.driver, options.days, now)

        secret = in_database(options, make)
        print(f"That driver's calendar is at this address, for {options.days} days. It is shown this once:")
        print(f"/api/v1/calendars/{secret}.ics")
        return exits.DONE

    def make_token(tx: Tx, now: datetime) -> str:
        return new_token(tx, options.name, options.scopes, options.days, now)

    secret = in_database(options, make_token)
    print(f"This token holds for {options.days} days. It is shown this once:")
    print(secret)
    return exits.DONE


def list_tokens(options: argparse.Namespace) -> int:
    """Print what is known of every token."""
    from gateway.commands.in_database import in_database
    from gateway.store.tokens import tokens

    found = in_database(options, lambda tx, now: [(token, token.holds(now)) for token in tokens(tx)])
    if not found:
        print("There are no tokens. Make one with: plainline tokens add NAME SCOPE")
    for token, holds in found:
        print(_line(token, holds=holds))
    return exits.DONE


def revoke(options: argparse.Namespace) -> int:
    """Let a token be used no more."""
    from gateway.api.tokens import take_back
    from gateway.commands.in_database import in_database

    in_database(options, lambda tx, now: take_back(tx, options.id, now))
    print(f"Token {options.id} opens nothing any more.")
    return exits.DONE


def _line(token: Token, *, holds: bool) -> str:
    what = "calendar" if token.driver_id is not None else " ".join(sorted(token.scopes)) or "nothing"
    state = "" if holds else ", revoked" if token.revoked_at else ", expired"
    until = f", until {token.expires_at:%Y-%m-%d}" if token.expires_at and holds else ""
    used = f"last used {token.last_used_on}" if token.last_used_on else "never used"
    return f"{token.id}  {token.prefix}...  {token.name}: {what}{until}; {used}{state}"
