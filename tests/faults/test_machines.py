"""Towards a machine the gateway falls silent; towards a person it never does."""

from __future__ import annotations

import itertools
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest

from gateway.community import load_community
from gateway.store.community import install
from gateway.store.database import Tx, open_store
from gateway.store.places import load_places
from gateway.turns import Turns
from modem.driver import Inbox, Part
from modem.virtual.process import running as software_network
from tests.faults.conversation import OURS, PATIENCE, Town, settings, town, until
from tests.faults.residents import ROSE, Line, Resident
from tests.faults.rows import replies_to
from tests.hands import Hands, LiveHands
from tests.village import ASHBY, LIBRARY, MONDAY, Village

RESIDENT = "+447700900151"
THEIRS = "+447700900999"
MOST_TEXTS = 3
OPENINGS = (
    "hello",
    "LIFT",
    "HELP",
    "VOTE",
    "HELP fetch my newspaper",
    "my husband collapsed",
    "PERSON",
    "MY LIFTS",
    "VIAJE",
    "도움",
)
# Seconds between a text and the answer to it: at once, a slow network, a machine that takes its time.
PACES = (2, 45, 300)


@asynccontextmanager
async def village(folder: Path, number: str, name: str, language: str) -> AsyncIterator[Village]:
    """Open a village of its own name and language behind `number`."""
    folder.mkdir()  # noqa: ASYNC240 (once, before anything runs)
    store = await open_store(folder / "plainline.db", now=MONDAY)
    community = replace(load_community(ASHBY), name=name, language=language)
    await store.write(install, community, MONDAY)
    turns = Turns(LIBRARY, community, await store.read(load_places), Random(1))
    opened = Village(store, community, turns, Hands(MONDAY))
    opened.intake.own = (number,)
    await opened.timers.tick()
    try:
        yield opened
    finally:
        await store.close()


async def exchange(villages: dict[str, Village], opening: str, pace: int) -> Counter[str]:
    """Let a village begin with `opening` and both answer each other; count the texts of each."""
    here, there = villages
    count: Counter[str] = Counter()
    under_way = [(there, here, opening)]
    for village in villages.values():
        await village.sent()
    while under_way and max(count.values(), default=0) <= MOST_TEXTS:
        sender, reader, body = under_way.pop(0)
        count[sender] += 1
        for village in villages.values():
            village.hands.pass_time(timedelta(seconds=pace))
        village = villages[reader]
        part = Part(f"SM:{sum(count.values())}", sender, body, village.hands.now)
        await village.intake.take("main", "234150000000001", Inbox((part,)))
        under_way += [(reader, sender, words) for number, words in await village.sent() if number == sender]
    return count


@pytest.mark.parametrize(("here", "there"), [("en", "en"), ("en", "es"), ("es", "ko"), ("ko", "ko")])
async def test_two_gateways_that_text_each_other_fall_silent(here: str, there: str, tmp_path: Path) -> None:
    async with (
        village(tmp_path / "here", OURS, "Ashby", here) as ours,
        village(tmp_path / "there", THEIRS, "Birch Hill", there) as theirs,
    ):
        villages = {OURS: ours, THEIRS: theirs}
        for pace in PACES:
            for opening in OPENINGS:
                count = await exchange(villages, opening, pace)
                assert max(count.values()) <= MOST_TEXTS, f"{opening!r} every {pace} seconds: {count}"
                for each in villages.values():
                    each.hands.pass_time(timedelta(hours=25))
                    await each.timers.tick()
        events = [kind for kind, _ in await ours.events() + await theirs.events()]
        assert events.count("machine.suspected") >= len(PACES) * len(OPENINGS) / 2


async def test_two_gateways_on_one_network_fall_silent_within_three_texts_each(tmp_path: Path) -> None:
    async with software_network([f"{OURS}:sim7600", f"{THEIRS}:ec25"], tmp_path) as simulator:
        hands = LiveHands(MONDAY)
        here, there = (
            Town(simulator, settings(place, tmp_path / name, community=folder), PATIENCE, hands)
            for place, name, folder in zip(
                await simulator.modems(),
                ("here", "there"),
                (ASHBY, renamed(tmp_path / "fresnedo", "Fresnedo", "es")),
                strict=True,
            )
        )
        async with here.serving(), there.serving():
            await simulator.text(THEIRS, OURS, "hello", smsc_time=hands.true)
            await until(partial(one_is_suspected, here, there), "a machine to be suspected")
            for each in (here, there, here, there):
                await each.at_rest()
            assert 1 <= await here.read(texts_to, THEIRS) <= MOST_TEXTS
            assert 1 <= await there.read(texts_to, OURS) <= MOST_TEXTS


