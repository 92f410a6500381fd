"""Lines `* …` of transcripts: the board, the rota and announcements on the dashboard, and the night."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from gateway.services import announcements, board, shifts
from gateway.services.acting import Timing
from gateway.services.privacy import finish_forgetting
from gateway.store import shifts as rota
from gateway.store.announcements import Audience
from gateway.store.people import meet
from gateway.store.privacy import asked_to_forget
from gateway.store.shifts import Shift
from tests.village import Village

MOMENT = "%Y-%m-%d %H:%M"


def _let_through(village: Village, timing: Timing, match: re.Match[str]) -> None:
    board.let_through(timing, int(match["idea"]), match["words"], "", int(match["enough"] or board.ENOUGH))


def _refuse(village: Village, timing: Timing, match: re.Match[str]) -> None:
    board.refuse(timing, int(match["idea"]))


def _plan(village: Village, timing: Timing, match: re.Match[str]) -> None:
    board.plan(timing, int(match["idea"]))


def _meet(village: Village, timing: Timing, match: re.Match[str]) -> None:
    board.set_meeting(timing, int(match["idea"]), _moment(timing, match["at"]), match["where"])


def _end(village: Village, timing: Timing, match: re.Match[str]) -> None:
    trigger = {"done": "complete", "dropped": "drop"}[match["how"]]
    board.end(timing, int(match["idea"]), trigger, match["words"])


def _add_shift(village: Village, timing: Timing, match: re.Match[str]) -> None:
    starts, ends = (_moment(timing, f"{match['day']} {match[name]}") for name in ("begins", "ends"))
    shifts.add(timing, match["what"], starts, ends, duty=bool(match["duty"]))


def _assign_shift(village: Village, timing: Timing, match: re.Match[str]) -> None:
    shifts.assign(timing, _shift(timing, match), meet(timing.tx, match["number"], timing.now).id)


def _free_shift(village: Village, timing: Timing, match: re.Match[str]) -> None:
    shifts.free(timing, _shift(timing, match))


def _cancel_shift(village: Village, timing: Timing, match: re.Match[str]) -> None:
    shifts.cancel(timing, _shift(timing, match))


def _announce(village: Village, timing: Timing, match: re.Match[str]) -> None:
    words = {"en": match["words"]} | ({"es": match["spanish"]} if match["spanish"] else {})
    announcements.announce(timing, match["kind"], words, Audience((match["group"],)), None)


def _stop_announcing(village: Village, timing: Timing, match: re.Match[str]) -> None:
    announcements.stop(timing, int(match["which"]))


def _forget(village: Village, timing: Timing, match: re.Match[str]) -> None:
    timing.tx.run("UPDATE outbound SET state = 'sent', ended_at = created_at WHERE ended_at IS NULL")
    for resident_id in asked_to_forget(timing.tx):
        finish_forgetting(timing, resident_id)


def _shift(timing: Timing, match: re.Match[str]) -> Shift:
    found = rota.shift(timing.tx, int(match["shift"]))
    assert found is not None, f"no such shift: {match[0]}"
    return found


def _moment(timing: Timing, written: str) -> datetime:
    return datetime.strptime(written, MOMENT).replace(tzinfo=timing.zone)


BOARD_DEEDS: tuple[tuple[str, Callable[[Village, Timing, re.Match[str]], None]], ...] = (
    (
        r"A coordinator puts idea (?P<idea>\d+) on the board: (?P<words>.+?)"
        r"(?: \(enough: (?P<enough>\d+)\))?",
        _let_through,
    ),
    (r"A coordinator keeps idea (?P<idea>\d+) off the board", _refuse),
    (r"A coordinator makes (?P<idea>\d+) a plan", _plan),
    (r"A coordinator sets the meeting of (?P<idea>\d+): (?P<at>[\d-]+ [\d:]+), (?P<where>.+)", _meet),
    (r"A coordinator closes (?P<idea>\d+) as (?P<how>done|dropped): (?P<words>.+)", _end),
    (
        r"A coordinator adds a shift: (?P<what>.+), (?P<day>[\d-]+), (?P<begins>[\d:]+) to (?P<ends>[\d:]+)"
        r"(?P<duty>, for urgent matters)?",
        _add_shift,
    ),
    (r"A coordinator gives shift (?P<shift>\d+) to (?P<number>\+\d+)", _assign_shift),
    (r"A coordinator frees shift (?P<shift>\d+)", _free_shift),
    (r"A coordinator cancels shift (?P<shift>\d+)", _cancel_shift),
    (
        r"A coordinator announces (?P<kind>\w+) to (?P<group>\w+): (?P<words>.+?)(?: / es: (?P<spanish>.+))?",
        _announce,
    ),
    (r"A coordinator stops announcement (?P<which>\d+)", _stop_announcing),
    (r"The night erases whoever asked for it", _forget),
)
