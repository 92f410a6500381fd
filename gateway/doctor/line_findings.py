"""What the measurement of a line means, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.doctor.finding import Finding, bad, look, ok
from gateway.doctor.line_check import Checked

NOISY_DBFS, QUIET_DBFS, LOUD_DBFS = -38.0, -34.0, -10.0
CLIPPED = 0.002
STRONG_ECHO_DB = 6.0
MANY_DROPPED = 10
_LEVEL = "Set it in alsamixer (F6 chooses the card, F4 shows what it takes in)"


def line_findings(checked: Checked, file: str) -> Iterator[Finding]:
    """Give the findings about a line; `file` is where its echo is kept."""
    yield _dropped(checked)
    yield _noise(checked)
    yield _level(checked)
    yield _echo(checked)
    yield _barge_in(checked, file)


def _dropped(checked: Checked) -> Finding:
    dropped = checked.first.dropped + checked.second.dropped
    if dropped < MANY_DROPPED:
        return ok("sound", "It runs without gaps.")
    return look(
        "sound",
        f"{dropped} frames of 20 ms were lost in seven seconds.",
        "Plug it into a port of its own or a powered hub; see what else keeps the machine busy.",
    )


def _noise(checked: Checked) -> Finding:
    noise = max(checked.first.noise_dbfs, checked.second.noise_dbfs)
    if noise <= NOISY_DBFS:
        return ok("sound", f"The line is quiet ({_db(noise)}) when nobody speaks.")
    return look(
        "sound",
        f"The line hums or hisses ({_db(noise)}) when nobody speaks.",
        "On a wired sound card: shorter wires, grounds joined, an isolating transformer. Else: a place with "
        "better reception.",
    )


def _level(checked: Checked) -> Finding:
    level = checked.caller_dbfs
    if level is None:
        return bad(
            "sound",
            "You were not heard counting.",
            "Is `audio` in the settings the right card or port? See your modem's page in docs/modems.",
        )
    if checked.clipped > CLIPPED or level > LOUD_DBFS:
        return look(
            "sound", f"You came through too loud ({_db(level)}), so words are torn.", f"{_LEVEL}: lower."
        )
    if level < QUIET_DBFS:
        return look("sound", f"You came through quietly ({_db(level)}).", f"{_LEVEL}: higher.")
    return ok("sound", f"You came through well ({_db(level)}).")


def _echo(checked: Checked) -> Finding:
    found = [measured for measured in (checked.first, checked.second) if measured.echo_db is not None]
    if not found:
        return ok("echo", "There is none.")
    strength = min(measured.echo_db or 0.0 for measured in found)
    delays = " and ".join(f"{measured.delay_s:.2f} s" for measured in found)
    words = f"What we say comes back after {delays}, {strength:.0f} dB quieter."
    if strength >= STRONG_ECHO_DB:
        return ok("echo", words)
    return look(
        "echo",
        words,
        "That is loud. On a wired sound card lower what it plays (alsamixer, F3); in the telephone you rang "
        "from, switch the loudspeaker off.",
    )


def _barge_in(checked: Checked, file: str) -> Finding:
    if checked.tuned is not None:
        return ok(
            "barge-in",
            f"Callers may interrupt by voice and by key, from the next start on (to go back, delete {file}).",
        )
    return look(
        "barge-in",
        f"Callers interrupt by key alone: {checked.why_not}.",
        "Nothing needs to be done. To try again, mend what is said above, and ring from another telephone.",
    )


def _db(level: float) -> str:
    return f"{level:.0f} dB" if level > -100 else "silent"
