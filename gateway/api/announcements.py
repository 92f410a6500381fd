"""Announcements: looked at first with what they cost, sent a few at a time, and stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from gateway.api.kinds import LINES, Cursor, Described, Id, Limit, OneOf, Words
from gateway.api.operations import Call, Operation
from gateway.api.problems import Refused, not_found
from gateway.services import announcements
from gateway.services.announcement_preview import languages_of, preview
from gateway.store import announcements as store
from gateway.store import api_read
from gateway.store.database import Tx

LONGEST = 400
AnnouncementState = Literal["sending", "sent", "stopped"]
Category = Annotated[str, OneOf(announcements.CATEGORIES)]
Group = Annotated[str, OneOf(store.GROUPS)]
Tag = Annotated[str, Words(35, 0, "^[A-Za-z0-9-]*$", example="en"), Described("BCP 47.")]


@dataclass(frozen=True, slots=True)
class Wording:
    """What those read who read a language of the community; others read its own."""

    language: Annotated[str, Words(35, 2, "^[A-Za-z0-9-]*$", example="en"), Described("BCP 47.")]
    text: Annotated[str, Words(LONGEST, 1, LINES, example="Fair on Saturday.")]


@dataclass(frozen=True, slots=True)
class NewAnnouncement:
    """What is to be told to whom: groups, and of these those of one area and language (empty: any).

    Nobody is told who stopped this kind, or all texts.
    """

    category: Category
    words: list[Wording]
    groups: list[Group]
    area: Annotated[str, Words(100)] = ""
    language: Tag = ""


@dataclass(frozen=True, slots=True)
class Told:
    """How many people an announcement goes to, by how far it is for them."""

    waiting: int
    told: int
    skipped: Annotated[int, Described("They stopped it, or all texts, while it was being sent.")]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is told, or was, to a group."""

    id: Id
    state: AnnouncementState
    category: str
    words: list[Wording]
    groups: list[str]
    area: str
    language: str
    told: Told
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class AnnouncementPage:
    """Announcements, oldest first, and the cursor of the next page."""

    items: list[Announcement]
    next: str | None


@dataclass(frozen=True, slots=True)
class AnnouncementPath:
    """Which announcement."""

    id: Id


@dataclass(frozen=True, slots=True)
class AnnouncementQuery:
    """Which announcements."""

    state: AnnouncementState | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The texts as those of one language read them, and how many of them there are."""

    language: str
    texts: list[str]
    readers: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What the texts cost: a decimal number, and its currency (ISO 4217)."""

    amount: str
    currency: str


@dataclass(frozen=True, slots=True)
class AnnouncementPreview:
    """What would be sent: nothing was. `price` is null where nobody has said what a text costs."""

    reached: int
    parts: Annotated[int, Described("Parts of texts in all.")]
    calls: Annotated[int, Described("Calls to those who read no texts.")]
    price: Cost | None
    readings: list[Reading]


def list_announcements(tx: Tx, call: Call) -> AnnouncementPage:
    """Give a page of announcements."""
    query: AnnouncementQuery = call.query
    filters = {"state": query.state}
    after = call.begins("listAnnouncements", filters)
    page = api_read.announcement_page(tx, after, query.limit, query.state)
    return AnnouncementPage(
        [_view(tx, _known(tx, row["id"])) for row in page.rows],
        call.next("listAnnouncements", filters, page.more_after),
    )


def read_announcement(tx: Tx, call: Call) -> Announcement:
    """Give one announcement."""
    path: AnnouncementPath = call.path
    return _view(tx, _known(tx, path.id))


def preview_announcement(tx: Tx, call: Call) -> AnnouncementPreview:
    """Give what would be sent and what that costs; sends nothing. Raises Refused."""
    new: NewAnnouncement = call.body
    words, turns, price = _words(call, new), call.room.turns, call.room.limits.text_price
    found = preview(tx, turns, new.category, words, _audience(call, new), call.now)
    return AnnouncementPreview(
        reached=found.reached,
        parts=found.parts,
        calls=found.calls,
        price=Cost(str(price.amount * found.parts), price.currency) if price else None,
        readings=[Reading(one.language, list(one.texts), one.readers) for one in found.versions],
    )


