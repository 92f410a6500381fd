"""Votes: polls made step by step, followed while open without a result, and reported on after the close."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from aiohttp import web

from gateway.community_votes import PUBLISH, TIE_RULES, PollEntry, VotesMistake
from gateway.counting import METHODS
from gateway.services import ballots, membership, poll_desk
from gateway.services.acting import Timing
from gateway.services.ballots import ENTERED_HOW, TOP_SCORE, Choice, VoteNotTaken
from gateway.services.lifecycle import IllegalMove
from gateway.services.poll_preview import preview
from gateway.services.poll_report import render_report, report
from gateway.services.polls import said
from gateway.store import enrolments, members, polls, votes
from gateway.store.accounts import Account, Role
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.store.polls import Poll
from gateway.store.votes import OVER
from gateway.turns import Turns
from gateway.web.access import needs
from gateway.web.context import gateway, language, now, store, visit
from gateway.web.forms import Form, FormMistake, fields
from gateway.web.poll_form import TypedPoll, read_poll, typed_in, typed_of
from gateway.web.render import back, render

NO_CHANGE = ("open", "closed", "tied", "counted", "published", "cancelled", "lapsed")
DEEDS: dict[str, tuple[str, ...]] = {
    "draft": ("schedule", "cancel"),
    "scheduled": ("cancel",),
    "open": ("close", "cancel"),
    "interrupted": ("cancel",),
    "counted": ("publish",),
}


@needs(Role.OBSERVER)
async def show_list(request: web.Request) -> web.Response:
    """Show every poll, the members, and who wants to become one."""
    found = await store(request).read(polls.all_polls)
    found.sort(key=lambda poll: poll.state != "open")  # what can be voted on now comes first
    return render(
        request,
        "votes.html",
        polls=found,
        questions={poll.key: said(poll.question, language(request)) for poll in found},
        turnouts={poll.key: await store(request).read(votes.turnout, poll.id) for poll in found},
        members=await store(request).read(members.all_members),
        wishes=await store(request).read(enrolments.waiting),
    )


@needs(Role.COORDINATOR)
async def show_new(request: web.Request) -> web.Response:
    """Show the form for a new poll."""
    return _form(request, "/votes", TypedPoll())


def _form(request: web.Request, action: str, typed: TypedPoll, problem: str = "") -> web.Response:
    return render(
        request,
        "vote_form.html",
        status=422 if problem else 200,
        action=action,
        typed=typed,
        problem=problem,
        languages=_languages(request),
        methods=tuple(METHODS),
        tie_rules=TIE_RULES,
        publishings=PUBLISH,
    )


def _languages(request: web.Request) -> tuple[str, ...]:
    """Give the languages of the community, its own first."""
    turns = gateway(request).turns
    own = turns.community.language
    return (own, *(tag for tag in turns.library.languages if tag != own))


@needs(Role.COORDINATOR)
async def write(request: web.Request) -> web.Response:
    """Make a draft of a poll, or write one anew that is not open yet."""
    form, key = await fields(request), request.match_info.get("key", "")
    turns, languages = gateway(request).turns, _languages(request)
    action = f"/votes/{key}/change" if key else "/votes"
    try:
        entry = read_poll(form, key or "new", languages, turns.community.zone)
        made = await store(request).write(_write, turns, entry, key, visit(request).account, now(request))
    except FormMistake as mistake:
        return _form(request, action, typed_in(form, languages), mistake.key)
    except VotesMistake as mistake:
        return _form(request, action, typed_in(form, languages), str(mistake))
    except IllegalMove:
        return await back(request, "/votes", "votes.not_moved", problem=True)
    return await back(request, f"/votes/{made}", "votes.drafted")


def _write(tx: Tx, turns: Turns, entry: PollEntry, key: str, who: Account, moment: datetime) -> str:
    timing, by = turns.timing(tx, moment), f"account:{who.id}"
    if key:
        made = poll_desk.change(timing, _known(tx, key), entry, by=by)
    else:
        made = poll_desk.draft(timing, replace(entry, key=poll_desk.free_key(tx)), by=by)
    journal(tx, who.id, "votes.written", f"poll:{made.id}", moment)
    return made.key


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show a poll: what will be said before it opens, turn-out while it is open, the report after."""
    poll = await _poll(request)
    turns, tag = gateway(request).turns, language(request)
    labels, found = {option.key: said(option.labels, tag) for option in poll.options}, None
    if poll.state in OVER:
        found = await store(request).read(report, poll)
    return render(
        request,
        "vote.html",
        poll=poll,
        question=said(poll.question, tag),
        labels=labels,
        won=", ".join(labels[key] for key in found.count.winners) if found else "",
        tied=", ".join(labels[key] for key in found.count.tied) if found else "",
        turnout=await store(request).read(votes.turnout, poll.id),
        roll=await store(request).read(members.members_on_roll, poll.id) if poll.state == "open" else [],
        previews=preview(turns.library, poll, turns.community.zone)
        if poll.state in ("draft", "scheduled")
        else [],
        report=found,
        deeds=DEEDS.get(poll.state, ()),
        changeable=poll.state not in NO_CHANGE,
        hows=ENTERED_HOW,
        top=TOP_SCORE,
    )


@needs(Role.OBSERVER)
async def show_report(request: web.Request) -> web.Response:
    """Give the report as plain text, to be printed and counted again."""
    poll = await _poll(request)
    if poll.state not in OVER:
        raise web.HTTPNotFound
    found = await store(request).read(report, poll)
    zone = gateway(request).turns.community.zone
    return web.Response(
        text=render_report(found, language(request), zone),
        content_type="text/plain",
        charset="utf-8",
        headers={"Content-Disposition": f'inline; filename="{poll.key}.txt"'},
    )


