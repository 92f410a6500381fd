"""What a coordinator does with endpoints: added, changed, given a new secret, switched off and on, replayed.

Each is one transaction and one event; `Webhooks` hears of it from there. Whoever calls it writes
into the journal who it was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from yarl import URL

from gateway.errors import GatewayError
from gateway.store import webhook_history as history
from gateway.store import webhooks as store
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.webhook_deliveries import Happening, open_deliveries, try_all_now
from gateway.store.webhooks import Endpoint, Wanted
from gateway.webhooks.addresses import Allowed, refusal
from gateway.webhooks.catalogue import TEST, offered_fields, unknown_types
from gateway.webhooks.signing import new_secret

# Each costs memory and connections while it is on.
MOST_ENDPOINTS = 20
MOST_NAME, MOST_URL = 80, 1000
# How long a receiver has to learn its new secret.
OLD_SECRET_SIGNS_FOR = timedelta(hours=24)
# How machines write addresses that people do not: 2130706433, 0x7f.1, 0177.0.0.1.
_NUMBERS = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+))*\.?")
_FOUR = re.compile(r"(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})")


class EndpointRefused(GatewayError):
    """An endpoint cannot be as asked for: nothing was changed. The message says what to write instead."""


def add_endpoint(tx: Tx, wanted: Wanted, allowed: Allowed, now: datetime) -> int:
    """Add an endpoint, which is told of what happens from now on; raises EndpointRefused."""
    if len(store.endpoints(tx)) >= MOST_ENDPOINTS:
        raise EndpointRefused(f"There are {MOST_ENDPOINTS} endpoints already. Remove one that nobody needs.")
    _check(wanted, allowed)
    endpoint_id = store.add_endpoint(tx, wanted, new_secret(), now)
    _tell(tx, "added", endpoint_id, wanted.name, now)
    return endpoint_id


def change_endpoint(tx: Tx, endpoint_id: int, wanted: Wanted, allowed: Allowed, now: datetime) -> None:
    """Change an endpoint; raises EndpointRefused."""
    _existing(tx, endpoint_id)
    _check(wanted, allowed)
    store.set_wanted(tx, endpoint_id, wanted, now)
    _tell(tx, "changed", endpoint_id, wanted.name, now)


def rotate_secret(tx: Tx, endpoint_id: int, now: datetime, *, leaked: bool = False) -> str:
    """Give an endpoint a new secret and return it; the old one signs, too, for a day, unless it `leaked`."""
    endpoint = _existing(tx, endpoint_id)
    secret = new_secret()
    store.set_secret(tx, endpoint_id, secret, None if leaked else now + OLD_SECRET_SIGNS_FOR, now)
    _tell(tx, "secret_changed", endpoint_id, endpoint.wanted.name, now)
    return secret


def end_old_secret(tx: Tx, endpoint_id: int, now: datetime) -> None:
    """Sign with the new secret alone from now on: the receiver knows it."""
    endpoint = _existing(tx, endpoint_id)
    store.forget_old_secret(tx, endpoint_id, now)
    _tell(tx, "secret_changed", endpoint_id, endpoint.wanted.name, now)


def switch_on(tx: Tx, endpoint_id: int, now: datetime) -> None:
    """Tell an endpoint of what happens from now on, and of what still waited for it."""
    endpoint = _existing(tx, endpoint_id)
    if endpoint.state != "on":
        store.set_state(tx, endpoint_id, "on", "", now)
        try_all_now(tx, endpoint_id, now)
        _tell(tx, "switched_on", endpoint_id, endpoint.wanted.name, now)


def switch_off(tx: Tx, endpoint_id: int, now: datetime) -> None:
    """Tell an endpoint nothing for now; what happens meanwhile it only hears of by `replay_since`."""
    endpoint = _existing(tx, endpoint_id)
    if endpoint.state == "on":
        store.set_state(tx, endpoint_id, "off", "", now)
        _tell(tx, "switched_off", endpoint_id, endpoint.wanted.name, now)


def remove_endpoint(tx: Tx, endpoint_id: int, now: datetime) -> None:
    """Remove an endpoint: its address and secrets at once, its deliveries bit by bit."""
    endpoint = _existing(tx, endpoint_id)
    store.forget_endpoint(tx, endpoint_id, now)
    _tell(tx, "removed", endpoint_id, endpoint.wanted.name, now)


def replay(tx: Tx, endpoint_id: int, delivery_ids: Sequence[int], now: datetime) -> int:
    """Send deliveries of an endpoint once more, with the ids they had; give how many there were."""
    endpoint = _existing(tx, endpoint_id)
    found = history.replay(tx, endpoint_id, delivery_ids, now)
    if found:
        _tell(tx, "replayed", endpoint_id, endpoint.wanted.name, now)
    return found


def replay_failed(tx: Tx, endpoint_id: int, now: datetime) -> int:
    """Send what was given up once more, the oldest first; give how many (not all, where that is a lot)."""
    return replay(tx, endpoint_id, history.failed_deliveries(tx, endpoint_id), now)


def replay_since(tx: Tx, endpoint_id: int, since: datetime, now: datetime) -> int:
    """Send everything since a moment once more; give how many events that are, wanted or not."""
    endpoint = _existing(tx, endpoint_id)
    events = store.ask_replay(tx, endpoint_id, since)
    _tell(tx, "replayed", endpoint_id, endpoint.wanted.name, now)
    return events


def send_test(tx: Tx, endpoint_id: int, now: datetime) -> None:
    """Send an endpoint, and it alone, a webhook to try it out; raises EndpointRefused while it is off."""
    endpoint = _existing(tx, endpoint_id)
    if endpoint.state != "on":
        raise EndpointRefused("It is switched off, so nothing was sent. Switch it on and try again.")
    event = _tell(tx, "test", endpoint_id, endpoint.wanted.name, now)
    open_deliveries(tx, endpoint_id, [Happening(event, TEST, f"webhook:{endpoint_id}")], now)


def url_problem(url: str, allowed: Allowed) -> str:
    """Say why webhooks cannot go to an address, "" when they can.

    A name may still lead somewhere else tomorrow: what counts is checked again at every connection.
    """
    try:
        target = URL(url)
        host, port = target.host or "", target.port or 0
    except ValueError:
        return "This is no address. Write for example: https://cases.example.org/hooks/plainline"
    if len(url) > MOST_URL or target.scheme not in ("https", "http") or not host or not port:
        return "Write a whole address that begins with https://"
    if target.user or target.password or target.fragment:
        return "Leave out names, passwords and # in the address: the signature says who we are."
    if _NUMBERS.fullmatch(host) and not _FOUR.fullmatch(host):
        return "Write the address as a name, or as four numbers with points between them."
    encrypted = target.scheme == "https"
    if _FOUR.fullmatch(host) or ":" in host:
        reason = refusal(host, port, host=host, encrypted=encrypted, allowed=allowed)
        return f"Webhooks may not go there: {reason}." if reason else ""
    if not encrypted and not allowed.names(host, port) and not allowed.networks:
        return "Write https:// so that nobody on the way can read along."
    return ""


def _check(wanted: Wanted, allowed: Allowed) -> None:
    if not wanted.name.strip() or len(wanted.name) > MOST_NAME:
        raise EndpointRefused(f"Give it a name of up to {MOST_NAME} letters.")
    if problem := url_problem(wanted.url, allowed):
        raise EndpointRefused(problem)
    if not wanted.types:
        raise EndpointRefused("Choose at least one kind of event to be told of.")
    if unknown := unknown_types(wanted.types):
        raise EndpointRefused(f"There is no kind of event called {unknown[0][:MOST_NAME]}.")
    offered = offered_fields(wanted.types)
    if extra := [name for name in wanted.fields if name not in offered]:
        raise EndpointRefused(f"None of the chosen events can carry {extra[0][:MOST_NAME]}.")


def _existing(tx: Tx, endpoint_id: int) -> Endpoint:
    endpoint = store.endpoint_by_id(tx, endpoint_id)
    if endpoint is None:
        raise EndpointRefused("There is no such endpoint any more, so nothing was changed.")
    return endpoint


def _tell(tx: Tx, what: str, endpoint_id: int, name: str, now: datetime) -> int:
    return write_event(tx, f"webhook.{what}", f"webhook:{endpoint_id}", {"endpoint": name}, now)
