"""Calls over real sound cards: PortAudio and a sound server, two cards wired to each other.

It runs in a process of its own: PortAudio and ALSA read their settings once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from modem.audio import portaudio
from modem.audio.sound_card import SoundCardLine
from modem.errors import LineLost
from tests.modem.sound_server import missing

pytestmark = pytest.mark.alone

HERE = Path(__file__)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sound")


def played(scene: str, folder: Path) -> str:
    """Run one scene of `sound_card_scenes` and give what it printed."""
    if package := missing():
        pytest.skip(f"needs the Debian package {package}")
    done = subprocess.run(
        [sys.executable, "-m", "tests.modem.sound_card_scenes", scene, str(folder)],
        cwd=HERE.parents[2],
        env=os.environ | {"PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_one_card_says_the_other_hears(folder: Path) -> None:
    assert "heard 1234567890" in played("talk", folder)


def test_a_card_with_another_rate_is_heard_too(folder: Path) -> None:
    assert "heard 1234567890" in played("talk_at_48_khz", folder)


def test_a_card_pulled_out_ends_the_call_and_is_found_again_when_it_is_back(folder: Path) -> None:
    told = played("replug", folder)
    assert "lost: The sound device 'plainline-caller' is gone" in told
    assert "not there: plug it in" in told
    assert "heard 123" in told


def test_callers_who_hang_up_while_the_card_opens_leave_nothing_open(folder: Path) -> None:
    assert "heard 42" in played("hang_up_early", folder)


def test_a_hiccup_of_the_sound_system_does_not_end_the_call(folder: Path) -> None:
    assert "heard 12345" in played("hiccup", folder)


@pytest.mark.soak
def test_the_echo_of_a_card_is_measured(folder: Path) -> None:
    assert "echo 12 dB" in played("echo", folder)


def test_hush_ends_what_is_said_at_once(folder: Path) -> None:
    assert "quiet after" in played("barge_in", folder)


def test_a_card_that_is_not_there_is_named_with_those_that_are(folder: Path) -> None:
    told = played("wrong_name", folder)
    assert "'no such card' is not there" in told
    assert "plainline-modem" in told


async def test_without_portaudio_there_is_one_clear_sentence_and_only_when_a_line_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = SoundCardLine("modem")
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(LineLost, match="texts work, calls do not"):
        await line.open()
    await line.close()
    with pytest.raises(LineLost, match="libportaudio2"):
        portaudio.devices()
