"""The settings of calls: where a modem's sound is, how calls are taken and made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gateway.toml_file import TomlTable

FIRST_CALL, START = "first call", "start"
"""When what understands speech is loaded."""

AUDIO_KINDS = ("card", "quectel-card", "huawei", "quectel", "simcom", "software")


@dataclass(frozen=True, slots=True)
class Audio:
    """Where the sound of a modem's calls is: `kind` is one of AUDIO_KINDS.

    `place` is a part of the sound card's name, the device of the serial port for sound, or the socket of
    a network made of software that runs on its own.
    """

    kind: str
    place: str


@dataclass(frozen=True, slots=True)
class CallsConfig:
    """How calls are taken and made.

    `closed` takes a message from every caller; `minutes_per_day` bounds the calls we make ourselves.
    `recordings_key` is the file with the key of the recordings (None: in the data folder);
    `models_from` is a mirror of the speech models' publisher; `load` says when what understands speech is
    loaded; `voices` are the operator's Piper voices (.onnx files) by language; with `put_through` callers who
    want a person are joined with somebody on duty.
    """

    answer_after_rings: int = 2
    ring_back: bool = True
    closed: bool = False
    minutes_per_day: int = 60
    recordings_key: Path | None = None
    models_from: str | None = None
    load: str = FIRST_CALL
    voices: Mapping[str, Path] = field(default_factory=dict)
    put_through: bool = False


def read_audio(table: TomlTable) -> Audio | None:
    """Read a modem's `audio`; raises ConfigError."""
    written = table.optional_text("audio", example='"card:USB"')
    if written is None:
        return None
    kind, _, place = written.partition(":")
    if kind not in AUDIO_KINDS or not place:
        raise table.wrong(
            "audio",
            'must be a kind and a place, such as "card:USB" or "huawei:/dev/ttyUSB1". '
            f"Kinds: {', '.join(AUDIO_KINDS)}. docs/hardware.md says which one your modem needs.",
        )
    return Audio(kind, place)


def read_calls(table: TomlTable, folder: Path) -> CallsConfig:
    """Read `[calls]`; relative paths count from `folder`. Raises ConfigError."""
    key = table.optional_text("recordings_key", example='"/etc/plainline/recordings.key"')
    return CallsConfig(
        answer_after_rings=table.whole("answer_after_rings", 2, least=1, most=10),
        ring_back=table.flag("ring_back", default=True),
        closed=table.flag("closed", default=False),
        minutes_per_day=table.whole("minutes_per_day", 60, least=0, most=1440),
        recordings_key=(folder / Path(key).expanduser()).resolve() if key else None,
        models_from=table.optional_text("models_from", example='"https://models.example.org/vosk"'),
        load=table.one_of("load", (FIRST_CALL, START), default=FIRST_CALL),
        voices=_read_voices(table, folder),
        put_through=table.flag("put_through", default=False),
    )


def _read_voices(table: TomlTable, folder: Path) -> dict[str, Path]:
    if not table.has("voices"):
        return {}
    named = table.words("voices", example='{ en = "voices/en_GB-alba-medium.onnx" }')
    return {
        language.lower(): (folder / Path(file).expanduser()).resolve() for language, file in named.items()
    }
