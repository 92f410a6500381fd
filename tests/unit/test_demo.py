"""The demo: one command, and a resident can text; a second time, nothing is lost."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from gateway.config import HttpConfig, load_config
from gateway.demo import NUMBER, RESIDENT, bring_model, prepare_demo
from gateway.errors import GatewayError
from modem.speech.models import ModelFolder

PATIENCE = 30.0


def test_what_the_demo_prepares_is_without_mistakes(tmp_path: Path) -> None:
    config = load_config(prepare_demo(tmp_path / "demo-data"))
    assert config.modems[0].is_software
    assert config.modems[0].number == NUMBER
    assert config.community is not None
    assert config.data == tmp_path / "demo-data"
    assert config.data.stat().st_mode & 0o077 == 0


def test_what_somebody_changed_in_the_demo_is_kept(tmp_path: Path) -> None:
    settings = prepare_demo(tmp_path / "demo-data")
    places = settings.parent / "community" / "places.csv"
    for file in (settings, places):
        file.write_text("changed")
    assert prepare_demo(tmp_path / "demo-data") == settings
    assert (settings.read_text(), places.read_text()) == ("changed", "changed")


def test_the_demo_finds_a_port_of_its_own_when_the_usual_one_is_taken(tmp_path: Path) -> None:
    usual = HttpConfig()
    with socket.socket() as other:
        # Where somebody else has it already, that is as good.
        with suppress(OSError):
            other.bind((usual.host, usual.port))
        config = load_config(prepare_demo(tmp_path / "demo-data"))
    assert config.http.port != usual.port


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "demo-data").touch()
    with pytest.raises(GatewayError, match=r"demo-data \(File exists\). Run it in a folder of your own"):
        prepare_demo(tmp_path / "demo-data")


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[str]:
    """Run the demo until it is ready, give what it says, and stop it as systemd would.

    It finds a speech model, so that it does not look for one on the net.
    """
    (folder / "demo-data" / "models" / "en" / "a-model").mkdir(parents=True, exist_ok=True)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", "demo"),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            welcome = (await child.stdout.readuntil(b"is there again next time.\n")).decode()
        yield welcome
        child.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            _, log = await child.communicate()
        assert child.returncode == 0, log.decode()
        assert RESIDENT not in log.decode()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


async def plainline(folder: Path, *arguments: str, typed: str = "") -> tuple[int, str]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", *arguments),
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(PATIENCE):
        output, _ = await child.communicate(typed.encode())
    assert child.returncode is not None
    return child.returncode, output.decode()


async def test_a_resident_texts_the_demo_and_the_doctor_is_content_with_it(tmp_path: Path) -> None:
    async with demo(tmp_path) as welcome:
        assert f"chat --from {RESIDENT}" in welcome
        assert NUMBER in welcome
        status, heard = await plainline(tmp_path, "chat", "--from", RESIDENT, typed="LIFT\n")
        assert (status, heard.startswith("> LIFT\n< ")) == (0, True), heard
        status, said = await plainline(tmp_path, "doctor")
        assert status == 0, said
        assert "ok    gateway   Running" in said
        assert "Room for " in said
        status, said = await plainline(tmp_path, "backup", "copy.db")
        assert status == 0, said
    async with demo(tmp_path):
        status, heard = await plainline(tmp_path, "chat", "--from", RESIDENT, typed="STOP\n")
        assert status == 0, heard


async def test_where_no_speech_model_can_be_had_the_demo_says_so_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = load_config(prepare_demo(tmp_path / "demo-data"))
    # A port of this machine where nobody listens stands for a publisher who cannot be reached.
    monkeypatch.setattr(ModelFolder.__init__, "__defaults__", ("http://127.0.0.1:9",))
    await bring_model(config)
    told = capsys.readouterr().out
    assert "callers use the keys" in told
    assert "plainline models add" in told
