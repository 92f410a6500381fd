"""Flows: how each goes, how residents fare in it, and what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from aiohttp import web

from flows.errors import Problem
from flows.gsm7 import parts
from flows.library import COMMON, Library
from flows.model import Flow, Phrase
from flows.reworded import VARIANTS, Rewording, reworded
from gateway.flow_texts import LONGEST_WORDS, problems_of
from gateway.store import flow_texts
from gateway.store.accounts import Role
from gateway.store.database import Tx
from gateway.store.journal import journal
from gateway.store.step_counts import step_counts
from gateway.web.access import needs
from gateway.web.context import gateway, now, store, visit
from gateway.web.flow_drawing import draw_flow
from gateway.web.forms import FormMistake, fields
from gateway.web.pages import phone
from gateway.web.render import back, render

COUNTED = timedelta(days=30)
PROBLEMS_SHOWN = 20


@needs(Role.OBSERVER)
async def show_list(request: web.Request) -> web.Response:
    """Show every flow, and what was changed in their texts when."""
    library = gateway(request).turns.library
    known = sorted(library.flows.values(), key=lambda flow: flow.name)
    since = _since(request)
    counts = {name: await store(request).read(step_counts, name, since) for name in library.flows}
    return render(
        request,
        "flows.html",
        begun=[flow for flow in known if _is_begun(flow)],
        others=[flow for flow in known if not _is_begun(flow)],
        totals={name: _total(found.values()) for name, found in counts.items()},
        revisions=await store(request).read(flow_texts.revisions),
        problems=await _problems(request),
        trial_number=phone.NUMBERS[0] if phone.is_there(gateway(request).data) else "",
    )


def _is_begun(flow: Flow) -> bool:
    """Whether residents begin a flow with words of their own; the others answer something they were sent."""
    return any(texts.keywords for texts in flow.texts.values())


def _total(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total = Counter({"passed": 0, "stopped": 0, "unclear": 0})
    for one in counts:
        total.update(one)
    return dict(total)


@needs(Role.OBSERVER)
async def show(request: web.Request) -> web.Response:
    """Show one flow as a drawing, and in a table how residents fared at each question."""
    flow = _flow(request)
    counts = await store(request).read(step_counts, flow.name, _since(request))
    return render(
        request,
        "flow.html",
        flow=flow,
        drawing=draw_flow(flow, counts),
        counts=counts,
        languages=gateway(request).turns.library.languages,
    )


@needs(Role.COORDINATOR)
async def show_texts(request: web.Request) -> web.Response:
    """Show what a flow says in one language, to be changed."""
    name, tag = request.match_info["flow"], request.match_info["language"]
    files = gateway(request).turns.files
    changes = await store(request).read(flow_texts.draft_texts)
    drafted = reworded(files, changes)
    return render(
        request,
        "flow_texts.html",
        flow=name,
        tag=tag,
        languages=files.languages,
        phrases=_phrases(drafted, name, tag),
        changed={(one.key, one.variant) for one in changes if (one.flow, one.language) == (name, tag)},
        drafted=await store(request).read(flow_texts.has_draft),
        problems=await _problems(request),
        trial_number=phone.NUMBERS[0] if phone.is_there(gateway(request).data) else "",
        count=parts,
        most=LONGEST_WORDS,
    )


@needs(Role.COORDINATOR)
async def save_texts(request: web.Request) -> web.Response:
    """Put what was typed into the draft; nobody hears it yet."""
    name, tag, form = request.match_info["flow"], request.match_info["language"], await fields(request)
    files = gateway(request).turns.files
    drafted = _phrases(reworded(files, await store(request).read(flow_texts.draft_texts)), name, tag)
    changes = []
    for key, phrase in _phrases(files, name, tag).items():
        for variant in VARIANTS:
            field = f"{variant}.{key}"
            if field not in await request.post():
                continue
            words = form.text(field, most=LONGEST_WORDS, empty=True, lines=True)
            if words != getattr(drafted[key], variant):
                own = "" if words == getattr(phrase, variant) else words
                changes.append(Rewording(name, tag, key, variant, own))
    await store(request).write(_save, changes, visit(request).account.id, now(request))
    trying = gateway(request).turns.trying
    trying.update(dict.fromkeys(trying, reworded(files, await store(request).read(flow_texts.draft_texts))))
    where = f"/flows/{name}/texts/{tag}"
    return await back(request, where, "flows.saved" if changes else "flows.unchanged", n=len(changes))


def _save(tx: Tx, changes: Sequence[Rewording], account_id: int, moment: datetime) -> None:
    for change in changes:
        flow_texts.write_draft(tx, change, account_id, moment)
    if changes:
        subject = f"flow:{changes[0].flow}"
        journal(
            tx, account_id, "flows.drafted", subject, moment, language=changes[0].language, n=len(changes)
        )


@needs(Role.COORDINATOR)
async def switch(request: web.Request) -> web.Response:
    """Switch the draft on, drop it, or begin a new one from what was said before."""
    deed, form = request.match_info["deed"], await fields(request)
    source = form.whole("revision") if deed == "return" else 0
    if deed == "on" and await _problems(request):
        return await back(request, "/flows", "flows.not_switched", problem=True)
    await store(request).write(_switch, deed, source, visit(request).account.id, now(request))
    turns = gateway(request).turns
    turns.reword(await store(request).read(flow_texts.live_texts))
    turns.trying.clear()
    return await back(request, "/flows", f"flows.done_{deed}")


def _switch(tx: Tx, deed: str, source: int, account_id: int, moment: datetime) -> None:
    if deed == "on":
        if not flow_texts.switch_on_draft(tx, moment):
            raise FormMistake("draft", "flows.no_draft")
    elif deed == "drop":
        flow_texts.drop_draft(tx)
    else:
        flow_texts.draft_from(tx, source or None, account_id, moment)
    journal(tx, account_id, f"flows.{deed}", "flows", moment)


@needs(Role.COORDINATOR)
async def count_parts(request: web.Request) -> web.Response:
    """Say how many texts some words make."""
    form = await fields(request)
    name = next((key for key in await request.post() if key.partition(".")[0] in VARIANTS), "")
    words = form.text(name, most=LONGEST_WORDS, empty=True, lines=True) if name else ""
    return render(request, "parts.html", count=parts(words) if words else 0, cost="", too_long=False)


async def _problems(request: web.Request) -> list[Problem]:
    """Give what is wrong with the draft, if there is one."""
    if not await store(request).read(flow_texts.has_draft):
        return []
    changes = await store(request).read(flow_texts.draft_texts)
    return problems_of(gateway(request).turns.files, changes)[:PROBLEMS_SHOWN]


def _flow(request: web.Request) -> Flow:
    found = gateway(request).turns.library.flows.get(request.match_info["flow"])
    if found is None:
        raise web.HTTPNotFound
    return found


def _phrases(library: Library, name: str, tag: str) -> dict[str, Phrase]:
    flow = library.flows.get(name)
    texts = library.common.get(tag) if name == COMMON else flow.texts.get(tag) if flow else None
    if texts is None:
        raise web.HTTPNotFound
    return dict(texts.phrases)


def _since(request: web.Request) -> date:
    zone = gateway(request).turns.community.zone
    return (now(request).astimezone(zone) - COUNTED).date()


def routes() -> list[web.RouteDef]:
    """Give the routes."""
    flow, texts = "/flows/{flow:[a-z0-9_]{1,40}}", "/texts/{language:[A-Za-z-]{2,15}}"
    return [
        web.get("/flows", show_list),
        web.post("/flows/parts", count_parts),
        web.post("/flows/draft/{deed:on|drop|return}", switch),
        web.get(flow, show),
        web.get(flow + texts, show_texts),
        web.post(flow + texts, save_texts),
    ]
