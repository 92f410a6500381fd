"""Help: a request opened, described, asked about, withdrawn; the people on duty told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from textwrap import shorten

from flows.conversation import Outcome, Prompt
from flows.model import ActionSpec
from flows.value import Json, Value, text
from gateway.services.acting import Acting, Action
from gateway.services.codes import new_code, read_code
from gateway.services.lifecycle import advance, lifecycle
from gateway.store import help as store
from gateway.store import people
from gateway.store.urgent import raise_urgent

# A flood of requests from one handset costs the people on duty their trust in all the others.
MOST_OPEN_REQUESTS = 5
SAME_AGAIN = timedelta(minutes=30)
SHORT_LETTERS = 40
TOLD_LETTERS = 160
WHAT_LETTERS = 4000

OPEN = ("new", "looking", "offered", "matched")
CLOSED = ("done", "failed", "withdrawn", "duplicate")
OPENED = "new"
LIFECYCLE = lifecycle(
    OPENED,
    {
        "look": {"looking": ("new", "offered", "matched")},
        "offer": {"offered": ("new", "looking")},
        "match": {"matched": ("new", "looking", "offered")},
        "complete": {"done": OPEN},
        "fail": {"failed": OPEN},
        "withdraw": {"withdrawn": OPEN},
        "merge": {"duplicate": OPEN},
    },
)


def open_request(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Open a request from the resident's own words and tell the people on duty.

    With `emergency` among the values it is needed now, nothing more is asked, and the people on
    duty are told of the emergency itself, words included, elsewhere.
    """
    what = _words(values, "what")
    if not any(letter.isalpha() for letter in what):
        return Outcome("wordless")
    mine = store.open_requests_of(acting.tx, acting.resident.id)
    for request in mine:
        if request.what.casefold() == what.casefold() and acting.now - request.opened_at < SAME_AGAIN:
            return Outcome("already", _facts(request))
    if len(mine) >= MOST_OPEN_REQUESTS:
        return Outcome("many")
    code = new_code(acting.random, store.codes_in_use(acting.tx))
    request_id = store.add_request(
        acting.tx,
        code=code,
        resident_id=acting.resident.id,
        state=OPENED,
        language=acting.language,
        what=what,
        now=acting.now,
    )
    acting.emit("help.opened", f"help:{request_id}", code=code)
    facts = {"ref": text(code), "short": text(_short(what))}
    if "emergency" in values:
        today = acting.now.astimezone(acting.zone).date()
        store.set_details(
            acting.tx, request_id, category="", urgency="now", wanted_on=today, area="", now=acting.now
        )
        return Outcome("urgent", facts)
    _tell_duty(acting, "told_opened", request_id, code, what)
    return Outcome("opened", facts)


