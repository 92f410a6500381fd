"""The doctor says what is wrong and what to do, and changes nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections import namedtuple
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.config import Config, HttpConfig, Limits, ModemConfig
from gateway.doctor import data, machine
from gateway.doctor.examine import examine
from gateway.doctor.finding import Finding, Verdict
from gateway.doctor.running import running
from gateway.lock import held
from gateway.store.database import open_store
from gateway.web.health import Health, ModemHealth, health_json
from modem.driver import Network, PinState, Status
from tests.village import ASHBY

NOON = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
WELL = Status(PinState.READY, Network.HOME, operator="Cellnet", signal=60, sim_used=2, sim_size=30)
OK, LOOK, BAD = Verdict.OK, Verdict.LOOK, Verdict.BAD


def settings(folder: Path, *modems: ModemConfig, port: int = 8470) -> Config:
    return Config(
        path=folder / "plainline.toml",
        data=folder,
        modems=modems or (ModemConfig("main", "software"),),
        limits=Limits(("GB",)),
        http=HttpConfig(port=port),
    )


def verdicts(found: list[Finding]) -> list[Verdict]:
    return [finding.verdict for finding in found]


def test_a_finding_is_a_line_with_what_to_do_below_it() -> None:
    finding = Finding(LOOK, "disk", "0.5 GB free.", "Make room.")
    assert str(finding) == "look  disk      0.5 GB free.\n                -> Make room."


# The machine


@pytest.mark.parametrize(
    ("now", "synchronised", "verdict"),
    [
        (NOON, True, OK),
        (NOON, False, LOOK),
        (NOON.replace(year=1970), False, BAD),
        (NOON.replace(year=1970), True, BAD),
        (NOON.replace(year=2106), False, BAD),
    ],
)
def test_a_clock_that_cannot_be_right_is_bad(now: datetime, synchronised: bool, verdict: Verdict) -> None:
    finding = machine.clock(now, synchronised)
    assert finding.verdict == verdict
    assert bool(finding.remedy) == (verdict != OK)


@pytest.mark.parametrize(("free", "verdict"), [(50_000_000, BAD), (500_000_000, LOOK), (5_000_000_000, OK)])
def test_a_full_disk_is_bad_and_a_nearly_full_one_deserves_a_look(
    free: int, verdict: Verdict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(free, 0, free))
    assert machine.disk(tmp_path / "yet" / "to" / "be").verdict == verdict


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_bad(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    finding = machine.data_folder(tmp_path / "data")
    assert finding is not None
    assert finding.verdict == BAD


def test_a_data_folder_that_others_may_enter_deserves_a_look(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert machine.data_folder(folder) is None
    folder.mkdir(mode=0o755)
    finding = machine.data_folder(folder)
    assert finding is not None
    assert (finding.verdict, finding.remedy) == (LOOK, f"chmod 700 {folder}")
    folder.chmod(0o700)
    assert machine.data_folder(folder) is None


def test_a_pin_that_others_may_read_deserves_a_look(tmp_path: Path) -> None:
    config = settings(tmp_path, ModemConfig("main", "/dev/ttyUSB0", pin="1234"))
    config.path.touch(mode=0o644)
    assert machine.settings(config).verdict == LOOK
    config.path.chmod(0o600)
    assert machine.settings(config).verdict == OK
    config.path.chmod(0o644)
    assert machine.settings(settings(tmp_path)).verdict == OK


def test_sticks_are_listed_by_their_lasting_names(tmp_path: Path) -> None:
    (tmp_path / "serial" / "by-id").mkdir(parents=True)
    for name in ("ttyUSB0", "ttyUSB1", "ttyACM0", "ttyS0"):
        (tmp_path / name).touch()
    lasting = tmp_path / "serial" / "by-id" / "usb-HUAWEI-if00-port0"
    lasting.symlink_to(tmp_path / "ttyUSB0")
    assert machine.devices(tmp_path) == [lasting, tmp_path / "ttyUSB1", tmp_path / "ttyACM0"]


def test_a_missing_stick_is_bad_and_the_others_are_named(tmp_path: Path) -> None:
    gone = tmp_path / "ttyUSB7"
    alone = machine.device("main", gone, tmp_path)
    assert alone is not None
    assert (alone.verdict, "No stick is seen" in alone.words) == (BAD, True)
    assert "Plug the stick in" in alone.remedy
    (tmp_path / "ttyUSB0").touch()
    other = machine.device("main", gone, tmp_path)
    assert other is not None
    assert f"Seen here: {tmp_path}/ttyUSB0" in other.words
    assert machine.device("main", tmp_path / "ttyUSB0", tmp_path) is None


def test_modemmanager_deserves_a_look(tmp_path: Path) -> None:
    for number, name in (("1", "systemd"), ("77", "ModemManager")):
        (tmp_path / number).mkdir()
        (tmp_path / number / "comm").write_text(f"{name}\n")
    finding = machine.rivals(tmp_path)
    assert finding is not None
    assert finding.verdict == LOOK
    shutil.rmtree(tmp_path / "77")
    assert machine.rivals(tmp_path) is None


# The data


def test_a_database_yet_to_be_made_is_no_trouble(tmp_path: Path) -> None:
    assert data.database(settings(tmp_path)).verdict == OK


def test_a_database_of_another_user_is_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = settings(tmp_path)
    config.database.touch()
    monkeypatch.setattr(os, "access", lambda *_: False)  # root, who may run this test, may do anything
    assert data.database(config).verdict == BAD


async def test_a_whole_database_is_ok_while_it_is_in_use(tmp_path: Path) -> None:
    config = settings(tmp_path)
    store = await open_store(config.database, now=NOON)
    assert data.database(config).verdict == OK
    await store.close()


async def test_a_database_of_another_version_is_told_apart(tmp_path: Path) -> None:
    config = settings(tmp_path)
    await (await open_store(config.database, now=NOON)).close()
    with sqlite3.connect(config.database) as connection:
        connection.execute("DELETE FROM migration WHERE number > 1")
    older = data.database(config)
    assert (older.verdict, "plainline backup" in older.remedy) == (LOOK, True)
    with sqlite3.connect(config.database) as connection:
        connection.execute("INSERT INTO migration VALUES (9999, 'future', '2030-01-01')")
    connection.close()
    newer = data.database(config)
    assert (newer.verdict, "newer Plainline" in newer.words) == (BAD, True)


def test_what_is_no_database_of_ours_is_bad(tmp_path: Path) -> None:
    config = settings(tmp_path)
    config.database.write_bytes(b"\x00" * 8192)
    assert data.database(config).verdict == BAD


def test_a_mistake_in_a_flow_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    finding = data.flows(replace(settings(tmp_path), flows=(tmp_path,)))
    assert finding.verdict == BAD
    assert str(tmp_path) in finding.remedy


def test_a_mistake_in_the_community_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "community.toml").write_text('name = "Ashby"\nregion = "England"\n')
    finding = data.community(replace(settings(tmp_path), community=tmp_path))
    assert finding.verdict == BAD
    assert "line 2" in finding.words


def community(folder: Path, **changed: str) -> Finding:
    """Look at Ashby with some of its files changed."""
    shutil.copytree(ASHBY, folder / "community")
    for name, text in changed.items():
        (folder / "community" / f"{name}.csv").write_text(text)
    return data.community(replace(settings(folder), community=folder / "community"))


def test_a_community_whose_people_can_be_reached_is_well(tmp_path: Path) -> None:
    assert community(tmp_path).verdict == OK


def test_a_community_where_nobody_is_on_duty_is_bad(tmp_path: Path) -> None:
    finding = community(tmp_path, coordinators="number,name,on_duty\n07700 900001,Margaret,no\n")
    assert finding.verdict == BAD
    assert "nobody hears of requests and emergencies" in finding.words


def test_a_helper_who_may_not_be_texted_is_named(tmp_path: Path) -> None:
    finding = community(tmp_path, coordinators="number,name,on_duty\n+34612345678,Marta,yes\n")
    assert finding.verdict == BAD
    assert "No text may go to Marta" in finding.words


# A gateway that runs


def page(*modems: ModemHealth, ready: bool = True, troubles: tuple[str, ...] = ()) -> dict[str, object]:
    return health_json(Health(ready, "0.1.0", 1, "trusted", modems, troubles))


def test_a_running_gateway_is_asked_for_its_modems() -> None:
    found = running(page(ModemHealth("main", "ready", "The modem works.", WELL)))
    assert verdicts(found) == [OK, OK, OK, OK, OK, OK]
    assert "1 text waits" in found[0].words


def test_a_modem_that_is_not_ready_is_told_in_the_gateways_words() -> None:
    words = "It refused its PIN, which is not tried again. Set the right PIN in the settings."
    found = running(page(ModemHealth("main", "pin", words), ready=False))
    assert verdicts(found) == [LOOK, BAD]
    assert found[1].words == words


def test_the_gateways_own_troubles_are_passed_on() -> None:
    told = page(ModemHealth("main", "ready", "Works.", WELL), troubles=("The disk is full.",))
    found = running(told)
    assert found[1].words == "The disk is full."
    assert found[1].verdict == LOOK


# Whose gateway it is


def about_gateway(config: Config) -> list[str]:
    config.path.touch()
    return [finding.words for finding in examine(config) if finding.about == "gateway"]


def test_another_gateway_on_the_same_port_is_not_taken_for_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = page(ModemHealth("main", "ready", "Works.", WELL)) | {"data": "/elsewhere"}
    monkeypatch.setattr("gateway.doctor.examine.ask_gateway", lambda _: theirs)
    assert about_gateway(settings(tmp_path)) == [
        "Another gateway answers on port 8470.",
        "It is not running.",
    ]


def test_a_gateway_without_its_page_is_not_disturbed_at_its_modem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.doctor.examine.ask_gateway", lambda _: None)
    with held(tmp_path):
        words = about_gateway(settings(tmp_path, ModemConfig("main", "/dev/ttyUSB0")))
    assert words == ["It is running, but its page does not answer on port 8470."]


# The command


def doctor(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway", "doctor"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


TOML = f"""\
data = "."
community = "{ASHBY}"
[[modem]]
name = "main"
device = "{{}}"
[limits]
allowed_countries = ["GB"]
[http]
port = {{}}
"""


def test_the_command_names_what_is_bad_and_fails(tmp_path: Path, unused_tcp_port: int) -> None:
    (tmp_path / "plainline.toml").write_text(TOML.format("/dev/no-such-stick", unused_tcp_port))
    done = doctor(tmp_path)
    assert done.returncode == 1
    assert done.stderr == ""
    assert "\nbad   modem main /dev/no-such-stick is not there." in done.stdout


def test_the_command_is_content_with_a_gateway_yet_to_be_started(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    (tmp_path / "plainline.toml").write_text(TOML.format("software", unused_tcp_port))
    done = doctor(tmp_path)
    assert done.returncode == 0, done.stdout
    assert "look  gateway   It is not running." in done.stdout
