"""`plainline doctor --audio`: a line is measured in a real call, and what was found switches barge-in on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gateway import cli
from gateway.commands import exits
from gateway.config import Config, ModemConfig
from gateway.doctor.audio import examine_audio
from gateway.doctor.finding import Finding, Verdict
from gateway.lock import held
from gateway.tuned import FILE, Tuned, keep_tuned, place_of, tuned
from modem.audio import wav
from modem.virtual.phone_call import PhoneCall
from tests.calls.ringing import RingingTown, is_tone, ringing_town
from tests.modem import callers
from tests.village import ASHBY

pytest.importorskip("pyaec", reason="needs the extra echo")

ROSE = "+447700900123"
DELAY_S, ECHO_DB = 0.18, 14
COUNTING = callers.say("one two three four five six seven eight nine ten", "en")
STEP_SECONDS = 0.1


@dataclass
class Helper:
    """Whoever was told to ring, and does as the line says; `counts` after the tone, in some voice."""

    town: RingingTown
    counting: bytes = COUNTING
    stays: float = 600.0
    told: str = ""
    _ringing: asyncio.Task[None] | None = None

    def tell(self, words: str) -> None:
        """Do as the doctor says."""
        self.told = words
        self._ringing = asyncio.create_task(self._ring())

    async def _ring(self) -> None:
        call = await (await self.town.simulator.phone(ROSE)).call(self.town.number)
        await call.answered()
        while not call.over and call.seconds < self.stays:
            if is_tone(await _heard(call)):
                call.say(self.counting)
        await call.hang_up()

    async def done(self) -> None:
        """Wait until the phone is down."""
        assert self._ringing is not None
        await self._ringing


async def _heard(call: PhoneCall) -> bytes:
    return b"" if call.over else await call.hear(STEP_SECONDS)


@asynccontextmanager
async def quiet_town(folder: Path, prompts: Path, *, echo: bool = True) -> AsyncIterator[RingingTown]:
    """Ashby with its gateway stopped, and with an echo on its line."""
    async with ringing_town(folder, prompts) as town:
        if echo:
            await town.simulator.fault(town.number, "echo", ms=1000 * DELAY_S, size=ECHO_DB, times=None)
        yield town


async def examined(helper: Helper) -> dict[str, list[Finding]]:
    """Have the sound of the town's modem examined; the findings by what they are about."""
    found = await examine_audio(helper.town.config, "", helper.tell)
    by_subject: dict[str, list[Finding]] = {}
    for finding in found:
        by_subject.setdefault(finding.about, []).append(finding)
    return by_subject


def kept(config: Config) -> Tuned | None:
    (modem,) = config.modems
    return tuned(config.data, modem.name, modem.audio)


async def test_an_echo_is_measured_and_callers_may_interrupt_by_voice(tmp_path: Path, prompts: Path) -> None:
    async with quiet_town(tmp_path, prompts) as town:
        helper = Helper(town)
        found = await examined(helper)
        await helper.done()
        assert "Ring +447700900000 now" in helper.told
        assert {finding.verdict for each in found.values() for finding in each} == {Verdict.OK}
        assert "after 0.18 s and 0.18 s, 14 dB quieter" in found["echo"][0].words
        assert "interrupt by voice" in found["barge-in"][0].words
        measured = kept(town.config)
        assert measured is not None
        assert measured.delay_s == pytest.approx(DELAY_S, abs=0.005)
        assert measured.echo_db == pytest.approx(ECHO_DB, abs=1)
        async with town.serving() as gateway:
            desk = gateway.modems[0].calls
            assert desk is not None
            assert desk.tuned == measured
        elsewhere = replace(town.config.modems[0], audio=None)
        assert tuned(town.config.data, elsewhere.name, elsewhere.audio) is None, (
            "it holds for that card alone"
        )


async def test_where_echo_cannot_be_cancelled_it_says_so_and_an_earlier_result_is_forgotten(
    tmp_path: Path, prompts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyaec", None)
    async with quiet_town(tmp_path, prompts) as town:
        (modem,) = town.config.modems
        keep_tuned(town.config.data, modem.name, Tuned(place_of(modem.audio), DELAY_S, ECHO_DB))
        keep_tuned(town.config.data, "another", Tuned("card:USB", None, None))
        helper = Helper(town, counting=wav.levelled(COUNTING, -45))
        found = await examined(helper)
        await helper.done()
        assert "by key alone: echo cannot be cancelled on this machine" in found["barge-in"][0].words
        assert kept(town.config) is None
        assert "another" in (town.config.data / FILE).read_text()
        level = found["sound"][-1]
        assert (level.verdict, "quietly" in level.words, "alsamixer" in level.remedy) == (
            Verdict.LOOK,
            True,
            True,
        )


async def test_a_line_on_which_nobody_is_heard_is_bad(tmp_path: Path, prompts: Path) -> None:
    async with quiet_town(tmp_path, prompts, echo=False) as town:
        helper = Helper(town, counting=callers.silence(1))
        found = await examined(helper)
        await helper.done()
        assert found["echo"][0].words == "There is none."
        unheard = found["sound"][-1]
        assert (unheard.verdict, "right card or port" in unheard.remedy) == (Verdict.BAD, True)


async def test_whoever_hangs_up_too_early_is_asked_to_begin_again(tmp_path: Path, prompts: Path) -> None:
    async with quiet_town(tmp_path, prompts) as town:
        helper = Helper(town, stays=3.0)
        found = await examined(helper)
        await helper.done()
        assert "before all was measured" in found["sound"][0].words
        assert kept(town.config) is None


async def test_a_gateway_that_runs_keeps_its_modem(tmp_path: Path, prompts: Path) -> None:
    async with quiet_town(tmp_path, prompts) as town, town.serving():
        helper = Helper(town)
        found = await examined(helper)
        assert not helper.told
        assert "holds the modem" in found["gateway"][0].words
        assert "systemctl stop" in found["gateway"][0].remedy


async def test_the_modem_is_named_where_there_are_several(tmp_path: Path, prompts: Path) -> None:
    async with ringing_town(tmp_path, prompts) as town:
        (modem,) = town.config.modems
        several = replace(town.config, modems=(modem, replace(modem, name="second")))
        without = replace(town.config, modems=(ModemConfig("texts", "/dev/null"),))
        for config, name, words in (
            (several, "", "Which modem? With sound there are: m0, second."),
            (several, "third", "Which modem?"),
            (without, "", "No modem has `audio`"),
        ):
            [finding] = await examine_audio(config, name, print)
            assert (finding.verdict, words in finding.words) == (Verdict.BAD, True)


def test_the_exit_status_says_that_nothing_was_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "plainline.toml"
    settings.write_text(
        f'data = "data"\ncommunity = "{ASHBY}"\n[[modem]]\nname = "main"\ndevice = "software"\n'
        '[limits]\nallowed_countries = ["GB"]\n'
    )
    with held(tmp_path / "data"):
        assert cli.run_command(["doctor", "--audio", "--config", str(settings)]) == exits.FAILED
    assert "bad   gateway   It is running" in capsys.readouterr().out
