"""What differs from one make of modem to the next, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """One make of modem.

    `storages` are (name, slots) with the one new texts go to first; `boot`, `registered`, `full`,
    `idle` and the call lines are unsolicited; `{number}`, `{percent}` and `{operator}` are filled in.
    `lists_data_call`: AT+CLCC lists the LTE data session as if it were a call. `joins_calls`: a call can
    be put on hold and joined with a second one.
    """

    name: str
    manufacturer: str
    model: str
    revision: str
    imei: str
    storages: tuple[tuple[str, int], ...]
    first_place: int
    boot: tuple[str, ...]
    registered: tuple[str, ...]
    signal: str
    full: str
    key_heard: str
    key_needs: str
    call_dials: tuple[str, ...]
    call_begins: tuple[str, ...]
    call_ends: tuple[str, ...]
    missed: str
    missed_waiting: str
    call_waits: str
    idle: tuple[str, ...]
    ussd_packed: bool = False
    tries: str = ""
    empty_is_error: bool = True
    says_no_carrier: bool = True
    lists_data_call: bool = False
    joins_calls: bool = False


SIM800 = Dialect(
    name="sim800",
    manufacturer="SIMCOM_Ltd",
    model="SIMCOM_SIM800L",
    revision="Revision:1418B05SIM800L24",
    imei="865456057000017",
    storages=(("SM", 20),),
    first_place=1,
    boot=("RDY", "+CFUN: 1", "+CPIN: {pin}"),
    registered=("Call Ready", "SMS Ready", '*PSUTTZ: 2026,3,1,9,0,0,"+0",0', "DST: 0"),
    signal='+CIEV: "SIGNAL",{bars}',
    full='+CIEV: "SMSFULL",1',
    key_heard="+DTMF: {key}",
    key_needs="+DDET",
    call_dials=(),
    call_begins=(),
    call_ends=(),
    missed="",
    missed_waiting="",
    call_waits='+CCWA: "{number}",{kind},1,"",0',
    idle=('*PSUTTZ: 2026,3,1,9,0,0,"+0",0', '+CIEV: 10,"23410","Plainnet","Plainnet", 0, 0'),
    tries="+SPIC",
    empty_is_error=False,
)
SIM7600 = Dialect(
    name="sim7600",
    manufacturer="SIMCOM INCORPORATED",
    model="SIMCOM_SIM7600E-H",
    revision="+CGMR: LE20B04SIM7600M22",
    imei="861477030000025",
    storages=(("SM", 40), ("ME", 23)),
    first_place=0,
    boot=("RDY", "+CPIN: {pin}"),
    registered=("SMS DONE", "PB DONE"),
    signal="+CSQ: {signal},99",
    full="+SMS FULL",
    key_heard="+RXDTMF: {key}",
    key_needs="",
    call_dials=(),
    call_begins=("VOICE CALL: BEGIN",),
    call_ends=("VOICE CALL: END: {seconds:06d}",),
    missed="MISSED_CALL: {time} {number}",
    missed_waiting="MISSED_CALL: {time} {number}",
    call_waits='+CCWA: "{number}",{kind},1,,0',
    idle=("+CTZE: +00,0,2026/03/01,09:00:00",),
    tries="+SPIC",
    joins_calls=True,
)
E173 = Dialect(
    name="e173",
    manufacturer="huawei",
    model="E173",
    revision="11.126.85.00.209",
    imei="351911044000038",
    storages=(("SM", 20),),
    first_place=0,
    boot=("^BOOT:27710117,0,0,0,75",),
    registered=("^SRVST:2", "^MODE:5,4"),
    signal="^RSSI:{signal}",
    full='^SMMEMFULL: "SM"',
    key_heard="^DTMF: {key}",
    key_needs="",
    call_dials=("^ORIG:1,0", "^CONF:1"),
    call_begins=("^CONN:1,0",),
    call_ends=("^CEND:1,{seconds},29,16",),
    missed="^CEND:1,0,104,16",
    missed_waiting="^CEND:2,0,104,16",
    call_waits='+CCWA: "{number}",{kind},1,,0',
    idle=("^BOOT:27710117,0,0,0,75", "^RSSI:{signal}", "^DSFLOWRPT:0000003C,00000000,00000000"),
    ussd_packed=True,
    says_no_carrier=False,
    tries="^CPIN",
)
EC25 = Dialect(
    name="ec25",
    manufacturer="Quectel",
    model="EC25",
    revision="EC25EFAR06A08M4G",
    imei="867698040000042",
    storages=(("SM", 50), ("ME", 255)),
    first_place=0,
    boot=("RDY", "+CFUN: 1", "+CPIN: {pin}", "+QUSIM: 1"),
    registered=("+QIND: SMS DONE", "+QIND: PB DONE"),
    signal='+QIND: "csq",{signal},99',
    full='+QIND: "smsfull","SM"',
    key_heard="+QTONEDET: {code}",
    key_needs="+QTONEDET",
    call_dials=(),
    call_begins=(),
    call_ends=(),
    missed="",
    missed_waiting="",
    call_waits='+CCWA: "{number}",{kind},1',
    idle=('+QIND: "act","LTE"', "+QUSIM: 1", '+QIND: "csq",{signal},99'),
    tries="+QPINC",
    lists_data_call=True,
)
DIALECTS = {dialect.name: dialect for dialect in (SIM800, SIM7600, E173, EC25)}