def send_announcement(tx: Tx, call: Call) -> Announcement:
    """Begin to tell a group something; raises Refused where nobody would hear it."""
    new: NewAnnouncement = call.body
    words, audience = _words(call, new), _audience(call, new)
    if not store.reached(tx, new.category, audience):
        raise Refused(409, "nobody", "Nobody would hear this: everybody in these groups stopped it.")
    made = announcements.announce(call.timing(tx), new.category, words, audience, None)
    count = sum(store.progress(tx, made).values())
    call.journal(tx, "api.announced", f"announcement:{made}", count=count)
    return _view(tx, _known(tx, made))


def stop_announcement(tx: Tx, call: Call) -> Announcement:
    """Tell nobody more of an announcement; raises IllegalMove."""
    path: AnnouncementPath = call.path
    found = _known(tx, path.id)
    announcements.stop(call.timing(tx), found.id)
    call.journal(tx, "api.announcement_stopped", f"announcement:{found.id}")
    return _view(tx, _known(tx, found.id))


def _words(call: Call, new: NewAnnouncement) -> dict[str, str]:
    """Give the words by language; raises Refused."""
    words = {one.language: one.text for one in new.words if one.text.strip()}
    known = languages_of(call.room.turns)
    if len(words) != len(new.words) or not set(words) <= set(known):
        detail = f"Give words once for each language, of these: {', '.join(known)}."
        raise Refused(422, "bad_words", detail)
    if known[0] not in words:
        raise Refused(422, "bad_words", f"The community's own language ({known[0]}) is missing.")
    return words


def _audience(call: Call, new: NewAnnouncement) -> store.Audience:
    if not new.groups:
        raise Refused(422, "no_groups", "Say which groups are told: one at least.")
    if new.language and new.language not in languages_of(call.room.turns):
        raise Refused(422, "no_language", "The community has no such language.")
    return store.Audience(tuple(dict.fromkeys(new.groups)), new.area, new.language)


def _known(tx: Tx, announcement_id: int) -> store.Announcement:
    found = store.announcement(tx, announcement_id)
    if found is None:
        raise not_found("announcement")
    return found


def _view(tx: Tx, found: store.Announcement) -> Announcement:
    state: AnnouncementState = found.state  # type: ignore[assignment]
    counts = store.progress(tx, found.id)
    return Announcement(
        id=found.id,
        state=state,
        category=found.category,
        words=[Wording(language, text) for language, text in found.words.items()],
        groups=list(found.audience.groups),
        area=found.audience.area,
        language=found.audience.language,
        told=Told(*(counts.get(name, 0) for name in ("waiting", "told", "skipped"))),
        created_at=found.created_at,
        ended_at=found.ended_at,
    )


OPERATIONS = (
    Operation(
        "listAnnouncements",
        "GET",
        "/announcements",
        "List announcements with how many were told",
        "announcement",
        AnnouncementPage,
        scope="announcements:read",
        work=list_announcements,
        query=AnnouncementQuery,
    ),
    Operation(
        "readAnnouncement",
        "GET",
        "/announcements/{id}",
        "Read one announcement",
        "announcement",
        Announcement,
        scope="announcements:read",
        work=read_announcement,
        params=AnnouncementPath,
    ),
    Operation(
        "previewAnnouncement",
        "POST",
        "/announcement-preview",
        "Look at what an announcement would say and cost",
        "announcement",
        AnnouncementPreview,
        scope="announcements:write",
        work=preview_announcement,
        body=NewAnnouncement,
        about="Nothing is sent.",
    ),
    Operation(
        "sendAnnouncement",
        "POST",
        "/announcements",
        "Tell a group something",
        "announcement",
        Announcement,
        scope="announcements:write",
        work=send_announcement,
        body=NewAnnouncement,
        status=201,
        errors=(409,),
        about="A few texts at a time, in civil hours, after everything else. Look at it first: "
        "`previewAnnouncement`.",
    ),
    Operation(
        "stopAnnouncement",
        "POST",
        "/announcements/{id}/cancel",
        "Tell nobody more of an announcement",
        "announcement",
        Announcement,
        scope="announcements:write",
        work=stop_announcement,
        params=AnnouncementPath,
        errors=(409,),
    ),
)
