"""Webhooks out: who is told of events, how that goes, and telling them once more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiohttp import web

from gateway.store import webhook_history as history
from gateway.store import webhooks as store_webhooks
from gateway.store.accounts import Role
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.store.webhooks import Endpoint, Wanted
from gateway.web.access import needs
from gateway.web.context import gateway, language, now, store, visit
from gateway.web.endpoint_form import choosable_fields, families, read_wanted
from gateway.web.forms import Form, FormMistake, fields
from gateway.web.mistake_words import in_words
from gateway.web.render import back, render
from gateway.webhooks import endpoints
from gateway.webhooks.addresses import Allowed
from gateway.webhooks.catalogue import EVERYTHING
from gateway.webhooks.endpoints import EndpointRefused

_ONE = "/webhooks/{id:[0-9]{1,12}}"
A_PAGE = 50
COUNTED = timedelta(days=1)
STATES = ("", "failed", "waiting")
NOTHING_YET = Wanted("", "", (), ())


@needs(Role.OBSERVER)
async def show_list(request: web.Request) -> web.Response:
    """Show every endpoint."""
    found = await store(request).read(store_webhooks.endpoints)
    since = now(request) - COUNTED
    counts = {one.id: await store(request).read(history.count_deliveries, one.id, since) for one in found}
    return render(request, "webhooks.html", endpoints=found, counts=counts)


@needs(Role.COORDINATOR)
async def show_new(request: web.Request) -> web.Response:
    """Show the form for a new endpoint."""
    return _form(request, NOTHING_YET)


@needs(Role.COORDINATOR)
async def show_change(request: web.Request) -> web.Response:
    """Show the form of an endpoint."""
    endpoint = await _endpoint(request)
    return _form(request, endpoint.wanted, endpoint.id)


def _form(request: web.Request, wanted: Wanted, id_: int = 0, problem: str = "") -> web.Response:
    return render(
        request,
        "webhook_form.html",
        status=422 if problem else 200,
        wanted=wanted,
        endpoint_id=id_,
        problem=problem,
        families=families(),
        everything=EVERYTHING,
        fields=choosable_fields(),
        local=_local(request),
    )


def _local(request: web.Request) -> list[str]:
    """Give the receivers on the local network that the settings allow."""
    allowed = gateway(request).local_receivers
    return [
        *sorted(f"{host}:{port}" for host, port in allowed.receivers),
        *(str(network) for network in allowed.networks),
    ]


@needs(Role.COORDINATOR)
async def add(request: web.Request) -> web.Response:
    """Add an endpoint, and show its secret this once."""
    wanted = read_wanted(await fields(request))
    try:
        endpoint = await store(request).write(
            _add, wanted, gateway(request).local_receivers, visit(request).account.id, now(request)
        )
    except EndpointRefused as refused:
        return _form(request, wanted, problem=in_words(language(request), str(refused)))
    return await _page(request, endpoint, secret=endpoint.secret)


def _add(tx: Tx, wanted: Wanted, allowed: Allowed, me: int, moment: datetime) -> Endpoint:
    endpoint_id = endpoints.add_endpoint(tx, wanted, allowed, moment)
    journal(tx, me, "webhooks.added", f"webhook:{endpoint_id}", moment)
    endpoint = store_webhooks.endpoint_by_id(tx, endpoint_id)
    assert endpoint is not None, "an endpoint that was just added is not there"  # noqa: S101
    return endpoint


@needs(Role.COORDINATOR)
async def change(request: web.Request) -> web.Response:
    """Change an endpoint."""
    endpoint, wanted = await _endpoint(request), read_wanted(await fields(request))
    me, allowed = visit(request).account.id, gateway(request).local_receivers
    try:
        await store(request).write(_change, endpoint.id, wanted, allowed, me, now(request))
    except EndpointRefused as refused:
        return _form(request, wanted, endpoint.id, in_words(language(request), str(refused)))
    return await back(request, f"/webhooks/{endpoint.id}", "webhooks.done_changed")


def _change(tx: Tx, endpoint_id: int, wanted: Wanted, allowed: Allowed, me: int, moment: datetime) -> None:
    endpoints.change_endpoint(tx, endpoint_id, wanted, allowed, moment)
    journal(tx, me, "webhooks.changed", f"webhook:{endpoint_id}", moment)


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show an endpoint and its deliveries."""
    return await _page(request, await _endpoint(request))


@needs(Role.OBSERVER)
async def show_state(request: web.Request) -> web.Response:
    """Show how an endpoint is, for a page that is open."""
    endpoint = await _endpoint(request)
    return render(request, "webhook_state.html", endpoint=endpoint, counts=await _counts(request, endpoint))


async def _page(request: web.Request, endpoint: Endpoint, secret: str = "") -> web.Response:
    state, before = request.query.get("state", ""), request.query.get("before", "")
    found = await store(request).read(_deliveries, endpoint.id, state if state in STATES else "", before)
    return render(
        request,
        "webhook.html",
        endpoint=endpoint,
        counts=await _counts(request, endpoint),
        deliveries=found[:A_PAGE],
        more=found[A_PAGE - 1].event if len(found) > A_PAGE else 0,
        state=state if state in STATES else "",
        states=STATES,
        secret=secret,
        fields=choosable_fields(),
    )


