"""`plainline invite`: let somebody into the dashboard, as when the only coordinator forgot the password."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from gateway.commands import exits
from gateway.commands.command import add_command, add_config, find_settings

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.commands.command import Commands
    from gateway.store.database import Tx

ROLES = ("coordinator", "organiser", "observer")


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "invite",
        run,
        summary="make a link that lets somebody into the dashboard once, as when a password is forgotten",
        example="plainline invite 'Maria Hill'\nplainline invite 'Ben Reed' --role organiser",
        statuses="0  made; the link is on a line of its own\n1  the database cannot be used\n2  wrong use\n"
        "3  a mistake in the settings",
    )
    parser.add_argument("name", metavar="NAME", help="who gets the link, for the list of invitations")
    parser.add_argument("--role", choices=ROLES, default=ROLES[0], help="what they may do (coordinator)")
    add_config(parser)


def run(options: argparse.Namespace) -> int:
    """Make an invitation and print its link."""
    from gateway.commands.in_database import in_database
    from gateway.config import load_config
    from gateway.store.accounts import Role, invite
    from gateway.store.journal import journal
    from gateway.web.cookies import hash_token, new_token

    http = load_config(find_settings(options.config)).http
    token, role = new_token(), Role(options.role)

    def make(tx: Tx, now: datetime) -> None:
        invitation = invite(tx, hash_token(token), role, options.name, None, now)
        journal(tx, None, "account.invited", f"invitation:{invitation}", now, role=role.value)

    in_database(options, make)
    scheme = "https" if http.tls_certificate else "http"
    address = (
        http.public_url or f"{scheme}://{'localhost' if http.host == '127.0.0.1' else http.host}:{http.port}"
    )
    print(f"This link lets {options.name} in as {role}, once and within three days:")
    print(f"{address}/invitation/{token}")
    return exits.DONE
