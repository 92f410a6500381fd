"""What the gateway works with: its database, its flows, its community."""

from __future__ import annotations

import os

from gateway.config import Config, ModemConfig
from gateway.doctor.finding import Finding, bad, look, ok
from gateway.doctor.sim import Pin
from gateway.errors import ConfigError, StoreError
from gateway.store.inspect import inspect, tried_pin
from modem.pin import PinTries


def database(config: Config) -> Finding:
    """Whether the database is there, whole, and of this version."""
    if not config.database.exists():
        return ok("database", f"{config.database} is made when the gateway first runs.")
    if not os.access(config.database, os.R_OK | os.W_OK):
        return bad(
            "database",
            f"{config.database} may not be read and written to by whoever runs this.",
            "Run the doctor as the gateway's user (sudo -u plainline). Still so? sudo chown it to that user.",
        )
    try:
        found = inspect(config.database)
    except StoreError as error:
        return bad(
            "database", str(error), "Stop the gateway and restore a backup: docs/running.md, Restoring."
        )
    if found.schema > found.newest:
        return bad(
            "database",
            "It was written by a newer Plainline than this one.",
            "Install that version again, or restore a backup made before it.",
        )
    if found.schema < found.newest:
        return look(
            "database",
            "It was written by an older Plainline, and is brought up to date when the gateway starts.",
            "Make a copy first: plainline backup before-update.db",
        )
    return ok("database", f"{config.database} is whole ({found.size / 1e6:.1f} MB).")


def flows(config: Config) -> Finding:
    """Whether every flow is without mistakes."""
    from gateway.flow_check import check_flows

    library, problems = check_flows(config.flows)
    if problems:
        folders = " ".join(map(str, config.flows))
        more = f" And {len(problems) - 1} more." if len(problems) > 1 else ""
        return bad(
            "flows", f"{problems[0]}{more}", f"See all of it: plainline flows check {folders}".rstrip()
        )
    return ok("flows", f"{len(library.flows)} flows in {', '.join(library.languages)}, without mistakes.")


def community(config: Config) -> Finding:
    """Whether a community is named, its files are without mistakes, and its people can be reached."""
    from gateway.community import load_community

    if config.community is None:
        return bad(
            "community",
            "The settings name none, so the gateway would not start.",
            'Write community = "FOLDER" at the top of them; gateway/sample/ashby is one to copy and change.',
        )
    try:
        found = load_community(config.community)
    except ConfigError as error:
        return bad("community", str(error), "Correct that line and look again; the gateway would not start.")
    helpers = (*found.coordinators, *found.volunteers, *found.drivers)
    if silent := [
        helper.name for helper in helpers if not _may_be_texted(helper.number, found.region, config)
    ]:
        return bad(
            "community",
            f"No text may go to {', '.join(silent)}: not an ordinary number of an allowed country.",
            "Correct the number, or add its country to allowed_countries in the settings.",
        )
    if not any(coordinator.on_duty for coordinator in found.coordinators):
        return bad(
            "community",
            "No coordinator is on duty, so nobody hears of requests and emergencies.",
            "Write yes under on_duty for somebody in coordinators.csv.",
        )
    return ok("community", f"{found.name}: {len(found.places)} places, {len(found.members)} members.")


def _may_be_texted(number: str, region: str, config: Config) -> bool:
    from gateway import policy

    return policy.judge(number, region, config.limits.allowed_countries, ()) is policy.Verdict.ORDINARY


def pin(config: Config, modem: ModemConfig) -> Pin:
    """What the settings hold for the modem's PIN, and whether the gateway was refused with it before."""
    if modem.pin is None:
        return Pin.MISSING
    tries = PinTries(modem.name, tried_pin(config.database, modem.name), _change_nothing)
    return Pin.REFUSED if tries.spent(modem.pin) else Pin.UNTRIED


async def _change_nothing(_fingerprint: str | None) -> None:
    raise NotImplementedError("a doctor tries no PIN")
