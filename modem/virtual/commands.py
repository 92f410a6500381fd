"""Reading an AT command line, and the commands about the modem itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from modem.virtual.sim import Lock

if TYPE_CHECKING:
    from modem.virtual.modem import VirtualModem

CME_SIM_PIN, CME_SIM_PUK, CME_WRONG = 11, 12, 16
CME_NOT_ALLOWED, CME_NO_NETWORK = 3, 30
_ITEM = re.compile(r"\s*([A-Z][0-9]*(?==|\?|;|$)|[&+^*%$][A-Z0-9_]+|[A-Z][0-9]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a line: `name` such as `+CMGR`, `how` one of "", "?", "=?", "=", and its `values`."""

    name: str
    how: str = ""
    values: tuple[str, ...] = ()

    @property
    def prompts(self) -> bool:
        """Whether it asks for more before it is obeyed."""
        return self.name in ("+CMGS", "+CMGW") and self.how == "="

    def refusal(self, code: int) -> str:
        """The final result that refuses it with `code`, without a number when `code` is negative."""
        kind = "CMS" if self.name.startswith(("+CMG", "+CMS", "+CPMS", "+CNMI", "+CSCA")) else "CME"
        return "ERROR" if code < 0 else f"+{kind} ERROR: {code}"

    def number(self, position: int, default: int) -> int:
        """The value at `position` as a whole number, `default` when it is absent."""
        if position >= len(self.values) or not self.values[position]:
            return default
        return int(self.values[position])

    def text(self, position: int, default: str = "") -> str:
        """The value at `position` without its quotes."""
        return self.values[position].strip('"') if position < len(self.values) else default


@dataclass(slots=True)
class Answer:
    """The lines of an answer and its final result; `wait` is the seconds the network takes over it."""

    lines: list[str] = field(default_factory=list)
    final: str = "OK"
    wait: float = 0.0
    then: Callable[[], None] | None = None


Handle = Callable[[Command], Answer | None]
Handler = Callable[["VirtualModem", Command], Answer | None]


def parse(line: str) -> list[Command]:
    """The commands of a line after its `AT`; ValueError when it cannot be read."""
    if line[:1].upper() == "D":
        return [Command("D", "", (line[1:].strip(),))]
    commands = []
    for item in _items(line):
        match = _ITEM.match(item)
        if match is None:
            raise ValueError("no AT command")
        name, rest = match.group(1).upper(), item[match.end() :].strip()
        if rest.startswith("=") and rest != "=?":
            commands.append(Command(name, "=", tuple(_values(rest[1:]))))
        elif rest in ("", "?", "=?"):
            commands.append(Command(name, rest))
        else:
            raise ValueError("no AT command")
    return commands


def cme(code: int) -> Answer:
    """A refusal of the equipment."""
    return Answer(final=f"+CME ERROR: {code}")


def cms(code: int) -> Answer:
    """A refusal of the message service."""
    return Answer(final=f"+CMS ERROR: {code}")


def setting(default: str, allowed: str | None) -> Handler:
    """A command that only keeps what it is set to."""

    def handler(modem: VirtualModem, command: Command) -> Answer:
        if command.how == "=?":
            return Answer([f"{command.name}: {allowed}"] if allowed else [])
        if command.how == "?":
            return Answer([f"{command.name}: {modem.settings.get(command.name, default)}"])
        if command.how == "=":
            modem.settings[command.name] = ",".join(command.values)
        return Answer()

    return handler


def _items(line: str) -> list[str]:
    items, quoted = [""], False
    for character in line:
        quoted ^= character == '"'
        if character == ";" and not quoted:
            items.append("")
        else:
            items[-1] += character
    return [item for item in items if item.strip()]


def _values(text: str) -> list[str]:
    values, quoted = [""], False
    for character in text:
        quoted ^= character == '"'
        if character == "," and not quoted:
            values.append("")
        else:
            values[-1] += character
    return [value.strip() for value in values]


def _identity(attribute: str) -> Handler:
    def handler(modem: VirtualModem, command: Command) -> Answer:
        return Answer() if command.how == "=?" else Answer([getattr(modem.dialect, attribute)])

    return handler


def _information(modem: VirtualModem, _command: Command) -> Answer:
    dialect = modem.dialect
    return Answer(
        [
            f"Manufacturer: {dialect.manufacturer}",
            f"Model: {dialect.model}",
            f"Revision: {dialect.revision}",
            f"IMEI: {modem.imei}",
        ]
    )


def _serial(modem: VirtualModem, command: Command) -> Answer:
    return Answer() if command.how == "=?" else Answer([modem.imei])


def _imsi(modem: VirtualModem, command: Command) -> Answer:
    if modem.sim.lock is not Lock.READY:
        return cme(CME_SIM_PIN)
    return Answer() if command.how == "=?" else Answer([modem.sim.imsi])


def _pin(modem: VirtualModem, command: Command) -> Answer:
    if command.how == "?":
        return Answer([f"+CPIN: {modem.sim.lock}"])
    if command.how != "=":
        return Answer()
    if modem.sim.lock is Lock.READY:
        return cme(CME_NOT_ALLOWED)
    if not modem.sim.enter(command.text(0), command.text(1)):
        return cme(CME_SIM_PUK if modem.sim.lock is Lock.PUK else CME_WRONG)
    return Answer(then=modem.unlocked)


