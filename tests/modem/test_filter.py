"""The line filter: one line, two speakers, every error number kept, nothing strange for libgammu."""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from collections.abc import Callable, Iterator

import pytest

from modem import errors
from modem import filter as line_filter
from modem.filter import LineFilter


class Stick:
    """The far end of a serial line: answers what `script` gives for each thing it is told."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.device = os.ttyname(self._slave)
        self.script: dict[bytes, bytes] = {}
        self.told: list[bytes] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def say(self, data: bytes) -> None:
        os.write(self._master, data)

    def unplug(self) -> None:
        if self._slave >= 0:
            os.close(self._slave)
            self._slave = -1
            self._unplugged = True
        self._thread.join()

    _unplugged = False

    def _serve(self) -> None:
        pending = b""
        while not self._unplugged:
            if not select.select([self._master], [], [], 0.02)[0]:
                continue
            try:
                pending += os.read(self._master, 4096)
            except OSError:
                break
            while ends := [at for at in (pending.find(b"\r"), pending.find(b"\x1a")) if at >= 0]:
                told, pending = pending[: min(ends) + 1], pending[min(ends) + 1 :]
                self.told.append(told)
                os.write(self._master, self.script.get(told, b""))
        os.close(self._master)


@pytest.fixture
def stick() -> Iterator[Stick]:
    stick = Stick()
    yield stick
    stick.unplug()


@pytest.fixture
def line(stick: Stick) -> Iterator[LineFilter]:
    line = LineFilter(stick.device, 115200, lambda: None)
    yield line
    line.close()


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline
        select.select([], [], [], 0.005)


def test_a_command_gives_the_lines_of_its_answer(stick: Stick, line: LineFilter) -> None:
    stick.script[b"AT+CSQ\r"] = b"AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n"
    assert line.command("AT+CSQ", 5) == ["+CSQ: 20,99"]


@pytest.mark.parametrize(
    ("end", "kind", "code"),
    [(b"+CMS ERROR: 38", "CMS", 38), (b"+CME ERROR: 11", "CME", 11), (b"ERROR", "", -1)],
)
def test_the_error_number_is_kept(stick: Stick, line: LineFilter, end: bytes, kind: str, code: int) -> None:
    stick.script[b"AT+CMGD=1\r"] = b"\r\n" + end + b'\r\n+CMTI: "SM",1\r\n'
    with pytest.raises(errors.Refused) as refused:
        line.command("AT+CMGD=1", 5)
    assert (refused.value.kind, refused.value.code) == (kind, code)


def test_a_notice_amid_an_answer_is_kept_with_its_moment(stick: Stick, line: LineFilter) -> None:
    stick.script[b"AT+CSQ\r"] = b'\r\n+CMTI: "SM",7\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n'
    before = time.monotonic()
    assert line.command("AT+CSQ", 5) == ["+CSQ: 20,99"]
    (notice,) = line.notices
    assert notice.text == '+CMTI: "SM",7'
    assert before <= notice.at <= time.monotonic()


def test_silence_is_told_in_time_and_meanwhile_the_heart_beats(stick: Stick) -> None:
    beats: list[float] = []
    line = LineFilter(stick.device, 115200, lambda: beats.append(time.monotonic()))
    with pytest.raises(errors.Silent):
        line.command("AT", 0.2)
    assert beats
    line.close()


def test_a_long_listing_may_take_its_time_as_long_as_it_goes_on(stick: Stick, line: LineFilter) -> None:
    def lists_slowly() -> None:
        for said in (b"0011\r\n", b"0011\r\n", b"0011\r\n", b"0011\r\n", b"0011\r\n", b"OK\r\n"):
            time.sleep(0.1)  # the stick's own pace: each line in time, all of them together too late
            stick.say(said)

    lister = threading.Thread(target=lists_slowly)
    lister.start()
    assert line.command("AT+CMGL=4", 0.3) == ["0011"] * 5
    lister.join()


def test_a_stick_that_goes_away_is_told_at_once(stick: Stick, line: LineFilter) -> None:
    threading.Timer(0.05, stick.unplug).start()
    began = time.monotonic()
    with pytest.raises(errors.Unplugged):
        line.command("AT", 30)
    assert time.monotonic() - began < 5


def test_a_text_is_given_only_at_the_prompt(stick: Stick, line: LineFilter) -> None:
    stick.script[b"AT+CMGS=9\r"] = b"\r\n> "
    stick.script[b"00AB\x1a"] = b"\r\n+CMGS: 4\r\n\r\nOK\r\n"
    line.prompt("AT+CMGS=9", 5)
    assert stick.told[-1] == b"AT+CMGS=9\r"
    assert line.complete("00AB", 5) == ["+CMGS: 4"]


def test_a_prompt_that_does_not_come_is_left_again(stick: Stick, line: LineFilter) -> None:
    with pytest.raises(errors.Silent):
        line.prompt("AT+CMGS=9", 0.1)
    until(lambda: stick.told[-1:] == [b"\x1b\r"])


def test_a_raw_command_cannot_leave_the_modem_waiting_for_a_text(stick: Stick, line: LineFilter) -> None:
    stick.script[b"AT+CMGS=9\r"] = b"\r\n> "
    with pytest.raises(errors.Refused):
        line.command("AT+CMGS=9", 5)
    until(lambda: stick.told[-1:] == [b"\x1b\r"])


def test_a_device_that_is_none_is_told_in_words() -> None:
    with pytest.raises(errors.OpenFailed, match="cannot be opened"):
        LineFilter("/nonexistent/modem", 115200, lambda: None)
    with pytest.raises(errors.OpenFailed, match="no serial line"):
        LineFilter("/dev/null", 115200, lambda: None)


def test_two_programs_do_not_speak_to_one_modem(
    stick: Stick, line: LineFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modem.filter._LOCK_SECONDS", 0.0)
    with pytest.raises(errors.OpenFailed, match="in use by another program"):
        LineFilter(stick.device, 115200, lambda: None)
    line.close()
    LineFilter(stick.device, 115200, lambda: None).close()


class Borrower:
    """Speaks through the pseudo-terminal as libgammu does."""

    def __init__(self, line: LineFilter) -> None:
        self.descriptor = os.open(line.path, os.O_RDWR | os.O_NOCTTY)

    def ask(self, command: bytes, end: bytes) -> bytes:
        os.write(self.descriptor, command)
        return self.read(end)

    def read(self, end: bytes) -> bytes:
        data = b""
        while not data.endswith(end):
            assert select.select([self.descriptor], [], [], 5)[0], data
            data += os.read(self.descriptor, 4096)
        return data

    def close(self) -> None:
        os.close(self.descriptor)


def test_libgammu_hears_its_echo_and_its_answer_and_nothing_else(stick: Stick, line: LineFilter) -> None:
    stick.script[b"AT+CSQ\r"] = b"\r\n+QIND: act\r\n\r\n+CSQ: 20,99\r\n\r\nRING\r\n\r\nOK\r\n^CONN:1,0\r\n"
    borrower = Borrower(line)
    with line.lent():
        heard = borrower.ask(b"AT+CSQ\r", b"OK\r\n")
        until(lambda: len(line.notices) == 3)
    borrower.close()
    assert heard == b"AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n"
    assert [notice.text for notice in line.notices] == ["+QIND: act", "RING", "^CONN:1,0"]


def test_the_echo_is_ours_and_the_modems_stays_off(stick: Stick, line: LineFilter) -> None:
    borrower = Borrower(line)
    with line.lent():
        assert borrower.ask(b"ATE1\r", b"OK\r\n") == b"ATE1\r\r\nOK\r\n"
    borrower.close()
    assert stick.told == []


def test_the_number_of_an_error_given_to_libgammu_is_known(stick: Stick, line: LineFilter) -> None:
    stick.script[b"AT+CIMI\r"] = b"\r\n+CME ERROR: 14\r\n"
    borrower = Borrower(line)
    with line.lent():
        borrower.ask(b"AT+CIMI\r", b"+CME ERROR: 14\r\n")
    borrower.close()
    assert line.last_error == ("CME", 14)


def test_a_stick_that_goes_away_ends_libgammus_wait(stick: Stick, line: LineFilter) -> None:
    borrower = Borrower(line)

    def speak() -> None:
        with line.lent():
            os.write(borrower.descriptor, b"AT+CIMI\r")
            until(lambda: stick.told)
            stick.unplug()
            assert borrower.read(b"\r\nERROR\r\n")
            assert borrower.ask(b"AT+CGMI\r", b"\r\nERROR\r\n")

    with pytest.raises(errors.Unplugged):
        speak()
    borrower.close()


def test_a_silent_modem_ends_libgammus_wait(
    stick: Stick, line: LineFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_filter, "GAMMU_SECONDS", 0.1)
    borrower = Borrower(line)

    def speak() -> None:
        with line.lent():
            assert borrower.ask(b"AT+CIMI\r", b"\r\nERROR\r\n")

    with pytest.raises(errors.Silent):
        speak()
    borrower.close()
