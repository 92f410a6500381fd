"""The doctor says which callers are understood, who speaks to them, and what to bring for more."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Config, ModemConfig
from gateway.config_calls import Audio, CallsConfig
from gateway.doctor.finding import Finding
from gateway.doctor.speech import speech
from gateway.tuned import Tuned, keep_tuned
from modem.errors import LineLost
from tests.unit.test_doctor import LOOK, OK, settings
from tests.village import ASHBY


def with_sound(folder: Path, calls: CallsConfig | None = None) -> Config:
    return replace(settings(folder), community=ASHBY, calls=calls or CallsConfig())


def found(config: Config, about: str) -> Finding:
    return next(finding for finding in speech(config) if finding.about == about)


def has_model(folder: Path, language: str) -> None:
    (folder / "models" / language / "vosk-model-small").mkdir(parents=True)


def test_a_modem_for_texts_alone_needs_no_speech(tmp_path: Path) -> None:
    [finding] = speech(settings(tmp_path, ModemConfig("main", "/dev/ttyUSB0")))
    assert (finding.verdict, finding.about) == (OK, "calls")


def test_without_a_model_keys_do_everything_and_the_right_one_is_named(tmp_path: Path) -> None:
    finding = found(with_sound(tmp_path), "speech")
    assert finding.verdict == LOOK
    assert "plainline models get en," in finding.remedy


def test_a_model_of_another_language_than_the_communitys_is_not_enough(tmp_path: Path) -> None:
    has_model(tmp_path, "ko")
    finding = found(with_sound(tmp_path), "speech")
    assert finding.verdict == LOOK
    assert "in en, the language of your community, they use keys" in finding.words
    has_model(tmp_path, "en-us")
    finding = found(with_sound(tmp_path), "speech")
    assert finding.verdict == OK
    assert "en-us, ko" in finding.words
    assert "plainline models check" in finding.words, "what a model does not know is said elsewhere"


def test_a_piper_voice_needs_its_files_and_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = tmp_path / "alba.onnx"
    config = with_sound(tmp_path, CallsConfig(voices={"en": voice}))
    assert f"{voice} is not there" in found(config, "voice en").words
    voice.touch()
    assert "alba.onnx.json is not there" in found(config, "voice en").words
    (tmp_path / "alba.onnx.json").touch()
    real = importlib.util.find_spec
    there: list[Any] = [None]
    monkeypatch.setattr(
        "gateway.doctor.speech.find_spec", lambda name: there[0] if name == "piper" else real(name)
    )
    finding = found(config, "voice en")
    assert (finding.verdict, finding.remedy) == (LOOK, "Install it beside Plainline: pip install piper-tts")
    there[0] = object()
    assert found(config, "voice en").verdict == OK


def test_how_callers_interrupt_is_said(tmp_path: Path) -> None:
    config = with_sound(tmp_path)
    assert "plainline doctor --audio" in found(config, "barge-in").words
    keep_tuned(tmp_path, "main", Tuned("", None, None))
    assert "by voice on: main" in found(config, "barge-in").words


def test_the_sound_card_is_looked_for_and_those_there_are_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modem = ModemConfig("main", "/dev/ttyUSB0", audio=Audio("card", "usb"))
    monkeypatch.setattr(
        "modem.audio.portaudio.devices", lambda: ["HDA Intel", "USB Audio Device: - (hw:1,0)"]
    )
    assert found(settings(tmp_path, modem), "sound").verdict == OK
    monkeypatch.setattr("modem.audio.portaudio.devices", lambda: ["HDA Intel"])
    finding = found(settings(tmp_path, modem), "sound")
    assert finding.verdict == LOOK
    assert "no sound card with usb in its name. There are: HDA Intel." in finding.words

    def missing() -> list[str]:
        raise LineLost("There is no sound on this machine (no PortAudio)")

    monkeypatch.setattr("modem.audio.portaudio.devices", missing)
    assert "libportaudio2" in found(settings(tmp_path, modem), "sound").remedy
