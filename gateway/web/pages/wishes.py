"""What a resident wishes, put in by a coordinator they told: kinds of text, consents, to be forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from flows.conversation import Prompt
from gateway.services import announcements, privacy
from gateway.services.announcements import KINDS
from gateway.services.outside import acting_for
from gateway.store import announcements as store_announcements
from gateway.store import directory
from gateway.store import privacy as store_privacy
from gateway.store.accounts import Role
from gateway.store.consents import FlowConsent, consents, drop_consent
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.journal import journal
from gateway.store.people import resident_by_id
from gateway.turns import Turns
from gateway.web.access import needs
from gateway.web.context import gateway, now, store, visit
from gateway.web.forms import Form, FormMistake, fields
from gateway.web.render import back

AS_USUAL, YES, NO = "", "yes", "no"


@dataclass(frozen=True, slots=True)
class Wishes:
    """Which kinds of text somebody chose about, what they agreed to, and what stands against forgetting them.

    `listed` is what they are in the community's own lists, `running` what still needs their number.
    """

    choices: Mapping[str, bool]
    agreed: Sequence[FlowConsent]
    listed: Sequence[str]
    running: Sequence[str]
    forget_asked: bool


def wishes_of(tx: Tx, resident_id: int) -> Wishes:
    """Give what a resident wishes."""
    return Wishes(
        choices=store_announcements.choices(tx, resident_id),
        agreed=consents(tx, resident_id),
        listed=store_privacy.roles(tx, resident_id),
        running=store_privacy.running_matters(tx, resident_id),
        forget_asked=resident_id in store_privacy.asked_to_forget(tx),
    )


def _known(tx: Tx, resident_id: int) -> None:
    if directory.listed(tx, resident_id) is None:
        raise web.HTTPNotFound


@needs(Role.ORGANISER)
async def choose(request: web.Request) -> web.Response:
    """Remember which kinds of text a resident wants, and which not."""
    resident_id, form = int(request.match_info["id"]), await fields(request)
    me, moment = visit(request).account.id, now(request)
    changed = await store(request).write(_choose, gateway(request).turns, resident_id, form, me, moment)
    gateway(request).queued()
    return await back(
        request, f"/people/{resident_id}", "people.changed" if changed else "people.nothing_new"
    )


def _choose(tx: Tx, turns: Turns, resident_id: int, form: Form, me: int, moment: datetime) -> int:
    """Do it, and give how many kinds are otherwise than before."""
    _known(tx, resident_id)
    doing, before, changed = turns.timing(tx, moment), store_announcements.choices(tx, resident_id), 0
    for kind in KINDS:
        # What was never said may stay unsaid; what was said can only become the other.
        chosen = form.choice(kind, (YES, NO) if kind in before else (AS_USUAL, YES, NO))
        if chosen == AS_USUAL or before.get(kind) == (chosen == YES):
            continue
        announcements.choose(doing, resident_id, kind, wants=chosen == YES)
        deed = "people.wants" if chosen == YES else "people.wants_none"
        journal(tx, me, deed, f"resident:{resident_id}", moment, kind=kind)
        changed += 1
    return changed


@needs(Role.ORGANISER)
async def withdraw(request: web.Request) -> web.Response:
    """Take back that a resident agreed to be asked something by another system."""
    resident_id, form = int(request.match_info["id"]), await fields(request)
    flow, me = form.text("flow", most=40), visit(request).account.id
    await store(request).write(_withdraw, resident_id, flow, me, now(request))
    return await back(request, f"/people/{resident_id}", "people.consent_gone")


def _withdraw(tx: Tx, resident_id: int, flow: str, me: int, moment: datetime) -> None:
    if not drop_consent(tx, resident_id, flow):
        raise FormMistake("flow", "common.field_choice")
    subject = f"resident:{resident_id}"
    write_event(tx, "consent.withdrawn", subject, {"flow": flow}, moment)
    journal(tx, me, "people.consent_withdrawn", subject, moment, flow=flow)


@needs(Role.COORDINATOR)
async def forget(request: web.Request) -> web.Response:
    """Forget a resident who asked for it, as FORGET ME by text does, and tell them."""
    resident_id, form = int(request.match_info["id"]), await fields(request)
    where = f"/people/{resident_id}"
    if not form.ticked("sure"):
        return await back(request, where, "people.forget_not_sure", problem=True)
    me, moment = visit(request).account.id, now(request)
    outcome = await store(request).write(_forget, gateway(request).turns, resident_id, me, moment)
    if outcome == "listed":
        return await back(request, where, "people.forget_listed_first", problem=True)
    gateway(request).queued()
    return await back(request, where, f"people.forget_{outcome}")


def _forget(tx: Tx, turns: Turns, resident_id: int, me: int, moment: datetime) -> str:
    """Do what FORGET ME does, and give its outcome: `erased`, `later`, or `listed` where nothing was done."""
    _known(tx, resident_id)
    acting = acting_for(tx, turns, resident_id, moment)
    if privacy.matters(acting, {}).name == "listed":
        return "listed"
    outcome = privacy.forget(acting, {}).name
    journal(tx, me, "people.forgotten", f"resident:{resident_id}", moment)
    acting.tell(resident_by_id(tx, resident_id).number, Prompt("forget_me", outcome))
    return outcome


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    one = "/people/{id:[0-9]{1,12}}"
    return [
        web.post(one + "/kinds", choose),
        web.post(one + "/consent", withdraw),
        web.post(one + "/forget", forget),
    ]
