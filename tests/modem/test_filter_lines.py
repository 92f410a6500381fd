"""Each line a modem says goes where it belongs, however it is cut and whatever lies between."""

from __future__ import annotations

import pytest

from modem.lines import LONGEST_LINE, Kind, Line, Lines


def sort(command: str | None, data: bytes) -> list[Line]:
    lines = Lines()
    if command:
        lines.begin(command)
    return list(lines.feed(data))


def kinds(command: str | None, data: bytes) -> list[tuple[Kind, str]]:
    return [(line.kind, line.text) for line in sort(command, data)]


# Each of these, said while libgammu is idle, makes its next command time out after 20 s.
STRANGE = [
    "+DTMF: 5",
    "+RXDTMF: 5",
    "MISSED_CALL: 10:42AM +447700900111",
    "VOICE CALL: BEGIN",
    "VOICE CALL: END: 000012",
    "^CEND:1,0,104,16",
    "^CONN:1,0",
    "BUSY",
    "RDY",
    "+CFUN: 1",
    "+QIND: SMS DONE",
    '+CIEV: "SIGNAL",3',
    "Call Ready",
    "NO CARRIER",
    "RING",
]


@pytest.mark.parametrize("line", STRANGE)
@pytest.mark.parametrize("command", [None, "AT+CSQ", "AT+CMGR=1", 'AT+CSCS="GSM"', "ATE0"])
def test_a_line_libgammu_does_not_know_never_reaches_it(line: str, command: str | None) -> None:
    assert kinds(command, f"\r\n{line}\r\n".encode()) == [(Kind.NOTICE, line)]


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("AT+CSQ", "+CSQ: 20,99"),
        ("AT+CIMI", "234100000000001"),
        ("AT+CGMM", "E173"),
        ("AT+CREG?", "+CREG: 2,1"),
        ("AT+CREG?", '+CREG: 2,1,"00A1","0000B2C3"'),
        ("AT+CREG=?", "+CREG: (0-2)"),
        ("AT+CLIP?", "+CLIP: 0,1"),
        ("ATI", "+GCAP: +CGSM"),
        ("ATI", "Revision: 11.126"),
        ("AT+CMGS=20", "+CMGS: 7"),
    ],
)
def test_an_answer_reaches_who_asked(command: str, answer: str) -> None:
    data = f"{command}\r\r\n{answer}\r\n\r\nOK\r\n".encode()
    assert kinds(command, data) == [(Kind.ANSWER, answer), (Kind.FINAL, "OK")]


@pytest.mark.parametrize(
    ("command", "notice"),
    [
        ("AT+CREG?", "+CREG: 5"),
        ("AT+CREG?", '+CREG: 1,"00A1","0000B2C3"'),
        ("AT+CLIP=1", '+CLIP: "+447700900111",145'),
        ('AT+CUSD=1,"*100#",15', '+CUSD: 0,"Your balance is 3.20",15'),
    ],
)
def test_a_notice_with_the_name_of_the_command_is_still_a_notice(command: str, notice: str) -> None:
    assert kinds(command, f"{notice}\r\nOK\r\n".encode()) == [(Kind.NOTICE, notice), (Kind.FINAL, "OK")]


def test_an_error_that_shares_a_read_with_a_notice_stays_an_error() -> None:
    data = b'\r\n+CMS ERROR: 38\r\n\r\n+CMTI: "SM",3\r\n'
    assert kinds("AT+CMGS=20", data) == [(Kind.FINAL, "+CMS ERROR: 38"), (Kind.NOTICE, '+CMTI: "SM",3')]


def test_the_pdu_after_a_direct_report_belongs_to_the_report() -> None:
    lines = sort("AT+CMGL=4", b"+CMGL: 1,0,,20\r\n+CDS: 25\r\n0006AA\r\n07914477\r\nOK\r\n")
    assert lines == [
        Line(Kind.ANSWER, "+CMGL: 1,0,,20"),
        Line(Kind.NOTICE, "+CDS: 25", "0006AA"),
        Line(Kind.ANSWER, "07914477"),
        Line(Kind.FINAL, "OK"),
    ]


@pytest.mark.parametrize(("command", "end"), [("ATA", "NO CARRIER"), ("ATD+447700900111;", "BUSY")])
def test_a_failed_call_ends_the_command_that_made_it(command: str, end: str) -> None:
    assert kinds(command, f"\r\n{end}\r\n".encode()) == [(Kind.FINAL, end)]


def test_a_late_end_of_a_command_given_up_says_nothing() -> None:
    lines = Lines()
    lines.begin("AT+CPIN?")
    lines.give_up()
    assert list(lines.feed(b'\r\nOK\r\n\r\n+CMTI: "SM",1\r\n')) == [Line(Kind.NOTICE, '+CMTI: "SM",1')]


@pytest.mark.parametrize("prompt", [b"\r\n> ", b"\r\n>", b"AT+CMGS=20\r\r\n> "])
def test_the_prompt_is_seen_without_a_line_end(prompt: bytes) -> None:
    assert [line.kind for line in sort("AT+CMGS=20", prompt)] == [Kind.PROMPT]


def test_neither_the_commands_nor_the_texts_echo_is_an_answer() -> None:
    lines = Lines()
    lines.begin("AT+CMGS=20")
    assert [line.kind for line in lines.feed(b"AT+CMGS=20\r\r\n> ")] == [Kind.PROMPT]
    lines.wrote("00ABCD")
    assert list(lines.feed(b"00abcd\x1a\r\n+CMGS: 3\r\n\r\nOK\r\n")) == [
        Line(Kind.ANSWER, "+CMGS: 3"),
        Line(Kind.FINAL, "OK"),
    ]


def test_one_byte_at_a_time_means_the_same_as_all_at_once() -> None:
    data = b'AT+CREG?\r\r\n+CREG: 1\r\n+CMTI: "SM",4\r\n+CDS: 25\r\n0006\r\n+CREG: 1,1\r\n\r\nOK\r\nRING\r\n'
    lines = Lines()
    lines.begin("AT+CREG?")
    slowly = [line for byte in data for line in lines.feed(bytes([byte]))]
    assert slowly == sort("AT+CREG?", data)
    assert len(slowly) == 6


def test_noise_without_an_end_does_not_pile_up() -> None:
    lines = Lines()
    lines.begin("AT")
    assert list(lines.feed(b"\xff" * (LONGEST_LINE + 1))) == []
    assert list(lines.feed(b"\r\nOK\r\n")) == [Line(Kind.FINAL, "OK")]
