"""The commands about calls, keypad tones and USSD."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from modem.virtual import alphabet
from modem.virtual.commands import CME_NO_NETWORK, CME_NOT_ALLOWED, Answer, Command, Handler, cme, setting
from modem.virtual.voice import NO_CARRIER, Call, ModemVoice, number_kind

if TYPE_CHECKING:
    from modem.virtual.modem import VirtualModem

_KEYS = frozenset("0123456789*#ABCD")


def _dial(modem: VirtualModem, command: Command) -> Answer:
    dialled = command.text(0).rstrip(";").replace(" ", "").replace("-", "")
    if not modem.registered or modem.voice.call:
        return Answer(final=NO_CARRIER)
    return Answer(then=lambda: modem.voice.dial(dialled))


def _answer(modem: VirtualModem, _command: Command) -> Answer:
    if not modem.voice.ringing:
        return Answer(final=NO_CARRIER)
    return Answer(then=modem.voice.take)


def _hang_up(modem: VirtualModem, command: Command) -> Answer:
    return Answer() if command.how == "=?" else Answer(then=modem.voice.hang_up)


def _calls(modem: VirtualModem, command: Command) -> Answer:
    if command.how == "=?":
        return Answer()
    lines = ['1,1,0,1,0,"",128'] if modem.dialect.lists_data_call else []
    voice = modem.voice
    for call in (voice.held, voice.call, voice.joined, voice.waiting):
        if call:
            incoming = call.callee is voice
            number = call.shown if incoming else call.dialled
            how = f"{int(incoming)},{_call_state(call, voice)},0,{int(voice.joined is not None)}"
            lines.append(f'{len(lines) + 1},{how},"{number}",{number_kind(number)}')
    return Answer([f"+CLCC: {line}" for line in lines])


def _call_state(call: Call, voice: ModemVoice) -> int:
    if call.since:
        return int(call is voice.held)
    return 5 if call is voice.waiting else 4 if call.callee is voice else 3


def _waiting(modem: VirtualModem, command: Command) -> Answer:
    if command.how == "=?":
        return Answer(["+CCWA: (0,1)"])
    if command.how == "?":
        return Answer([f"+CCWA: {modem.settings.get('+CCWA', '0')}"])
    if command.number(1, 1) == 2:
        return Answer([f"+CCWA: {int(modem.waits)},1"])
    modem.settings["+CCWA"] = command.text(0, "0")
    if command.text(1):
        modem.waits = command.number(1, 0) == 1
    return Answer()


def _hold(modem: VirtualModem, command: Command) -> Answer:
    voice, what = modem.voice, command.text(0)
    if command.how == "=?":
        return Answer(["+CHLD: (0,1,2,3)" if modem.dialect.joins_calls else "+CHLD: (0,1)"])
    talking = voice.call is not None and voice.call.since is not None
    may: dict[str, tuple[bool, Callable[[], None]]] = {
        "0": (bool(voice.waiting or voice.held), voice.refuse_waiting if voice.waiting else voice.drop_held),
        "1": (bool(voice.held or (voice.call and voice.waiting)), voice.swap),
        "2": (modem.dialect.joins_calls and (talking or bool(voice.held)), voice.hold),
        "3": (modem.dialect.joins_calls and talking and bool(voice.held), voice.join),
    }
    allowed, then = may.get(what, (False, voice.swap))
    return Answer(then=then) if allowed else cme(CME_NOT_ALLOWED)


def _activity(modem: VirtualModem, _command: Command) -> Answer:
    call = modem.voice.call
    return Answer([f"+CPAS: {0 if call is None else 3 if modem.voice.ringing else 4}"])


def _tone(modem: VirtualModem, command: Command) -> Answer:
    if command.how == "=?":
        return Answer(["+VTS: (0-9,*,#,A-D)"])
    keys = command.text(1 if command.name == "^DTMF" else 0)
    call = modem.voice.call
    if call is None or call.since is None or not keys or not set(keys) <= _KEYS:
        return cme(CME_NOT_ALLOWED)
    for key in keys:
        call.other(modem.voice).key(key)
    return Answer()


def _ussd(modem: VirtualModem, command: Command) -> Answer:
    if command.how == "=?":
        return Answer(["+CUSD: (0-2)"])
    if command.how == "?":
        return Answer([f"+CUSD: {modem.settings.get('+CUSD', '0')}"])
    modem.settings["+CUSD"] = command.text(0, "0")
    asked = _ussd_text(modem, command.text(1))
    if not asked:
        return Answer()
    if not modem.registered:
        return cme(CME_NO_NETWORK)
    modem.terminal.later(modem.pace(), lambda: _ussd_answer(modem, asked))
    return Answer()


def _ussd_answer(modem: VirtualModem, asked: str) -> None:
    answer = modem.balances.get(asked)
    if answer is None:
        modem.say("+CUSD: 4")
    elif modem.dialect.ussd_packed:
        modem.say(f'+CUSD: 0,"{alphabet.pack(alphabet.encode(answer)).hex().upper()}",15')
    elif modem.settings.get("+CSCS", "").strip('"') == "UCS2":
        modem.say(f'+CUSD: 0,"{answer.encode("utf-16-be").hex().upper()}",72')
    else:
        modem.say(f'+CUSD: 0,"{answer}",15')


def _ussd_text(modem: VirtualModem, sent: str) -> str:
    if modem.dialect.ussd_packed and sent[:1] not in ("*", "#"):
        octets = bytes.fromhex(sent)
        return alphabet.decode(alphabet.unpack(octets, len(octets) * 8 // 7)).rstrip("\r@")
    if modem.settings.get("+CSCS", "").strip('"') == "UCS2" and sent:
        return bytes.fromhex(sent).decode("utf-16-be")
    return sent


COMMANDS: dict[str, Handler] = {
    "D": _dial,
    "A": _answer,
    "H": _hang_up,
    "H0": _hang_up,
    "+CHUP": _hang_up,
    "+CLCC": _calls,
    "+CPAS": _activity,
    "+VTS": _tone,
    "^DTMF": _tone,
    "+CUSD": _ussd,
    "+CLIP": setting("0", "(0,1)"),
    "+CRC": setting("0", "(0,1)"),
    "+CCWA": _waiting,
    "+CHLD": _hold,
    "+COLP": setting("0", "(0,1)"),
    "+CVHU": setting("0", "(0,1)"),
    "+DDET": setting("0", "(0,1)"),
    "+QTONEDET": setting("0", "(0,1)"),
}
