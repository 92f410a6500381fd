"""One member, one vote, at most; and nobody sees results before the close."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from flows.value import Value, text
from gateway.community_votes import (
    MemberEntry,
    OptionEntry,
    PollEntry,
    VotesData,
    VotesMistake,
    install_votes,
)
from gateway.services import ACTIONS
from gateway.store import members as member_store
from gateway.store import votes
from gateway.store.database import Tx
from gateway.store.pin import is_pin, seal_pin
from tests.store.hall import CLOSE, MEMBERS, NOW, ROSE, SHARED, TOM, choice, hall, poll


async def test_a_number_of_no_member_cannot_vote(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("hall")]) as village:
        assert (await village.act("vote.find", "+447700900999")).name == "stranger"


async def test_one_alone_on_a_handset_needs_no_pin(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("hall")]) as village:
        found = await village.act("vote.find")
        assert (found.name, found.values["member"].data) == ("known", await village.member("Rose"))


async def test_a_pin_tells_which_member_holds_the_handset(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("hall")]) as village:
        assert (await village.act("vote.find", SHARED)).name == "pin"
        right = await village.act("vote.check_pin", SHARED, pin=Value("pin", "2222"))
        assert (right.name, right.values["member"].data) == ("right", await village.member("Ben"))
        assert right.values["pin"].data == ""


async def test_the_third_wrong_pin_locks_until_somebody_unlocks(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("hall")]) as village:
        tries = [await village.act("vote.check_pin", TOM, pin=Value("pin", "0000")) for _ in range(3)]
        assert [(t.name, t.values.get("left")) for t in tries] == [
            ("wrong", Value("number", 2)),
            ("wrong", Value("number", 1)),
            ("locked", None),
        ]
        assert (await village.act("vote.check_pin", TOM, pin=Value("pin", "4821"))).name == "locked"
        assert (await village.act("vote.find", TOM)).name == "locked"
        tom = await village.member("Tom")
        assert ("member.locked", f"member:{tom}", {}) in village.events
        await village.store.write(member_store.unlock, tom)
        assert (await village.act("vote.check_pin", TOM, pin=Value("pin", "4821"))).name == "right"


async def test_a_slip_of_yesterday_does_not_count_today(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("hall")]) as village:
        for _ in range(4):
            assert (await village.act("vote.check_pin", TOM, pin=Value("pin", "0000"))).name == "wrong"
            village.now += timedelta(days=1)


async def test_nobody_can_guess_anothers_pin_between_right_ones_of_their_own(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("hall")]) as village:
        for guess in ("3333", "1111", "4444", "1111", "5555"):
            last = await village.act("vote.check_pin", SHARED, pin=Value("pin", guess))
        assert (last.name, last.values["left"].data) == ("wrong", 2)  # Ann has two tries left, and Ben none
        assert (await village.act("vote.check_pin", SHARED, pin=Value("pin", "2222"))).name == "locked"
        assert (await village.act("vote.check_pin", SHARED, pin=Value("pin", "1111"))).name == "right"


async def test_an_open_vote_may_be_changed_and_the_last_counts(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("hall")]) as village:
        rose = await village.member("Rose")
        assert await village.vote(rose, "hall", choice("oak")) == "recorded"
        assert await village.vote(rose, "hall", choice("elm")) == "changed"
        await village.tick(CLOSE)
        assert (await village.poll("hall")).result["rounds"][0]["votes"] == {"oak": 0, "elm": 1, "ash": 0}


async def test_a_secret_vote_is_final(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("chair", secret=True)]) as village:
        rose = await village.member("Rose")
        assert await village.vote(rose, "chair", choice("oak")) == "final"
        assert await village.vote(rose, "chair", choice("elm")) == "voted"
        assert (await village.act("vote.polls", member=Value("number", rose))).name == "voted"
        await village.tick(CLOSE)
        assert (await village.poll("chair")).result["rounds"][0]["votes"] == {"oak": 1, "elm": 0, "ash": 0}


async def test_nobody_votes_for_a_member_of_another_handset(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("hall")]) as village:
        assert await village.vote(await village.member("Tom"), "hall", choice("oak"), ROSE) == "closed"
        poll_id = (await village.poll("hall")).id
        assert (await village.store.read(votes.turnout, poll_id)).voted == 0


@pytest.mark.parametrize("secret", [False, True])
async def test_many_votes_of_one_member_at_once_are_one_vote(tmp_path: Path, secret: bool) -> None:
    async with hall(tmp_path, [poll("hall", secret=secret)]) as village:
        rose = await village.member("Rose")
        outcomes = await asyncio.gather(*(village.vote(rose, "hall", choice("oak")) for _ in range(60)))
        assert outcomes.count("final" if secret else "recorded") == 1
        assert set(outcomes) == ({"final", "voted"} if secret else {"recorded", "changed"})
        await village.tick(CLOSE)
        assert (await village.poll("hall")).result["rounds"][0]["votes"]["oak"] == 1


async def test_everybody_voting_at_once_is_counted_once_each(tmp_path: Path) -> None:
    everybody = [MemberEntry(f"Member {n}", f"+4477009{n:05}") for n in range(60)]
    async with hall(tmp_path, [poll("chair", secret=True)], everybody) as village:
        ids = [await village.member(member.name) for member in everybody]
        await asyncio.gather(
            *(
                village.vote(id_, "chair", choice(("oak", "elm", "ash")[n % 3]), everybody[n].number)
                for n, id_ in enumerate(ids)
                for _ in range(2)
            )
        )
        await village.tick(CLOSE)
        assert (await village.poll("chair")).result["rounds"][0]["votes"] == {"oak": 20, "elm": 20, "ash": 20}


async def test_who_joins_after_the_opening_is_not_on_the_roll(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("hall"), poll("later", opens_at=NOW + timedelta(days=1))]) as village:
        new = VotesData((MemberEntry("Zoe", "+447700900999"),))
        await village.store.write(install_votes, new, NOW)
        zoe = Value("number", await village.member("Zoe"))
        assert (await village.act("vote.polls", "+447700900999", member=zoe)).name == "absent"
        await village.tick(NOW + timedelta(days=1))
        assert (await village.act("vote.polls", "+447700900999", member=zoe)).name == "one"


async def test_polls_open_and_close_at_their_times_and_a_missed_one_lapses(tmp_path: Path) -> None:
    later = poll("later", opens_at=NOW + timedelta(days=1), closes_at=NOW + timedelta(days=2))
    async with hall(tmp_path, [poll("hall"), later]) as village:
        assert (await village.act("vote.polls", member=Value("number", 1))).name == "one"
        assert await village.tick() == NOW + timedelta(days=1)
        assert await village.tick(NOW + timedelta(days=3)) == CLOSE
        assert (await village.poll("later")).state == "lapsed"
        assert await village.tick(CLOSE) is None
        assert (await village.poll("hall")).state == "published"
        assert await village.vote(await village.member("Rose"), "hall", choice("oak")) == "closed"


async def test_no_action_tells_of_votes_before_the_close(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("hall"), poll("chair", secret=True)]) as village:
        rose = await village.member("Rose")
        await village.vote(rose, "hall", choice("oak"))
        await village.vote(rose, "chair", choice("oak"))
        for key in ("hall", "chair"):
            chosen = {"member": Value("number", rose), "poll": Value("choice", [key, key])}
            for name in (name for name in ACTIONS if name.startswith("vote.")):
                said = await village.act(name, ROSE, **chosen, score=Value("number", 5), words=text("5 5 5"))
                assert not {"counts", "winner", "voted"} & set(said.values), name
            with pytest.raises(votes.PollStillOpen):
                await village.store.read(votes.votes_of, await village.poll(key))
        assert (await village.act("vote.results")).name == "open"


async def test_results_are_told_after_the_close_in_the_residents_language(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("hall")]) as village:
        await village.vote(await village.member("Rose"), "hall", choice("elm"))
        await village.tick(CLOSE)
        village.language = "es"
        found = await village.act("vote.results")
        told = await village.act("vote.result", ROSE, poll=found.values["poll"])
        assert told.name == "won"
        assert told.values["winner"].data == "elm (es)"
        assert told.values["counts"].data == ["elm (es): 1", "oak (es): 0", "ash (es): 0"]
        assert (told.values["voted"].data, told.values["roll"].data) == (1, len(MEMBERS))


@pytest.mark.parametrize(
    ("rule", "quorum", "trees", "outcome"),
    [
        ("none", 0, ("oak", "elm"), "tied"),
        ("listed", 0, ("elm", "oak"), "won_on_tie"),
        ("listed", 3, ("elm", "oak"), "inquorate"),
        ("listed", 0, (), "nobody"),
    ],
)
async def test_ties_and_quorum_go_by_the_rules_set_beforehand(
    tmp_path: Path, rule: str, quorum: int, trees: tuple[str, ...], outcome: str
) -> None:
    async with hall(tmp_path, [poll("hall", tie_rule=rule, quorum=quorum)]) as village:
        voters = (("Rose", ROSE), ("Tom", TOM))
        for tree, (name, number) in zip(trees, voters, strict=False):
            await village.vote(await village.member(name), "hall", choice(tree), number)
        await village.tick(CLOSE)
        told = await village.act("vote.result", ROSE, poll=Value("choice", ["hall", ""]))
        assert told.name == outcome
        if outcome == "won_on_tie":
            assert told.values["winner"].data == "Oak"


async def test_a_ranked_vote_counts_second_choices(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("tree", method="ranked", secret=True)]) as village:
        rankings = {"Rose": "ash elm", "Tom": "oak", "Ann": "elm", "Ben": "oak"}
        numbers = {member.name: member.number for member in MEMBERS}
        for name, order in rankings.items():
            ranking = Value("ranking", [[tree, tree] for tree in order.split()])
            await village.vote(await village.member(name), "tree", ranking, numbers[name])
        await village.tick(CLOSE)
        result = (await village.poll("tree")).result
        assert [part["out"] for part in result["rounds"]] == ["ash", "elm", ""]
        assert result["winners"] == ["oak"]


async def test_events_never_say_how_and_of_secret_votes_never_who(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("hall"), poll("chair", secret=True)]) as village:
        rose = await village.member("Rose")
        village.events.clear()
        await village.vote(rose, "hall", choice("oak"))
        await village.vote(rose, "chair", choice("oak"))
        chair = (await village.poll("chair")).id
        assert [(kind, data) for kind, _, data in village.events] == [
            ("vote.cast", {"member": rose, "again": False}),
            ("ballot.cast", {}),
        ]
        assert village.events[-1][1] == f"poll:{chair}"


async def test_the_conversation_forgets_the_choice_whatever_comes_of_it(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("chair", secret=True)]) as village:
        chosen = {
            "member": Value("number", await village.member("Rose")),
            "poll": Value("choice", ["chair", ""]),
            "choice": choice("oak"),
        }
        for outcome in ("final", "voted"):
            cast = await village.act("vote.cast", ROSE, **chosen)
            assert (cast.name, cast.values["choice"].data) == (outcome, "")


async def test_loading_a_community_again_changes_no_poll_and_no_pin(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("hall")]) as village:
        before = await village.poll("hall")
        changed = poll("hall", secret=True)
        again = VotesData((MemberEntry("Tom", TOM, "9999"),), (changed,))
        await village.store.write(install_votes, again, NOW)
        assert await village.poll("hall") == before
        assert (await village.act("vote.check_pin", TOM, pin=Value("pin", "4821"))).name == "right"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (VotesData((MemberEntry("Ann", SHARED, "1111"), MemberEntry("Ben", SHARED))), "each needs a PIN"),
        (VotesData((MemberEntry("Ann", SHARED, "1111"), MemberEntry("Ben", SHARED, "1111"))), "must differ"),
        (VotesData((MemberEntry("Ann", SHARED, "12"),)), "4 to 8 digits"),
        (VotesData((), (poll("x", method="ranked", tie_rule="none"),)), "break ties"),
        (VotesData((), (poll("x", method="chance"),)), "method"),
        (VotesData((), (poll("x", tie_rule="loudest"),)), "tie rule"),
        (VotesData((), (poll("x", quorum=-1),)), "quorum"),
        (VotesData((), (poll("x", closes_at=NOW - timedelta(days=1)),)), "before it closes"),
        (
            VotesData((), (PollEntry("x", {"en": "?"}, [OptionEntry("a", {"en": "A"})], NOW, CLOSE),)),
            "2 to 9",
        ),
        (
            VotesData((), (PollEntry("x", {"en": "?"}, [OptionEntry("a", {"en": "A"})] * 2, NOW, CLOSE),)),
            "once",
        ),
        (VotesData((), (PollEntry("x", {}, poll("x").options, NOW, CLOSE),)), "words"),
    ],
)
async def test_a_mistake_in_the_files_is_named_and_nothing_is_loaded(
    tmp_path: Path, data: VotesData, word: str
) -> None:
    async with hall(tmp_path, [], []) as village:
        with pytest.raises(VotesMistake, match=word):
            await village.store.write(install_votes, data, NOW)

        def rows(tx: Tx) -> int:
            found = tx.one("SELECT (SELECT COUNT(*) FROM member) + (SELECT COUNT(*) FROM poll) AS n")
            return int(found["n"]) if found else -1

        assert await village.store.read(rows) == 0


def test_a_pin_is_kept_as_a_hash() -> None:
    sealed = seal_pin("4821")
    assert sealed.startswith("$argon2id$")
    assert "4821" not in sealed
    assert is_pin(sealed, "4821")
    assert not is_pin(sealed, "4822")