async def _counts(request: web.Request, endpoint: Endpoint) -> history.Counts:
    since = now(request) - COUNTED
    return await store(request).read(history.count_deliveries, endpoint.id, since)


def _deliveries(tx: Tx, endpoint_id: int, state: str, before: str) -> list[history.Delivery]:
    last = int(before) if before.isascii() and before.isdigit() and len(before) < 13 else None
    return history.deliveries(tx, endpoint_id, state=state, before=last, limit=A_PAGE + 1)


async def _endpoint(request: web.Request) -> Endpoint:
    found = await store(request).read(store_webhooks.endpoint_by_id, int(request.match_info["id"]))
    if found is None:
        raise web.HTTPNotFound
    return found


@needs(Role.COORDINATOR)
async def rotate(request: web.Request) -> web.Response:
    """Give an endpoint a new secret, shown this once; the old one signs on for a day, unless it leaked."""
    endpoint, form = await _endpoint(request), await fields(request)
    me = visit(request).account.id
    secret = await store(request).write(_rotate, endpoint.id, form.ticked("leaked"), me, now(request))
    return await _page(request, await _endpoint(request), secret=secret)


def _rotate(tx: Tx, endpoint_id: int, leaked: bool, me: int, moment: datetime) -> str:
    journal(tx, me, "webhooks.secret_changed", f"webhook:{endpoint_id}", moment)
    return endpoints.rotate_secret(tx, endpoint_id, moment, leaked=leaked)


@needs(Role.COORDINATOR)
async def act(request: web.Request) -> web.Response:
    """Switch an endpoint on or off, end its old secret, or remove it."""
    endpoint, deed = await _endpoint(request), request.match_info["deed"]
    form = await fields(request)
    if deed == "remove" and not form.ticked("sure"):
        raise FormMistake("sure", "webhooks.not_sure")
    await store(request).write(_act, deed, endpoint.id, visit(request).account.id, now(request))
    where = "/webhooks" if deed == "remove" else f"/webhooks/{endpoint.id}"
    return await back(request, where, f"webhooks.done_{deed}")


_DEEDS = {
    "on": endpoints.switch_on,
    "off": endpoints.switch_off,
    "end_old": endpoints.end_old_secret,
    "remove": endpoints.remove_endpoint,
}


def _act(tx: Tx, deed: str, endpoint_id: int, me: int, moment: datetime) -> None:
    _DEEDS[deed](tx, endpoint_id, moment)
    journal(tx, me, f"webhooks.{deed}", f"webhook:{endpoint_id}", moment)


@needs(Role.ORGANISER)
async def send(request: web.Request) -> web.Response:
    """Send a test, or deliveries once more: those ticked, those given up, or everything since a moment."""
    endpoint, deed = await _endpoint(request), request.match_info["deed"]
    form, where = await fields(request), f"/webhooks/{endpoint.id}"
    since = _since(request, form) if deed == "since" else None
    ticked = [int(one) for one in form.all("delivery") if one.isascii() and one.isdigit() and len(one) < 13]
    if deed == "ticked" and not ticked:
        raise FormMistake("delivery", "webhooks.none_ticked")
    me = visit(request).account.id
    try:
        sent = await store(request).write(_send, deed, endpoint.id, ticked, since, me, now(request))
    except EndpointRefused:
        return await back(request, where, "webhooks.not_while_off", problem=True)
    if deed == "test":
        return await back(request, where, "webhooks.done_test")
    return await back(request, where, "webhooks.done_since" if since else "webhooks.done_replayed", n=sent)


def _since(request: web.Request, form: Form) -> datetime:
    """Read a local moment as a page of ours writes it: 2026-03-02T09:30."""
    try:
        typed = datetime.fromisoformat(form.text("since", most=30))
        aware = typed if typed.tzinfo else typed.replace(tzinfo=gateway(request).turns.community.zone)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        raise FormMistake("since", "webhooks.no_moment") from None


def _send(
    tx: Tx,
    deed: str,
    endpoint_id: int,
    ticked: list[int],
    since: datetime | None,
    me: int,
    moment: datetime,
) -> int:
    journal(tx, me, f"webhooks.{deed}", f"webhook:{endpoint_id}", moment)
    if deed == "test":
        endpoints.send_test(tx, endpoint_id, moment)
        return 1
    if since is not None:
        return endpoints.replay_since(tx, endpoint_id, since, moment)
    if deed == "ticked":
        return endpoints.replay(tx, endpoint_id, ticked, moment)
    return endpoints.replay_failed(tx, endpoint_id, moment)


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    return [
        web.get("/webhooks", show_list),
        web.get("/webhooks/new", show_new),
        web.post("/webhooks", add),
        web.get(_ONE, show),
        web.get(_ONE + "/state", show_state),
        web.get(_ONE + "/change", show_change),
        web.post(_ONE + "/change", change),
        web.post(_ONE + "/rotate", rotate),
        web.post(_ONE + "/{deed:on|off|end_old|remove}", act),
        web.post(_ONE + "/send/{deed:test|ticked|failed|since}", send),
    ]
