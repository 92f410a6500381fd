"""The telephone in the terminal: scripts are answered line by line, a person is not interrupted."""

from __future__ import annotations

import asyncio
import os
import pty
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest

from modem.virtual.client import Simulator
from modem.virtual.phone import Phone, Received
from modem.virtual.process import running

ME, FRIEND, GATEWAY = "+447700900123", "+447700900555", "+447700900000"
PATIENCE = 20.0

SETTINGS = """\
data = "."
[[modem]]
name = "demo"
device = "{device}"
[limits]
allowed_countries = ["GB"]
"""


@pytest.fixture
async def network(tmp_path: Path) -> AsyncIterator[Simulator]:
    write_settings(tmp_path)
    async with running([f"{GATEWAY}:sim800"], tmp_path) as simulator:
        yield simulator


@pytest.fixture
async def friend(network: Simulator) -> Phone:
    """A phone that answers, as a gateway would."""
    phone = await network.phone(FRIEND)
    phone.reply_with(lambda text: f"You said:\n{text.body}" if text.body != "hush" else None)
    return phone


def write_settings(folder: Path, device: str = "software") -> None:
    (folder / "plainline.toml").write_text(SETTINGS.format(device=device))


async def chat(folder: Path, script: str, *options: str) -> tuple[int, str, str]:
    """Run the command on a script; give exit status, output and complaints."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", "chat", "--from", ME, *options),
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        output, complaints = await child.communicate(script.encode())
    assert child.returncode is not None
    return child.returncode, output.decode(), complaints.decode()


async def test_each_line_of_a_script_waits_for_its_reply(friend: Phone, tmp_path: Path) -> None:
    status, output, complaints = await chat(tmp_path, "LIFT\n\n# a remark\nvillage hall", "--to", FRIEND)
    assert (status, complaints) == (0, "")
    assert output == (
        "> LIFT\n< You said:\n< LIFT\n"  #
        "> village hall\n< You said:\n< village hall\n"
    )


async def test_a_script_hears_every_text_that_answers_a_line(friend: Phone, tmp_path: Path) -> None:
    def twice(text: Received) -> str:
        friend._simulator.tell("text", sender=FRIEND, to=ME, body="first")
        return "second"

    friend.reply_with(twice)
    _, output, _ = await chat(tmp_path, "LIFT\n", "--to", FRIEND)
    assert output == "> LIFT\n< first\n< second\n"


async def test_a_script_first_hears_what_came_before_it(
    network: Simulator, friend: Phone, tmp_path: Path
) -> None:
    await network.text(FRIEND, ME, "your lift is tomorrow")
    _, output, _ = await chat(tmp_path, "ok\n", "--to", FRIEND)
    assert output.startswith("< your lift is tomorrow\n> ok\n")


async def test_a_line_without_reply_fails_and_does_not_repeat_the_text(friend: Phone, tmp_path: Path) -> None:
    status, output, complaints = await chat(tmp_path, "hello\nhush\nmore\n", "--to", FRIEND, "--wait", "0.5")
    assert status == 1
    assert output.endswith("> hush\n")
    assert complaints.startswith("plainline: Line 2 had no reply within 0.5 seconds.")
    assert complaints.count("\n") == 1
    assert "hush" not in complaints


async def test_the_gateway_is_texted_unless_told_otherwise(network: Simulator, tmp_path: Path) -> None:
    status, _, _ = await chat(tmp_path, "LIFT\n", "--wait", "0.2")
    assert status == 1
    assert len((await network.sim(GATEWAY))["storages"]["SM"]) == 1


async def test_no_gateway_is_one_clear_line(tmp_path: Path) -> None:
    write_settings(tmp_path)
    status, output, complaints = await chat(tmp_path, "LIFT\n")
    assert (status, output) == (1, "")
    assert complaints.startswith("plainline: No gateway answers")
    assert "plainline demo" in complaints
    assert complaints.count("\n") == 1


async def test_a_real_modem_is_texted_from_a_real_phone(tmp_path: Path) -> None:
    write_settings(tmp_path, device="/dev/ttyUSB0")
    status, _, complaints = await chat(tmp_path, "LIFT\n")
    assert status == 1
    assert "Text the gateway from a phone" in complaints


class Terminal:
    """A person's terminal with the command in it."""

    def __init__(self, child: asyncio.subprocess.Process, screen: asyncio.StreamReader, keys: int) -> None:
        self.child = child
        self._screen = screen
        self._keys = keys
        self.seen = ""

    def press(self, keys: str) -> None:
        os.write(self._keys, keys.encode())

    async def see(self, words: str) -> str:
        """Wait until the screen has shown `words` after what was waited for last; give what led to it."""
        async with asyncio.timeout(PATIENCE):
            while words not in self.seen:
                with suppress(OSError):
                    self.seen += (await self._screen.read(4096)).decode()
        before, _, self.seen = self.seen.partition(words)
        return before


@asynccontextmanager
async def terminal(folder: Path) -> AsyncIterator[Terminal]:
    ours, theirs = pty.openpty()
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", "chat", "--from", ME, "--to", FRIEND),
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "NO_COLOR": "1"},
        start_new_session=True,
    )
    os.close(theirs)
    screen = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(screen), os.fdopen(ours, "rb", buffering=0)
    )
    try:
        yield Terminal(child, screen, ours)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
        transport.close()


async def test_a_text_that_arrives_does_not_tear_what_is_being_typed(friend: Phone, tmp_path: Path) -> None:
    async with terminal(tmp_path) as mine:
        await mine.see("> ")
        mine.press("village ha")
        await mine.see("village ha")
        await friend.text(ME, "Good morning.\nIt is Monday.")
        before = await mine.see("Good morning.\r\nIt is Monday.\r\n> village ha")
        assert before.startswith("\r\x1b[2K" + FRIEND)
        mine.press("ll\n")
        await mine.see("You said:\r\nvillage hall\r\n")
        await mine.see("> ")
        mine.press("\x04")
        async with asyncio.timeout(PATIENCE):
            assert await mine.child.wait() == 0


async def test_the_telephone_ends_with_its_gateway(tmp_path: Path) -> None:
    write_settings(tmp_path)
    async with AsyncExitStack() as gateway:
        await gateway.enter_async_context(running([f"{GATEWAY}:sim800"], tmp_path))
        async with terminal(tmp_path) as mine:
            await mine.see("> ")
            await gateway.aclose()
            await mine.see("plainline: The gateway has stopped")
            async with asyncio.timeout(PATIENCE):
                assert await mine.child.wait() == 1
