"""A coordinator leads a poll from its draft to its published result; each step is one event with a name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from flows.value import Value
from gateway.community_votes import OptionEntry, PollEntry, VotesMistake
from gateway.counting.tallied import OBJECT
from gateway.services import poll_desk
from gateway.services.ballots import Choice, VoteNotTaken
from gateway.services.lifecycle import IllegalMove
from gateway.services.poll_preview import preview
from gateway.services.poll_report import render_report, report
from gateway.services.polls import lot
from gateway.store import votes
from gateway.store.votes import PollStillOpen
from tests.store.hall import CLOSE, NOW, ROSE, SHARED, TOM, Hall, choice, hall, poll, ranking
from tests.village import LIBRARY

BY = "coordinator:1"


def happened(village: Hall, *names: str) -> list[str]:
    """Give the events of these names, in order."""
    return [kind for kind, _, _ in village.events if kind in names]


async def test_a_poll_goes_step_by_step_from_draft_to_published(tmp_path: Path) -> None:
    async with hall(tmp_path, []) as village:
        entry = poll("trees", opens_at=NOW + timedelta(days=1), announce=True, publish="by_hand")
        drafted = await village.desk(poll_desk.draft, entry, by=BY)
        assert drafted.state == "draft"
        changed = await village.desk(
            poll_desk.change,
            drafted,
            poll("trees", method="approval", announce=True, publish="by_hand"),
            by=BY,
        )
        assert (changed.method, changed.id) == ("approval", drafted.id)
        opened = await village.desk(poll_desk.schedule, changed, by=BY)
        assert opened.state == "open"
        assert sorted(village.told) == [(number, "opened_named") for number in (ROSE, TOM, SHARED)]
        assert await village.vote(await village.member("Rose"), "trees", ranking("oak", "elm")) == "recorded"
        closed = await village.desk(poll_desk.close_early, opened, by=BY)
        assert closed.state == "counted"
        assert (await village.act("vote.results")).name == "soon"
        assert (await village.desk(poll_desk.publish, closed, by=BY)).state == "published"
        assert (await village.act("vote.results")).name == "one"
        names = ("drafted", "changed", "scheduled", "opened", "closed", "counted", "published")
        assert happened(village, *(f"poll.{name}" for name in names)) == [f"poll.{name}" for name in names]
        assert all(
            data["by"] == BY
            for kind, _, data in village.events
            if kind in {"poll.drafted", "poll.changed", "poll.scheduled", "poll.closed", "poll.published"}
        )


async def test_what_is_open_cannot_be_changed_any_more(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("trees")]) as village:
        trees = await village.poll("trees")
        for deed in (poll_desk.change, poll_desk.schedule, poll_desk.publish, poll_desk.draw_lot):
            extra = {poll_desk.change: (poll("trees"),), poll_desk.draw_lot: ("4 2",)}.get(deed, ())
            with pytest.raises(IllegalMove):
                await village.desk(deed, trees, *extra, by=BY)
        assert (await village.poll("trees")) == trees
        assert happened(village, "poll.changed", "poll.published", "poll.lot_drawn") == []


def _about(label: str) -> PollEntry:
    return replace(poll("x"), options=(*poll("x").options, OptionEntry("more", {"en": label})))


async def test_a_poll_that_contradicts_itself_is_refused_with_every_reason(tmp_path: Path) -> None:
    async with hall(tmp_path, []) as village:
        for entry, says in (
            (poll("x", method="consent", secret=True), "cannot be secret"),
            (poll("x", method="ranked", tie_rule="none"), "break ties"),
            (poll("x", seats=2), "several seats"),
            (_about("Air Ambulance"), "alarm people on duty"),
            (_about("Una ambulancia nueva"), "alarm people on duty"),
            (_about("Stop!"), "stop texting"),
            (poll("x", method="approval", seats=3), "more options than seats"),
            (poll("x", closes_at=NOW - timedelta(days=1)), "open before it closes"),
        ):
            with pytest.raises(VotesMistake, match=says):
                await village.desk(poll_desk.draft, entry, by=BY)


async def test_a_close_can_be_put_off_but_not_brought_forward(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("trees")]) as village:
        trees = await village.poll("trees")
        later = await village.desk(poll_desk.extend, trees, CLOSE + timedelta(days=2), by=BY)
        await village.tick(CLOSE)
        assert (await village.poll("trees")).state == "open"
        with pytest.raises(VotesMistake):
            await village.desk(poll_desk.extend, later, CLOSE, by=BY)
        await village.tick(CLOSE + timedelta(days=2))
        assert (await village.poll("trees")).state == "published"
        with pytest.raises(IllegalMove):
            await village.desk(
                poll_desk.extend, await village.poll("trees"), CLOSE + timedelta(days=9), by=BY
            )


async def test_a_poll_that_is_called_off_is_never_counted(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("trees", announce=True)]) as village:
        await village.vote(await village.member("Rose"), "trees", choice("oak"))
        await village.desk(poll_desk.cancel, await village.poll("trees"), by=BY)
        assert (TOM, "cancelled") in village.told
        await village.tick(CLOSE + timedelta(days=1))
        trees = await village.poll("trees")
        assert (trees.state, trees.result) == ("cancelled", {})
        with pytest.raises(PollStillOpen):
            await village.store.read(report, trees)


async def test_a_coordinator_draws_the_lot_where_that_is_the_rule(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("trees", tie_rule="draw")]) as village:
        await village.vote(await village.member("Rose"), "trees", choice("elm"))
        await village.vote(await village.member("Tom"), "trees", choice("oak"), TOM)
        await village.tick(CLOSE)
        tied = await village.poll("trees")
        assert tied.state == "tied"
        assert (await village.act("vote.results")).name == "soon"
        with pytest.raises(VotesMistake):
            await village.desk(poll_desk.draw_lot, tied, "  ", by=BY)
        drawn = await village.desk(poll_desk.draw_lot, tied, " 4 2  6 ", by=BY)
        assert drawn.state == "published"
        assert drawn.lot_seed == "4 2 6"
        assert drawn.result["winners"] == [next(key for key in lot("4 2 6", drawn) if key != "ash")]
        found = await village.store.read(report, drawn)
        assert "4 2 6" in render_report(found, "en", UTC)
        assert ("poll.lot_drawn", {"key": "trees", "seed": "4 2 6", "by": BY}) in [
            (kind, dict(data)) for kind, _, data in village.events
        ]


async def test_a_lot_is_an_order_that_anybody_can_make_again(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("trees", tie_rule="lot")]) as village:
        trees = await village.poll("trees")
        assert trees.lot_seed
        assert trees.tie_order == lot(trees.lot_seed, trees)
        assert {lot(str(seed), trees)[0] for seed in range(30)} == {"oak", "elm", "ash"}


async def test_votes_on_paper_are_entered_once_and_told_apart_in_the_report(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("chair", secret=True), poll("trees")]) as village:
        rose, tom, ann = [await village.member(name) for name in ("Rose", "Tom", "Ann")]
        await village.enter(rose, "chair", Choice(("oak",)), "post")
        await village.enter(tom, "chair", Choice(("elm",)), "proxy")
        assert await village.vote(ann, "chair", choice("oak"), SHARED) == "final"
        assert await village.vote(rose, "chair", choice("elm")) == "voted"
        for member in (rose, ann, 99):
            with pytest.raises(VoteNotTaken):
                await village.enter(member, "chair", Choice(("oak",)))
        with pytest.raises(VoteNotTaken):
            await village.enter(await village.member("Ben"), "chair", Choice(("oak", "elm")))
        await village.enter(rose, "trees", Choice(("oak",)))
        assert await village.vote(rose, "trees", choice("elm")) == "changed"
        await village.tick(CLOSE)
        chair, trees = [
            await village.store.read(report, await village.poll(key)) for key in ("chair", "trees")
        ]
        assert (chair.turnout.voted, chair.turnout.post, chair.turnout.proxy) == (3, 1, 1)
        assert chair.count.rounds[0].votes == {"oak": 2, "elm": 1, "ash": 0}
        assert (trees.turnout.voted, trees.turnout.post) == (1, 0), "her own text took the paper's place"
        assert chair.rejected == {"again": 1}
        said = render_report(chair, "en", UTC)
        assert "by post 1, by proxy 1" in said
        assert "a second secret vote: 1" in said


async def test_what_was_not_taken_is_counted_by_reason_and_by_nothing_else(tmp_path: Path) -> None:
    polls = [
        poll("trees"),
        poll("later", opens_at=CLOSE + timedelta(days=1), closes_at=CLOSE + timedelta(days=2)),
    ]
    async with hall(tmp_path, polls) as village:
        await village.act("vote.find", "+447700900999")
        await village.act("vote.check_pin", TOM, pin=Value("pin", "0000"))
        await village.vote(await village.member("Rose"), "trees", ranking("oak", "elm"))
        await village.tick(CLOSE)
        assert await village.vote(await village.member("Rose"), "trees", choice("oak")) == "closed"
        assert (await village.act("vote.find")).name == "early"
        assert (await village.store.read(report, await village.poll("trees"))).rejected == {
            "invalid": 1,
            "late": 2,
            "stranger": 1,
            "wrong_pin": 1,
        }
        assert await village.store.read(votes.rejections, (await village.poll("later")).id) == {"early": 1}


async def test_who_comes_too_late_or_too_early_hears_when(tmp_path: Path) -> None:
    async with hall(tmp_path, [poll("trees")]) as village:
        await village.tick(CLOSE)
        late = await village.act("vote.find")
        assert (late.name, late.values["closed"].data) == ("late", CLOSE.isoformat())
        await village.tick(CLOSE + timedelta(days=20))
        assert (await village.act("vote.find")).name == "none"


@pytest.mark.parametrize("language", ["en", "es", "ko"])
@pytest.mark.parametrize("method", ["plurality", "approval", "ranked", "score", "consent"])
async def test_a_report_can_be_read_in_every_language_and_counted_again(
    tmp_path: Path, method: str, language: str
) -> None:
    async with hall(tmp_path, [poll("trees", method=method, quorum=1)]) as village:
        chosen = {
            "plurality": choice("oak"),
            "consent": choice(OBJECT),
            "score": Value("scores", [["oak", 5], ["elm", 2], ["ash", 0]]),
        }.get(method, ranking("oak", "elm"))
        member = {"member": Value("number", await village.member("Rose"))}
        values = {"poll": Value("choice", ["trees", ""]), "choice": chosen, "scores": chosen, **member}
        assert (
            await village.act("vote.cast", ROSE, **values, reason=Value("free_text", "the roots"))
        ).name in {
            "recorded",
            "objected",
        }
        await village.tick(CLOSE)
        found = await village.store.read(report, await village.poll("trees"))
        said = render_report(found, language, UTC)
        assert "{" not in said
        assert found.blt.rstrip() in said
        assert found.hash in said
        assert ("the roots" in said) == (method == "consent")


async def test_a_preview_shows_all_that_is_said_in_every_language(tmp_path: Path) -> None:
    for method in ("plurality", "approval", "ranked", "score", "consent"):
        folder = tmp_path / method
        folder.mkdir()
        secret = method != "consent"
        entry = poll("trees", method=method, secret=secret, announce=True, opens_at=NOW + timedelta(days=3))
        async with hall(folder, [entry]) as village:
            shown = preview(LIBRARY, await village.poll("trees"), UTC)
            assert {one.language for one in shown} == {"en", "es", "ko"}
            for one in shown:
                assert one.texts, one.step
                assert one.heard, one.step
                assert not any("{" in words for words in (*one.texts, one.heard)), one
            english = " ".join(" ".join(one.texts) for one in shown if one.language == "en")
            assert ("network can see" in english) == secret
            assert "PERSON" in english
