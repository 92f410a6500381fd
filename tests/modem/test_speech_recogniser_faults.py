"""What fails in the recogniser stays in the recogniser, and heals."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from modem.errors import SpeechDown
from modem.speech import recogniser as module
from modem.speech.recogniser import Patience, SpeechRecogniser
from tests.modem.callers import say
from tests.modem.listening import KOREAN, YES_NO, heard, recogniser, speak_to

SOON = 20.0


@asynccontextmanager
async def started(ears: SpeechRecogniser) -> AsyncIterator[SpeechRecogniser]:
    try:
        yield ears
    finally:
        await ears.stop()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while not true():  # noqa: ASYNC110 - of a process there is no event to wait for
            await asyncio.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def stand_in(monkeypatch: pytest.MonkeyPatch, folder: Path, change: str) -> None:
    """Have the process run with a `change` to its own code."""
    (folder / "stand_in.py").write_text(
        "import os\n"
        "from modem.speech import recogniser_process as whole\n"
        "from modem.speech.serve import run\n"
        f"{change}\n"
        "run(whole.main)\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{Path.cwd()}")
    monkeypatch.setattr(module, "_MODULE", "stand_in")


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def broken_model(tmp_path: Path) -> Path:
    (tmp_path / "am").mkdir()
    (tmp_path / "am" / "final.mdl").write_bytes(b"no model at all")
    return tmp_path


async def test_no_process_runs_before_somebody_is_to_be_understood() -> None:
    ears = recogniser()
    assert ears.pid is None
    assert ears.languages() == ("ko",)
    await ears.stop()


async def test_the_first_caller_is_heard_while_the_model_is_being_loaded() -> None:
    async with started(recogniser()) as ears:
        assert (await heard(ears, say("네", "ko"), YES_NO))[0] == "네"


async def test_a_killed_recogniser_ends_what_it_heard_and_comes_back() -> None:
    async with started(recogniser()) as ears:
        await ears.load("ko")
        first = ears.pid
        utterances = [speak_to(ears.listen("ko", YES_NO), say("네", "ko")) for _ in range(3)]
        assert first is not None
        os.kill(first, signal.SIGKILL)
        for utterance in utterances:
            with pytest.raises(SpeechDown):
                await utterance.result()
        assert "callers use keys" in ears.explain()
        with pytest.raises(SpeechDown):
            ears.listen("ko", YES_NO)
        await until(lambda: ears.pid not in (None, first))
        assert (await heard(ears, say("네", "ko"), YES_NO))[0] == "네"
        assert ears.explain() == "Speech is understood in: ko."


async def test_feeding_or_cancelling_after_its_death_does_nothing() -> None:
    async with started(recogniser()) as ears:
        utterance, other = ears.listen("ko", YES_NO), ears.listen("ko", YES_NO)
        await until(lambda: ears.pid is not None)
        os.kill(ears.pid or 0, signal.SIGKILL)
        with pytest.raises(SpeechDown):
            await utterance.result()
        other.feed(b"\0" * 320)
        other.cancel()
        with pytest.raises(SpeechDown):
            await other.result()


async def test_a_hung_recogniser_is_replaced_and_a_quiet_one_is_not() -> None:
    async with started(recogniser(patience=Patience(computing=0.5, loading=30.0))) as ears:
        await ears.load("ko")
        first = ears.pid
        quiet = ears.listen("ko", YES_NO)
        await asyncio.sleep(1.2)  # twice the patience, without anything to compute
        assert ears.pid == first
        os.kill(first or 0, signal.SIGSTOP)
        with pytest.raises(SpeechDown, match="stopped answering"):
            await speak_to(quiet, say("네", "ko")).result()
        await until(lambda: not is_alive(first or 0))


async def test_a_damaged_model_is_said_and_others_are_heard(broken_model: Path) -> None:
    async with started(recogniser({"ko": KOREAN, "en": broken_model})) as ears:
        with pytest.raises(SpeechDown, match="no usable speech model"):
            await ears.load("en")
        assert ears.languages() == ("ko",)
        with pytest.raises(SpeechDown, match="no usable speech model"):
            ears.listen("en", ("yes", "no"))
        assert (await heard(ears, say("네", "ko"), YES_NO))[0] == "네"
        assert ears.explain().startswith("Speech is understood in: ko.")


async def test_a_model_that_takes_the_process_down_twice_is_not_loaded_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in(monkeypatch, tmp_path, "whole._loaded = lambda path: os.abort()")
    async with started(recogniser()) as ears:
        with pytest.raises(SpeechDown, match="ended unexpectedly"):
            await ears.load("ko")
        await until(lambda: not ears.languages())
        assert "plainline models get ko" in ears.explain()
        await until(lambda: ears.pid is not None)


async def test_without_any_model_the_way_to_one_is_said() -> None:
    ears = recogniser({})
    assert ears.languages() == ()
    assert "plainline models get" in ears.explain()
    with pytest.raises(SpeechDown):
        ears.listen("en", ("yes", "no"))
    assert ears.pid is None


async def test_stopping_leaves_no_process_and_no_descriptor() -> None:
    before = descriptors()
    ears = recogniser()
    utterance = ears.listen("ko", YES_NO)
    await until(lambda: ears.pid is not None)
    pid = ears.pid or 0
    await ears.stop()
    with pytest.raises(SpeechDown):
        await utterance.result()
    assert not is_alive(pid)
    assert descriptors() == before


async def test_a_process_that_holds_too_much_is_replaced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in(monkeypatch, tmp_path, "whole.GROWTH_OCTETS = -100_000_000")
    async with started(recogniser()) as ears:
        await ears.load("ko")
        await until(lambda: "too much memory" in ears.explain())


def test_the_recogniser_dies_with_its_gateway() -> None:
    script = (
        "import asyncio, os, random, signal\n"
        "from pathlib import Path\n"
        "from modem.speech.recogniser import SpeechRecogniser\n"
        "async def main():\n"
        f"    ears = SpeechRecogniser({{'ko': Path({str(KOREAN)!r})}}, random=random.Random(1))\n"
        "    ears.listen('ko', ['네'])\n"
        "    while ears.pid is None:\n"
        "        await asyncio.sleep(0.01)\n"
        "    print(ears.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    pid = int(done.stdout)
    asyncio.run(until(lambda: not is_alive(pid)))


def test_vosk_stays_out_of_the_gateway() -> None:
    script = (
        "import sys, modem.speech.recogniser, modem.speech.voice, modem.speech.models\n"
        "print([name for name in ('vosk', 'hibari', 'onnxruntime', 'numpy', 'piper') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
