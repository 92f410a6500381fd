"""Tokens: made, shown once, taken back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from gateway.api.scopes import SCOPES
from gateway.errors import GatewayError
from gateway.store import people, tokens
from gateway.store.database import Tx
from gateway.store.driver_rides import is_driver
from gateway.store.journal import journal

# What a token of ours begins with: people and leak scanners know it by it.
MARK = "plt_"
SECRET_BYTES = 32
PREFIX_LETTERS = 8
NAME_LETTERS = 80
MOST_DAYS = 3650


class NoToken(GatewayError):
    """A token that cannot be made or taken back: nothing was changed."""


def new_token(
    tx: Tx, name: str, scopes: Sequence[str], days: int, now: datetime, by: int | None = None
) -> str:
    """Make a token for another system and give it, this once; `by` is an account. Raises NoToken."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        wrong = f"There is no scope {unknown[0]}" if unknown else "A token without a scope opens nothing"
        raise NoToken(f"{wrong}. Choose of: {', '.join(SCOPES)}.")
    token = MARK + secrets.token_urlsafe(SECRET_BYTES)
    _keep(tx, tokens.BEARER, name, token, days, now, by, scopes=sorted(set(scopes)))
    return token


def new_calendar(tx: Tx, name: str, number: str, days: int, now: datetime, by: int | None = None) -> str:
    """Make the secret part of a calendar's address for the driver with a number (E.164). Raises NoToken."""
    driver = people.resident_by_number(tx, number)
    if driver is None or not is_driver(tx, driver.id):
        raise NoToken("No driver has that number. Give it with + and country code, as in drivers.csv.")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    _keep(tx, tokens.CALENDAR, name, secret, days, now, by, driver_id=driver.id)
    return secret


def take_back(tx: Tx, token_id: int, now: datetime, by: int | None = None) -> None:
    """Let a token be used no more. Raises NoToken where there is none of that id in use."""
    if not tokens.revoke_token(tx, token_id, now):
        raise NoToken(f"There is no token {token_id} that is in use. See them with: plainline tokens list")
    journal(tx, by, "api.token_revoked", f"token:{token_id}", now)


def _keep(
    tx: Tx,
    kind: str,
    name: str,
    token: str,
    days: int,
    now: datetime,
    by: int | None,
    *,
    scopes: Sequence[str] = (),
    driver_id: int | None = None,
) -> None:
    if not 0 < len(name.strip()) <= NAME_LETTERS:
        raise NoToken(f"Give the token a name of up to {NAME_LETTERS} letters, so that you know it again.")
    if not 1 <= days <= MOST_DAYS:
        raise NoToken(f"A token holds for 1 to {MOST_DAYS} days.")
    token_id = tokens.add_token(
        tx,
        kind=kind,
        name=name.strip(),
        prefix=token[:PREFIX_LETTERS],
        hashed=tokens.hash_of(token),
        now=now,
        scopes=scopes,
        driver_id=driver_id,
        expires_at=now + timedelta(days=days),
    )
    journal(tx, by, "api.token_made", f"token:{token_id}", now, kind=kind, scopes=list(scopes))
