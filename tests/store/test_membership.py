"""Who becomes a member, who decides, and that a PIN is nobody else's."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from flows.value import Value
from gateway.community_votes import MemberEntry
from gateway.services import membership
from gateway.services.lifecycle import IllegalMove
from gateway.store import enrolments, members
from gateway.store.people import install_coordinator, meet
from tests.store.hall import MEMBERS, NOW, ROSE, SHARED, TOM, Hall, choice, hall, poll

BY = "coordinator:1"
ZOE = "+447700900999"


async def ask(village: Hall, name: str, number: str, pin: str = "") -> enrolments.Enrolment:
    """Let somebody ask to become a member."""
    values = {"name": Value("name", name)} | ({"pin": Value("pin", pin)} if pin else {})
    assert (await village.act("enrol.ask", number, **values)).values["pin"].data == ""
    return (await village.store.read(enrolments.waiting))[-1]


async def test_who_is_approved_votes_in_what_opens_from_then_on(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("now")]) as village:
        wish = await ask(village, "Zoe", ZOE)
        assert (await village.act("vote.find", ZOE)).name == "stranger"
        approved = await village.desk(membership.approve, wish, by=BY)
        assert approved.without_pin == ()
        assert (ZOE, "approved") in village.told
        found = await village.act("vote.find", ZOE)
        assert found.values["member"].data == approved.member_id
        assert (await village.act("vote.polls", ZOE, member=found.values["member"])).name == "absent"
        with pytest.raises(IllegalMove):
            await village.desk(membership.refuse, await _again(village, wish), by=BY)


async def test_who_is_refused_is_told_and_is_no_member(tmp_path: Path) -> None:
    async with hall(tmp_path, []) as village:
        wish = await ask(village, "Zoe", ZOE)
        await village.desk(membership.refuse, wish, by=BY)
        assert (ZOE, "refused") in village.told
        assert (await village.act("vote.find", ZOE)).name == "stranger"
        assert await village.store.read(enrolments.waiting) == []


async def test_asking_twice_is_asking_once(tmp_path: Path) -> None:
    async with hall(tmp_path, []) as village:
        await ask(village, "Zoe", ZOE)
        await ask(village, "Zoe", ZOE)
        assert len(await village.store.read(enrolments.waiting)) == 1
        assert (await village.act("enrol.check_name", ZOE, name=Value("name", "Zoe"))).name == "waiting"
        assert (await village.act("enrol.check_name", ROSE, name=Value("name", "Rose"))).name == "member"
        assert (await village.act("enrol.check_name", ROSE, name=Value("name", "Jack"))).name == "shared"


async def test_the_pin_somebody_chose_is_theirs_and_kept_as_a_hash(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("later", opens_at=NOW)]) as village:
        wish = await ask(village, "Cleo", SHARED, "7531")
        approved = await village.desk(membership.approve, wish, by=BY)
        right = await village.act("vote.check_pin", SHARED, pin=Value("pin", "7531"))
        assert right.values["member"].data == approved.member_id
        await village.store.close()
        connection = sqlite3.connect(village.store.path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        assert b"7531" not in village.store.path.read_bytes()


async def test_a_pin_that_another_has_is_not_told_to_be_one(tmp_path: Path) -> None:
    async with hall(tmp_path, []) as village:
        same, other = await ask(village, "Cleo", SHARED, "1111"), await ask(village, "Dora", SHARED, "8888")
        assert (same.pin_hash, bool(other.pin_hash)) == ("", True), "Ann has 1111, and nobody is told that"
        approved = await village.desk(membership.approve, same, by=BY)
        assert approved.without_pin == ("Cleo",)
        assert (SHARED, "approved_without_pin") in village.told


async def test_a_first_member_without_a_pin_needs_one_once_somebody_shares_the_handset(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path, [poll("trees")]) as village:
        wish = await ask(village, "Jack", ROSE, "2468")
        assert (await village.desk(membership.approve, wish, by=BY)).without_pin == ("Rose",)
        assert (await village.act("vote.find")).name == "pin"
        pin = await village.desk(membership.reset_pin, await village.member("Rose"), by=BY)
        right = await village.act("vote.check_pin", ROSE, pin=Value("pin", pin))
        assert right.values["member"].data == await village.member("Rose")


async def test_a_coordinator_gives_a_new_pin_and_the_vote_back_and_that_is_written_down(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path, [poll("trees")]) as village:
        tom = await village.member("Tom")
        for _ in range(3):
            await village.act("vote.check_pin", TOM, pin=Value("pin", "0000"))
        assert (await village.act("vote.find", TOM)).name == "locked"
        pin = await village.desk(membership.reset_pin, tom, by=BY)
        assert (len(pin), pin.isdigit()) == (4, True)
        assert ("member.pin_reset", f"member:{tom}", {"by": BY}) in village.events
        assert pin not in str(village.events)
        assert (await village.act("vote.check_pin", TOM, pin=Value("pin", "4821"))).name == "wrong"
        assert (await village.act("vote.check_pin", TOM, pin=Value("pin", pin))).name == "right"
        with pytest.raises(membership.NoSuchMember):
            await village.desk(membership.reset_pin, 99, by=BY)


async def test_a_new_pin_is_no_pin_of_another_on_the_handset(tmp_path: Path) -> None:
    crowd = [MemberEntry(f"Member {n}", SHARED, f"{1000 + n}") for n in range(3)]
    async with hall(tmp_path, [], crowd) as village:

        class Unlucky(type(village.random)):  # type: ignore[misc]
            """Draws the PINs of the others first."""

            drawn = iter((1001, 1002, 1003))

            def randrange(self, *_: int) -> int:
                return next(self.drawn)

        village.random = Unlucky()
        assert await village.desk(membership.reset_pin, await village.member("Member 0"), by=BY) == "1003"


async def test_who_leaves_is_on_no_later_roll_and_may_come_back(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("now")]) as village:
        rose = await village.member("Rose")
        await village.desk(membership.leave, rose, by=BY)
        await village.desk(membership.leave, rose, by=BY)
        assert [kind for kind, _, _ in village.events].count("member.left") == 1
        assert (await village.act("vote.find")).name == "stranger"
        assert len(await village.store.read(members.all_members)) == len(MEMBERS) - 1
        back = await village.desk(membership.admit, "Rose", ROSE, by=BY)
        assert back.member_id == rose
        assert await village.vote(rose, "now", choice("oak")) == "recorded", (
            "the roll was frozen with her on it"
        )


async def test_only_coordinators_see_and_decide_who_waits(tmp_path: Path) -> None:
    async with hall(tmp_path, []) as village:
        await ask(village, "Zoe", ZOE)
        assert (await village.act("members.waiting")).name == "stranger"
        wish = (await village.store.read(enrolments.waiting))[0]
        chosen = {"wish": Value("choice", [str(wish.id), "Zoe"]), "decision": Value("choice", ["let_in", ""])}
        assert (await village.act("members.decide", ROSE, **chosen)).name == "gone"
        await village.store.write(lambda tx: install_coordinator(tx, meet(tx, TOM, NOW).id, on_duty=True))
        assert (await village.act("members.waiting", TOM)).name == "one"
        assert (await village.act("members.decide", TOM, **chosen)).name == "let_in"
        assert (await village.act("members.decide", TOM, **chosen)).name == "gone"
        await ask(village, "Ann", "+447700900998")
        assert (TOM, "duty_enrolment") in village.told


async def _again(village: Hall, wish: enrolments.Enrolment) -> enrolments.Enrolment:
    found = await village.store.read(enrolments.by_id, wish.id)
    assert found is not None
    return found
