"""A community can be loaded again and again: what its people have said since stays."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.community import Community, load_community
from gateway.store import people
from gateway.store.community import install
from gateway.store.database import Store, Tx, open_store
from gateway.store.places import load_places

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ASHBY = Path(__file__).parents[2] / "gateway" / "sample" / "ashby"
TABLES = (
    "resident",
    "coordinator",
    "volunteer",
    "place",
    "vehicle",
    "driver",
    "driver_hours",
    "member",
    "poll",
)


@pytest.fixture(scope="module")
def ashby() -> Community:
    return load_community(ASHBY)


@pytest.fixture
async def store(tmp_path: Path, ashby: Community) -> AsyncIterator[Store]:
    store = await open_store(tmp_path / "plainline.db", now=NOW)
    await store.write(install, ashby, NOW)
    yield store
    await store.close()


def everything(tx: Tx) -> dict[str, list[tuple[object, ...]]]:
    return {table: [tuple(row) for row in tx.all(f"SELECT * FROM {table}")] for table in TABLES}


async def test_loading_twice_is_as_good_as_once(store: Store, ashby: Community) -> None:
    before = await store.read(everything)
    assert all(before.values())
    await store.write(install, ashby, NOW + timedelta(days=1))
    after = await store.read(everything)
    for table in TABLES:
        assert sorted(map(repr, after[table])) == sorted(map(repr, before[table])), table


async def test_people_are_spoken_to_in_the_language_of_the_files(store: Store) -> None:
    def languages(tx: Tx) -> list[str]:
        found = (people.resident_by_number(tx, f"+4477009000{n}") for n in ("01", "13", "24"))
        return [resident.language for resident in found if resident]

    assert await store.read(languages) == ["en", "es", "ko"]


async def test_what_somebody_told_us_stays(store: Store, ashby: Community) -> None:
    def say(tx: Tx) -> None:
        ann = people.meet(tx, "+447700900021", NOW)
        people.set_name(tx, ann.id, "Annie")
        people.set_language(tx, ann.id, "es")

    await store.write(say)
    await store.write(install, ashby, NOW)
    ann = await store.read(people.resident_by_number, "+447700900021")
    assert ann is not None
    assert (ann.name, ann.language) == ("Annie", "es")


async def test_only_those_on_duty_hear_of_requests(store: Store) -> None:
    on_duty = await store.read(people.coordinators_on_duty)
    assert [coordinator.name for coordinator in on_duty] == ["Margaret Oakes"]


async def test_who_is_taken_out_of_the_files_hears_of_no_more_requests(
    store: Store, ashby: Community
) -> None:
    smaller = replace(ashby, coordinators=ashby.coordinators[1:], volunteers=ashby.volunteers[1:])
    await store.write(install, smaller, NOW)
    assert await store.read(people.coordinators_on_duty) == []

    def active(tx: Tx) -> int:
        return len(tx.all("SELECT 1 FROM volunteer WHERE active = 1"))

    assert await store.read(active) == len(ashby.volunteers) - 1
    await store.write(install, ashby, NOW)
    assert await store.read(active) == len(ashby.volunteers)


async def test_a_place_is_found_by_the_name_people_use(store: Store) -> None:
    places = await store.read(load_places)
    for name, key in [
        ("doctors", "surgery"),
        ("boots", "chemist"),
        ("farmacia", "chemist"),
        ("병원", "hospital"),
    ]:
        assert places.names("en")[name] == key
