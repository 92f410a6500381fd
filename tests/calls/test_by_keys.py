"""Whole calls by keys, from RING to the row in the database, on the real gateway."""

from __future__ import annotations

from pathlib import Path

from flows.conversation import Heard
from gateway.call_turns import take_call_turn
from gateway.store.people import resident_by_number
from modem.audio import wav
from tests.calls.ringing import MENU, TONE_SECONDS, in_english, ringing_town, rows, speech, texts_of
from tests.faults.rows import deeds_of

ROSE, GEORGE = "+447700900123", "+447700900134"


async def test_a_lift_is_booked_from_the_ring_to_the_row(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        rose = await in_english(town, ROSE)
        await rose.presses("2", "Where shall we pick you up?")
        await rose.presses("6455#", "Where do you want to go?")  # MILL
        await rose.presses("787#", "These are the places*Ashby Surgery, press two")  # SUR, but also SUP
        await rose.presses("2", "Which day do you want to go?")
        await rose.presses("0303", "What time shall we pick you up?")
        await rose.presses("1030", "Who is coming")
        await rose.presses("1", "Tuesday the third of March at half past ten*from Mill Lane to Ashby Surgery")
        await rose.presses("1", "It is booked", out=True)
        await rose.presses("9", "Goodbye", out=True)
        await rose.is_rung_off()
        assert await town.how() == "finished"
        (trip,) = await gateway.store.read(rows, "trip")
        assert (trip["state"], trip["pickup"], trip["dropoff"]) == ("booked", "mill_lane", "surgery")
        assert (trip["date"], trip["time"], trip["seats"]) == ("2026-03-03", "10:30", 1)
        assert [row["how"] for row in await gateway.store.read(rows, "call")] == ["finished"]
        await town.at_rest()
        assert not await texts_of(town, ROSE), "nothing was cut off, so nothing is texted"


async def test_a_request_for_help_keeps_the_voice_encrypted(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        rose = await in_english(town, ROSE)
        await rose.presses("1", "What do you need help with?", out=True)
        await rose.call.hear(TONE_SECONDS)
        spoken = speech()
        rose.call.say(spoken)
        await rose.call.said()
        await rose.presses("#", "Your request is*How soon do you need it?")
        await rose.presses("2", "What kind of help is it?")
        await rose.presses("2", "Which part is it in?", out=True)
        await rose.call.hang_up()
        assert await town.how() == "caller hung up"
        (request,) = await gateway.store.read(rows, "help_request")
        assert (request["category"], request["urgency"], request["state"]) == ("medicine", "today", "new")
        (recording,) = await gateway.store.read(rows, "recording")
        sealed = (town.config.recordings / recording["file"]).read_bytes()
        exchange = gateway.modems[0].calls.exchange  # type: ignore[union-attr]
        opened = exchange.recordings.read(recording["file"])
        (tmp_path / "opened.wav").write_bytes(opened)
        kept = wav.read(tmp_path / "opened.wav")
        assert spoken[3200:-3200] in kept, "the coordinator hears what was said, sample for sample"
        assert spoken[3200:6400] not in sealed
        assert recording["seconds"] == round(len(kept) / 16_000, 2)


async def test_an_open_vote_and_a_secret_one(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        rose = await in_english(town, ROSE)
        await rose.presses("4", "Which vote")
        await rose.presses("1", "Where shall the new bench go*Duck pond, press two")
        await rose.presses("2", "You chose: Duck pond")
        await rose.presses("1", "Your vote is recorded")
        await rose.presses("4", "Which vote")
        await rose.presses("2", "This is a secret vote*Harold Stubbs, press two")
        await rose.presses("2", "You chose: Harold Stubbs. It cannot be changed")
        await rose.presses("1", "Your vote is recorded, and we keep nothing of this call")
        await rose.call.hang_up()
        assert await town.how() == "caller hung up"

        assert await gateway.store.read(deeds_of, ROSE) == {"vote.cast": 1, "ballot.cast": 1}


async def test_a_key_breaks_off_what_is_said(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        rose = await in_english(town, ROSE)
        assert rose.heard[0].broken_off
        at = rose.call.seconds
        await rose.presses("2", "Where shall we pick you up?", out=True)
        assert rose.heard[1].broken_off
        assert not rose.heard[2].broken_off
        quiet = await rose.call.hear(0.3)
        assert wav.level(quiet) < wav.QUIET_DBFS
        assert rose.call.seconds > at
        await rose.presses("*", "Where shall we pick you up?")
        await rose.presses("6455#", "Where do you want to go?")
        await rose.presses("9", "Where shall we pick you up?")
        await rose.call.hang_up()


async def test_whoever_asked_for_slower_once_hears_every_call_slower(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        rose = await in_english(town, ROSE)
        await rose.call.hang_up()
        resident = await gateway.store.read(resident_by_number, ROSE)
        assert resident is not None
        now = gateway.clock.now()
        await gateway.store.write(take_call_turn, gateway.turns, resident.id, Heard(("slower",)), now)
        rose = await town.rings(ROSE)
        await rose.hears(MENU)
        await rose.presses("2", "Where shall we pick you up?", out=True)
        mouth = gateway.modems[0].calls.exchange.mouth  # type: ignore[union-attr]
        question = rose.heard[-1].sentences[0]
        usual, slow = [await mouth.sound(question, slow=slow) for slow in (False, True)]
        assert len(slow) > 1.2 * len(usual)
        assert slow[800:-800] in rose.call.heard
        await rose.call.hang_up()


async def test_a_hash_from_habit_is_not_one_that_asks_for_the_places(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        rose = await in_english(town, ROSE)
        await rose.presses("2#", "Where shall we pick you up?")
        await rose.presses("6455#", "Where do you want to go?", out=True)
        await rose.presses("9", "Where shall we pick you up?")
        await rose.call.hear(1.2)
        await rose.presses("#", "These are the places")
        await rose.call.hang_up()


async def test_the_language_and_the_greeting_are_asked_for_once(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving():
        rose = await in_english(town, ROSE)
        await rose.call.hang_up()
        await town.how()
        again = await town.rings(ROSE)
        said = await again.hears(MENU)
        assert "press one. Para" not in said
        await again.call.hang_up()


async def test_keys_that_the_modem_reports_and_that_are_heard_count_once(
    tmp_path: Path, prompts: Path
) -> None:
    async with ringing_town(tmp_path, prompts, pace="real") as town, town.serving():
        caller = await town.rings(GEORGE)
        await caller.hears("Hello, this is Ashby")
        await caller.presses("1", MENU, reported=True)
        await caller.presses("2", "Where shall we pick you up?", reported=True)
        await caller.call.hear(1.0)
        assert caller.call.heard
        await caller.call.hang_up()


async def test_the_phone_hears_what_the_voice_made(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town, town.serving() as gateway:
        rose = await town.rings(ROSE)
        await rose.hears("Hello, this is Ashby", out=True)
        exchange = gateway.modems[0].calls.exchange  # type: ignore[union-attr]
        first = await exchange.mouth.sound(rose.heard[0].sentences[0])
        assert first[800:-800] in rose.call.heard
        await rose.call.hang_up()