def add_words(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Add more of the resident's own words to the request, and tell the people on duty of them."""
    request = store.request_of(acting.tx, acting.resident.id, _words(values, "ref"))
    if request is None or request.state in CLOSED:
        return Outcome("gone")
    words = _words(values, "words")
    if words.casefold() in request.what.casefold():
        return Outcome("added")
    what = shorten(f"{request.what} / {words}", WHAT_LETTERS, placeholder=" ...")
    store.set_what(acting.tx, request.id, what, acting.now)
    acting.emit("help.described", f"help:{request.id}", code=request.code)
    _tell_duty(acting, "told_more", request.id, request.code, words)
    return Outcome("added")


def describe(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Add what the resident has said since to the request, as soon as it is said."""
    request = store.request_of(acting.tx, acting.resident.id, _words(values, "ref"))
    if request is None or request.state in CLOSED:
        return Outcome("gone")
    urgency = _key(values, "urgency") or request.urgency
    category = _key(values, "category") or request.category
    area = _words(values, "area") or request.area
    wanted_on = _day(acting, values, urgency) or request.wanted_on
    store.set_details(
        acting.tx,
        request.id,
        category=category,
        urgency=urgency,
        wanted_on=wanted_on,
        area=area,
        now=acting.now,
    )
    acting.emit(
        "help.described",
        f"help:{request.id}",
        code=request.code,
        category=category,
        urgency=urgency,
        wanted_on=wanted_on.isoformat() if wanted_on else None,
    )
    if urgency == "now" and request.urgency != "now":
        _tell_duty(acting, "told_urgent", request.id, request.code, request.what)
        raise_urgent(acting.tx, "help", f"help:{request.id}", acting.resident.id, acting.now)
    return Outcome("noted")


def mine(acting: Acting, values: Mapping[str, Value]) -> Outcome:  # noqa: ARG001
    """Find the resident's open requests: none, one, or several to choose from."""
    found = store.open_requests_of(acting.tx, acting.resident.id)
    if not found:
        return Outcome("none")
    if len(found) == 1:
        return Outcome("one", _facts(found[0]))
    pairs: list[Json] = [[request.code, f"{request.code} {_short(request.what)}"] for request in found]
    return Outcome("several", {"requests": Value("options", pairs)})


def status(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Say how far a request is."""
    request = _chosen(acting, values)
    if request is None:
        return Outcome("gone")
    outcome = "closed" if request.state in CLOSED else request.state
    return Outcome(outcome, _facts(request))


def withdraw(acting: Acting, values: Mapping[str, Value]) -> Outcome:
    """Take a request back and tell the people on duty, who may be looking already."""
    request = _chosen(acting, values)
    if request is None or request.state in CLOSED:
        return Outcome("gone")
    state = advance(LIFECYCLE, request.state, "withdraw")
    store.set_state(acting.tx, request.id, state, acting.now, closed=True)
    acting.emit("help.withdrawn", f"help:{request.id}", code=request.code)
    _tell_duty(acting, "told_withdrawn", request.id, request.code, request.what)
    return Outcome("withdrawn", _facts(request))


def _tell_duty(acting: Acting, phrase: str, request_id: int, code: str, what: str) -> None:
    name = people.resident_by_id(acting.tx, acting.resident.id).name
    prompt = Prompt(
        "help",
        phrase,
        "confirmation",
        values={
            "ref": text(code),
            "what": text(shorten(what, TOLD_LETTERS, placeholder=" ...")),
            "who": text(f"{name} {acting.resident.number}".strip()),
        },
    )
    for coordinator in people.coordinators_on_duty(acting.tx):
        acting.tell(coordinator.number, prompt, ref=f"help:{request_id}")


def _chosen(acting: Acting, values: Mapping[str, Value]) -> store.HelpRequest | None:
    code = _key(values, "which") or read_code(_words(values, "ref"))
    return store.request_of(acting.tx, acting.resident.id, code)


def _facts(request: store.HelpRequest) -> dict[str, Value]:
    return {"ref": text(request.code), "short": text(_short(request.what))}


def _short(what: str) -> str:
    return shorten(what, SHORT_LETTERS, placeholder=" ...")


def _words(values: Mapping[str, Value], name: str) -> str:
    return " ".join(str(values[name].data).split()) if name in values else ""


def _key(values: Mapping[str, Value], name: str) -> str:
    if name not in values:
        return ""
    data = values[name].data
    return str(data[0]) if isinstance(data, (list, tuple)) else str(data)


def _day(acting: Acting, values: Mapping[str, Value], urgency: str) -> date | None:
    if urgency == "day" and "day" in values:
        return date.fromisoformat(str(values["day"].data))
    return acting.now.astimezone(acting.zone).date() if urgency in {"now", "today"} else None


_FACTS = ("ref", "short")
ACTIONS: Mapping[str, Action] = {
    action.spec.name: action
    for action in (
        Action(
            ActionSpec(
                "help.open",
                {"opened": _FACTS, "urgent": _FACTS, "wordless": (), "already": _FACTS, "many": ()},
                binding=True,
            ),
            open_request,
        ),
        Action(ActionSpec("help.add_words", {"added": (), "gone": ()}), add_words),
        Action(ActionSpec("help.describe", {"noted": (), "gone": ()}), describe),
        Action(ActionSpec("help.mine", {"none": (), "one": _FACTS, "several": ("requests",)}), mine),
        Action(
            ActionSpec("help.status", {**dict.fromkeys((*OPEN, "closed"), _FACTS), "gone": ()}),
            status,
        ),
        Action(ActionSpec("help.withdraw", {"withdrawn": _FACTS, "gone": ()}, binding=True), withdraw),
    )
}