@needs(Role.COORDINATOR)
async def show_change(request: web.Request) -> web.Response:
    """Show the form of a poll that is not open yet."""
    poll = await _poll(request)
    if poll.state in NO_CHANGE:
        return await back(request, f"/votes/{poll.key}", "votes.not_moved", problem=True)
    zone = gateway(request).turns.community.zone
    return _form(request, f"/votes/{poll.key}/change", typed_of(poll, _languages(request), zone))


@needs(Role.COORDINATOR)
async def act(request: web.Request) -> web.Response:
    """Open, close, call off, extend, publish a poll, draw a lot, or enter a vote given on paper."""
    form, poll = await fields(request), await _poll(request)
    where, deed = f"/votes/{poll.key}", request.match_info["deed"]
    try:
        await store(request).write(
            _act, gateway(request).turns, poll.key, deed, form, visit(request).account, now(request)
        )
    except IllegalMove:
        return await back(request, where, "votes.not_moved", problem=True)
    except (VotesMistake, VoteNotTaken) as refused:
        return await back(request, where, "votes.refused", problem=True, why=str(refused))
    gateway(request).queued()
    return await back(request, where, f"votes.done_{deed}")


def _act(tx: Tx, turns: Turns, key: str, deed: str, form: Form, who: Account, moment: datetime) -> None:
    timing, by, poll = turns.timing(tx, moment), f"account:{who.id}", _known(tx, key)
    match deed:
        case "schedule":
            poll_desk.schedule(timing, poll, by=by)
        case "close":
            poll_desk.close_early(timing, poll, by=by)
        case "cancel":
            poll_desk.cancel(timing, poll, by=by)
        case "publish":
            poll_desk.publish(timing, poll, by=by)
        case "lot":
            poll_desk.draw_lot(timing, poll, form.text("seed"), by=by)
        case "extend" | "resume":
            try:
                local = datetime.fromisoformat(form.text("closes", most=20))
            except ValueError:
                raise FormMistake("closes", "votes.moment_wrong") from None
            closes = local.replace(tzinfo=turns.community.zone).astimezone(UTC)
            (poll_desk.extend if deed == "extend" else poll_desk.resume)(timing, poll, closes, by=by)
        case _:
            _enter(timing, poll, form, by)
    journal(tx, who.id, f"votes.{deed}", f"poll:{poll.id}", moment)


def _enter(timing: Timing, poll: Poll, form: Form, by: str) -> None:
    """Enter a vote given on paper: one option, several, an order, or scores, as the method has it."""
    if poll.method == "score":
        choice = Choice(scores={key: form.whole(f"score.{key}", most=TOP_SCORE) for key in poll.keys})
    elif poll.method == "ranked":
        ranks = {key: form.text(f"rank.{key}", most=2, empty=True) for key in poll.keys}
        ranked = {key: int(rank) for key, rank in ranks.items() if rank.isdecimal()}
        choice = Choice(tuple(sorted(ranked, key=lambda key: ranked[key])))
    else:
        choice = Choice(tuple(form.all("option")), words=form.text("words", most=300, empty=True))
    how = form.choice("how", ENTERED_HOW)
    ballots.enter_for(timing, poll, form.whole("member"), choice, how=how, by=by)


@needs(Role.COORDINATOR)
async def act_on_members(request: web.Request) -> web.Response:
    """Let somebody in, turn a wish down, end a membership, or give a new PIN (shown once, kept nowhere)."""
    form, deed = await fields(request), request.match_info["deed"]
    try:
        pin = await store(request).write(
            _act_on_members, gateway(request).turns, deed, form, visit(request).account, now(request)
        )
    except (IllegalMove, membership.NoSuchMember):
        return await back(request, "/votes", "votes.not_moved", problem=True)
    gateway(request).queued()
    if pin:
        return render(request, "vote_pin.html", pin=pin)
    return await back(request, "/votes", f"votes.done_{deed}")


def _act_on_members(tx: Tx, turns: Turns, deed: str, form: Form, who: Account, moment: datetime) -> str:
    timing, by, subject, pin = turns.timing(tx, moment), f"account:{who.id}", form.whole("id"), ""
    if deed in ("approve", "refuse"):
        wish = enrolments.by_id(tx, subject)
        if wish is None:
            raise FormMistake("id", "votes.gone")
        (membership.approve if deed == "approve" else membership.refuse)(timing, wish, by=by)
    elif deed == "pin":
        pin = membership.reset_pin(timing, subject, by=by)
    else:
        membership.leave(timing, subject, by=by)
    journal(tx, who.id, f"votes.{deed}", f"member:{subject}", moment)
    return pin


async def _poll(request: web.Request) -> Poll:
    found = await store(request).read(polls.poll_by_key, request.match_info["key"])
    if found is None:
        raise web.HTTPNotFound
    return found


def _known(tx: Tx, key: str) -> Poll:
    found = polls.poll_by_key(tx, key)
    if found is None:
        raise FormMistake("key", "votes.gone")
    return found


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    one = "/votes/{key:[a-z0-9_-]{1,60}}"
    return [
        web.get("/votes", show_list),
        web.post("/votes", write),
        web.get("/votes/new", show_new),
        web.post("/votes/members/{deed:approve|refuse|pin|leave}", act_on_members),
        web.get(one, show),
        web.get(one + "/report", show_report),
        web.get(one + "/change", show_change),
        web.post(one + "/change", write),
        web.post(one + "/{deed:schedule|close|cancel|publish|lot|extend|resume|enter}", act),
    ]
