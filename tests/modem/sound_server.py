"""A sound server of our own: two sound cards made of software, wired to each other."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MODEM, CALLER = "plainline-modem", "plainline-caller"

_CARDS = """
<{system}>
pcm.{modem} {{
  type asym
  playback.pcm {{ type pulse server "{server}" device to_caller hint.description "modem" }}
  capture.pcm {{ type pulse server "{server}" device to_modem.monitor }}
}}
pcm.{caller} {{
  type asym
  playback.pcm {{ type pulse server "{server}" device to_modem }}
  capture.pcm {{ type pulse server "{server}" device to_caller.monitor }}
}}
"""


def missing() -> str:
    """The Debian package that is not here and without which there is no sound server; '' when all are."""
    if ctypes.util.find_library("portaudio") is None:
        return "libportaudio2"
    if shutil.which("pulseaudio") is None:
        return "pulseaudio"
    if not any(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so")):
        return "libasound2-plugins"
    return ""


class SoundServer:
    """Two 8 kHz sound cards: what is played on MODEM is heard on CALLER, and the other way round."""

    def __init__(self, folder: Path, rate: int) -> None:
        self._folder = folder
        self._rate = rate
        self._process: subprocess.Popen[bytes] | None = None
        self._socket = folder / "pulse.socket"
        cards = _CARDS.format(
            system="/usr/share/alsa/alsa.conf", modem=MODEM, caller=CALLER, server=f"unix:{self._socket}"
        )
        (folder / "alsa.conf").write_text(cards)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to see these cards and no others."""
        return {"ALSA_CONFIG_PATH": str(self._folder / "alsa.conf"), "XDG_RUNTIME_DIR": str(self._folder)}

    def start(self) -> None:
        """Plug both cards in."""
        # Without `norewinds` a null sink keeps two seconds ready, which would be heard before anything said.
        sink = f"module-null-sink rate={self._rate} channels=1 format=s16le norewinds=1"
        loaded = [f"{sink} sink_name=to_caller", f"{sink} sink_name=to_modem"]
        loaded.append(f"module-native-protocol-unix socket={self._socket} auth-anonymous=1")
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=20", "--use-pid-file=no"]
        command += ["--disable-shm=yes", "--realtime=no", "--high-priority=no", "--log-target=stderr"]
        for module in loaded:
            command += ["-L", module]
        self._process = subprocess.Popen(
            command,
            env=os.environ | self.environment | {"HOME": str(self._folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 10
        while not self._socket.exists():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("pulseaudio does not start")
            time.sleep(0.02)

    def stop(self) -> None:
        """Pull both cards out."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            self._socket.unlink(missing_ok=True)


@contextmanager
def sound_server(folder: Path, rate: int = 8_000) -> Iterator[SoundServer]:
    """A sound server for as long as the test runs."""
    server = SoundServer(folder, rate)
    server.start()
    try:
        yield server
    finally:
        server.stop()
