"""Which line carries the sound of a modem's calls, as the settings say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from gateway.config import Config, ModemConfig
from gateway.config_calls import Audio
from modem.audio import pcm_commands
from modem.audio.line import Line
from modem.link import Link

LineOpener = Callable[[], Awaitable[Line]]

_COMMANDS = {
    "card": pcm_commands.NONE,
    "quectel-card": pcm_commands.QUECTEL_SOUND_CARD,
    "huawei": pcm_commands.HUAWEI,
    "quectel": pcm_commands.QUECTEL_SERIAL,
    "simcom": pcm_commands.SIMCOM,
}


def software_line_of(socket: Path, number: str) -> LineOpener:
    """Give the way to the sound of the software modem with `number`, on the network at `socket`."""

    async def make() -> Line:
        from modem.audio.software import SoftwareLine

        return SoftwareLine(socket, number)

    return make


def software_number(modem: ModemConfig) -> str:
    """Give the number of a modem made of software, which has one also where the settings name none."""
    return modem.number or "+447700900000"


def opener_of(config: Config, modem: ModemConfig, link: Link) -> LineOpener | None:
    """Give the way to the sound of a modem's calls, None where it is for texts alone."""
    if modem.is_software:
        return software_line_of(config.network_socket, software_number(modem))
    if modem.audio is None:
        return None
    return line_of(modem.audio, link, software_number(modem))


def line_of(audio: Audio, link: Link, number: str) -> LineOpener:
    """Give the way to the sound of the calls of `link`, whose SIM has `number`; each call has a line anew."""
    if audio.kind == "software":
        return software_line_of(Path(audio.place), number)

    async def make() -> Line:
        # Imported here: a box without portaudio runs texts without a word about it.
        commands = _COMMANDS[audio.kind]
        if audio.kind in ("card", "quectel-card"):
            from modem.audio.sound_card import SoundCardLine

            return SoundCardLine(audio.place, commands=commands, command=link.raw)
        from modem.audio.serial_pcm import SerialPcmLine

        return SerialPcmLine(Path(audio.place), commands, link.raw)

    return make
