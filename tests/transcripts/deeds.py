"""What a line `* …` of a transcript does: what coordinators do on the dashboard, by the same functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

from gateway.services import poll_desk, runs, threads
from gateway.services.acting import Timing
from gateway.services.ballots import Choice, enter_for
from gateway.services.help_erasure import erase_help_words
from gateway.services.membership import reset_pin
from gateway.store import accounts, help_settings, lift_rules, lift_runs, members, people, polls
from gateway.store.accounts import Role
from gateway.store.lift_runs import PlannedRun
from tests.transcripts.board_deeds import BOARD_DEEDS
from tests.village import Village

BY = "coordinator:1"
RUN = r"the (?P<vehicle>\w+) run of (?P<day>[\d-]+) at (?P<at>[\d:]+)"


async def do(village: Village, words: str) -> None:
    """Do what the words of a line say; raises AssertionError where nobody knows them."""
    found = [(done, match) for pattern, done in _DEEDS if (match := re.fullmatch(pattern, words))]
    assert len(found) == 1, f"nobody knows how to: {words}"
    done, match = found[0]
    said = await village.store.write(
        lambda tx: done(village, village.turns.timing(tx, village.hands.now), match)
    )
    if said:  # what is given in person is what `…` stands for from there on
        village.codes.update(said)


def _new_pin(village: Village, timing: Timing, match: re.Match[str]) -> dict[str, str]:
    member = _member(timing, match["name"])
    return {member.number: reset_pin(timing, member.id, by=BY)}


def _on_paper(village: Village, timing: Timing, match: re.Match[str]) -> None:
    poll = polls.poll_by_key(timing.tx, match["poll"])
    assert poll is not None
    keys = tuple(match["keys"].split())
    enter_for(timing, poll, _member(timing, match["name"]).id, Choice(keys), how=match["how"], by=BY)


def _close(village: Village, timing: Timing, match: re.Match[str]) -> None:
    poll = polls.poll_by_key(timing.tx, match["poll"])
    assert poll is not None
    poll_desk.close_early(timing, poll, by=BY)


def _answer(village: Village, timing: Timing, match: re.Match[str]) -> None:
    resident = people.meet(timing.tx, match["number"], timing.now)
    account = accounts.account_by_login(timing.tx, "margaret")
    if account is None:
        accounts.add_account(timing.tx, "margaret", "Margaret", Role.COORDINATOR, "", timing.now)
        account = accounts.account_by_login(timing.tx, "margaret")
    assert account is not None
    threads.reply(timing.tx, village.turns, resident.id, account.id, match["words"], timing.now)


def _days_before(village: Village, timing: Timing, match: re.Match[str]) -> None:
    rules = lift_rules.booking_rules(timing.tx)
    assert rules is not None
    days, by = int(match["days"]), time.fromisoformat(match["by"])
    lift_rules.save_rules(timing.tx, replace(rules, prior_notice_last_day=days, prior_notice_last_time=by))


def _cancel_run(village: Village, timing: Timing, match: re.Match[str]) -> None:
    runs.cancel_run(timing, _run(timing, match).id)


def _other_driver(village: Village, timing: Timing, match: re.Match[str]) -> None:
    run = _run(timing, match)
    driver = next(one for one in lift_runs.drivers(timing.tx) if one.name == match["driver"])
    starts, ends = (at.astimezone(timing.zone).time() for at in (run.room.starts_at, run.room.ends_at))
    runs.change_run(timing, run.id, runs.RunPlan(run.day, run.vehicle, driver.id, starts, ends))


def _one_at_a_time(village: Village, timing: Timing, match: re.Match[str]) -> None:
    help_settings.keep_help_settings(
        timing.tx, replace(help_settings.help_settings(timing.tx), offers_at_once=1)
    )


def _erase(village: Village, timing: Timing, match: re.Match[str]) -> None:
    erase_help_words(timing.tx, timing.now)


def _run(timing: Timing, match: re.Match[str]) -> PlannedRun:
    day = date.fromisoformat(match["day"])
    lift_runs.plan_day(timing.tx, day, timing.zone, timing.now)
    for run in lift_runs.planned_runs(timing.tx, day):
        starts = run.room.starts_at.astimezone(timing.zone).time().isoformat("minutes")
        if (run.vehicle, starts) == (match["vehicle"], match["at"]):
            return run
    raise AssertionError(f"no such run: {match[0]}")


def _member(timing: Timing, name: str) -> members.Member:
    return next(member for member in members.all_members(timing.tx) if member.name == name)


_DEEDS: tuple[tuple[str, Callable[[Village, Timing, re.Match[str]], dict[str, str] | None]], ...] = (
    (r"A coordinator gives (?P<name>.+) a new PIN", _new_pin),
    (
        r"A coordinator enters (?P<name>.+)'s vote on (?P<poll>\w+), by (?P<how>post|proxy): (?P<keys>.+)",
        _on_paper,
    ),
    (r"A coordinator closes the vote on (?P<poll>\w+)", _close),
    (r"A coordinator answers (?P<number>\+\d+): (?P<words>.+)", _answer),
    (r"Lifts have to be booked (?P<days>\d+) days? before, by (?P<by>[\d:]+)", _days_before),
    (r"Volunteers are asked one at a time", _one_at_a_time),
    (r"The nightly erasing is done", _erase),
    (rf"A coordinator cancels {RUN}", _cancel_run),
    (rf"A coordinator gives {RUN} to (?P<driver>.+)", _other_driver),
    *BOARD_DEEDS,
)