def _tries(modem: VirtualModem, command: Command) -> Answer:
    pin, puk = modem.sim.pin_tries, modem.sim.puk_tries
    if command.name != modem.dialect.tries:
        return Answer(final="ERROR")
    if command.name == "+QPINC":
        return Answer([f'+QPINC: "SC",{pin},{puk}', '+QPINC: "P2",3,10'])
    if command.name == "^CPIN":
        return Answer([f"^CPIN: {modem.sim.lock},,{puk},{pin},10,3"])
    return Answer([f"+SPIC: {pin},{puk},3,10"])


def _signal(modem: VirtualModem, command: Command) -> Answer:
    return Answer(["+CSQ: (0-31,99),(0-7,99)"] if command.how == "=?" else [f"+CSQ: {modem.signal},99"])


def _registration(modem: VirtualModem, command: Command) -> Answer:
    mode = modem.settings.setdefault(command.name, "0")
    if command.how == "=?":
        return Answer([f"{command.name}: (0-2)"])
    if command.how == "?":
        place = ',"00A1","0000B2C3"' if mode == "2" and modem.registered else ""
        return Answer([f"{command.name}: {mode},{modem.registration}{place}"])
    modem.settings[command.name] = command.text(0, "0")
    return Answer()


def _operator(modem: VirtualModem, command: Command) -> Answer:
    if command.how == "=?":
        return Answer([f'+COPS: (2,"{modem.operator}","{modem.operator}","23410"),,(0-4),(0-2)'])
    if command.how == "?":
        if not modem.registered:
            return Answer(["+COPS: 0"])
        numeric = modem.settings.get("+COPS") == "2"
        return Answer([f'+COPS: 0,{2 if numeric else 0},"{"23410" if numeric else modem.operator}"'])
    if command.number(0, 0) == 3:
        modem.settings["+COPS"] = command.text(1, "0")
    return Answer()


def _function(modem: VirtualModem, command: Command) -> Answer:
    if command.how == "?":
        return Answer([f"+CFUN: {modem.settings.get('+CFUN', '1')}"])
    if command.how == "=?":
        return Answer(["+CFUN: (0,1,4),(0,1)"])
    modem.settings["+CFUN"] = command.text(0, "1")
    if command.number(1, 0) == 1:
        return Answer(then=modem.power_up)
    return Answer(then=modem.network_changed)


def _charset(modem: VirtualModem, command: Command) -> Answer | None:
    if command.how == "=?":
        return Answer(['+CSCS: ("IRA","GSM","UCS2")'])
    return setting('"IRA"', None)(modem, command)


def _echo(modem: VirtualModem, command: Command) -> Answer:
    modem.terminal.echo = command.name != "E0"
    return Answer()


def _reset(modem: VirtualModem, _command: Command) -> Answer:
    modem.reset_settings()
    return Answer()


def _clock(modem: VirtualModem, command: Command) -> Answer:
    if command.how == "?":
        return Answer([f'+CCLK: "{modem.now():%y/%m/%d,%H:%M:%S}+00"'])
    if command.how != "=":
        return Answer()
    told = ",".join(command.values).strip('"')[:17] + "+0000"
    modem.clock_wrong_by = datetime.strptime(told, "%y/%m/%d,%H:%M:%S%z") - datetime.now(UTC)
    return Answer()


def _nothing(_modem: VirtualModem, _command: Command) -> Answer:
    return Answer()


def _battery(_modem: VirtualModem, _command: Command) -> Answer:
    return Answer(["+CBC: 0,100,4100"])


def _capabilities(_modem: VirtualModem, _command: Command) -> Answer:
    return Answer(["+GCAP: +CGSM,+DS,+ES"])


COMMANDS: dict[str, Handler] = {
    "": _nothing,
    "Z": _reset,
    "&F": _reset,
    "E": _echo,
    "E0": _echo,
    "E1": _echo,
    "V1": _nothing,
    "Q0": _nothing,
    "S0": setting("000", None),
    "I": _information,
    "+CGMI": _identity("manufacturer"),
    "+CGMM": _identity("model"),
    "+CGMR": _identity("revision"),
    "+GMI": _identity("manufacturer"),
    "+GMM": _identity("model"),
    "+GMR": _identity("revision"),
    "+CGSN": _serial,
    "+GSN": _serial,
    "+CIMI": _imsi,
    "+CPIN": _pin,
    "+SPIC": _tries,
    "+QPINC": _tries,
    "^CPIN": _tries,
    "+CSQ": _signal,
    "+CREG": _registration,
    "+CGREG": _registration,
    "+CEREG": _registration,
    "+COPS": _operator,
    "+CFUN": _function,
    "+CSCS": _charset,
    "+CMEE": setting("0", "(0-2)"),
    "+CBC": _battery,
    "+CCLK": _clock,
    "+CTZU": setting("0", "(0,1)"),
    "+CLTS": setting("0", "(0,1)"),
    "^CURC": setting("1", "(0,1)"),
    "^PORTSEL": setting("0", "(0,1)"),
    "+CGATT": setting("1", "(0,1)"),
    "+GCAP": _capabilities,
}
