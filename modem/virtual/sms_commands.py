"""The commands about texts: where they lie, how they are announced, sent and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modem.virtual import pdu
from modem.virtual.commands import Answer, Command, Handler, cms
from modem.virtual.sim import Lock, Slot, Storage

if TYPE_CHECKING:
    from modem.virtual.modem import VirtualModem

CMS_NOT_ALLOWED, CMS_NOT_SUPPORTED, CMS_INVALID_PDU = 302, 303, 304
CMS_SIM_PIN, CMS_SIM_PUK, CMS_BAD_INDEX, CMS_FULL, CMS_NO_NETWORK = 311, 316, 321, 322, 331
_ALL = 4


def _locked(modem: VirtualModem) -> Answer | None:
    if modem.sim.lock is Lock.READY:
        return None
    return cms(CMS_SIM_PUK if modem.sim.lock is Lock.PUK else CMS_SIM_PIN)


def _storages(modem: VirtualModem, command: Command) -> Answer:
    names = ",".join(f'"{name}"' for name in modem.storages)
    if command.how == "=?":
        return Answer([f"+CPMS: ({names}),({names}),({names})"])
    if command.how == "?":
        used = (f'"{name}",{_count(modem.storages[name])}' for name in modem.chosen)
        return Answer([f"+CPMS: {','.join(used)}"])
    chosen = [command.text(n, modem.chosen[n]) or modem.chosen[n] for n in range(3)]
    if any(name not in modem.storages for name in chosen):
        return cms(CMS_NOT_ALLOWED)
    modem.chosen = chosen
    return Answer([f"+CPMS: {','.join(_count(modem.storages[name]) for name in chosen)}"])


def _count(storage: Storage) -> str:
    return f"{len(storage.slots)},{storage.size}"


def _read(modem: VirtualModem, command: Command) -> Answer:
    if command.how == "=?":
        return Answer()
    storage = modem.storages[modem.chosen[0]]
    place = command.number(0, -1)
    if not storage.has(place):
        return cms(CMS_BAD_INDEX)
    slot = storage.slots.get(place)
    if slot is None:
        return cms(CMS_BAD_INDEX) if modem.dialect.empty_is_error else Answer()
    lines = [f"+CMGR: {slot.state},,{slot.length}", slot.pdu]
    slot.state = slot.state or 1
    return Answer(lines)


def _list(modem: VirtualModem, command: Command) -> Answer:
    if command.how == "=?":
        return Answer(["+CMGL: (0-4)"])
    wanted = command.number(0, 0)
    lines = []
    for place, slot in sorted(modem.storages[modem.chosen[0]].slots.items()):
        if wanted in (slot.state, _ALL):
            lines += [f"+CMGL: {place},{slot.state},,{slot.length}", slot.pdu]
            slot.state = slot.state or 1
    return Answer(lines)


def _delete(modem: VirtualModem, command: Command) -> Answer:
    storage = modem.storages[modem.chosen[0]]
    if command.how == "=?":
        places = ",".join(map(str, sorted(storage.slots)))
        return Answer([f"+CMGD: ({places}),(0-4)"])
    place, flag = command.number(0, -1), command.number(1, 0)
    if flag:
        states = {1: (1,), 2: (1, 3), 3: (1, 2, 3), 4: (0, 1, 2, 3)}.get(flag, ())
        storage.slots = {n: slot for n, slot in storage.slots.items() if slot.state not in states}
    elif not storage.has(place):
        return cms(CMS_BAD_INDEX)
    else:
        storage.slots.pop(place, None)
    return Answer(then=modem.room_made)


def _send(modem: VirtualModem, command: Command) -> Answer | None:
    if command.how == "=?":
        return Answer()
    modem.terminal.prompt(command, lambda entered: take_pdu(modem, command, entered))
    return None


def take_pdu(modem: VirtualModem, command: Command, entered: str) -> Answer:
    """Send or store what was entered at the prompt of `+CMGS` or `+CMGW`."""
    try:
        tpdu = pdu.after_centre(bytes.fromhex(entered.strip()))
        if len(tpdu) != command.number(0, -1):
            return cms(CMS_INVALID_PDU)
        submit = pdu.decode_submit(tpdu)
    except ValueError:
        return cms(CMS_INVALID_PDU)
    if command.name == "+CMGW":
        place = modem.storages[modem.chosen[1]].put(Slot(entered.strip(), len(tpdu), 2))
        return cms(CMS_FULL) if place is None else Answer([f"+CMGW: {place}"])
    if not modem.registered:
        return cms(CMS_NO_NETWORK)
    return Answer([f"+CMGS: {modem.submit(submit)}"], wait=modem.pace())


def _notices(modem: VirtualModem, command: Command) -> Answer:
    if command.how == "=?":
        return Answer(["+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)"])
    if command.how == "?":
        return Answer([f"+CNMI: {','.join(map(str, modem.notices))}"])
    modem.notices = [command.number(n, old) for n, old in enumerate(modem.notices)]
    return Answer()


def _format(_modem: VirtualModem, command: Command) -> Answer:
    if command.how == "=?":
        return Answer(["+CMGF: (0)"])
    if command.how == "?":
        return Answer(["+CMGF: 0"])
    return Answer() if command.number(0, 0) == 0 else cms(CMS_NOT_SUPPORTED)


def _centre(modem: VirtualModem, command: Command) -> Answer:
    if command.how == "?":
        kind = 145 if modem.centre.startswith("+") else 129
        return Answer([f'+CSCA: "{modem.centre}",{kind}'])
    if command.how == "=":
        modem.centre = command.text(0)
    return Answer()


def _service(_modem: VirtualModem, command: Command) -> Answer:
    if command.how == "=?":
        return Answer(["+CSMS: (0,1)"])
    return Answer(["+CSMS: 0,1,1,1"] if command.how == "?" else ["+CSMS: 1,1,1"])


def _parameters(_modem: VirtualModem, command: Command) -> Answer:
    return Answer(["+CSMP: 49,167,0,0"] if command.how == "?" else [])


def _nothing(_modem: VirtualModem, _command: Command) -> Answer:
    return Answer()


def _with_sim(handler: Handler) -> Handler:
    def guarded(modem: VirtualModem, command: Command) -> Answer | None:
        return _locked(modem) or handler(modem, command)

    return guarded


COMMANDS: dict[str, Handler] = {
    name: _with_sim(handler)
    for name, handler in {
        "+CPMS": _storages,
        "+CMGR": _read,
        "+CMGL": _list,
        "+CMGD": _delete,
        "+CMGS": _send,
        "+CMGW": _send,
        "+CNMI": _notices,
        "+CSCA": _centre,
        "+CNMA": _nothing,
        "+CMMS": _nothing,
    }.items()
} | {"+CMGF": _format, "+CSMS": _service, "+CSMP": _parameters}
