"""A flow is started from outside only with somebody who agreed to it, and never over what they are saying."""

from __future__ import annotations

from tests.api.asking import ROSE, Asker

AGREED = {"how": "In person at the hall", "given_on": "2026-03-01"}


async def agreed(system: Asker, flow: str = "lift") -> str:
    """Let Rose be known and agree to a flow, and give her pseudonym."""
    await system.village.text(ROSE, "MENU")
    await system.village.text(ROSE, "STOP")
    await system.village.text(ROSE, "START")
    person = await system.person()
    answer = await system.ask("PUT", f"/people/{person}/consents/{flow}", json=AGREED)
    assert (answer.status, answer.json["how"]) == (200, AGREED["how"])
    await system.village.sent()
    return person


async def test_a_flow_begins_with_somebody_who_agreed(system: Asker) -> None:
    person = await agreed(system)
    answer = await system.post("/conversations", {"person": person, "flow": "lift"})
    assert (answer.status, answer.json["status"]) == (201, "active")
    assert [words for _, words in await system.village.sent()] == ["Where shall we pick you up?"]


async def test_a_flow_does_not_begin_without_consent(system: Asker) -> None:
    person = await agreed(system, "help")
    answer = await system.post("/conversations", {"person": person, "flow": "lift"})
    assert (answer.status, answer.code) == (403, "no_consent")
    assert await system.village.sent() == []


async def test_consent_can_be_withdrawn(system: Asker) -> None:
    person = await agreed(system)
    path = f"/people/{person}/consents/lift"
    assert (await system.ask("DELETE", path)).status == 204
    assert (await system.ask("DELETE", path)).status == 404
    assert (await system.post("/conversations", {"person": person, "flow": "lift"})).code == "no_consent"
    kinds = [kind for kind, _ in await system.village.events()]
    assert [kind for kind in kinds if kind.startswith("consent")] == ["consent.given", "consent.withdrawn"]


async def test_nobody_is_interrupted(system: Asker) -> None:
    person = await agreed(system)
    await system.village.text(ROSE, "HELP my gate is broken")
    answer = await system.post("/conversations", {"person": person, "flow": "lift"})
    assert (answer.status, answer.code) == (409, "busy")


async def test_stop_wins_over_consent(system: Asker) -> None:
    person = await agreed(system)
    await system.village.text(ROSE, "STOP")
    assert (await system.post("/conversations", {"person": person, "flow": "lift"})).code == "stopped"


async def test_no_secret_flow_and_none_that_is_not_there_is_started(system: Asker) -> None:
    person = await agreed(system)
    for flow in ("vote", "nothing_such", "common"):
        assert (await system.ask("PUT", f"/people/{person}/consents/{flow}", json=AGREED)).status == 404
        assert (await system.post("/conversations", {"person": person, "flow": flow})).status == 404


async def test_nobody_agreed_tomorrow(system: Asker) -> None:
    person = await agreed(system)
    answer = await system.ask(
        "PUT", f"/people/{person}/consents/help", json={"how": "by post", "given_on": "2026-03-03"}
    )
    assert (answer.status, answer.code) == (422, "in_future")
