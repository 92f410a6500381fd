"""A community's files laid into the database, over whatever was laid there before."""

from __future__ import annotations

import json
from datetime import datetime

from gateway.community import Community
from gateway.community_lifts import install_lifts
from gateway.community_people import Person
from gateway.community_votes import VotesData, install_votes
from gateway.store import people
from gateway.store.database import Tx
from gateway.store.help_settings import keep_foodbank, keep_help_settings
from gateway.store.shift import note_doubt
from gateway.store.volunteers import install_volunteer, rest_volunteers


def install(tx: Tx, community: Community, now: datetime, *, trusted: bool = True) -> None:
    """Load a community: what is new is added, what has changed is changed; twice is as good as once.

    Unless `now` is `trusted`, polls whose moments count from the loading wait for `install_polls`.

    Coordinators and volunteers who are no longer in the files hear of no more requests. A name or
    language that somebody has told us stays. Raises LiftSchemeError, VotesMistake.
    """
    for place in community.places:
        tx.run(
            "INSERT INTO place (key, label, nicknames, latitude, longitude) "
            "VALUES (:key, :label, :nicknames, :latitude, :longitude) ON CONFLICT (key) DO UPDATE SET "
            "label = excluded.label, nicknames = excluded.nicknames, latitude = excluded.latitude, "
            "longitude = excluded.longitude",
            key=place.key,
            label=place.label,
            nicknames=json.dumps(list(place.nicknames), ensure_ascii=False),
            latitude=place.point[0] if place.point else None,
            longitude=place.point[1] if place.point else None,
        )
    _install_people(tx, community, now)
    if community.help is not None:
        keep_help_settings(tx, community.help)
    keep_foodbank(tx, community.foodbank)
    if community.lifts is not None:
        install_lifts(tx, community.lifts, now)
    install_polls(tx, community, now, trusted=trusted)
    if not trusted:
        note_doubt(tx)


def install_polls(tx: Tx, community: Community, now: datetime, *, trusted: bool) -> None:
    """Load members and polls, unless `trusted` only those polls whose moments are written down."""
    polls = [draft.entry(now) for draft in community.polls if trusted or draft.opens_at is not None]
    install_votes(tx, VotesData(community.members, polls), now)


def _install_people(tx: Tx, community: Community, now: datetime) -> None:
    people.relieve_coordinators(tx)
    for coordinator in community.coordinators:
        people.install_coordinator(tx, _meet(tx, coordinator, now), on_duty=coordinator.on_duty)
    rest_volunteers(tx)
    for volunteer in community.volunteers:
        install_volunteer(
            tx,
            _meet(tx, volunteer, now),
            volunteer.categories,
            volunteer.areas,
            [(hours.weekday, hours.starts, hours.ends) for hours in volunteer.hours],
            volunteer.weekly_offers,
        )
    for driver in community.drivers:
        _meet(tx, driver, now)


def _meet(tx: Tx, person: Person, now: datetime) -> int:
    resident = people.meet(tx, person.number, now)
    if not resident.name:
        people.set_name(tx, resident.id, person.name)
    if person.language and not resident.language:
        people.set_language(tx, resident.id, person.language)
    return resident.id
