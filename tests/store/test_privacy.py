"""MY DATA, FORGET ME and the night: what is erased is gone from the file; what is needed stays till then."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from gateway.retention import Retention
from gateway.services.privacy import finish_forgetting
from gateway.store import privacy
from gateway.store.database import Tx
from gateway.store.events import write_event
from gateway.store.holdings import holdings
from gateway.store.people import resident_by_number
from gateway.store.urgent import open_urgent
from gateway.store.webhooks import Wanted, add_endpoint
from gateway.terms import Terms
from tests.village import Village, ashby

ROSE, GEORGE = "+447700900171", "+447700900172"  # who are on nobody's list
DELIVERED = 1_300
WORDS = "zygodactyl parrots"


def retention_of(village: Village, terms: Terms = Terms()) -> Retention:  # noqa: B008 - never changed
    return Retention(village.store, village.turns, village.clock, terms)


async def send_all(village: Village) -> None:
    """Let everything that waits to be sent have been sent."""

    def sent(tx: Tx) -> None:
        tx.run("UPDATE outbound SET state = 'sent', ended_at = created_at WHERE state = 'queued'")

    await village.store.write(sent)


def bytes_of(village: Village, folder: Path) -> bytes:
    """Give everything that lies in the data folder, the database's log included."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def test_whoever_is_forgotten_is_gone_from_every_byte(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        await village.text(ROSE, f"HELP with my {WORDS}")
        await village.text(ROSE, "WITHDRAW")
        await village.text(ROSE, "yes")
        assert WORDS.encode() in bytes_of(village, tmp_path)
        await village.text(ROSE, "FORGET ME")
        assert "erased" in (await village.text(ROSE, "yes"))[0]
        await send_all(village)
        village.hands.pass_time(timedelta(hours=20))
        await retention_of(village).night()
        assert await village.store.read(resident_by_number, ROSE) is None
        left = bytes_of(village, tmp_path)
        assert WORDS.encode() not in left
        assert ROSE.encode() not in left


async def test_what_a_running_matter_needs_stays_until_it_is_over(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        await village.text(ROSE, f"HELP with my {WORDS}")
        for words in ("FORGET ME", "yes"):
            heard = await village.text(ROSE, words)
        assert "stays until it is over" in heard[0]
        await send_all(village)
        village.hands.pass_time(timedelta(hours=20))
        await retention_of(village).night()
        rose = await village.store.read(resident_by_number, ROSE)
        assert rose is not None, "somebody has still to be able to help her"
        for words in ("WITHDRAW", "yes"):
            await village.text(ROSE, words)
        await send_all(village)
        village.hands.pass_time(timedelta(days=1))
        await retention_of(village).night()
        assert await village.store.read(resident_by_number, ROSE) is None


async def test_after_stop_the_number_alone_is_kept(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        for words in ("FORGET ME", "yes", "STOP"):
            await village.text(ROSE, words)
        await send_all(village)
        village.hands.pass_time(timedelta(days=1))
        await retention_of(village).night()
        rose = await village.store.read(resident_by_number, ROSE)
        assert rose is not None
        assert rose.stopped
        assert (await village.store.read(holdings, rose.id)).counts == {}


async def test_whoever_is_in_the_communitys_lists_is_told_who_takes_them_off(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        heard = await village.text("+447700900021", "FORGET ME")
        assert "A coordinator has to take you off" in heard[0]


async def test_the_night_erases_by_kind_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        for turn in range(300):
            await village.text(GEORGE, f"MENU {turn} {WORDS}")
        await send_all(village)
        village.hands.pass_time(timedelta(days=91))
        await village.timers.tick()
        await send_all(village)
        village.hands.pass_time(timedelta(days=91))
        await village.text(ROSE, "MENU please, the newest")
        job = retention_of(village)
        assert await job.is_due()
        assert await job.night() > 500
        assert not await job.is_due()
        left = bytes_of(village, tmp_path)
        assert WORDS.encode() not in left
        assert b"the newest" in left
        village.hands.pass_time(timedelta(days=1))
        assert await job.is_due()


async def test_nothing_of_an_open_matter_is_too_old(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        await village.text(ROSE, f"HELP with my {WORDS}")
        village.hands.pass_time(timedelta(days=800))
        await retention_of(village).night()
        held = await village.store.read(_words)
        assert held == [f"my {WORDS}"]


async def test_forgetting_is_finished_once(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        for words in ("FORGET ME", "yes"):
            await village.text(ROSE, words)
        await send_all(village)

        rose = await village.store.read(resident_by_number, ROSE)
        assert rose is not None

        def finish(tx: Tx) -> bool:
            return finish_forgetting(village.turns.timing(tx, village.hands.now), rose.id)

        assert await village.store.write(finish)
        assert await village.store.read(privacy.asked_to_forget) == []


def _words(tx: Tx) -> list[str]:
    return [row["what"] for row in tx.all("SELECT what FROM help_request")]


async def test_events_of_which_something_is_still_to_be_delivered_outlast_their_term(tmp_path: Path) -> None:
    """Also far behind the oldest: an hour of a busy day makes more than a thousand of them."""
    async with ashby(tmp_path) as village:
        await village.store.write(_events_with_deliveries, village.hands.now)
        await village.store.write(_one_more_event, village.hands.now)
        village.hands.pass_time(timedelta(days=500))
        await retention_of(village).night()
        left = await village.store.read(lambda tx: tx.one("SELECT COUNT(*) AS n FROM event WHERE type = 'x'"))
        assert left is not None
        assert left["n"] == DELIVERED


async def test_whoever_is_in_need_is_not_forgotten_before_somebody_has_seen_to_it(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        await village.text(ROSE, "help, my house is on fire")
        for words in ("FORGET ME", "yes"):
            heard = await village.text(ROSE, words)
        assert "stays until it is over" in heard[0]
        await retention_of(village).night()
        waiting = await village.store.read(open_urgent)
        assert [one.number for one in waiting] == [ROSE]


async def test_a_text_on_its_way_still_goes_to_the_number_it_was_written_for(tmp_path: Path) -> None:
    async with ashby(tmp_path) as village:
        for words in ("FORGET ME", "yes"):
            await village.text(ROSE, words)
        await retention_of(village).night()
        assert await village.store.read(resident_by_number, ROSE) is not None
        await send_all(village)
        await retention_of(village).night()
        assert await village.store.read(resident_by_number, ROSE) is None
        assert ROSE.encode() not in bytes_of(village, tmp_path)


async def test_whoever_the_next_start_would_bring_back_is_told_so_and_not_that_all_is_erased(
    tmp_path: Path,
) -> None:
    async with ashby(tmp_path) as village:
        member = "+447700900123"  # in the file of members, and in nothing else
        heard = await village.text(member, "FORGET ME")
        assert "first" in heard[0]
        assert await village.store.read(_asked) == 0


def _asked(tx: Tx) -> int:
    return len(privacy.asked_to_forget(tx))


def _events_with_deliveries(tx: Tx, now: datetime) -> None:
    add_endpoint(tx, Wanted("cases", "https://cases.example.org/in", ("*",), ()), "whsec_x", now)
    for number in range(DELIVERED):
        write_event(tx, "x", f"help:{number}", {}, now)
    tx.run(
        "INSERT INTO webhook_delivery (endpoint_id, event_id, subject, state, next_at) "
        "SELECT 1, id, subject, 'waiting', at FROM event WHERE type = 'x'"
    )


def _one_more_event(tx: Tx, now: datetime) -> None:
    write_event(tx, "y", "help:0", {}, now)