async def test_an_out_of_office_replier_hears_no_more_than_one_text(tmp_path: Path) -> None:
    async with town(tmp_path) as ashby, ashby.serving():
        phone = await ashby.simulator.phone(RESIDENT)
        phone.reply_with(
            lambda _: "Automatic reply: I am away until Monday. For urgent matters ring my office."
        )
        await ashby.text(RESIDENT, "MENU")
        await until(partial(one_is_suspected, ashby), "a machine to be suspected")
        await ashby.at_rest()
        assert await ashby.read(texts_to, RESIDENT) == 1


async def test_a_phone_that_echoes_hears_no_more_than_one_text(tmp_path: Path) -> None:
    async with town(tmp_path) as ashby, ashby.serving():
        phone = await ashby.simulator.phone(RESIDENT)
        phone.reply_with(lambda received: received.body)
        await ashby.text(RESIDENT, "MENU")
        await until(partial(one_is_suspected, ashby), "a machine to be suspected")
        await ashby.at_rest()
        assert await ashby.read(texts_to, RESIDENT) == 1


async def test_a_machine_that_finds_new_words_each_time_is_left_alone_too(tmp_path: Path) -> None:
    async with town(tmp_path) as ashby, ashby.serving():
        phone = await ashby.simulator.phone(RESIDENT)
        numbers = itertools.count(1)
        phone.reply_with(
            lambda _: (
                f"Ticket {next(numbers)} has been raised for your enquiry, our team replies within two days."
            )
        )
        await ashby.text(RESIDENT, "MENU")
        await until(partial(one_is_suspected, ashby), "a machine to be suspected")
        await ashby.at_rest()
        assert await ashby.read(texts_to, RESIDENT) <= MOST_TEXTS


async def test_who_was_taken_for_a_machine_is_answered_as_soon_as_they_speak_as_people_do(
    tmp_path: Path,
) -> None:
    async with town(tmp_path) as ashby, ashby.serving():
        await ashby.text(ROSE.number, "Automatic reply: I am driving and cannot read this text just now.")
        await until(partial(one_is_suspected, ashby), "a machine to be suspected")
        await ashby.converse(ROSE)
        assert len(await ashby.read(replies_to, ROSE.number)) == len(ROSE.lines)


async def test_a_person_with_short_quick_answers_is_never_silenced(tmp_path: Path) -> None:
    quick = ("menu", "?", "2", "pub", "coop", "hm", "sat", "10", "1", "no", "4", "11", "yes", "menu", "3")
    person = Resident(RESIDENT, tuple(Line(word, "…") for word in quick))
    async with town(tmp_path) as ashby, ashby.serving():
        await ashby.converse(person)
        assert not await one_is_suspected(ashby)


def renamed(folder: Path, name: str, language: str) -> Path:
    """Write down a community like Ashby with a name and a language of its own."""
    shutil.copytree(ASHBY, folder)
    file = folder / "community.toml"
    words = file.read_text(encoding="utf-8")
    for ours, theirs in (
        ('name = "Ashby"', f'name = "{name}"'),
        ('language = "en"', f'language = "{language}"'),
    ):
        assert ours in words
        words = words.replace(ours, theirs)
    file.write_text(words, encoding="utf-8")
    return folder


async def one_is_suspected(*towns: Town) -> bool:
    """Tell whether a coordinator of one of the towns can see that a machine was suspected."""
    return any([await each.read(suspicions) for each in towns])


def suspicions(tx: Tx) -> int:
    """Count the events that tell of a suspected machine."""
    return len(tx.all("SELECT 1 FROM event WHERE type = 'machine.suspected'"))


def texts_to(tx: Tx, number: str) -> int:
    """Count the texts made for a number."""
    return len(tx.all("SELECT 1 FROM outbound WHERE number = :number", number=number))
