"""A neighbour's recordings find their places, and what is wrong with one is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway import cli
from gateway.commands import exits
from gateway.errors import GatewayError
from gateway.prompts import take_in, to_record
from modem.audio import tones, wav
from tests.village import LIBRARY

PLACES = {"surgery": "Ashby Surgery"}


@pytest.mark.parametrize("language", ["en", "es", "ko"])
def test_every_clip_a_call_may_use_is_listed_once_with_words_to_read(language: str) -> None:
    prompts = list(to_record(LIBRARY, language, PLACES))
    files = [prompt.file for prompt in prompts]
    assert len(files) == len(set(files)) > 200
    assert all(prompt.words.strip() for prompt in prompts)
    assert Path("lift", "audio", language, "pickup.wav") in files
    assert Path("common", "audio", language, "place.surgery.wav") in files
    assert {Path("common", "audio", language, f"weekday.{day}.wav") for day in range(7)} <= set(files)
    assert {Path("common", "audio", language, f"day.{day}.wav") for day in range(1, 32)} <= set(files)
    assert {Path("common", "audio", language, f"month.{month}.wav") for month in range(1, 13)} <= set(files)


def test_recordings_are_taken_in_evened_out_and_the_others_named(tmp_path: Path) -> None:
    source, target = tmp_path / "recorded", tmp_path / "audio"
    good, silent, unknown, broken = (Path("lift", "audio", "en", f"{name}.wav") for name in "abcd")
    for name in (good, silent, unknown, broken):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
    speech = bytes(16_000) + tones.beep(dbfs=-35.0) + bytes(16_000)
    wav.write(source / good, speech)
    wav.write(source / silent, bytes(16_000))
    wav.write(source / unknown, speech)
    (source / broken).write_bytes(b"not sound")
    taken = take_in(source, target, {good, silent, broken})
    assert taken.clips == 1
    assert [sentence.split(":")[0] for sentence in taken.wrong] == [str(silent), str(unknown), str(broken)]
    sound = wav.read(target / good)
    assert len(sound) < len(speech) / 2, "the silence at its ends is gone"
    assert wav.level(sound) == pytest.approx(-20.0, abs=1.0)


def test_a_folder_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(GatewayError, match="no folder"):
        take_in(tmp_path / "nowhere", tmp_path, set())


_SETTINGS = """
data = "data"
[[modem]]
name = "stick"
device = "/dev/ttyUSB0"
number = "+447700900000"
{audio}
[limits]
allowed_countries = ["GB"]
"""


def _settings(folder: Path, audio: str = 'audio = "card:USB"') -> str:
    path = folder / "plainline.toml"
    path.write_text(_SETTINGS.format(audio=audio))
    (folder / "data").mkdir()
    return str(path)


def test_the_code_for_whoever_rings_in_to_read_is_shown_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run_command(["prompts", "code", "en", "--config", _settings(tmp_path)]) == exits.DONE
    first, code, last = capsys.readouterr().out.splitlines()
    assert first == "Ring +447700900000 within 12 hours, press # as soon as it speaks, and then:"
    assert code.isdigit()
    assert "It is good once." in last


@pytest.mark.parametrize(
    ("language", "audio", "why"),
    [("fr", 'audio = "card:USB"', "Nothing is said in fr"), ("en", "", "no modem here takes calls")],
)
def test_no_code_is_made_that_nobody_could_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, audio: str, why: str
) -> None:
    assert (
        cli.run_command(["prompts", "code", language, "--config", _settings(tmp_path, audio)]) == exits.FAILED
    )
    assert why in capsys.readouterr().out
