"""People are known by pseudonyms, and by name only to those who may know them."""

from __future__ import annotations

from tests.api.asking import ROSE, Asker


async def test_a_pseudonym_is_the_same_wherever_a_person_turns_up(system: Asker) -> None:
    request = await system.request_of()
    person = await system.person()
    assert (await system.get(f"/requests/{request}")).json["person"] == person
    assert (await system.get(f"/people/{person}")).json["number"] == ROSE
    assert person in [item["id"] for item in (await system.get("/people?limit=200")).json["items"]]


async def test_another_installation_gives_another_pseudonym(system: Asker) -> None:
    from gateway.api.secrets import Secrets

    one, other = Secrets(b"1" * 32), Secrets(b"2" * 32)
    assert one.pseudonym(7) != other.pseudonym(7)
    assert one.resident_id(one.pseudonym(7)) == 7
    assert one.resident_id(other.pseudonym(7)) is None
    assert one.contact("a", 7) != one.contact("b", 7)


async def test_people_are_nobodys_without_the_scope(system: Asker) -> None:
    person = await system.person()
    token = await system.let_in("requests:read", "trips:read", "messages:read", "polls:read")
    for path in ("/people", f"/people/{person}"):
        answer = await system.get(path, token=token)
        assert (answer.status, answer.code) == (403, "no_scope")
    answer = await system.post("/find-person", {"number": ROSE}, token=token)
    assert answer.code == "no_scope"


async def test_a_made_up_pseudonym_is_nobody(system: Asker) -> None:
    for wrong in ("p" + "0" * 32, "p" + "f" * 32, "p1", "x", "1", "p" + "g" * 32):
        answer = await system.get(f"/people/{wrong}")
        assert (answer.status, answer.code) == (404, "not_found"), wrong


async def test_a_number_is_found_however_it_is_written(system: Asker) -> None:
    await system.village.text(ROSE, "MENU")
    for written in (ROSE, "07700 900123", "(07700) 900-123"):
        assert (await system.post("/find-person", {"number": written})).json["number"] == ROSE
    assert (await system.post("/find-person", {"number": "+447700900999"})).status == 404
